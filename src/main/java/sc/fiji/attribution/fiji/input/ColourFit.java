/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import ij.ImagePlus;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Quantity;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.ModelSpec;

/**
 * How the colours of an image become the channels of a model. Those of an RGB image, or of a colour
 * table, are three channels of 0 to 255; grey goes into several channels, and colour into one, only
 * where the caller says how, or where nothing is lost.
 *
 * @param view the image's channels
 * @param repeats how many channels of the model each of them is
 * @param names of the channels; empty where the image itself has them
 */
record ColourFit(ImageView view, int repeats, List<String> names) {

    private static final List<String> RGB = List.of("red", "green", "blue");

    /** What the user must say of the colours first, if anything. */
    static Optional<Question> question(ModelSpec spec, ImagePlus image) {
        ImageView view = ImageView.ofColours(image);
        int wanted = spec.size('c');
        String said = spec.said().grey();
        boolean flat = !spec.axes().has('z') || spec.size('z') == 1;
        if (view.isColour() && wanted == 1 && !said.equals(ModelOptions.MEAN) && !isGrey(view)) {
            String text =
                    "The image is in colour, but the model takes one channel: grey=mean takes the"
                            + " mean of red, green and blue.";
            return Optional.of(new Question("grey", text, List.of(ModelOptions.MEAN)));
        }
        if (view.size('c') == 1
                && wanted == 3
                && flat == (view.size('z') == 1)
                && image.getType() != ImagePlus.COLOR_256
                && !said.equals(ModelOptions.REPEAT)) {
            String text =
                    "The image is grey, but the model takes three channels: grey=repeat gives each"
                            + " of them its values, if it was trained so.";
            return Optional.of(new Question("grey", text, List.of(ModelOptions.REPEAT)));
        }
        return Optional.empty();
    }

    /**
     * @throws ImageException where it is not known how
     */
    static ColourFit of(ModelSpec spec, ImagePlus image) {
        ImageView view = ImageView.ofColours(image);
        int wanted = spec.size('c');
        String said = spec.said().grey();
        if (view.isColour() && wanted == 1) {
            if (!said.equals(ModelOptions.MEAN) && !isGrey(view)) {
                throw new ImageException(
                        "Image '"
                                + image.getTitle()
                                + "' is in colour, but model '"
                                + spec.name()
                                + "' takes one channel: say grey=mean for the mean of red, green"
                                + " and blue, or take one with Image > Color > Split Channels.");
            }
            return new ColourFit(ImageView.ofGrey(image), 1, List.of());
        }
        boolean single = view.size('c') == 1;
        if (single && wanted > 1 && said.equals(ModelOptions.REPEAT)) {
            return new ColourFit(view, wanted, List.of());
        }
        if (single && wanted == 3 && image.getType() == ImagePlus.COLOR_256) {
            return new ColourFit(ImageView.ofColourTable(image), 1, RGB);
        }
        return new ColourFit(view, 1, view.isColour() ? RGB : List.of());
    }

    /** Whether red, green and blue are the same everywhere, as in many files of grey images. */
    private static boolean isGrey(ImageView view) {
        for (int t = 0; t < view.size('t'); t++) {
            for (int z = 0; z < view.size('z'); z++) {
                float[] red = view.slice(0, z, t);
                if (!Arrays.equals(red, view.slice(1, z, t))
                        || !Arrays.equals(red, view.slice(2, z, t))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Channels that the model sees. */
    int channels() {
        return view.size('c') * repeats;
    }

    /**
     * A map of the model's channels as one of the image's: the sum of those that repeat a channel,
     * which is the chain rule, or for levels their mean.
     */
    Tensor back(Tensor map, Quantity quantity) {
        if (repeats == 1 || map.size('c') != channels()) {
            return map;
        }
        Axes axes = map.axes();
        int[] shape = map.shape().clone();
        shape[axes.indexOf('c')] = 1;
        Tensor sum = Tensor.zeros(axes, shape);
        int step = map.stride('c');
        for (int i = 0; i < sum.length(); i++) {
            int first = i / step * step * repeats + i % step;
            double total = 0;
            for (int c = 0; c < repeats; c++) {
                total += map.data()[first + c * step];
            }
            sum.data()[i] = (float) (quantity == Quantity.AMOUNT ? total : total / repeats);
        }
        return sum;
    }
}

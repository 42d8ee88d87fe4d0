/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import ij.ImagePlus;
import ij.measure.Calibration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.Quantity;
import sc.fiji.attribution.core.Span;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Grid;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.description.DataRange;

/**
 * The way from an image to a model's input and of a map back to the image's grid. Where the model
 * allows only other extents in space than the image has, the image is resampled linearly to the
 * nearest ones (half-pixel centres, antialiased where it shrinks). Where its description asks for
 * pre-processing, that comes last.
 *
 * <p>With the image as x and the resampling as a matrix A, the model sees y = A x. A map holds an
 * amount for each voxel of y; the way back is the adjoint Aᵀ, which hands each amount to the image
 * voxels that this y was interpolated from, in proportion to their weights in it. Each row of A
 * adds up to 1, so the map's total stays the same, and with it completeness; interpolating the map
 * instead would scale the total by the ratio of the voxel counts. For a map of gradients Aᵀ is the
 * chain rule. The pre-processing is not differentiated: a map explains the values that the network
 * sees.
 */
public final class ModelInput {

    /** Order of a map on the image's grid, which is that of ImageJ's slices: c before z. */
    public static final Axes IMAGE_AXES = new Axes("zcyx");

    /** Property of an image with the names of the inputs that its channels are. */
    private static final String JOINED = "attribution.joined";

    private final ModelSpec spec;
    private final ImageView view;
    private final ColourFit colours;
    private final ImagePlus image;
    private final List<String> warnings = new ArrayList<>();

    private final GridWay way;
    private final ImageRange range;

    private ModelInput(ModelSpec spec, ColourFit colours, ImagePlus image) {
        this.spec = spec;
        this.image = image;
        this.colours = colours;
        this.view = colours.view();
        this.way = new GridWay(spec, colours);
        this.range = new ImageRange(spec, view);
    }

    /**
     * Looks at an image as the input of a model.
     *
     * @throws ImageException if the image is empty, its axes or channels are not the model's, or it
     *     is too large
     */
    public static ModelInput of(ModelSpec spec, ImagePlus image) {
        ModelFit.question(spec, image)
                .ifPresent(
                        question -> {
                            throw new ImageException(question.text());
                        });
        if (!spec.parts().isEmpty() && !names(spec).equals(image.getProperty(JOINED))) {
            throw new ImageException(
                    "Model '"
                            + spec.name()
                            + "' takes "
                            + names(spec)
                            + " together: name the images and numbers besides the first as"
                            + " inputs=[name=image, name=1 2 3].");
        }
        ColourFit colours = ColourFit.of(spec, image);
        ImageView view = colours.view();
        ModelFit.require(spec, colours, image.getTitle());
        int channels = colours.channels();
        requireTensor(image, "has", view.size('x'), view.size('y'), view.size('z'), channels);
        requireTensor(
                image,
                "resampled to the grid of model '" + spec.name() + "' has",
                spec.extent('x', view.size('x')),
                spec.extent('y', view.size('y')),
                spec.extent('z', view.size('z')),
                channels);
        return new ModelInput(spec, colours, image);
    }

    /** Notes that an image holds all inputs of a model in its channels. */
    public static void markJoined(ImagePlus image, ModelSpec spec) {
        image.setProperty(JOINED, names(spec));
    }

    private static String names(ModelSpec spec) {
        return spec.parts().stream().map(InputPart::name).collect(Collectors.joining(", "));
    }

    /** For people: {@code clinic (2 numbers)}, {@code slice (1×10×12)} on a grid of its own. */
    public static String described(InputPart part) {
        if (!part.isImage()) {
            return part.name() + " (" + ModelFit.count(part.channels(), "number") + ")";
        }
        return part.hasOwnGrid()
                ? part.name()
                        + part.extents().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining("×", " (", ")"))
                : part.name();
    }

    private static void requireTensor(ImagePlus image, String has, int... extents) {
        double values = 1;
        for (int extent : extents) {
            values *= extent;
        }
        if (values > Integer.MAX_VALUE - 8) {
            throw new ImageException(
                    String.format(
                            Locale.ROOT,
                            "Image '%s' %s %.0f values in one frame, more than a tensor holds"
                                    + " (2^31): crop it, or make it smaller with Image > Scale...",
                            image.getTitle(),
                            has,
                            values));
        }
    }

    /**
     * What only the user can say of how an image goes into a model; empty where it is clear, or was
     * said.
     *
     * @throws ImageException if the image is empty
     */
    public static Optional<Question> question(ModelSpec spec, ImagePlus image) {
        Optional<Question> order = ModelFit.question(spec, image);
        return order.isPresent() ? order : ColourFit.question(spec, image);
    }

    /**
     * What the map's channels are called; empty where the image's own slices say it, or nothing.
     */
    public List<String> channelNames() {
        return colours.names();
    }

    /** Number of inputs in the image: its time points. */
    public int frames() {
        return view.size('t');
    }

    /**
     * Checks all time points where there are several, before work begins that would be lost; the
     * first is checked when its tensor is made.
     *
     * @throws ImageException if a value is NaN or infinite
     */
    public void requireFinite() {
        for (int frame = 0; frame < frames() && frames() > 1; frame++) {
            view.requireFinite(frame);
        }
    }

    /**
     * The input for one time point.
     *
     * @param frame from 0
     * @return a new tensor with the model's axes and extents, batch 1: the calibrated values after
     *     the pre-processing that the model's description asks for
     * @throws ImageException if a value is NaN or infinite
     */
    public Tensor tensor(int frame) {
        if (frame < 0 || frame >= frames()) {
            throw new IllegalArgumentException(
                    "frame " + frame + " of an image with " + frames() + ", counted from 0");
        }
        Tensor tensor = way.toModel((channel, slice) -> slice(channel, slice, frame));
        if (!range.isOfNumbers()) {
            view.requireFinite(frame);
        }
        // Interpolated values lie between those of the image, so the range holds for both.
        if (warnings.isEmpty() && spec.parts().stream().allMatch(InputPart::isImage)) {
            DataRange expected = spec.description().input().range();
            (isAsNoted() ? expected.warning(range.span()) : expected.warning(tensor))
                    .ifPresent(warnings::add);
        }
        spec.description().input().preprocess(tensor);
        return tensor;
    }

    /** Whether the values of the only tensor, before pre-processing, are those of the image. */
    private boolean isAsNoted() {
        return frames() == 1 && spec.parts().isEmpty() && resampling().isEmpty();
    }

    /** How far the values of the only tensor go, where that is known from its making. */
    public Optional<Span> span() {
        return isAsNoted() && spec.description().input().preprocessing().isEmpty()
                ? Optional.of(range.span())
                : Optional.empty();
    }

    /** As it is; those of a virtual stack are read one at a time. */
    private float[] slice(int channel, int slice, int frame) {
        float[] values;
        synchronized (view) {
            values = view.slice(channel, slice, frame);
        }
        range.note(channel, slice, values);
        return values;
    }

    /**
     * What is odd about the image beside the model, and about the values of the first tensor that
     * was odd; empty where nothing is.
     */
    public List<String> warnings() {
        List<String> all = new ArrayList<>(warnings);
        ModelFit.orientation(spec, image).ifPresent(all::add);
        ModelFit.ratios(spec, view).ifPresent(all::add);
        return all;
    }

    /**
     * What goes in, in one line: {@code image 20×24×18, 3 channels, 0…1 → model bzyxc 18×24×20}.
     * The range is that of the frames that became tensors so far, or of all; extents are those of
     * the image in the order x, y, z, and those that the model sees in the order of its axes.
     */
    public String summary() {
        return new InputLine(spec, colours).of(range, resampling().isPresent());
    }

    /** How the model's grid lies in the image, with the image's calibration. */
    public Grid grid() {
        Calibration calibration = image.getCalibration();
        double[] scale = new double[3];
        for (int i = 0; i < scale.length; i++) {
            char axis = "xyz".charAt(i);
            scale[i] = (double) way.extent(axis) / view.size(axis);
        }
        double[] size = {calibration.pixelWidth, calibration.pixelHeight, calibration.pixelDepth};
        return new Grid(scale, size, calibration.getUnit());
    }

    /**
     * Carries labels from the image's grid to the model's: each voxel takes that of the image voxel
     * at its centre.
     *
     * @param slices the labels of slice z from 0, x fastest
     * @return a new tensor with the model's extents and axes but for the channels
     */
    public Tensor nearest(IntFunction<float[]> slices) {
        return way.nearest(slices);
    }

    /**
     * Carries a map from the model's grid to the image's: amounts so that their total stays the
     * same, levels by linear interpolation.
     *
     * @param map as for {@link #onImage(Tensor)}
     */
    public Tensor onImage(Tensor map, Quantity quantity) {
        return way.onImage(map, quantity);
    }

    /** The same values as those of {@link #onImage(Tensor, Quantity)}, slice by slice. */
    public SlicedMap sliced(Tensor map, Quantity quantity) {
        return way.sliced(map, quantity);
    }

    /**
     * Carries a map from the model's grid to the image's; its total stays the same.
     *
     * @param map one image, with the model's extents in space, in any order of axes; its channels
     *     may be fewer than the model's, or none
     * @return a tensor with {@link #IMAGE_AXES}, the image's extents in space and the map's
     *     channels, which shares the map's values where they lie so already; of those that repeat a
     *     grey image one, their sum or, for levels, their mean
     */
    public Tensor onImage(Tensor map) {
        return way.onImage(map, Quantity.AMOUNT);
    }

    /**
     * For the record: from which grid to which the image was resampled, for example {@code linear,
     * 182x218x182 to 96x112x96}; empty where the model sees the image's own voxels.
     */
    public Optional<String> resampling() {
        String from = "";
        String to = "";
        for (char axis : new char[] {'x', 'y', 'z'}) {
            if (spec.axes().has(axis)) {
                from += (from.isEmpty() ? "" : "x") + view.size(axis);
                to += (to.isEmpty() ? "" : "x") + way.extent(axis);
            }
        }
        return from.equals(to) ? Optional.empty() : Optional.of("linear, " + from + " to " + to);
    }
}

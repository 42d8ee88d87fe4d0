/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import ij.ImagePlus;
import ij.ImageStack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.model.ModelSpec;

/**
 * The images and numbers of a model with several inputs as the channels of one image, which {@link
 * ModelInput} takes: a number is a channel that holds it everywhere.
 */
public final class JoinedImages {

    private JoinedImages() {}

    /**
     * Joins them.
     *
     * @param image of the input that is not named
     * @param others image names, or numbers with blanks between, by the names of inputs
     * @param find the image of a name
     * @return the image itself where the model has one input
     * @throws ImageException where an image is missing or lies on another grid
     * @throws OptionException where numbers are too few or too many
     */
    public static ImagePlus of(
            ModelSpec spec,
            ImagePlus image,
            Map<String, String> others,
            Function<String, ImagePlus> find) {
        if (spec.parts().isEmpty()) {
            return image;
        }
        List<ImagePlus> images = new ArrayList<>();
        boolean own = spec.parts().stream().anyMatch(InputPart::hasOwnGrid);
        ImagePlus grid = own ? OwnGrids.canvas(spec, image) : image;
        List<ImagePlus> asTheyAre = new ArrayList<>();
        for (InputPart part : spec.parts()) {
            String said = others.get(part.name());
            if (part.isImage()) {
                ImagePlus found = said == null ? image : ChannelFiles.of(said, find);
                requireChannels(part, found);
                asTheyAre.add(found);
                images.add(own ? OwnGrids.inCorner(spec, part, found, grid) : found);
            } else {
                images.add(everywhere(part.name() + "=" + said, numbers(part, said), grid));
            }
        }
        ImagePlus joined = ChannelFiles.join(images);
        joined.setTitle(image.getTitle());
        if (own) {
            OwnGrids.remember(joined, asTheyAre);
        }
        ModelInput.markJoined(joined, spec);
        return joined;
    }

    private static void requireChannels(InputPart part, ImagePlus image) {
        int channels = ImageView.ofColours(image).size('c');
        if (channels != part.channels()) {
            throw new ImageException(
                    "Image '"
                            + image.getTitle()
                            + "' has "
                            + channels
                            + " channels, but input '"
                            + part.name()
                            + "' of the model takes "
                            + part.channels()
                            + ": give another image (inputs="
                            + part.name()
                            + "=…).");
        }
    }

    private static float[] numbers(InputPart part, String said) {
        String[] words = said == null ? new String[0] : said.strip().split("[;\\s]+");
        float[] numbers = new float[words.length];
        for (int i = 0; i < words.length; i++) {
            try {
                numbers[i] = Float.parseFloat(words[i]);
            } catch (NumberFormatException e) {
                throw wrong(part, "'" + words[i] + "' is no number");
            }
            if (!Float.isFinite(numbers[i])) {
                throw wrong(part, "'" + words[i] + "' is not finite");
            }
        }
        if (numbers.length != part.channels()) {
            throw wrong(part, numbers.length + " were given");
        }
        return numbers;
    }

    private static OptionException wrong(InputPart part, String problem) {
        String example =
                IntStream.rangeClosed(1, part.channels())
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(" "));
        return new OptionException(
                "inputs: '"
                        + part.name()
                        + "' takes "
                        + (part.channels() == 1 ? "a number" : part.channels() + " numbers")
                        + ", and "
                        + problem
                        + ": write inputs=["
                        + part.name()
                        + "="
                        + example
                        + "].");
    }

    private static ImagePlus everywhere(String title, float[] numbers, ImagePlus like) {
        ImageStack stack = new ImageStack(like.getWidth(), like.getHeight());
        for (int i = 0; i < like.getNSlices() * like.getNFrames(); i++) {
            for (float number : numbers) {
                float[] plane = new float[like.getWidth() * like.getHeight()];
                Arrays.fill(plane, number);
                stack.addSlice(null, plane);
            }
        }
        ImagePlus image = new ImagePlus(title, stack);
        image.setDimensions(numbers.length, like.getNSlices(), like.getNFrames());
        image.setCalibration(like.getCalibration().copy());
        ImageGeometry.copy(like, image);
        return image;
    }
}

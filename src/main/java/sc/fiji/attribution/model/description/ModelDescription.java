/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.preprocessing.Preprocessing;

/**
 * What a file beside the model says about it. Start reading at {@link DescriptionFormat}.
 *
 * <p>Attribution maps explain the values that the network sees, which are those after the
 * pre-processing: a map is in units of the logit per unit of the pre-processed input, and a zero
 * baseline is zero there. Baselines that are images pass through the pre-processing like the input.
 *
 * @param file where it stands; empty where the model has no description
 * @param format for people: {@code bioimage.io 0.5.4}
 * @param name the model's name; empty where it has none
 * @param input what the network takes
 * @param output what it gives
 * @param weights the files that hold the network, in the order of the description
 * @param testCases inputs with the outputs that they must give
 * @param warnings one line each; empty where nothing is odd
 */
public record ModelDescription(
        Optional<Path> file,
        String format,
        String name,
        Input input,
        Output output,
        List<Weights> weights,
        List<TestCase> testCases,
        List<String> warnings) {

    /** Says nothing. */
    public static final ModelDescription NONE =
            new ModelDescription(
                    Optional.empty(),
                    "",
                    "",
                    new Input(
                            Optional.empty(),
                            List.of(),
                            DataRange.ANY,
                            List.of(),
                            List.of(),
                            Optional.empty()),
                    Output.ANY,
                    List.of(),
                    List.of(),
                    List.of());

    public ModelDescription {
        weights = List.copyOf(weights);
        testCases = List.copyOf(testCases);
        warnings = List.copyOf(warnings);
    }

    /** The same with further warnings. */
    public ModelDescription withWarnings(List<String> further) {
        List<String> all = new ArrayList<>(warnings);
        all.addAll(further);
        return new ModelDescription(file, format, name, input, output, weights, testCases, all);
    }

    /**
     * @param axes the order of the input's axes, where it is said
     * @param sizes allowed extents of those axes where not any fits
     * @param range the range of pixel values
     * @param preprocessing from pixel values to what the network sees, in this order
     * @param channels names of the channels in their order; empty where they are not said
     * @param orientation where x, y and z grew to in the volumes of the training: {@code RAS}
     */
    public record Input(
            Optional<Axes> axes,
            List<AllowedSize> sizes,
            DataRange range,
            List<Preprocessing> preprocessing,
            List<String> channels,
            Optional<String> orientation) {
        public Input {
            sizes = List.copyOf(sizes);
            channels = List.copyOf(channels);
            preprocessing = List.copyOf(preprocessing);
        }

        /** The allowed extents along an axis; empty where any fits. */
        public Optional<AllowedSize> size(char axis) {
            return sizes.stream().filter(size -> size.axis() == axis).findFirst();
        }

        /**
         * Replaces an input's values by what the network is to see.
         *
         * @throws ImageException where a value gets NaN or infinite
         */
        public void preprocess(Tensor tensor) {
            for (Preprocessing step : preprocessing) {
                step.apply(tensor);
                for (float value : tensor.data()) {
                    if (!Float.isFinite(value)) {
                        throw new ImageException(
                                "Pre-processing "
                                        + step
                                        + " makes a value of the image "
                                        + value
                                        + ": check that the image is not constant, and the numbers"
                                        + " in the model's description.");
                    }
                }
            }
        }

        /** For provenance: the steps in order; empty where there are none. */
        public String steps() {
            return preprocessing.stream().map(Object::toString).collect(Collectors.joining(", "));
        }
    }

    /**
     * @param head what the scores are
     * @param classes number of class scores, -1 where it is not said
     * @param labels names of the classes, or numbers, in their order; empty where they are not said
     * @param units of the numbers, in the same order; empty where they are not said
     * @param postprocessing from the network's output to the expected outputs of the test cases
     */
    public record Output(
            HeadKind head,
            int classes,
            List<String> labels,
            List<String> units,
            List<Preprocessing> postprocessing) {

        static final Output ANY = new Output(HeadKind.UNSAID, -1, List.of(), List.of(), List.of());

        public Output {
            labels = List.copyOf(labels);
            units = List.copyOf(units);
            postprocessing = List.copyOf(postprocessing);
        }
    }

    /**
     * @param format bioimage.io's name of the format: {@code tensorflow_saved_model_bundle}
     * @param source path beside the description, or an address in the web
     * @param sha256 of that file, hexadecimal; empty where it is not said
     */
    public record Weights(String format, String source, String sha256) {}
}

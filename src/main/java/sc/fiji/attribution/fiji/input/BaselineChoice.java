/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.geometry.BodyAxes;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.ModelSpec;

/**
 * A baseline by name, as dialogs and macros say it.
 *
 * @param name one of {@link #NAMES}; empty means {@code zero}
 * @param constant the value, in units of what the network sees (the image, after the pre-processing
 *     of the model's description), for {@code constant}
 * @param sigma standard deviation in voxels of the model's grid, for {@code blurred}; half the
 *     reach of {@code localmean} to each side
 * @param references images, each time point of which is a baseline, for {@code images}
 */
public record BaselineChoice(
        String name, double constant, double sigma, List<ImagePlus> references) {

    /**
     * All zero in what the network sees, the usual choice where zero means "nothing there". Where a
     * description asks for pre-processing this is zero after it: the mean of the image for zero
     * mean and unit variance, not black.
     */
    public static final BaselineChoice ZERO = new BaselineChoice("zero", 0, 1, List.of());

    private static final String IMAGES = "images";

    public static final List<String> NAMES =
            List.of("zero", "constant", "blurred", "mean", "localmean", "noise", IMAGES);

    /** The name, as an option of every method that measures against a baseline. */
    public static final Option.Choice NAME =
            new Option.Choice("baseline", "what the map is measured against", "zero", NAMES);

    /** The value of {@code constant}. */
    public static final Option.Real CONSTANT =
            new Option.Real(
                    "constant",
                    "if constant: the value, as the network sees it",
                    0.0,
                    -Float.MAX_VALUE,
                    Float.MAX_VALUE);

    /** The blur of {@code blurred}. */
    public static final Option.Real SIGMA =
            new Option.Real(
                    "sigma",
                    "if blurred: standard deviation in voxels of the model's grid",
                    4.0,
                    0,
                    1000);

    /** What a method reads that measures against a baseline, besides the images. */
    public static final List<Option<?>> OPTIONS = List.of(NAME, CONSTANT, SIGMA);

    /** Whether a method's settings ask for images. */
    public static boolean isImages(Settings settings) {
        return settings.get(NAME).equals(IMAGES);
    }

    /**
     * Checks that images are named where they are asked for, and only there.
     *
     * @param name of the baseline
     * @param named whether some are
     * @throws OptionException else
     */
    public static void requireReferences(String name, boolean named) {
        if (name.equals(IMAGES) && !named) {
            throw new OptionException(
                    "baseline=images needs references=, an image or a folder of images.");
        }
        if (!name.equals(IMAGES) && named) {
            throw new OptionException(
                    "references: read with baseline=images only, and the baseline is "
                            + name
                            + ".");
        }
    }

    public BaselineChoice {
        references = List.copyOf(references);
    }

    /**
     * The baseline for a model.
     *
     * @param seed of the random numbers of {@code noise}
     * @throws OptionException where there is no baseline of that name, or it lacks what it needs
     */
    public Baseline resolve(ModelSpec spec, int seed) {
        boolean own = spec.parts().stream().anyMatch(InputPart::hasOwnGrid);
        if (own
                && List.of("blurred", "mean", "localmean")
                        .contains(name.strip().toLowerCase(Locale.ROOT))) {
            throw new OptionException(
                    "baseline="
                            + name
                            + ": the images of model '"
                            + spec.name()
                            + "' lie on grids of their own, beyond which it would reach; take"
                            + " zero, constant or noise.");
        }
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "", "zero" -> new Baseline.Constant(0);
            case "constant" -> new Baseline.Constant((float) constant);
            case "blurred" -> new Baseline.Blurred(sigma);
            case "mean" -> new Baseline.Mean();
            case "localmean" -> new Baseline.LocalMean((int) Math.round(2 * sigma));
            case "noise" -> new Baseline.Noise(seed);
            case IMAGES -> images(spec);
            default ->
                    throw new OptionException(
                            "baseline '"
                                    + name
                                    + "' does not exist; choose one of "
                                    + String.join(", ", NAMES)
                                    + ".");
        };
    }

    /**
     * The choice that a {@link Baseline#description()} describes, as a map's properties keep it.
     *
     * @return empty for images, which a description does not hold
     */
    public static Optional<BaselineChoice> described(String text) {
        Matcher number =
                Pattern.compile("([a-z]+(?: mean)?),? ?(?:sigma |seed )?(.*?)(?: voxels.*)?")
                        .matcher(text);
        if (!number.matches()) {
            return Optional.empty();
        }
        String value = number.group(2);
        return switch (number.group(1)) {
            case "zero" -> Optional.of(ZERO);
            case "mean" -> Optional.of(new BaselineChoice("mean", 0, 1, List.of()));
            case "constant" ->
                    Optional.of(
                            new BaselineChoice(
                                    "constant", Double.parseDouble(value), 1, List.of()));
            case "blurred" ->
                    Optional.of(
                            new BaselineChoice("blurred", 0, Double.parseDouble(value), List.of()));
            case "local mean" ->
                    Optional.of(
                            new BaselineChoice(
                                    "localmean",
                                    0,
                                    (Integer.parseInt(value) - 1) / 4.0,
                                    List.of()));
            // Its seed is the run's.
            case "noise" -> Optional.of(new BaselineChoice("noise", 0, 1, List.of()));
            default -> Optional.empty();
        };
    }

    /**
     * What is odd about the references beside an image, with which they are compared voxel by
     * voxel.
     *
     * @throws ImageException where one is stored along other axes of the body: its left would be
     *     compared with the image's right
     */
    public List<String> doubts(ImagePlus image) {
        List<String> doubts = new ArrayList<>();
        for (ImagePlus reference : references) {
            Optional<BodyAxes> here = BodyAxes.of(image);
            Optional<BodyAxes> there = BodyAxes.of(reference);
            if (here.isEmpty() || there.isEmpty()) {
                continue;
            }
            String both = "references: '" + reference.getTitle() + "' and '" + image.getTitle();
            if (!here.get().isAlong(there.get())) {
                throw new ImageException(
                        both
                                + "' are stored along other axes of the body, so that left might"
                                + " meet right: resample one onto the other's grid.");
            }
            if (!ImageGeometry.sameGrid(image, reference)) {
                doubts.add(
                        both
                                + "' do not lie at the same place of the world (their affines"
                                + " differ); they are compared voxel by voxel.");
            }
        }
        return doubts;
    }

    private Baseline images(ModelSpec spec) {
        requireReferences(IMAGES, !references.isEmpty());
        if (!spec.parts().isEmpty()) {
            throw new OptionException(
                    "baseline=images: model '"
                            + spec.name()
                            + "' takes several inputs together, of which references= are but one;"
                            + " take zero, constant, blurred, mean, localmean or noise.");
        }
        List<Tensor> tensors = new ArrayList<>();
        List<String> titles = new ArrayList<>();
        for (ImagePlus image : references) {
            ModelInput input = ModelInput.of(spec, image);
            for (int frame = 0; frame < input.frames(); frame++) {
                tensors.add(input.tensor(frame));
            }
            titles.add(image.getTitle());
        }
        return new Baseline.Images(tensors, "images " + String.join(", ", titles));
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.segmentation;

import ij.ImagePlus;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Area;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelSpec;

/**
 * Which part of a map of scores is explained, as a user says it: the mean, or sum, of the scores on
 * the image's grid over some of its voxels.
 */
public sealed interface MapPart {

    /** What the parts' scores become. */
    enum Pooling {
        MEAN,
        SUM;

        /**
         * @param name {@code mean} or {@code sum}
         */
        public static Pooling named(String name) {
            return Stream.of(values())
                    .filter(each -> each.name().equalsIgnoreCase(name.strip()))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new OptionException(
                                            "pooling: '" + name + "' is neither mean nor sum."));
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** All places of the map. */
    record Everywhere() implements MapPart {}

    /**
     * The voxels in any of the regions.
     *
     * @param only place of the one region that is meant, -1 for all
     */
    record Inside(RegionChoice regions, String name, int only) implements MapPart {}

    /**
     * A connected component of what is predicted to be of the target's class.
     *
     * @param number from 1, the largest component
     */
    record Numbered(int number) implements MapPart {}

    /**
     * The connected component that a voxel belongs to.
     *
     * @param place in voxels of the image from 0, in the order x, y, z
     */
    record Around(List<Integer> place) implements MapPart {}

    /**
     * One voxel of the image.
     *
     * @param place in voxels of the image from 0, in the order x, y, z
     */
    record Voxel(List<Integer> place) implements MapPart {}

    Pattern COMPONENT = Pattern.compile("(?i)component\\s+(\\d{1,9})");
    Pattern AROUND = Pattern.compile("(?i)component\\s+at\\s+(selection|[\\d,\\s]+)");
    Pattern LABEL = Pattern.compile("(?i)(.+\\S)\\s+label\\s+(\\d{1,9})");

    /**
     * Reads the option {@code where}.
     *
     * @param text empty or {@code everywhere}; {@code component 2}; {@code component at 30, 40, 12}
     *     or {@code component at selection}, which is a point; title or path of a mask or of a
     *     label image, of which {@code labels.tif label 3} is one label; {@code selection}; {@code
     *     roi manager}
     * @param image what is explained
     * @throws OptionException where there is no such selection
     */
    static MapPart named(String text, ImagePlus image) {
        String wanted = text.strip();
        if (wanted.isEmpty() || wanted.equalsIgnoreCase("everywhere")) {
            return new Everywhere();
        }
        Matcher component = COMPONENT.matcher(wanted);
        if (component.matches()) {
            return new Numbered(Integer.parseInt(component.group(1)));
        }
        Matcher around = AROUND.matcher(wanted);
        if (around.matches()) {
            return new Around(
                    around.group(1).equalsIgnoreCase("selection")
                            ? clicked(image)
                            : numbers(around.group(1)));
        }
        Matcher label = LABEL.matcher(wanted);
        if (label.matches()) {
            RegionChoice regions = RegionChoice.named(label.group(1), "where", image);
            int only = regions.names(image).indexOf("label " + Integer.parseInt(label.group(2)));
            if (only < 0) {
                throw new OptionException(
                        "where="
                                + wanted
                                + ": there is no such label; '"
                                + regions.description()
                                + "' has "
                                + String.join(", ", regions.names(image))
                                + ".");
            }
            return new Inside(regions, regions.description() + " label " + label.group(2), only);
        }
        RegionChoice regions = RegionChoice.named(wanted, "where", image);
        return new Inside(regions, regions.description(), -1);
    }

    /**
     * What a target means on a map: {@code class[x, y, z]} is one voxel of the image.
     *
     * @return empty where the target names no voxel of a class
     */
    static Optional<Voxel> voxel(String target, ModelSpec model) {
        Matcher unit = Target.UNIT.matcher(target.strip());
        if (!unit.matches() || !isClass(unit.group(1), model)) {
            return Optional.empty();
        }
        return Optional.of(new Voxel(numbers(unit.group(2))));
    }

    /** A target without the voxel of a map that it names; any other as it is. */
    static String classOf(String target, ModelSpec model) {
        Matcher unit = Target.UNIT.matcher(target.strip());
        boolean named = model.map().isPresent() && voxel(target, model).isPresent();
        return named && unit.matches() ? unit.group(1) : target;
    }

    private static boolean isClass(String text, ModelSpec model) {
        try {
            return Target.parse(text, model.labels())
                    .map(target -> target instanceof Target.Classes)
                    .orElse(true);
        } catch (OptionException e) {
            return false; // a layer then, or nothing at all
        }
    }

    private static List<Integer> numbers(String text) {
        return Stream.of(text.strip().split("[,\\s]+")).map(Integer::valueOf).toList();
    }

    private static List<Integer> clicked(ImagePlus image) {
        if (image.getRoi() == null || image.getRoi().size() != 1) {
            throw new OptionException(
                    "where=component at selection: '"
                            + image.getTitle()
                            + "' has no point selected; click on it with the point tool, or write"
                            + " component at x, y, z.");
        }
        int slice =
                image.getRoi().hasHyperStackPosition()
                        ? image.getRoi().getZPosition()
                        : image.getRoi().getPosition() > 0
                                ? image.convertIndexToPosition(image.getRoi().getPosition())[1]
                                : image.getZ();
        int x = (int) image.getRoi().getFloatPolygon().xpoints[0];
        int y = (int) image.getRoi().getFloatPolygon().ypoints[0];
        return List.of(x, y, slice - 1);
    }

    /**
     * The weights of the map's places.
     *
     * @param target the class whose components count; empty for the predicted one
     * @return empty for the mean everywhere, which the network's logits are
     * @throws ImageException where the part has no voxel, or does not fit the image
     */
    default Optional<Area> resolve(
            Pooling pooling,
            Optional<Target> target,
            Classifier classifier,
            ImagePlus image,
            ModelInput input,
            Tensor tensor) {
        if (this instanceof Everywhere && pooling == Pooling.MEAN) {
            return Optional.empty();
        }
        Segmentation found = Segmentation.of(classifier, image, input, tensor);
        if (this instanceof Everywhere) {
            Tensor map = found.grid().map();
            Axes axes = new Axes(map.axes().order().replace("c", ""));
            Tensor all =
                    Tensor.zeros(axes, axes.order().chars().map(a -> map.size((char) a)).toArray());
            Arrays.fill(all.data(), 1);
            return Optional.of(new Area(all, "sum everywhere"));
        }
        ChosenVoxels chosen = ChosenVoxels.of(this, target, found, image);
        float weight = pooling == Pooling.MEAN ? 1f / chosen.voxels().length : 1;
        Tensor voxels =
                Tensor.zeros(
                        new Axes("zyx"), image.getNSlices(), image.getHeight(), image.getWidth());
        for (int voxel : chosen.voxels()) {
            voxels.data()[voxel] = weight;
        }
        return Optional.of(
                new Area(found.grid().weights(voxels), pooling + " " + chosen.description()));
    }
}

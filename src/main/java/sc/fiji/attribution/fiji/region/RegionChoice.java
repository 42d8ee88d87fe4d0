/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import ij.ImagePlus;
import ij.gui.Roi;
import ij.plugin.frame.RoiManager;
import java.awt.Point;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import net.imglib2.view.Views;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Lengths;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.ModelInput;

/**
 * Regions as a user gives them, on the grid of the image; where the model sees another grid, each
 * of its voxels takes the label of the image voxel at its centre.
 */
public sealed interface RegionChoice {

    /** For people and for provenance. */
    String description();

    /**
     * The regions on the model's grid.
     *
     * @param image that is explained
     * @param tensor what the model sees of it
     * @param warn is told of regions that have no voxel there, a line each
     * @throws ImageException where the regions do not lie on the image's grid, or are none
     */
    Regions resolve(ImagePlus image, ModelInput input, Tensor tensor, Consumer<String> warn);

    /** Takes the voxels of regions, one after the other. */
    @FunctionalInterface
    interface Voxels {
        /**
         * @param region place of its name, from 0
         * @param slice from 0
         * @param index in the slice, x fastest
         */
        void accept(int region, int slice, int index);
    }

    /**
     * Names the regions.
     *
     * @throws ImageException where they do not lie on the image's grid
     */
    List<String> names(ImagePlus image);

    /** As {@link #names}, for tables that people read: a mask is called by its image's title. */
    default List<String> titles(ImagePlus image) {
        return names(image);
    }

    /** What to say of regions that lie partly outside of an image; empty where they do not. */
    default Optional<String> outside(ImagePlus image) {
        return Optional.empty();
    }

    /**
     * The same regions with these names.
     *
     * @param names by label
     * @throws OptionException where the regions are no labels of an image
     */
    default RegionChoice named(Map<Integer, String> names) {
        throw new OptionException(
                "names: only the labels of an image are named by a file, and regions="
                        + description()
                        + " is none.");
    }

    /** Visits all voxels of the image's own grid that are in regions; these may overlap. */
    void visit(ImagePlus image, Voxels voxels);

    /**
     * Reads {@code roi manager}, {@code selection}, {@code supervoxels}, {@code supervoxels 12} or
     * {@code supervoxels 20 mm}, or the title or path of a label image.
     *
     * @param key the option's, for messages
     * @throws OptionException where there is no such selection
     */
    static RegionChoice named(String text, String key, ImagePlus image) {
        String wanted = text.strip();
        if (wanted.equalsIgnoreCase("roi manager")) {
            RoiManager manager = RoiManager.getInstance2();
            if (manager == null || manager.getCount() == 0) {
                throw new OptionException(
                        key + "=roi manager: the ROI Manager is empty; add selections to it.");
            }
            return new Rois(List.of(manager.getRoisAsArray()), "ROI Manager");
        }
        if (wanted.equalsIgnoreCase("selection")) {
            if (image.getRoi() == null) {
                throw new OptionException(
                        key + "=selection: '" + image.getTitle() + "' has no selection; make one.");
            }
            Roi selection = (Roi) image.getRoi().clone();
            if (selection.getName() == null || selection.getName().isBlank()) {
                selection.setName("selection");
            }
            return new Rois(List.of(selection), "selection");
        }
        if (wanted.toLowerCase(Locale.ROOT).matches("supervoxels(\\s.*)?")) {
            String size = wanted.substring("supervoxels".length()).strip();
            try {
                return new Divided(size.isEmpty() ? Divided.SIZE : Lengths.parse(size));
            } catch (NumberFormatException e) {
                throw new OptionException(
                        key
                                + "="
                                + wanted
                                + ": expected a size such as supervoxels 12 or"
                                + " supervoxels 20 mm.");
            }
        }
        return new Labels(ImageFile.openOrFind(wanted));
    }

    /**
     * An image of whole numbers: 0 belongs to no region, equal numbers are one region. Where both
     * images say where they lie in the world, each voxel takes the label that lies nearest; else
     * both have the same extents in space. See {@link Atlas}.
     *
     * @param image its first channel and frame
     * @param names by label; others are called {@code label 17}
     */
    record Labels(ImagePlus image, Map<Integer, String> names) implements RegionChoice {

        /** What the voxels of masks hold; ImageJ's hold 255. */
        private static final Set<Integer> MASK = Set.of(1, 255);

        /** Less is the edge of an image that was cropped. */
        private static final double NOTEWORTHY = 0.1;

        /** Without names. */
        public Labels(ImagePlus image) {
            this(image, Map.of());
        }

        @Override
        public String description() {
            return image.getTitle();
        }

        @Override
        public RegionChoice named(Map<Integer, String> other) {
            return new Labels(image, other);
        }

        private Atlas on(ImagePlus other) {
            return Atlas.on(other, image, names);
        }

        @Override
        public Regions resolve(
                ImagePlus explained, ModelInput input, Tensor tensor, Consumer<String> warn) {
            Atlas atlas = on(explained);
            outside(explained).ifPresent(warn);
            return LabelsOnModel.regions(
                    input.nearest(z -> floats(atlas.labels()[z])),
                    atlas.names(),
                    description(),
                    warn);
        }

        @Override
        public Optional<String> outside(ImagePlus other) {
            double part = on(other).outside();
            return part < NOTEWORTHY
                    ? Optional.empty()
                    : Optional.of(
                            String.format(
                                    Locale.ROOT,
                                    "%.0f %% of the labelled voxels of '%s' lie outside of '%s' and"
                                            + " do not count: if the two should lie over one"
                                            + " another, their headers (affines) disagree.",
                                    100 * part,
                                    description(),
                                    other.getTitle()));
        }

        private static float[] floats(int[] labels) {
            float[] floats = new float[labels.length];
            for (int i = 0; i < labels.length; i++) {
                floats[i] = labels[i];
            }
            return floats;
        }

        @Override
        public List<String> names(ImagePlus measured) {
            return List.copyOf(on(measured).names().values());
        }

        @Override
        public List<String> titles(ImagePlus measured) {
            TreeMap<Integer, String> all = on(measured).names();
            boolean isMask = all.size() == 1 && MASK.contains(all.firstKey()) && names.isEmpty();
            return isMask ? List.of(description()) : List.copyOf(all.values());
        }

        @Override
        public void visit(ImagePlus measured, Voxels voxels) {
            Atlas atlas = on(measured);
            List<Integer> labels = List.copyOf(atlas.names().keySet());
            for (int z = 0; z < atlas.labels().length; z++) {
                int[] slice = atlas.labels()[z];
                for (int i = 0; i < slice.length; i++) {
                    if (slice[i] > 0) {
                        voxels.accept(Collections.binarySearch(labels, slice[i]), z, i);
                    }
                }
            }
        }
    }

    /**
     * Selections, each through all slices unless it belongs to one. Where they overlap, the first
     * counts.
     */
    record Rois(List<Roi> rois, String description) implements RegionChoice {
        public Rois {
            rois = List.copyOf(rois);
        }

        @Override
        public Regions resolve(
                ImagePlus image, ModelInput input, Tensor tensor, Consumer<String> warn) {
            TreeMap<Integer, String> numbers = new TreeMap<>();
            List<String> names = names(image);
            for (int i = 0; i < rois.size(); i++) {
                numbers.put(i + 1, names.get(i));
            }
            float[][] labels = new float[image.getNSlices()][image.getWidth() * image.getHeight()];
            visit(
                    image,
                    (region, z, i) -> labels[z][i] = labels[z][i] == 0 ? region + 1 : labels[z][i]);
            return LabelsOnModel.regions(input.nearest(z -> labels[z]), numbers, description, warn);
        }

        @Override
        public List<String> names(ImagePlus image) {
            List<String> names = new ArrayList<>();
            for (Roi roi : rois) {
                String name = roi.getName();
                boolean nameless = name == null || name.isBlank();
                names.add(nameless ? "ROI " + (names.size() + 1) : name);
            }
            return names;
        }

        @Override
        public void visit(ImagePlus image, Voxels voxels) {
            for (int region = 0; region < rois.size(); region++) {
                int only = slice(rois.get(region), image);
                int first = only > 0 ? only - 1 : 0;
                int last = only > 0 ? Math.min(only, image.getNSlices()) : image.getNSlices();
                for (Point point : rois.get(region)) {
                    boolean on =
                            point.x >= 0
                                    && point.y >= 0
                                    && point.x < image.getWidth()
                                    && point.y < image.getHeight();
                    for (int z = first; on && z < last; z++) {
                        voxels.accept(region, z, point.y * image.getWidth() + point.x);
                    }
                }
            }
        }

        /** The slice that a selection belongs to, from 1; 0 for all. */
        private static int slice(Roi roi, ImagePlus image) {
            return roi.hasHyperStackPosition()
                    ? roi.getZPosition()
                    : roi.getPosition() > 0
                            ? image.convertIndexToPosition(roi.getPosition())[1]
                            : 0;
        }
    }

    /**
     * Supervoxels of the image itself; see {@link Supervoxels}.
     *
     * @param size of a region, in voxels of the image or in its unit
     */
    record Divided(Lengths size) implements RegionChoice {

        static final Lengths SIZE = Lengths.parse("12");

        @Override
        public String description() {
            return "supervoxels " + size;
        }

        @Override
        public Regions resolve(
                ImagePlus image, ModelInput input, Tensor tensor, Consumer<String> warn) {
            String space = tensor.axes().spatial();
            Axes axes = new Axes("b" + space);
            int[] shape = axes.order().chars().map(axis -> tensor.size((char) axis)).toArray();
            Tensor labels = Tensor.zeros(axes, shape);
            int count =
                    Supervoxels.divide(
                            size.exactlyOn(
                                    input.grid(),
                                    new StringBuilder(space).reverse().toString(),
                                    "supervoxels"),
                            TensorView.of(tensor),
                            Views.hyperSlice(TensorView.of(labels), space.length(), 0));
            return new Regions(
                    labels,
                    IntStream.rangeClosed(1, count).mapToObj(i -> "supervoxel " + i).toList());
        }

        @Override
        public List<String> names(ImagePlus image) {
            throw new OptionException(
                    "regions="
                            + description()
                            + ": supervoxels are found in what a model sees; measure selections or"
                            + " the labels of an image.");
        }

        @Override
        public void visit(ImagePlus image, Voxels voxels) {
            names(image);
        }
    }
}

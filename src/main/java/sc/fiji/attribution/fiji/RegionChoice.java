/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.Roi;
import ij.plugin.frame.RoiManager;
import java.awt.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Lengths;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Regions;
import sc.fiji.attribution.core.Tensor;

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
            return new Rois(List.of(image.getRoi()), "selection");
        }
        if (wanted.toLowerCase().matches("supervoxels(\\s.*)?")) {
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
        ImagePlus open = WindowManager.getImage(wanted);
        return new Labels(open == null ? ImageFile.open(wanted) : open);
    }

    /**
     * An image of whole numbers: 0 belongs to no region, equal numbers are one region.
     *
     * @param image of the explained image's extents in space; its first channel and frame
     */
    record Labels(ImagePlus image) implements RegionChoice {
        @Override
        public String description() {
            return image.getTitle();
        }

        @Override
        public Regions resolve(
                ImagePlus explained, ModelInput input, Tensor tensor, Consumer<String> warn) {
            ImageView view = ImageView.of(image);
            if (image.getWidth() != explained.getWidth()
                    || image.getHeight() != explained.getHeight()
                    || image.getNSlices() != explained.getNSlices()) {
                throw new ImageException(
                        String.format(
                                "Label image '%s' is %dx%dx%d, and image '%s' is %dx%dx%d: use one"
                                        + " of the same extents.",
                                image.getTitle(),
                                image.getWidth(),
                                image.getHeight(),
                                image.getNSlices(),
                                explained.getTitle(),
                                explained.getWidth(),
                                explained.getHeight(),
                                explained.getNSlices()));
            }
            TreeMap<Integer, String> names = new TreeMap<>();
            for (int z = 0; z < image.getNSlices(); z++) {
                for (float value : view.slice(0, z, 0)) {
                    if (value < 0 || value != (int) value) {
                        throw new ImageException(
                                "Label image '"
                                        + image.getTitle()
                                        + "' holds "
                                        + value
                                        + ": labels are whole numbers from 0.");
                    }
                    if (value > 0) {
                        names.putIfAbsent((int) value, "label " + (int) value);
                    }
                }
            }
            return onModel(input.nearest(z -> view.slice(0, z, 0)), names, description(), warn);
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
            TreeMap<Integer, String> names = new TreeMap<>();
            for (int i = 0; i < rois.size(); i++) {
                String name = rois.get(i).getName();
                names.put(i + 1, name == null || name.isBlank() ? "ROI " + (i + 1) : name);
            }
            return onModel(input.nearest(z -> slice(image, z)), names, description, warn);
        }

        private float[] slice(ImagePlus image, int z) {
            float[] labels = new float[image.getWidth() * image.getHeight()];
            for (int i = 0; i < rois.size(); i++) {
                Roi roi = rois.get(i);
                int only = slice(roi, image);
                if (only > 0 && only != z + 1) {
                    continue;
                }
                for (Point point : roi) {
                    boolean on =
                            point.x >= 0
                                    && point.y >= 0
                                    && point.x < image.getWidth()
                                    && point.y < image.getHeight();
                    int at = point.y * image.getWidth() + point.x;
                    if (on && labels[at] == 0) {
                        labels[at] = i + 1;
                    }
                }
            }
            return labels;
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
            int[] voxels = size.on(input.grid(), tensor.axes().spatial(), "supervoxels");
            Tensor labels = Supervoxels.of(tensor, voxels);
            int count = 0;
            for (float label : labels.data()) {
                count = (int) Math.max(count, label);
            }
            return new Regions(
                    labels,
                    IntStream.rangeClosed(1, count).mapToObj(i -> "supervoxel " + i).toList());
        }
    }

    /** Numbers the labels anew, and leaves out those that the model's grid lost. */
    private static Regions onModel(
            Tensor labels, TreeMap<Integer, String> names, String source, Consumer<String> warn) {
        TreeMap<Integer, Integer> numbers = new TreeMap<>();
        for (float label : labels.data()) {
            if (label > 0) {
                numbers.putIfAbsent((int) label, 0);
            }
        }
        if (numbers.isEmpty()) {
            throw new ImageException(
                    "'" + source + "' marks no voxel of the image: label what is meant.");
        }
        List<String> kept = new ArrayList<>();
        for (var entry : names.entrySet()) {
            if (numbers.containsKey(entry.getKey())) {
                kept.add(entry.getValue());
                numbers.put(entry.getKey(), kept.size());
            } else {
                warn.accept(
                        "Region '"
                                + entry.getValue()
                                + "' of "
                                + source
                                + " is left out: it has no voxel on the model's grid.");
            }
        }
        for (int i = 0; i < labels.length(); i++) {
            float label = labels.data()[i];
            labels.data()[i] = label > 0 ? numbers.get((int) label) : 0;
        }
        return new Regions(labels, kept);
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.segmentation;

import ij.ImagePlus;
import java.util.Optional;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.ReceptiveField;
import sc.fiji.attribution.fiji.feature.LayerGrid;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;

/**
 * How a map of scores lies in an image. With the map as s and linear interpolation between its
 * places as a matrix R, the scores on the image's grid are R s; a sum of these over voxels m is a
 * sum of s with the weights Rᵀ m. So what is explained of a map is what is shown of it.
 *
 * @param map a map of one image, which tells axes and extents
 * @param grid where its places lie
 */
record MapGrid(ImagePlus image, Tensor map, LayerGrid grid) {

    private static final String ORDER = "xyz";

    /**
     * @param input what the network sees of the image
     * @param map what it puts out for that
     */
    static MapGrid of(
            Classifier classifier, ImagePlus image, ModelInput input, Tensor tensor, Tensor map) {
        Layer places = classifier.spec().map().orElseThrow();
        Optional<ReceptiveField> field =
                classifier.structure().flatMap(structure -> structure.field(places, tensor));
        LayerGrid grid =
                field.isPresent()
                        ? LayerGrid.of(image, map, input.grid(), tensor.axes().spatial(), field)
                        : byExtents(input, tensor, map);
        return new MapGrid(image, map, grid);
    }

    /**
     * Where the network does not tell: one place for every s voxels of its input, if the extents
     * fit a whole number s, as behind strides with padding; else the middle of the input, as behind
     * convolutions without.
     */
    private static LayerGrid byExtents(ModelInput input, Tensor tensor, Tensor map) {
        int[] extents = new int[3];
        double[] origin = new double[3];
        double[] step = new double[3];
        for (int i = 0; i < 3; i++) {
            int seen = tensor.size(ORDER.charAt(i));
            extents[i] = map.size(ORDER.charAt(i));
            int every = (seen + extents[i] - 1) / extents[i];
            boolean whole = extents[i] >= seen || extents[i] == (seen + every - 1) / every;
            double scale = input.grid().scale()[i];
            step[i] = (whole ? (double) seen / extents[i] : 1) / scale;
            double first = whole ? 0 : (seen - extents[i]) / 2.0 / scale;
            origin[i] = first + 0.5 * step[i] - 0.5;
        }
        return new LayerGrid(extents, origin, step, false);
    }

    /** One channel of a map on the image's grid, with axes {@code zyx}. */
    Tensor onImage(Tensor scores, int channel) {
        return grid.onImage(grid.channel(scores, channel), image);
    }

    /**
     * The weights of the map's places that make a weighted sum over the image's voxels.
     *
     * @param voxels weights on the image's grid, {@code zyx}
     * @return axes {@code b} and those of space in the order of the map
     */
    Tensor weights(Tensor voxels) {
        Tensor onMap = grid.fromImage(voxels, image);
        Axes axes = new Axes(map.axes().order().replace("c", ""));
        return onMap.in(axes);
    }
}

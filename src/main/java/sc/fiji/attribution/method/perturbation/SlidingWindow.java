/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.grid.Lengths;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.space.Space;

/**
 * Where the boxes of an occlusion lie: along each axis every {@code stride} voxels until the end is
 * reached, ⌈(D − w) / s⌉ + 1 of them; the last is cut off at the edge, as in Captum.
 *
 * @param window extents of a box, in the order of the space's axes
 * @param stride steps from box to box
 */
public record SlidingWindow(Space space, int[] window, int[] stride) {

    static final Option.PerAxis WINDOW =
            new Option.PerAxis(
                    "window",
                    "size of the box, in voxels of the image (8 or x,y,z: 8,8,4) or in its unit"
                            + " (4 mm)",
                    Lengths.parse("8"));

    static final Option.PerAxis STRIDE =
            new Option.PerAxis(
                    "stride",
                    "step from box to box, as window; a smaller step than the box takes longer and"
                            + " shows more",
                    Lengths.parse("8"));

    /**
     * Reads window and stride, in voxels of the model's grid.
     *
     * @throws OptionException where the box is larger than the image, or the stride leaves gaps
     */
    static SlidingWindow of(Problem problem) {
        Space space = Space.of(problem.input());
        Lengths lengths = problem.settings().get(WINDOW);
        int[] window = lengths.on(problem.grid(), space.axes(), WINDOW.key());
        int[] stride =
                problem.settings().get(STRIDE).on(problem.grid(), space.axes(), STRIDE.key());
        for (int a = 0; a < window.length; a++) {
            // A 2-D model may still have a z axis of one voxel.
            if (space.extents()[a] == 1 && lengths.values().size() == 1) {
                window[a] = 1;
                stride[a] = 1;
            }
            if (window[a] > space.extents()[a]) {
                throw new OptionException(
                        String.format(
                                Locale.ROOT,
                                "window=%s: that is %d voxels along %s, where the model's input has"
                                        + " %d; choose a smaller window.",
                                lengths,
                                window[a],
                                space.axes().charAt(a),
                                space.extents()[a]));
            }
            if (stride[a] > window[a]) {
                throw new OptionException(
                        String.format(
                                Locale.ROOT,
                                "stride=%s: larger than the window (%s) along %s, which leaves"
                                        + " voxels out; choose a stride of at most the window.",
                                problem.settings().get(STRIDE),
                                lengths,
                                space.axes().charAt(a)));
            }
        }
        return new SlidingWindow(space, window, stride);
    }

    /** All boxes in raster order, for that many groups of channels. */
    public List<Box> boxes(int groups) {
        List<Box> boxes = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            add(boxes, new int[window.length], 0, group);
        }
        return boxes;
    }

    private void add(List<Box> boxes, int[] from, int axis, int group) {
        if (axis == window.length) {
            int[] to = new int[axis];
            for (int a = 0; a < axis; a++) {
                to[a] = Math.min(space.extents()[a], from[a] + window[a]);
            }
            boxes.add(new Box(from.clone(), to, group));
            return;
        }
        int count = (space.extents()[axis] - window[axis] + stride[axis] - 1) / stride[axis] + 1;
        for (int i = 0; i < count; i++) {
            from[axis] = i * stride[axis];
            add(boxes, from, axis + 1, group);
        }
    }
}

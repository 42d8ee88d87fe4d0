/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.localisation;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * The largest intersection over union of the mask's bounding box and that of the largest connected
 * part of the map above a threshold, over thresholds in hundredths of the largest value.
 */
@MetaInfServices(Metric.class)
public final class BoxIou extends MaskMetric {

    private static final int LEVELS = 100;

    public BoxIou() {
        super(
                "Box IoU",
                "The largest overlap of the mask's bounding box with that of the map's largest part.",
                "Choe et al. 2020, CVPR (MaxBoxAcc)",
                0,
                1,
                Better.HIGHER);
    }

    @Override
    Finding measure(Trial trial, double[] values, boolean[] mask, int inside) {
        int[] shape = space(trial.map());
        double largest = Arrays.stream(values).max().orElseThrow();
        if (!(largest > 0)) {
            return Finding.of(Double.NaN, "the map has no positive values");
        }
        int[][] wanted = box(mask, shape);
        double best = 0;
        int at = 0;
        for (int level = 1; level < LEVELS; level++) {
            double threshold = largest * level / LEVELS;
            boolean[] above = new boolean[values.length];
            for (int i = 0; i < values.length; i++) {
                above[i] = values[i] >= threshold;
            }
            double overlap = overlap(box(largestPart(above, shape), shape), wanted);
            if (overlap > best) {
                best = overlap;
                at = level;
            }
        }
        return Finding.of(best, "threshold " + at + " % of the largest value");
    }

    /** The map's extents without batch and channels. */
    private static int[] space(Tensor map) {
        String axes = map.axes().order();
        return axes.chars()
                .filter(axis -> axis != 'b' && axis != 'c')
                .map(axis -> map.size((char) axis))
                .toArray();
    }

    /** Connected through faces. */
    private static boolean[] largestPart(boolean[] above, int[] shape) {
        boolean[] seen = new boolean[above.length];
        boolean[] best = new boolean[above.length];
        int most = 0;
        for (int start = 0; start < above.length; start++) {
            if (!above[start] || seen[start]) {
                continue;
            }
            boolean[] part = new boolean[above.length];
            int size = 0;
            ArrayDeque<Integer> open = new ArrayDeque<>();
            open.add(start);
            seen[start] = true;
            while (!open.isEmpty()) {
                int at = open.poll();
                part[at] = true;
                size++;
                for (int axis = 0, stride = above.length; axis < shape.length; axis++) {
                    stride /= shape[axis];
                    int place = at / stride % shape[axis];
                    for (int step = -1; step <= 1; step += 2) {
                        int next = at + step * stride;
                        boolean there = place + step >= 0 && place + step < shape[axis];
                        if (there && above[next] && !seen[next]) {
                            seen[next] = true;
                            open.add(next);
                        }
                    }
                }
            }
            if (size > most) {
                most = size;
                best = part;
            }
        }
        return best;
    }

    /** First and last place along each axis. */
    private static int[][] box(boolean[] in, int[] shape) {
        int[][] box = new int[shape.length][];
        for (int axis = 0, stride = in.length; axis < shape.length; axis++) {
            stride /= shape[axis];
            box[axis] = new int[] {Integer.MAX_VALUE, -1};
            for (int i = 0; i < in.length; i++) {
                if (in[i]) {
                    int place = i / stride % shape[axis];
                    box[axis][0] = Math.min(box[axis][0], place);
                    box[axis][1] = Math.max(box[axis][1], place);
                }
            }
        }
        return box;
    }

    private static double overlap(int[][] a, int[][] b) {
        double both = 1;
        double inA = 1;
        double inB = 1;
        for (int axis = 0; axis < a.length; axis++) {
            int low = Math.max(a[axis][0], b[axis][0]);
            int high = Math.min(a[axis][1], b[axis][1]);
            both *= Math.max(0, high - low + 1);
            inA *= a[axis][1] - a[axis][0] + 1;
            inB *= b[axis][1] - b[axis][0] + 1;
        }
        return both / (inA + inB - both);
    }
}

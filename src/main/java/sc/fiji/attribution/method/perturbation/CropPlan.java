/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.propagation.Cut;

/**
 * Where to cut a network so that scoring an image in which a small box changed costs least: from
 * cut to cut only a crop around the change runs, and behind the last cut all the rest. Costs are
 * estimated from the number of operations and of values that are handed over.
 *
 * @param levels the image and the cuts that were chosen, in order
 * @param crops extents of the crop at each level but the last, the same for all boxes
 * @param share estimated cost of a box, as a share of that of the whole network
 */
record CropPlan(List<Cut> levels, List<int[]> crops, double share) {

    /** A value that goes in or out of a model call costs as much as so many operations. */
    private static final double HANDING_OVER = 300;

    private static double volume(int[] extents) {
        double volume = 1;
        for (int extent : extents) {
            volume *= extent;
        }
        return volume;
    }

    /** Places of one level per place of the level before, along an axis. */
    static int step(Cut from, Cut to, int axis) {
        return to.stride()[axis] / from.stride()[axis];
    }

    /** Where the crop for a box begins along an axis; it ends {@code crop} further on. */
    static int start(Cut from, Cut to, int axis, Box box, int crop) {
        return Math.min(alignedStart(from, to, axis, box), from.extents()[axis] - crop);
    }

    private static int alignedStart(Cut from, Cut to, int axis, Box box) {
        int first = to.first(axis, box.from()[axis]);
        int low = (to.low()[axis] - from.low()[axis]) / from.stride()[axis];
        int step = step(from, to, axis);
        return Math.max(0, Math.floorDiv(first * step + low, step) * step);
    }

    private static int end(Cut from, Cut to, int axis, Box box) {
        int last = to.last(axis, box.to()[axis] - 1);
        int high = (to.high()[axis] - from.high()[axis]) / from.stride()[axis];
        return Math.min(from.extents()[axis], last * step(from, to, axis) + high + 1);
    }

    /** A crop in which each box's change from one level to the next can be computed. */
    private static int[] crop(Cut from, Cut to, List<Box> boxes) {
        int[] crop = new int[from.extents().length];
        for (int a = 0; a < crop.length; a++) {
            int needed = 1;
            for (Box box : boxes) {
                int length = end(from, to, a, box) - alignedStart(from, to, a, box);
                needed = Math.max(needed, length);
            }
            // So that padding and strides fall on the crop as they do on the whole.
            int step = step(from, to, a);
            int rest = Math.floorMod(from.extents()[a] - needed, step);
            crop[a] = Math.min(from.extents()[a], needed + rest);
        }
        return crop;
    }

    /**
     * A plan that takes these cuts.
     *
     * @param levels the image and the cuts, in order
     */
    static CropPlan through(List<Cut> levels, List<Box> boxes, double share) {
        List<int[]> crops = new ArrayList<>();
        for (int i = 0; i + 1 < levels.size(); i++) {
            crops.add(crop(levels.get(i), levels.get(i + 1), boxes));
        }
        return new CropPlan(levels, crops, share);
    }

    /**
     * The cheapest plan.
     *
     * @param cuts where the network can be cut
     * @param boxes what is going to change
     * @return empty where the network cannot be cut
     */
    static Optional<CropPlan> cheapest(
            List<Cut> cuts, int[] imageExtents, int channels, List<Box> boxes) {
        if (cuts.isEmpty()) {
            return Optional.empty();
        }
        List<Cut> levels = new ArrayList<>();
        levels.add(Cut.image(imageExtents, channels));
        levels.addAll(cuts);
        double total = cuts.get(cuts.size() - 1).operations();
        int n = levels.size();
        double[] cost = new double[n];
        int[] before = new int[n];
        for (int j = 1; j < n; j++) {
            cost[j] = Double.POSITIVE_INFINITY;
            for (int i = 0; i < j; i++) {
                int[] crop = crop(levels.get(i), levels.get(j), boxes);
                double here = cost[i] + cost(levels.get(i), levels.get(j), crop);
                if (here < cost[j]) {
                    cost[j] = here;
                    before[j] = i;
                }
            }
        }
        int best = 1;
        double least = Double.POSITIVE_INFINITY;
        for (int j = 1; j < n; j++) {
            double rest = total - levels.get(j).operations();
            double whole = cost[j] + rest + HANDING_OVER * levels.get(j).values();
            if (whole < least) {
                least = whole;
                best = j;
            }
        }
        List<Cut> chosen = new ArrayList<>();
        for (int j = best; j > 0; j = before[j]) {
            chosen.add(levels.get(j));
        }
        chosen.add(levels.get(0));
        Collections.reverse(chosen);
        double plain = total + HANDING_OVER * levels.get(0).values();
        return Optional.of(through(chosen, boxes, least / plain));
    }

    private static double cost(Cut from, Cut to, int[] crop) {
        double share = volume(crop) / volume(from.extents());
        double in = volume(crop) * from.channels();
        return (to.operations() - from.operations()) * share
                + HANDING_OVER * (in + to.values() * share);
    }

    /** For people: the layers at which the network is cut. */
    String cutsText() {
        return String.join(
                ", ", levels.subList(1, levels.size()).stream().map(Cut::layer).toList());
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import sc.fiji.attribution.model.ModelSpec;

/**
 * In which orders of its axes a model would take an image as it is, where it does not in the order
 * that is assumed: exports say the extents of an input, and not what they are called. Arrays of
 * nibabel, for one, have x first.
 */
final class AxisOrders {

    private AxisOrders() {}

    /**
     * The orders that fit exactly, those first that leave the channels where they are; empty where
     * the assumed one fits, or none does.
     *
     * @param sizes the image's extent along an axis, by its letter
     */
    static List<String> fitting(ModelSpec spec, IntUnaryOperator sizes) {
        String order = spec.axes().order();
        List<String> found = all(spec, sizes);
        if (found.contains(order)) {
            return List.of();
        }
        int channels = order.indexOf('c');
        List<String> near = found.stream().filter(other -> other.indexOf('c') == channels).toList();
        // Channels of volumes are told from slices by what their planes are called.
        return near.isEmpty() && !spec.axes().has('z') ? found : near;
    }

    /** All orders that fit exactly. */
    static List<String> all(ModelSpec spec, IntUnaryOperator sizes) {
        List<String> found = new ArrayList<>();
        permute(spec.axes().order(), "", found);
        found.removeIf(other -> !fits(spec, other, sizes));
        return found;
    }

    /**
     * The order with x first, as in arrays of nibabel, where an image of these sizes fits a model
     * of volumes in it as well as in the one that is assumed.
     */
    static Optional<String> turned(ModelSpec spec, IntUnaryOperator sizes) {
        String order = spec.axes().order();
        String other = order.replace('z', '?').replace('x', 'z').replace('?', 'x');
        return spec.axes().has('z') && fits(spec, order, sizes) && fits(spec, other, sizes)
                ? Optional.of(other)
                : Optional.empty();
    }

    /** All orders that leave the batch in its place. */
    private static void permute(String order, String begun, List<String> into) {
        int at = begun.length();
        if (at == order.length()) {
            into.add(begun);
        } else if (order.charAt(at) == 'b') {
            permute(order, begun + 'b', into);
        } else {
            for (char axis : order.toCharArray()) {
                if (axis != 'b' && begun.indexOf(axis) < 0) {
                    permute(order, begun + axis, into);
                }
            }
        }
    }

    private static boolean fits(ModelSpec spec, String order, IntUnaryOperator sizes) {
        for (int i = 0; i < order.length(); i++) {
            char axis = order.charAt(i);
            int extent = spec.shape()[i];
            if (axis != 'b' && extent >= 0 && extent != sizes.applyAsInt(axis)) {
                return false;
            }
        }
        return true;
    }
}

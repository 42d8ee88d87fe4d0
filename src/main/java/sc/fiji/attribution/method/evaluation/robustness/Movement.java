/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.robustness;

import java.util.List;
import sc.fiji.attribution.core.Tensor;

/**
 * A small movement of an image over its grid, by linear interpolation; what comes from outside is
 * what lies at the border.
 *
 * @param forth where the moved image's values come from
 * @param back where the values come from that are moved back
 */
record Movement(Place forth, Place back) {

    /** Turns a place, along each axis of space in the tensor's order, into the one before. */
    interface Place {
        void from(double[] place, int[] extents);
    }

    /** By whole voxels along an axis of space. */
    static Movement shift(int axis, int voxels) {
        return new Movement(
                (place, extents) -> place[axis] -= voxels,
                (place, extents) -> place[axis] += voxels);
    }

    /** In the plane of the last two axes of space, about its middle. */
    static Movement turn(double degrees) {
        return new Movement(
                (place, extents) -> turn(place, extents, -Math.toRadians(degrees)),
                (place, extents) -> turn(place, extents, Math.toRadians(degrees)));
    }

    private static void turn(double[] place, int[] extents, double angle) {
        int y = place.length - 2;
        int x = place.length - 1;
        double dy = place[y] - (extents[y] - 1) / 2.0;
        double dx = place[x] - (extents[x] - 1) / 2.0;
        place[y] = (extents[y] - 1) / 2.0 + Math.cos(angle) * dy + Math.sin(angle) * dx;
        place[x] = (extents[x] - 1) / 2.0 - Math.sin(angle) * dy + Math.cos(angle) * dx;
    }

    /** The image moved. */
    Tensor moved(Tensor image) {
        return by(image, forth);
    }

    /** A map of the moved image, back where the image was. */
    Tensor returned(Tensor map) {
        return by(map, back);
    }

    private static Tensor by(Tensor image, Place where) {
        String space = image.axes().spatial();
        List<Tensor.Along> axes = image.along(space);
        int[] extents = axes.stream().mapToInt(Tensor.Along::size).toArray();
        Tensor moved = Tensor.zerosLike(image);
        double[] place = new double[extents.length];
        for (int at = 0; at < image.length(); at++) {
            int rest = at;
            for (int i = 0; i < place.length; i++) {
                int here = axes.get(i).place(at);
                place[i] = here;
                rest -= here * axes.get(i).stride();
            }
            where.from(place, extents);
            moved.data()[at] = value(image, rest, place, axes);
        }
        return moved;
    }

    /**
     * @param rest offset of batch and channel
     */
    private static float value(Tensor image, int rest, double[] place, List<Tensor.Along> axes) {
        double sum = 0;
        for (int corner = 0; corner < 1 << place.length; corner++) {
            double weight = 1;
            int at = rest;
            for (int i = 0; i < place.length; i++) {
                int last = axes.get(i).size() - 1;
                double inside = Math.max(0, Math.min(last, place[i]));
                int low = (int) Math.floor(inside);
                double share = inside - low;
                boolean upper = (corner >> i & 1) == 1;
                weight *= upper ? share : 1 - share;
                at += Math.min(last, upper ? low + 1 : low) * axes.get(i).stride();
            }
            sum += weight == 0 ? 0 : weight * image.data()[at];
        }
        return (float) sum;
    }
}

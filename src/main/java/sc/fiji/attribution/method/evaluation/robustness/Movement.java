/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.robustness;

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
        int n = space.length();
        int[] extents = new int[n];
        int[] strides = new int[n];
        for (int i = 0; i < n; i++) {
            extents[i] = image.size(space.charAt(i));
            strides[i] = image.stride(space.charAt(i));
        }
        Tensor moved = Tensor.zerosLike(image);
        double[] place = new double[n];
        for (int at = 0; at < image.length(); at++) {
            int rest = at;
            for (int i = 0; i < n; i++) {
                int here = at / strides[i] % extents[i];
                place[i] = here;
                rest -= here * strides[i];
            }
            where.from(place, extents);
            moved.data()[at] = value(image, rest, place, extents, strides);
        }
        return moved;
    }

    /**
     * @param rest offset of batch and channel
     */
    private static float value(
            Tensor image, int rest, double[] place, int[] extents, int[] strides) {
        double sum = 0;
        for (int corner = 0; corner < 1 << place.length; corner++) {
            double weight = 1;
            int at = rest;
            for (int i = 0; i < place.length; i++) {
                double inside = Math.max(0, Math.min(extents[i] - 1.0, place[i]));
                int low = (int) Math.floor(inside);
                double share = inside - low;
                boolean upper = (corner >> i & 1) == 1;
                weight *= upper ? share : 1 - share;
                at += Math.min(extents[i] - 1, upper ? low + 1 : low) * strides[i];
            }
            sum += weight == 0 ? 0 : weight * image.data()[at];
        }
        return (float) sum;
    }
}

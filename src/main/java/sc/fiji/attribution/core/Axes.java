/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

/**
 * The order of a tensor's axes, one letter each, slowest first: {@code b} batch, {@code z}, {@code
 * y}, {@code x} space, {@code c} channel. TensorFlow's channels-last volumes are {@code "bzyxc"},
 * channels-first ones {@code "bczyx"}, 2-D images {@code "byxc"}.
 *
 * @param order the letters; each at most once
 */
public record Axes(String order) {

    private static final String KNOWN = "bzyxc";

    /** Of logits, and of layers without a place in the image. */
    public static final Axes ROWS = new Axes("bc");

    public Axes {
        for (int i = 0; i < order.length(); i++) {
            char axis = order.charAt(i);
            if (KNOWN.indexOf(axis) < 0 || order.indexOf(axis) != i) {
                throw new IllegalArgumentException(
                        "axes '"
                                + order
                                + "': each letter must be one of b (batch), z, y, x (space), c"
                                + " (channel) and stand once, for example bzyxc");
            }
        }
    }

    /** The usual channels-last order of that many spatial dimensions (1 to 3). */
    public static Axes channelsLast(int spatialDimensions) {
        return new Axes("b" + spatial(spatialDimensions) + "c");
    }

    /** The usual channels-first order of that many spatial dimensions (1 to 3). */
    public static Axes channelsFirst(int spatialDimensions) {
        return new Axes("bc" + spatial(spatialDimensions));
    }

    private static String spatial(int dimensions) {
        if (dimensions < 1 || dimensions > 3) {
            throw new IllegalArgumentException(dimensions + " spatial dimensions: expected 1 to 3");
        }
        return "zyx".substring(3 - dimensions);
    }

    public int rank() {
        return order.length();
    }

    /** Position of the axis, or -1. */
    public int indexOf(char axis) {
        return order.indexOf(axis);
    }

    public boolean has(char axis) {
        return indexOf(axis) >= 0;
    }

    public char axis(int position) {
        return order.charAt(position);
    }

    /** The spatial axes in their order here, for example {@code "zyx"}. */
    public String spatial() {
        return order.replaceAll("[bc]", "");
    }

    @Override
    public String toString() {
        return order;
    }
}

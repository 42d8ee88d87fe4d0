/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.Optional;
import org.tensorflow.proto.DataType;

/** Windows of an image as columns, and back: convolutions whose filters hold a single one each. */
public final class Patches {

    private Patches() {}

    /**
     * The elements of each window.
     *
     * @param x an image of two or three axes of space, their extents known
     * @return [batch, channels × elements of a window, windows]
     */
    public static Value columns(NetworkBuilder b, Value x, Window window) {
        int channels = x.extent(1);
        Value wide =
                Convolutions.convolve(
                        b, x, single(channels, window), Optional.empty(), window, channels);
        return Shaping.reshape(
                b, wide, Shaping.extents(wide, wide.extent(0), wide.extent(1), product(wide, 2)));
    }

    /**
     * The image whose windows these are; elements of windows that overlap are added.
     *
     * @param columns [batch, channels × elements of a window, windows]
     * @param image extents of space
     */
    public static Value image(NetworkBuilder b, Value columns, Window window, int... image) {
        int count = Arrays.stream(window.size()).reduce(1, (p, q) -> p * q);
        int channels = columns.extent(1) / count;
        int[] places = new int[window.axes()];
        int[] more = new int[window.axes()];
        int[] shape = new int[window.axes() + 2];
        shape[0] = columns.extent(0);
        shape[1] = columns.extent(1);
        for (int i = 0; i < places.length; i++) {
            places[i] = window.places(i, image[i]);
            int padding = window.before()[i] + window.after()[i];
            int least = (places[i] - 1) * window.strides()[i] - padding + window.reach(i);
            more[i] = image[i] - least;
            shape[i + 2] = places[i];
        }
        Value wide = Shaping.reshape(b, columns, Shaping.extents(columns, shape));
        return Convolutions.transposed(
                b, wide, single(channels, window), Optional.empty(), window, more, channels);
    }

    private static int product(Value x, int from) {
        return Arrays.stream(x.shape()).skip(from).reduce(1, (p, q) -> p * q);
    }

    /** For each channel and each element of the window a filter that is 1 there. */
    private static Value single(int channels, Window window) {
        int count = Arrays.stream(window.size()).reduce(1, (p, q) -> p * q);
        double[] ones = new double[channels * count * count];
        for (int i = 0; i < channels * count; i++) {
            ones[i * count + i % count] = 1;
        }
        int[] shape = new int[window.axes() + 2];
        shape[0] = channels * count;
        shape[1] = 1;
        System.arraycopy(window.size(), 0, shape, 2, window.axes());
        return Value.of(Numbers.of(Value.known(DataType.DT_FLOAT, shape, ones)));
    }
}

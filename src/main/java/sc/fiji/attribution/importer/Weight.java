/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.tensorflow.proto.DataType;

/**
 * A tensor of numbers that stays in its file until it is asked for.
 *
 * <p>Implementations read only. What they say of their size has been checked against the bytes that
 * are there, so that whoever reads them takes no more memory than the file has.
 */
public interface Weight {

    /** Element type of what {@link #read} gives: float32 for half precisions, which are widened. */
    DataType type();

    /** Extents, row-major, as the file has them; empty for a scalar. */
    long[] shape();

    /**
     * All numbers, little-endian, in row-major order of {@link #shape}; the caller does not write
     * to it.
     *
     * @throws IOException where the file ends early or cannot be read
     */
    ByteBuffer read() throws IOException;

    /** Takes bytes of a weight, in order. */
    interface Sink {
        void put(ByteBuffer bytes) throws IOException;
    }

    /**
     * Hands on what {@link #read} gives, a part at a time where that saves memory.
     *
     * @throws IOException as {@code read} does, and what the sink throws
     */
    default void pieces(Sink sink) throws IOException {
        sink.put(read());
    }

    /** Number of elements. */
    default long size() {
        return Arrays.stream(shape()).reduce(1, Math::multiplyExact);
    }

    /** The same numbers in the same order under other extents. */
    default Weight reshaped(long... extents) {
        return new WeightView.Reshaped(this, extents);
    }

    /**
     * With its axes in another order.
     *
     * @param order for each new axis, which of the old ones it is
     */
    default Weight permuted(int... order) {
        return new WeightView.Permuted(this, order);
    }

    /** Some of its extents along one axis: from begin, count of them. */
    default Weight part(int axis, long begin, long count) {
        return new WeightView.Part(this, axis, begin, count);
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.importer.Weight;
import sc.fiji.attribution.importer.WeightView;

/** A weight that was computed while importing. */
record Numbers(DataType type, WeightView.Extents extents, ByteBuffer bytes) implements Weight {

    static ByteBuffer floats(double... numbers) {
        ByteBuffer bytes =
                ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (double number : numbers) {
            bytes.putFloat((float) number);
        }
        return bytes.flip();
    }

    /** Known numbers of floating point as a weight. */
    static Numbers of(Value value) {
        long[] extents = Arrays.stream(value.shape()).asLongStream().toArray();
        return new Numbers(
                DataType.DT_FLOAT, new WeightView.Extents(extents), floats(value.numbers()));
    }

    @Override
    public long[] shape() {
        return extents.values().clone();
    }

    @Override
    public ByteBuffer read() {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.tensorflow.proto.DataType;

/** A weight seen otherwise: equal views are the same variable. */
public sealed interface WeightView extends Weight {

    /** Bytes that are handed on at once; of every width, a whole number of elements. */
    int PIECE = 1 << 22;

    Weight of();

    @Override
    default DataType type() {
        return of().type();
    }

    /** Bytes of an element of a type; 0 for those that have none of fixed size. */
    static int bytes(DataType type) {
        return switch (type) {
            case DT_DOUBLE, DT_INT64, DT_UINT64 -> 8;
            case DT_FLOAT, DT_INT32, DT_UINT32 -> 4;
            case DT_HALF, DT_BFLOAT16, DT_INT16, DT_UINT16 -> 2;
            case DT_INT8, DT_UINT8, DT_BOOL -> 1;
            default -> 0;
        };
    }

    private static ByteBuffer allocate(long bytes) throws IOException {
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new IOException("a single tensor is larger than 2 GB");
        }
        return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Other extents. */
    record Reshaped(Weight of, Extents extents) implements WeightView {

        Reshaped(Weight of, long... extents) {
            this(of, new Extents(extents));
            if (size() != of.size()) {
                throw new IllegalArgumentException(
                        Arrays.toString(of.shape()) + " has no " + Arrays.toString(extents));
            }
        }

        @Override
        public long[] shape() {
            return extents.values().clone();
        }

        @Override
        public ByteBuffer read() throws IOException {
            return of.read();
        }

        @Override
        public void pieces(Sink sink) throws IOException {
            of.pieces(sink);
        }
    }

    /** Another order of axes. */
    record Permuted(Weight of, Extents order) implements WeightView {

        Permuted(Weight of, int... order) {
            this(of, new Extents(Arrays.stream(order).asLongStream().toArray()));
        }

        /** What moves twice moves once. */
        @Override
        public Weight permuted(int... again) {
            int[] both = Arrays.stream(again).map(axis -> (int) order.values()[axis]).toArray();
            boolean still =
                    java.util.stream.IntStream.range(0, both.length).allMatch(i -> both[i] == i);
            return still ? of : new Permuted(of, both);
        }

        @Override
        public long[] shape() {
            long[] from = of.shape();
            return Arrays.stream(order.values()).map(axis -> from[(int) axis]).toArray();
        }

        @Override
        public ByteBuffer read() throws IOException {
            ByteBuffer to = allocate(size() * bytes(type()));
            pieces(to::put);
            return to.flip();
        }

        @Override
        public void pieces(Sink sink) throws IOException {
            int width = bytes(type());
            ByteBuffer from = of.read().duplicate().order(ByteOrder.LITTLE_ENDIAN);
            long[] extents = of.shape();
            int rank = extents.length;
            long[] strides = new long[rank];
            long stride = width;
            for (int i = rank - 1; i >= 0; i--) {
                strides[i] = stride;
                stride *= extents[i];
            }
            long[] shape = shape();
            long[] step = Arrays.stream(order.values()).map(axis -> strides[(int) axis]).toArray();
            Walk walk = new Walk(from, allocate(Math.min(size() * width, PIECE)), width, sink);
            walk.along(0, from.position(), shape, step);
            sink.put(walk.to.flip());
        }

        /** Elements in their new order, handed on whenever there are enough of them. */
        private record Walk(ByteBuffer from, ByteBuffer to, int width, Sink sink) {

            void along(int axis, long at, long[] shape, long[] step) throws IOException {
                if (axis == shape.length) {
                    copy((int) at);
                    return;
                }
                boolean last = axis == shape.length - 1;
                for (long i = 0, p = at; i < shape[axis]; i++, p += step[axis]) {
                    if (last) {
                        copy((int) p);
                    } else {
                        along(axis + 1, p, shape, step);
                    }
                }
            }

            private void copy(int at) throws IOException {
                if (!to.hasRemaining()) {
                    sink.put(to.flip());
                    to.clear();
                }
                switch (width) {
                    case 8 -> to.putLong(from.getLong(at));
                    case 4 -> to.putInt(from.getInt(at));
                    case 2 -> to.putShort(from.getShort(at));
                    default -> to.put(from.get(at));
                }
            }
        }
    }

    /** Some of the extents along an axis. */
    record Part(Weight of, int axis, long begin, long count) implements WeightView {

        @Override
        public long[] shape() {
            long[] shape = of.shape();
            shape[axis] = count;
            return shape;
        }

        @Override
        public ByteBuffer read() throws IOException {
            long[] whole = of.shape();
            long inner = bytes(type());
            for (int i = axis + 1; i < whole.length; i++) {
                inner *= whole[i];
            }
            ByteBuffer from = of.read();
            ByteBuffer to = allocate(size() * bytes(type()));
            int start = from.position();
            long length = count * inner;
            for (long at = begin * inner; to.hasRemaining(); at += whole[axis] * inner) {
                to.put(from.slice((int) (start + at), (int) length));
            }
            return to.flip();
        }
    }

    /** A filter [out, in, window…] with zeros between the elements of its window. */
    record Dilated(Weight of, Extents dilations) implements WeightView {

        public Dilated(Weight of, int... dilations) {
            this(of, new Extents(Arrays.stream(dilations).asLongStream().toArray()));
        }

        @Override
        public long[] shape() {
            long[] shape = of.shape();
            for (int i = 2; i < shape.length; i++) {
                shape[i] = (shape[i] - 1) * dilations.values()[i - 2] + 1;
            }
            return shape;
        }

        @Override
        public ByteBuffer read() throws IOException {
            int width = bytes(type());
            ByteBuffer from = of.read();
            long[] small = of.shape();
            long[] large = shape();
            ByteBuffer to = allocate(Math.multiplyExact(size(), width));
            int start = from.position();
            for (int i = 0; i < of.size(); i++) {
                long at = 0;
                long stride = 1;
                long rest = i;
                for (int axis = small.length - 1; axis >= 0; axis--) {
                    long index = rest % small[axis];
                    rest /= small[axis];
                    at += index * (axis < 2 ? 1 : dilations.values()[axis - 2]) * stride;
                    stride *= large[axis];
                }
                to.put((int) at * width, from, start + i * width, width);
            }
            return to;
        }
    }

    /** Numbers that are equal where their values are. */
    record Extents(long... values) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Extents that && Arrays.equals(values, that.values);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }

        @Override
        public String toString() {
            return Arrays.toString(values);
        }
    }
}

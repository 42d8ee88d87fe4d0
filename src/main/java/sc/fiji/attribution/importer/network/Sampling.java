/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * An image read at places between its voxels, as a spatial transformer does (Jaderberg et al.
 * 2015): the sum over the corners of the cell that a place lies in, each weighted by how near it
 * is. The gradient reaches both the image and the places.
 */
public final class Sampling {

    /** What places outside of the image see. */
    public enum Beyond {
        /** Zero. */
        ZERO,
        /** The nearest voxel. */
        BORDER,
        /** The image mirrored at its ends, which are where −1 and 1 are. */
        REFLECTION
    }

    private Sampling() {}

    /**
     * The image at some places.
     *
     * @param x [batch, channels, space…], the extents of space known
     * @param places [batch, new space…, axes], the last axis of space first, −1 and 1 the ends of
     *     the image
     * @param nearest take the nearest voxel instead
     * @param beyond what places outside take
     * @param aligned whether the ends are the centres of the outermost voxels, not their edges
     */
    public static Value at(
            NetworkBuilder b,
            Value x,
            Value places,
            boolean nearest,
            Beyond beyond,
            boolean aligned) {
        int axes = x.rank() - 2;
        int[] extents = Arrays.copyOfRange(x.shape(), 2, x.rank());
        Ops g = b.ops();
        Output image = b.outputLast(x);
        Output where = b.output(places);
        Output voxels = g.reshape(image, g.vector(-1, x.extent(1)));
        Output[] at = new Output[axes];
        for (int i = 0; i < axes; i++) {
            at[i] = place(g, part(g, where, axes - 1 - i), extents[i], beyond, aligned);
            at[i] = nearest ? g.emit("Rint", at[i]) : at[i];
        }
        Output first = first(g, image, extents, axes);
        Output sum = null;
        int corners = nearest ? 1 : 1 << axes;
        for (int corner = 0; corner < corners; corner++) {
            Output index = first;
            Output weight = null;
            for (int i = 0; i < axes; i++) {
                Output low = g.emit("Floor", at[i]);
                Output node = (corner >> i & 1) == 1 ? g.add(low, g.scalar(1, low)) : low;
                Output near = g.sub(g.scalar(1, low), g.emit("Abs", g.sub(at[i], node)));
                Output kept = clipped(g, node, extents[i]);
                Output inside = g.cast(g.emit("Equal", kept, node), DataType.DT_FLOAT);
                Output factor = g.mul(near, inside);
                weight = weight == null ? factor : g.mul(weight, factor);
                int step =
                        IntStream.range(i + 1, axes)
                                .map(k -> extents[k])
                                .reduce(1, (p, q) -> p * q);
                Output offset = g.cast(kept, DataType.DT_INT32);
                index = g.add(index, step == 1 ? offset : g.mul(offset, g.scalar(step)));
            }
            Output values = g.emit("GatherV2", voxels, index, g.scalar(0));
            Output term = g.mul(values, g.emit("ExpandDims", weight, g.scalar(-1)));
            sum = sum == null ? term : g.add(sum, term);
        }
        int[] shape = x.shape().clone();
        System.arraycopy(places.shape(), 1, shape, 2, axes);
        return Value.last(sum, DataType.DT_FLOAT, shape);
    }

    /** One coordinate of each place. */
    private static Output part(Ops g, Output places, int index) {
        return g.emit("GatherV2", places, g.scalar(index), g.scalar(-1));
    }

    /** In voxels from the first one's centre. */
    private static Output place(
            Ops g, Output relative, int extent, Beyond beyond, boolean aligned) {
        double half = (aligned ? extent - 1 : extent) / 2.0;
        double centre = (extent - 1) / 2.0;
        Output at = g.add(g.mul(relative, half), g.scalar(centre, relative));
        return switch (beyond) {
            case ZERO -> at;
            case BORDER -> clipped(g, at, extent);
            case REFLECTION -> clipped(g, reflected(g, at, centre, half), extent);
        };
    }

    /** Distance from the middle, going up to the end, back beyond the other one, and so on. */
    private static Output reflected(Ops g, Output at, double centre, double half) {
        if (half == 0) {
            return g.zerosLike(at);
        }
        double low = centre - half;
        Output from = g.sub(at, g.scalar(low, at));
        Output there = g.emit("FloorMod", from, g.scalar(4 * half, at));
        Output back = g.emit("Abs", g.sub(there, g.scalar(2 * half, at)));
        return g.sub(g.scalar(low + 2 * half, at), back);
    }

    private static Output clipped(Ops g, Output at, int extent) {
        return g.emit("Minimum", g.emit("Maximum", at, g.scalar(0, at)), g.scalar(extent - 1, at));
    }

    /** Index of the first voxel of each image, to be repeated over its places. */
    private static Output first(Ops g, Output image, int[] extents, int axes) {
        int voxels = Arrays.stream(extents).reduce(1, (p, q) -> p * q);
        Output batch = g.reshape(g.slice(g.shape(image), 0, 1), g.vector());
        int[] shape = new int[axes + 1];
        Arrays.fill(shape, 1);
        shape[0] = -1;
        return g.reshape(g.mul(g.range(batch), g.scalar(voxels)), g.vector(shape));
    }

    /**
     * Places that affine maps give the voxels of an image.
     *
     * @param maps [batch, axes, axes + 1]
     * @param extents of space, of the image to be made
     */
    public static Value affine(NetworkBuilder b, Value maps, int[] extents, boolean aligned) {
        int axes = extents.length;
        int voxels = Arrays.stream(extents).reduce(1, Math::multiplyExact);
        double[] grid = new double[voxels * (axes + 1)];
        for (int voxel = 0; voxel < voxels; voxel++) {
            int rest = voxel;
            for (int i = axes - 1; i >= 0; i--) {
                int extent = extents[i];
                double at = (2.0 * (rest % extent) + 1) / extent - 1;
                double ends = extent == 1 ? 0 : 2.0 * (rest % extent) / (extent - 1) - 1;
                grid[voxel * (axes + 1) + axes - 1 - i] = aligned ? ends : at;
                rest /= extent;
            }
            grid[voxel * (axes + 1) + axes] = 1;
        }
        Value known = Value.known(DataType.DT_FLOAT, new int[] {voxels, axes + 1}, grid);
        Ops g = b.ops();
        Output moved =
                g.emit(
                        "BatchMatMulV2",
                        List.of(b.output(known), b.output(maps)),
                        "adj_x",
                        false,
                        "adj_y",
                        true);
        int[] shape = new int[axes + 2];
        shape[0] = -1;
        System.arraycopy(extents, 0, shape, 1, axes);
        shape[axes + 1] = axes;
        Output places = g.reshape(moved, g.vector(shape));
        shape[0] = maps.extent(0);
        return Value.of(places, DataType.DT_FLOAT, shape);
    }
}

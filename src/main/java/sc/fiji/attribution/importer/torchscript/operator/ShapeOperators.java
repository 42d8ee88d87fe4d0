/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.archive.StoredType;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.OperatorTable;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;
import sc.fiji.attribution.importer.torchscript.call.Symbols;

/** Operators that arrange elements: views, permutations, joining, splitting. */
final class ShapeOperators {

    private final TensorOperators all;
    private final Emission g;

    private ShapeOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        ShapeOperators shape = new ShapeOperators(all);
        shape.questions();
        shape.views();
        shape.permutations();
        shape.joining();
        shape.repeating();
    }

    private void questions() {
        OperatorTable table = all.table();
        table.add(
                "size(x, dim=None)",
                a -> {
                    Value x = all.tensor(a, "x");
                    return a.isNone("dim") ? g.extents(x) : g.extent(x, a.axis("dim", x.rank()));
                });
        table.alias("size", "prim__shape", "shape");
        table.add("dim(x)", a -> (long) all.tensor(a, "x").rank());
        table.alias("dim", "ndimension", "prim__ndim");
        table.add("len(x)", a -> g.extent(all.tensor(a, "x"), 0));
        table.alias("len", "prim__len");
        table.add(
                "numel(x)",
                a -> {
                    Object count = 1L;
                    for (Object extent : g.extents(all.tensor(a, "x"))) {
                        count = all.scalars().times(count, extent);
                    }
                    return count;
                });
        table.add(
                "prim__dtype(x)",
                a -> {
                    DataType type = all.tensor(a, "x").type();
                    return (long)
                            Arrays.stream(StoredType.values())
                                    .filter(t -> t.graph() == type && t != StoredType.HALF)
                                    .findFirst()
                                    .orElse(StoredType.FLOAT)
                                    .code();
                });
        table.add("prim__device(x)", a -> "cpu");
        table.add("prim__layout(x)", a -> 0L);
        table.add("get_device(x)", a -> -1L);
        for (String no :
                List.of(
                        "prim__is_cuda",
                        "prim__is_quantized",
                        "prim__requires_grad",
                        "prim__is_sparse",
                        "prim__is_mkldnn",
                        "prim__is_mps",
                        "is_complex",
                        "prim__is_nested",
                        "prim__is_xpu",
                        "prim__is_meta")) {
            table.add(no + "(x)", a -> false);
        }
        table.add("is_floating_point(x)", a -> all.tensor(a, "x").isFloating());
        table.add("is_contiguous(x, memory_format=0)", a -> true);
        table.add("_shape_as_tensor(x)", a -> g.extents(all.tensor(a, "x")));
    }

    /** An operator that only gives another shape. */
    private void reshaping(String signature, BiFunction<Arguments, Value, List<Object>> shape) {
        all.view(signature, a -> x -> g.reshape(x, shape.apply(a, x)), a -> this::shapedLike);
    }

    private Value shapedLike(Value old, Value changed) {
        return g.reshape(changed, g.extents(old));
    }

    private void views() {
        reshaping("view(x, size)", (a, x) -> sizes(a, "size"));
        all.table().alias("view", "reshape", "_unsafe_view", "_reshape_alias");
        reshaping("view_as(x, other)", (a, x) -> g.extents(all.tensor(a, "other")));
        all.table().alias("view_as", "reshape_as");
        reshaping("flatten(x, start_dim=0, end_dim=-1)", this::flatten);
        reshaping("unflatten(x, dim, sizes)", this::unflatten);
        reshaping("squeeze(x, dim=None)", this::squeeze);
        reshaping(
                "unsqueeze(x, dim)",
                (a, x) -> {
                    List<Object> shape = g.extents(x);
                    shape.add(a.axis("dim", x.rank() + 1), 1L);
                    return shape;
                });
        reshaping("ravel(x)", (a, x) -> List.of(-1L));
    }

    /** Extents given by code. */
    private static List<Object> sizes(Arguments a, String name) {
        Object value = a.value(name);
        return value instanceof List<?> list ? new ArrayList<>(list) : List.of(value);
    }

    private List<Object> flatten(Arguments a, Value x) {
        List<Object> shape = g.extents(x);
        if (shape.isEmpty()) {
            return List.of(1L);
        }
        int start = a.axis("start_dim", x.rank());
        int end = a.axis("end_dim", x.rank());
        List<Object> flat = new ArrayList<>(shape.subList(0, start));
        flat.add(start == end ? shape.get(start) : (Object) (-1L));
        flat.addAll(shape.subList(end + 1, shape.size()));
        return flat;
    }

    private List<Object> unflatten(Arguments a, Value x) {
        List<Object> shape = g.extents(x);
        int axis = a.axis("dim", x.rank());
        shape.remove(axis);
        shape.addAll(axis, sizes(a, "sizes"));
        return shape;
    }

    private List<Object> squeeze(Arguments a, Value x) {
        int[] axes = a.axes("dim", x.rank());
        List<Object> shape = new ArrayList<>();
        for (int i = 0; i < x.rank(); i++) {
            int axis = i;
            boolean named = Arrays.stream(axes).anyMatch(each -> each == axis);
            if (named && !a.isNone("dim") && x.shape()[i] < 0) {
                throw new SizeNeeded(
                        "its code squeezes axis "
                                + i
                                + " away where that is 1, which depends on the image: export it"
                                + " with torch.jit.trace(model, example)",
                        x.shape()[i],
                        1);
            }
            if (!named || x.shape()[i] != 1) {
                shape.add(g.extent(x, i));
            }
        }
        return shape;
    }

    private void permutation(String signature, BiFunction<Arguments, Value, int[]> order) {
        all.view(
                signature,
                a -> x -> g.transpose(x, order.apply(a, x)),
                a -> (old, changed) -> g.transpose(changed, inverse(order.apply(a, old))));
    }

    private static int[] inverse(int[] order) {
        int[] inverse = new int[order.length];
        IntStream.range(0, order.length).forEach(i -> inverse[order[i]] = i);
        return inverse;
    }

    private void permutations() {
        permutation(
                "permute(x, dims)",
                (a, x) ->
                        a.longs("dims").stream()
                                .mapToInt(d -> Math.floorMod(d.intValue(), x.rank()))
                                .toArray());
        permutation(
                "transpose(x, dim0, dim1)",
                (a, x) -> swapped(x.rank(), a.axis("dim0", x.rank()), a.axis("dim1", x.rank())));
        all.table().alias("transpose", "swapaxes", "swapdims");
        permutation("t(x)", (a, x) -> x.rank() < 2 ? new int[] {0} : swapped(2, 0, 1));
        permutation("numpy_T(x)", (a, x) -> inverse(descending(x.rank())));
        permutation("mT(x)", (a, x) -> swapped(x.rank(), x.rank() - 2, x.rank() - 1));
        permutation("movedim(x, source, destination)", this::moved);
        all.table().alias("movedim", "moveaxis");
        all.add("pixel_shuffle(x, upscale_factor)", a -> pixelShuffle(a, true));
        all.add("pixel_unshuffle(x, downscale_factor)", a -> pixelShuffle(a, false));
        all.add("channel_shuffle(x, groups)", this::channelShuffle);
        all.add("flip(x, dims)", a -> flip(all.tensor(a, "x"), a));
        all.add("roll(x, shifts, dims=[])", this::roll);
    }

    private static int[] descending(int rank) {
        return IntStream.range(0, rank).map(i -> rank - 1 - i).toArray();
    }

    private static int[] swapped(int rank, int a, int b) {
        int[] order = IntStream.range(0, rank).toArray();
        order[a] = b;
        order[b] = a;
        return order;
    }

    private int[] moved(Arguments a, Value x) {
        int[] from = positions(a, "source", x.rank());
        int[] to = positions(a, "destination", x.rank());
        int[] order = new int[x.rank()];
        Arrays.fill(order, -1);
        for (int i = 0; i < from.length; i++) {
            order[to[i]] = from[i];
        }
        int next = 0;
        for (int i = 0; i < order.length; i++) {
            while (order[i] < 0) {
                int axis = next++;
                if (Arrays.stream(from).noneMatch(f -> f == axis)) {
                    order[i] = axis;
                }
            }
        }
        return order;
    }

    private static int[] positions(Arguments a, String name, int rank) {
        return a.longs(name).stream().mapToInt(d -> Math.floorMod(d.intValue(), rank)).toArray();
    }

    private Value pixelShuffle(Arguments a, boolean up) {
        Value x = all.tensor(a, "x");
        long r = a.whole(up ? "upscale_factor" : "downscale_factor");
        List<Object> s = g.extents(x);
        if (up) {
            long c = x.shape()[1] / (r * r);
            Value split = g.reshape(x, List.of(s.get(0), c, r, r, s.get(2), s.get(3)));
            Value order = g.transpose(split, 0, 1, 4, 2, 5, 3);
            return g.reshape(order, List.of(s.get(0), c, times(s.get(2), r), times(s.get(3), r)));
        }
        Object h = all.scalars().over(s.get(2), r);
        Object w = all.scalars().over(s.get(3), r);
        Value split = g.reshape(x, List.of(s.get(0), s.get(1), h, r, w, r));
        Value order = g.transpose(split, 0, 1, 3, 5, 2, 4);
        return g.reshape(order, List.of(s.get(0), x.shape()[1] * r * r, h, w));
    }

    private Object times(Object extent, long factor) {
        return all.scalars().times(extent, factor);
    }

    private Value channelShuffle(Arguments a) {
        Value x = all.tensor(a, "x");
        long groups = a.whole("groups");
        List<Object> split = g.extents(x);
        split.set(1, x.shape()[1] / groups);
        split.add(1, groups);
        int[] order = swapped(split.size(), 1, 2);
        return g.reshape(g.transpose(g.reshape(x, split), order), g.extents(x));
    }

    private Value flip(Value x, Arguments a) {
        return g.emit(
                "ReverseV2",
                x.shape(),
                List.of(g.out(x), g.ops().vector(a.axes("dims", x.rank()))));
    }

    private Value roll(Arguments a) {
        Value x = all.tensor(a, "x");
        int[] shifts = a.longs("shifts").stream().mapToInt(Math::toIntExact).toArray();
        int[] axes = positions(a, "dims", x.rank());
        if (axes.length != shifts.length) {
            throw a.refuse("no axes");
        }
        return g.emit(
                "Roll", x.shape(), List.of(g.out(x), g.ops().vector(shifts), g.ops().vector(axes)));
    }

    private void joining() {
        all.add(
                "cat(x, dim=0)",
                a -> {
                    List<Value> parts = new ArrayList<>(all.tensors(a, "x"));
                    parts.removeIf(p -> p.rank() == 1 && p.shape()[0] == 0 && parts.size() > 1);
                    return g.concat(parts, a.axis("dim", parts.get(0).rank()));
                });
        all.table().alias("cat", "concat", "concatenate");
        all.add("stack(x, dim=0)", this::stack);
        all.table().add("chunk(x, chunks, dim=0)", this::chunk);
        all.table().alias("chunk", "unsafe_chunk");
        all.table().add("split(x, size, dim=0)", this::split);
        all.table().alias("split", "split_with_sizes", "unsafe_split", "unsafe_split_with_sizes");
        all.table()
                .add(
                        "unbind(x, dim=0)",
                        a -> {
                            Value x = all.tensor(a, "x");
                            int axis = a.axis("dim", x.rank());
                            List<Object> parts = new ArrayList<>();
                            for (long i = 0; i < known(a, x, axis); i++) {
                                parts.add(IndexOperators.selected(all, a.value("x"), axis, i));
                            }
                            return parts;
                        });
    }

    private static int known(Arguments a, Value x, int axis) {
        if (x.shape()[axis] < 0) {
            throw new SizeNeeded(
                    "operator '"
                            + a.operator()
                            + "' splits along an axis of unknown extent"
                            + Arguments.at(a.scope()));
        }
        return x.shape()[axis];
    }

    private Value stack(Arguments a) {
        List<Value> parts = new ArrayList<>();
        int axis = 0;
        for (Value part : all.tensors(a, "x")) {
            axis = a.axis("dim", part.rank() + 1);
            List<Object> shape = g.extents(part);
            shape.add(axis, 1L);
            parts.add(g.reshape(part, shape));
        }
        return g.concat(parts, axis);
    }

    private Object chunk(Arguments a) {
        Value x = all.tensor(a, "x");
        int axis = a.axis("dim", x.rank());
        int extent = known(a, x, axis);
        long chunks = a.whole("chunks");
        return parts(a, axis, extent, Math.max(1, (extent + chunks - 1) / chunks));
    }

    private Object split(Arguments a) {
        Value x = all.tensor(a, "x");
        int axis = a.axis("dim", x.rank());
        if (a.value("size") instanceof List<?>) {
            List<Object> parts = new ArrayList<>();
            long begin = 0;
            for (long length : a.longs("size")) {
                parts.add(IndexOperators.range(all, a.value("x"), axis, begin, length));
                begin += length;
            }
            return parts;
        }
        return parts(a, axis, known(a, x, axis), a.whole("size"));
    }

    private Object parts(Arguments a, int axis, int extent, long size) {
        List<Object> parts = new ArrayList<>();
        for (long begin = 0; begin < extent; begin += size) {
            long length = Math.min(size, extent - begin);
            parts.add(IndexOperators.range(all, a.value("x"), axis, begin, length));
        }
        return parts;
    }

    private void repeating() {
        all.view(
                "expand(x, size, implicit=False)",
                a -> x -> expand(x, sizes(a, "size")),
                a -> null);
        all.view(
                "expand_as(x, other)",
                a -> x -> expand(x, g.extents(all.tensor(a, "other"))),
                a -> (BinaryOperator<Value>) null);
        all.add("broadcast_to(x, size)", a -> expand(all.tensor(a, "x"), sizes(a, "size")));
        all.add("repeat(x, repeats)", a -> tile(all.tensor(a, "x"), sizes(a, "repeats")));
        all.table().alias("repeat", "tile");
        all.add("repeat_interleave(x, repeats, dim, output_size=None)", this::interleave);
    }

    private Value expand(Value x, List<Object> wanted) {
        List<Object> shape = new ArrayList<>(wanted);
        int added = shape.size() - x.rank();
        boolean same = added == 0;
        for (int i = added; i < shape.size(); i++) {
            if (shape.get(i).equals(-1L)) {
                shape.set(i, g.extent(x, i - added));
            }
            same &= g.symbols().of(shape.get(i)) == x.shape()[i - added];
        }
        if (same) {
            return x;
        }
        int[] extents = shape.stream().mapToInt(g.symbols()::of).toArray();
        Symbols.broadcast(x.shape(), extents);
        return g.emit("BroadcastTo", extents, List.of(g.out(x), g.vector(shape)));
    }

    private Value tile(Value x, List<Object> repeats) {
        List<Object> shape = g.extents(x);
        while (shape.size() < repeats.size()) {
            shape.add(0, 1L);
        }
        List<Object> times = new ArrayList<>(repeats);
        while (times.size() < shape.size()) {
            times.add(0, 1L);
        }
        Value full = g.reshape(x, shape);
        int[] extents = new int[shape.size()];
        for (int i = 0; i < extents.length; i++) {
            extents[i] = g.symbols().of(all.scalars().times(shape.get(i), times.get(i)));
        }
        return g.emit("Tile", extents, List.of(g.out(full), g.vector(times)));
    }

    private Value interleave(Arguments a) {
        Value x = all.tensor(a, "x");
        int axis = a.axis("dim", x.rank());
        long repeats = a.whole("repeats");
        List<Object> shape = g.extents(x);
        List<Object> split = new ArrayList<>(shape);
        split.add(axis + 1, 1L);
        List<Object> times = new ArrayList<>(java.util.Collections.nCopies(split.size(), 1L));
        times.set(axis + 1, repeats);
        shape.set(axis, times(shape.get(axis), repeats));
        return g.reshape(tile(g.reshape(x, split), times), shape);
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.file.Config;
import sc.fiji.attribution.importer.keras.file.SavedLayer;
import sc.fiji.attribution.importer.network.Value;

/**
 * Recurrent layers, one step behind the other for each element of the sequence, whose length must
 * be known. States start at zero unless the layer is given others.
 */
final class Recurrent {

    /** Steps that are written out; each has a dozen nodes. */
    private static final int MOST_STEPS = 1024;

    private Recurrent() {}

    /** What a step makes of states; the first of them is its output. */
    private interface Cell {
        /**
         * @param at what this step reads, through the input's weights
         * @param states null while they are zero
         */
        List<Output> step(Output at, List<Output> states);
    }

    /**
     * A simple, LSTM or GRU layer.
     *
     * @param path where its weights are, such as {@code cell/}
     */
    static List<Value> layer(LayerCall call, String path) {
        String kind = call.layer().className().replace("Cell", "");
        Value x = call.plain();
        if (x.rank() != 3) {
            throw call.config().wrong("its input has " + x.rank() + " axes, not 3");
        }
        int units =
                call.config().has("units")
                        ? call.config().count("units")
                        : call.config().count("output_dim");
        int gates = kind.equals("LSTM") ? 4 : kind.equals("GRU") ? 3 : 1;
        int states = kind.equals("LSTM") ? 2 : 1;
        Ops g = call.ops();
        boolean biased = call.config().flag("use_bias", true);
        boolean after =
                kind.equals("GRU")
                        && call.config().flag("reset_after", !call.variables().before3());
        Output kernel = call.weight(path + "kernel", call.channels(x), gates * units);
        Output recurrent = call.weight(path + "recurrent_kernel", units, gates * units);
        Value read = DenseLayers.times(call, x, kernel, gates * units);
        Output inside = null;
        if (biased && after) {
            Output both = call.weight(path + "bias", 2, gates * units);
            Output rows = g.emit("Unpack", List.of(both), "num", 2, "axis", 0);
            read = read.as(g.emit("BiasAdd", read.output(), rows));
            inside = new Output(rows.node(), 1);
        } else if (biased) {
            read =
                    read.as(
                            g.emit(
                                    "BiasAdd",
                                    read.output(),
                                    call.weight(path + "bias", gates * units)));
        }
        Output extra = inside;
        Cell cell =
                switch (kind) {
                    case "LSTM" ->
                            (at, before) -> {
                                Output sum =
                                        before == null
                                                ? at
                                                : g.add(
                                                        at,
                                                        g.emit("MatMul", before.get(0), recurrent));
                                return memory(call, sum, before, 1);
                            };
                    case "GRU" ->
                            (at, before) -> gated(call, at, before, recurrent, extra, after, units);
                    default ->
                            (at, before) -> {
                                Output sum =
                                        before == null
                                                ? at
                                                : g.add(
                                                        at,
                                                        g.emit("MatMul", before.get(0), recurrent));
                                return List.of(activated(call, "activation", sum, units));
                            };
                };
        return unrolled(call, read, new int[] {-1, units}, states, cell);
    }

    private static Output activated(LayerCall call, String key, Output x, int... shape) {
        return Activations.of(call, key, LayerCall.value(x, -1, shape[shape.length - 1])).output();
    }

    /** LSTM's step (Hochreiter and Schmidhuber 1997): gates in the order i, f, c, o. */
    private static List<Output> memory(LayerCall call, Output sum, List<Output> before, int axis) {
        Ops g = call.ops();
        Output parts = g.emit("Split", List.of(g.scalar(axis), sum), "num_split", 4);
        Output in = activated(call, "recurrent_activation", parts, -1);
        Output fresh = activated(call, "activation", new Output(parts.node(), 2), -1);
        Output out = activated(call, "recurrent_activation", new Output(parts.node(), 3), -1);
        Output memory = g.mul(in, fresh);
        if (before != null) {
            Output keep = activated(call, "recurrent_activation", new Output(parts.node(), 1), -1);
            memory = g.add(g.mul(keep, before.get(1)), memory);
        }
        return List.of(g.mul(out, activated(call, "activation", memory, -1)), memory);
    }

    /** GRU's step (Cho et al. 2014): gates in the order z, r, h. */
    private static List<Output> gated(
            LayerCall call,
            Output at,
            List<Output> before,
            Output recurrent,
            Output inside,
            boolean after,
            int units) {
        Ops g = call.ops();
        Output read = g.emit("Split", List.of(g.scalar(1), at), "num_split", 3);
        Output h = before == null ? null : before.get(0);
        Output zr;
        Output candidate;
        if (after) {
            // Without a state, only its bias.
            Output kept = h == null ? null : g.emit("MatMul", h, recurrent);
            if (kept == null && inside != null) {
                kept = g.add(g.mul(at, 0.0), inside);
            } else if (inside != null) {
                kept = g.emit("BiasAdd", kept, inside);
            }
            Output state =
                    kept == null
                            ? null
                            : g.emit("Split", List.of(g.scalar(1), kept), "num_split", 3);
            Output z = gate(call, read, state, 0);
            Output r = gate(call, read, state, 1);
            Output of = new Output(read.node(), 2);
            candidate = state == null ? of : g.add(of, g.mul(r, new Output(state.node(), 2)));
            zr = z;
        } else {
            Output columns = g.emit("Split", List.of(g.scalar(1), recurrent), "num_split", 3);
            Output z = new Output(read.node(), 0);
            Output r = new Output(read.node(), 1);
            candidate = new Output(read.node(), 2);
            if (h != null) {
                z = g.add(z, g.emit("MatMul", h, columns));
                r = g.add(r, g.emit("MatMul", h, new Output(columns.node(), 1)));
                Output reset = g.mul(activated(call, "recurrent_activation", r, units), h);
                candidate =
                        g.add(candidate, g.emit("MatMul", reset, new Output(columns.node(), 2)));
            }
            zr = activated(call, "recurrent_activation", z, units);
        }
        Output fresh = activated(call, "activation", candidate, units);
        Output new_ = g.mul(g.sub(g.scalar(1.0, zr), zr), fresh);
        return List.of(h == null ? new_ : g.add(g.mul(zr, h), new_));
    }

    private static Output gate(LayerCall call, Output read, Output state, int index) {
        Output sum = new Output(read.node(), index);
        if (state != null) {
            sum = call.ops().add(sum, new Output(state.node(), index));
        }
        return activated(call, "recurrent_activation", sum, -1);
    }

    /**
     * Runs a cell over a sequence.
     *
     * @param read [batch, step, …]
     * @param shape of a state
     */
    private static List<Value> unrolled(
            LayerCall call, Value read, int[] shape, int states, Cell cell) {
        Ops g = call.ops();
        int steps = read.extent(1);
        if (steps < 1) {
            throw call.config().unsupported("a sequence whose length is not known");
        }
        if (steps > MOST_STEPS) {
            throw call.config().unsupported("a sequence of more than " + MOST_STEPS + " steps");
        }
        if (call.config().flag("stateful", false)) {
            throw call.config().unsupported("states that stay from call to call");
        }
        Output all = g.emit("Unpack", List.of(read.output()), "num", steps, "axis", 1);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            order.add(i);
        }
        boolean backwards = call.config().flag("go_backwards", false);
        if (backwards) {
            Collections.reverse(order);
        }
        List<Output> state = initial(call, states);
        List<Output> outputs = new ArrayList<>();
        for (int step : order) {
            state = cell.step(new Output(all.node(), step), state);
            outputs.add(state.get(0));
        }
        List<Value> results = new ArrayList<>();
        if (call.config().flag("return_sequences", false)) {
            int[] sequence = new int[shape.length + 1];
            sequence[0] = -1;
            sequence[1] = steps;
            System.arraycopy(shape, 1, sequence, 2, shape.length - 1);
            results.add(LayerCall.value(g.emit("Pack", outputs, "axis", 1), sequence));
        } else {
            results.add(LayerCall.value(state.get(0), shape));
        }
        if (call.config().flag("return_state", false)) {
            state.forEach(each -> results.add(LayerCall.value(each, shape)));
        }
        return results;
    }

    /** States that the layer is called with; null where it has none. */
    private static List<Output> initial(LayerCall call, int states) {
        List<Value> given = new ArrayList<>(call.inputs().subList(1, call.inputs().size()));
        given.addAll(LayerCall.tensors(call.named().get("initial_state")));
        if (given.isEmpty()) {
            return null;
        }
        if (given.size() != states) {
            throw call.config().wrong("it is called with " + given.size() + " states");
        }
        return given.stream().map(each -> call.plain(each).output()).toList();
    }

    /** An LSTM whose products are convolutions (Shi et al. 2015). */
    static List<Value> convolutional(LayerCall call, int space) {
        Ops g = call.ops();
        Value x = call.plain();
        if (call.channelsFirst() || x.rank() != space + 3) {
            throw call.config().unsupported("that order of axes");
        }
        call.requireKnown(x, 1);
        int filters = call.config().count("filters");
        int steps = x.extent(1);
        int[] frame = new int[space + 2];
        frame[0] = -1;
        System.arraycopy(x.shape(), 2, frame, 1, space + 1);
        Window window = Window.of(call, space);
        Window inner = new Window(window.size(), Window.ones(space), Window.ones(space), "SAME");
        Output kernel =
                Convolutions.kernel(call, "cell/kernel", window.kernel(x.extent(-1), 4 * filters));
        Output recurrent =
                Convolutions.kernel(
                        call, "cell/recurrent_kernel", window.kernel(filters, 4 * filters));
        Value frames = LayerCall.value(call.reshape(x, frame), frame);
        Output read = Convolutions.convolve(call, frames, kernel, window, 1);
        if (call.config().flag("use_bias", true)) {
            read = g.emit("BiasAdd", read, call.weight("cell/bias", 4 * filters));
        }
        int[] of = window.result(frames, 4 * filters);
        int[] sequence = new int[of.length + 1];
        sequence[0] = -1;
        sequence[1] = steps;
        System.arraycopy(of, 1, sequence, 2, of.length - 1);
        Value all = LayerCall.value(g.reshape(read, g.vector(sequence)), sequence);
        int[] shape = of.clone();
        shape[shape.length - 1] = filters;
        return unrolled(
                call,
                all,
                shape,
                2,
                (at, before) -> {
                    Output sum = at;
                    if (before != null) {
                        Value h = LayerCall.value(before.get(0), shape);
                        sum = g.add(at, Convolutions.convolve(call, h, recurrent, inner, 1));
                    }
                    return memory(call, sum, before, space + 1);
                });
    }

    /** One layer forwards and one backwards. */
    static List<Value> bothWays(LayerCall call) {
        Ops g = call.ops();
        SavedLayer forward = call.layer().wrapped().get("layer");
        if (forward == null) {
            throw call.config().wrong("it holds no layer");
        }
        SavedLayer own = call.layer().wrapped().get("backward_layer");
        SavedLayer backward = own == null ? reversed(forward) : own;
        Value there = run(call, forward, "forward_layer").get(0);
        Value back = run(call, backward, "backward_layer").get(0);
        if (forward.config().flag("return_state", false)) {
            throw call.config().unsupported("return_state");
        }
        if (forward.config().flag("return_sequences", false)) {
            back = back.as(g.emit("ReverseV2", back.output(), g.vector(1)));
        }
        String mode = call.config().text("merge_mode", "");
        return switch (mode) {
            case "" -> List.of(there, back);
            case "concat" -> List.of(Merging.concatenate(call, List.of(there, back), -1));
            case "sum" -> List.of(there.as(g.add(there.output(), back.output())));
            case "ave" -> List.of(there.as(g.mul(g.add(there.output(), back.output()), 0.5)));
            case "mul" -> List.of(there.as(g.mul(there.output(), back.output())));
            default -> throw call.config().wrong("merge_mode is '" + mode + "'");
        };
    }

    private static SavedLayer reversed(SavedLayer layer) {
        com.google.gson.JsonObject config = layer.config().json().deepCopy();
        config.addProperty("go_backwards", !layer.config().flag("go_backwards", false));
        return new SavedLayer(
                layer.name(),
                layer.kind(),
                new Config(layer.title(), config),
                layer.calls(),
                layer.network(),
                layer.wrapped(),
                layer.trainable());
    }

    private static List<Value> run(LayerCall call, SavedLayer layer, String attribute) {
        LayerCall inner =
                new LayerCall(
                        layer,
                        call.weights().inner(attribute),
                        call.inputs().subList(0, 1),
                        List.of(),
                        Map.of(),
                        call.builder(),
                        call.ops(),
                        call.variables(),
                        call.inner());
        return LayerTable.of(layer).orElseThrow().rule().call(inner);
    }

    /** Another layer at every step. */
    static Value atEveryStep(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain();
        if (x.rank() < 3) {
            throw call.config().wrong("its input has " + x.rank() + " axes");
        }
        int[] each = new int[x.rank() - 1];
        each[0] = -1;
        System.arraycopy(x.shape(), 2, each, 1, each.length - 1);
        Output given = g.shape(x.output());
        Output together =
                x.isKnown(2)
                        ? g.reshape(x.output(), g.vector(each))
                        : g.reshape(
                                x.output(),
                                g.concat(g.vector(-1), g.slice(given, 2, x.rank() - 2)));
        Value y = call.plain(call.inner().apply("layer", LayerCall.value(together, each)));
        int[] shape = new int[y.rank() + 1];
        shape[0] = -1;
        shape[1] = x.extent(1);
        System.arraycopy(y.shape(), 1, shape, 2, y.rank() - 1);
        Output extents =
                java.util.Arrays.stream(shape).skip(1).allMatch(extent -> extent >= 0)
                        ? g.vector(shape)
                        : g.concat(
                                g.slice(given, 0, 2),
                                g.slice(g.shape(y.output()), 1, y.rank() - 1));
        return LayerCall.value(g.reshape(y.output(), extents), shape);
    }
}

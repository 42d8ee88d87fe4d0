/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Value;

/**
 * What a recurrent layer does at each step.
 *
 * @param shape of a state, the batch's extent -1
 * @param states how many it has; the first of them is its output
 * @param reading what it makes of the whole sequence, [batch, step, …], before the first step
 * @param step what it makes of states
 */
record Cell(int[] shape, int states, UnaryOperator<Value> reading, Step step) {

    private static final Set<String> KINDS = Set.of("LSTM", "GRU", "SimpleRNN");

    /** One step. */
    interface Step {
        /**
         * @param at what it reads
         * @param states null while they are zero
         */
        List<Output> of(Output at, List<Output> states);
    }

    /**
     * That of a simple, LSTM or GRU layer.
     *
     * @param path where its weights are, such as {@code cell/}
     */
    static Cell of(LayerCall call, String path) {
        String kind = call.layer().className().replace("Cell", "");
        if (!KINDS.contains(kind)) {
            throw call.config().unsupported("that cell");
        }
        int units =
                call.config().has("units")
                        ? call.config().count("units")
                        : call.config().count("output_dim");
        int[] shape = {-1, units};
        return switch (kind) {
            case "LSTM" -> {
                Output recurrent = call.weight(path + "recurrent_kernel", units, 4 * units);
                yield new Cell(
                        shape,
                        2,
                        x -> biased(call, path, read(call, path, x, 4 * units), 4 * units),
                        (at, before) -> memory(call, sum(call, at, before, recurrent), before, 1));
            }
            case "GRU" -> gated(call, path, units);
            default -> {
                Output recurrent = call.weight(path + "recurrent_kernel", units, units);
                yield new Cell(
                        shape,
                        1,
                        x -> biased(call, path, read(call, path, x, units), units),
                        (at, before) -> {
                            Output sum = sum(call, at, before, recurrent);
                            return List.of(activated(call, "activation", sum, units));
                        });
            }
        };
    }

    private static Cell gated(LayerCall call, String path, int units) {
        boolean after = call.config().flag("reset_after", !call.variables().before3());
        boolean both = after && call.config().flag("use_bias", true);
        Ops g = call.ops();
        Output recurrent = call.weight(path + "recurrent_kernel", units, 3 * units);
        Output rows =
                both
                        ? g.emit(
                                "Unpack",
                                List.of(call.weight(path + "bias", 2, 3 * units)),
                                "num",
                                2,
                                "axis",
                                0)
                        : null;
        Output inside = both ? new Output(rows.node(), 1) : null;
        return new Cell(
                new int[] {-1, units},
                1,
                x -> {
                    Value read = read(call, path, x, 3 * units);
                    return both
                            ? read.as(g.emit("BiasAdd", read.output(), rows))
                            : biased(call, path, read, 3 * units);
                },
                (at, before) -> gated(call, at, before, recurrent, inside, after, units));
    }

    private static Value read(LayerCall call, String path, Value x, int width) {
        if (x.rank() != 3) {
            throw call.config().wrong("its input has " + x.rank() + " axes, not 3");
        }
        Output kernel = call.weight(path + "kernel", call.channels(x), width);
        return DenseLayers.times(call, x, kernel, width);
    }

    private static Value biased(LayerCall call, String path, Value read, int width) {
        return call.config().flag("use_bias", true)
                ? read.as(
                        call.ops()
                                .emit("BiasAdd", read.output(), call.weight(path + "bias", width)))
                : read;
    }

    private static Output sum(LayerCall call, Output at, List<Output> before, Output recurrent) {
        Ops g = call.ops();
        return before == null ? at : g.add(at, g.emit("MatMul", before.get(0), recurrent));
    }

    private static Output activated(LayerCall call, String key, Output x, int... shape) {
        return Activations.of(call, key, LayerCall.value(x, -1, shape[shape.length - 1])).output();
    }

    /** LSTM's step (Hochreiter and Schmidhuber 1997): gates in the order i, f, c, o. */
    static List<Output> memory(LayerCall call, Output sum, List<Output> before, int axis) {
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
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.file.SavedLayer;
import sc.fiji.attribution.importer.keras.file.Weights;
import sc.fiji.attribution.importer.network.Value;

/**
 * Recurrent layers, one step behind the other for each element of the sequence, whose length must
 * be known. States start at zero unless the layer is given others.
 */
final class Recurrent {

    /** Steps that are written out; each has a dozen nodes. */
    private static final int MOST_STEPS = 1024;

    private Recurrent() {}

    /** A simple, LSTM or GRU layer. */
    static List<Value> layer(LayerCall call) {
        return unrolled(call, List.of(Cell.of(call, "cell/")));
    }

    /** A layer around a cell, or around several of which each reads what the one before gives. */
    static List<Value> ofCells(LayerCall call) {
        SavedLayer cell = call.layer().wrapped().get("cell");
        if (cell == null) {
            throw call.config().unsupported("cells of that kind");
        }
        Weights weights = call.weights().inner("cell");
        if (!cell.className().equals("StackedRNNCells")) {
            return unrolled(call, List.of(Cell.of(within(call, cell, weights), "")));
        }
        List<Cell> cells = new ArrayList<>();
        cell.wrapped()
                .forEach(
                        (name, each) -> {
                            Weights own = weights.inner("cells").inner(name);
                            cells.add(Cell.of(within(call, each, own), ""));
                        });
        return unrolled(call, cells);
    }

    /** The call of a layer on another's first input. */
    static LayerCall within(LayerCall call, SavedLayer layer, Weights weights) {
        return new LayerCall(
                layer,
                weights,
                call.inputs().subList(0, 1),
                List.of(),
                Map.of(),
                call.builder(),
                call.ops(),
                call.variables(),
                call.inner());
    }

    private static List<Value> unrolled(LayerCall call, List<Cell> cells) {
        Ops g = call.ops();
        Value sequence = call.plain();
        int steps = sequence.extent(1);
        if (steps < 1) {
            throw call.config().unsupported("a sequence whose length is not known");
        }
        if (steps > MOST_STEPS) {
            throw call.config().unsupported("a sequence of more than " + MOST_STEPS + " steps");
        }
        if (call.config().flag("stateful", false)) {
            throw call.config().unsupported("states that stay from call to call");
        }
        if (call.config().flag("time_major", false)) {
            throw call.config().unsupported("a sequence before the batch (time_major)");
        }
        List<Integer> order = new ArrayList<>(IntStream.range(0, steps).boxed().toList());
        if (call.config().flag("go_backwards", false)) {
            Collections.reverse(order);
        }
        List<Output> given = initial(call, cells.stream().mapToInt(Cell::states).sum());
        List<Value> states = new ArrayList<>();
        Value last = sequence;
        for (Cell cell : cells) {
            Output read = cell.reading().apply(sequence).output();
            Output all = g.emit("Unpack", List.of(read), "num", steps, "axis", 1);
            int first = states.size();
            List<Output> state = given == null ? null : given.subList(first, first + cell.states());
            List<Output> outputs = new ArrayList<>();
            for (int step : order) {
                state = cell.step().of(new Output(all.node(), step), state);
                outputs.add(state.get(0));
            }
            state.forEach(each -> states.add(LayerCall.value(each, cell.shape())));
            last = states.get(first);
            // What follows reads it in the order in which it came.
            Collections.sort(order);
            sequence = sequence(call, outputs, cell.shape());
        }
        boolean whole = call.config().flag("return_sequences", false);
        List<Value> results = new ArrayList<>(List.of(whole ? sequence : last));
        if (call.config().flag("return_state", false)) {
            results.addAll(states);
        }
        return results;
    }

    /** Outputs of all steps, [batch, step, …]. */
    private static Value sequence(LayerCall call, List<Output> outputs, int[] shape) {
        int[] sequence = new int[shape.length + 1];
        sequence[0] = -1;
        sequence[1] = outputs.size();
        System.arraycopy(shape, 1, sequence, 2, shape.length - 1);
        return LayerCall.value(call.ops().emit("Pack", outputs, "axis", 1), sequence);
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
        Cell cell =
                new Cell(
                        shape,
                        2,
                        any -> all,
                        (at, before) -> {
                            Output sum = at;
                            if (before != null) {
                                Value h = LayerCall.value(before.get(0), shape);
                                sum =
                                        g.add(
                                                at,
                                                Convolutions.convolve(
                                                        call, h, recurrent, inner, 1));
                            }
                            return Cell.memory(call, sum, before, space + 1);
                        });
        return unrolled(call, List.of(cell));
    }
}

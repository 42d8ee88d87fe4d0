/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.ArrayList;
import java.util.List;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;

/** Recurrent layers, step by step. */
final class RecurrentOperators {

    /** Most steps that are unrolled. */
    private static final int LONGEST = 2048;

    private static final String SIGNATURE =
            "(x, state, weights, has_biases, num_layers, dropout, train, bidirectional,"
                    + " batch_first)";

    private final TensorOperators all;
    private final Emission g;
    private final ProductOperators products;

    private RecurrentOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
        this.products = new ProductOperators(all);
    }

    /** One step: from the input's and the state's products to the next state. */
    private interface Cell {
        List<Value> step(Value input, List<Value> state, Value weight, Value bias);
    }

    static void register(TensorOperators all) {
        RecurrentOperators each = new RecurrentOperators(all);
        all.table().add("lstm" + SIGNATURE, a -> each.run(a, each::lstm, 2));
        all.table().add("gru" + SIGNATURE, a -> each.run(a, each::gru, 1));
        all.table().add("rnn_tanh" + SIGNATURE, a -> each.run(a, each.plain("Tanh"), 1));
        all.table().add("rnn_relu" + SIGNATURE, a -> each.run(a, each.plain("Relu"), 1));
        all.table()
                .add(
                        "lstm_cell(x, state, w_ih, w_hh, b_ih=None, b_hh=None)",
                        a -> {
                            List<Value> state = all.tensors(a, "state");
                            List<Value> next = each.cell(a, each::lstm, state);
                            return Tuple.of(
                                    new ScriptTensor(next.get(0)), new ScriptTensor(next.get(1)));
                        });
        all.add(
                "gru_cell(x, state, w_ih, w_hh, b_ih=None, b_hh=None)",
                a -> each.cell(a, each::gru, List.of(all.tensor(a, "state"))).get(0));
    }

    private List<Value> cell(Arguments a, Cell cell, List<Value> state) {
        Value input =
                products.linear(all.tensor(a, "x"), all.tensor(a, "w_ih"), optional(a, "b_ih"));
        return cell.step(input, state, all.tensor(a, "w_hh"), optional(a, "b_hh"));
    }

    private Value optional(Arguments a, String name) {
        return a.isNone(name) ? null : all.tensor(a, name);
    }

    private Object run(Arguments a, Cell cell, int states) {
        boolean first = a.flag("batch_first");
        Value x = g.floating(all.tensor(a, "x"));
        if (x.rank() != 3) {
            throw a.refuse("a sequence without a batch");
        }
        Value sequence = first ? x : g.transpose(x, 1, 0, 2);
        int steps = sequence.shape()[1];
        if (steps < 0) {
            throw new SizeNeeded("a recurrent layer along an axis of unknown extent");
        }
        if (steps > LONGEST) {
            throw a.refuse("a sequence of " + steps + " steps");
        }
        if (a.flag("train") && a.number("dropout") > 0) {
            throw a.refuse("train=True: export the model after model.eval()");
        }
        boolean both = a.flag("bidirectional");
        List<Value> weights = all.tensors(a, "weights");
        List<Value> initial =
                states == 1 ? List.of(all.tensor(a, "state")) : all.tensors(a, "state");
        int perRun = a.flag("has_biases") ? 4 : 2;
        int runs = Math.toIntExact(a.whole("num_layers")) * (both ? 2 : 1);
        boolean projected = weights.size() == runs * (perRun + 1);
        if (!projected && weights.size() != runs * perRun) {
            throw a.refuse(weights.size() + " weights");
        }
        List<List<Value>> last = new ArrayList<>();
        for (int i = 0; i < states; i++) {
            last.add(new ArrayList<>());
        }
        for (int run = 0, next = 0; run < runs; run += both ? 2 : 1) {
            List<Value> outputs = new ArrayList<>();
            for (int direction = 0; direction < (both ? 2 : 1); direction++) {
                List<Value> of = weights.subList(next, next + perRun);
                next += perRun;
                Value projection = projected ? weights.get(next++) : null;
                List<Value> state = new ArrayList<>();
                for (Value start : initial) {
                    Value slice = g.slice(start, 0, (long) run + direction, 1L);
                    state.add(g.reshape(slice, g.extents(slice).subList(1, 3)));
                }
                outputs.add(
                        direction(
                                sequence,
                                steps,
                                direction == 1,
                                of,
                                state,
                                projection == null ? cell : projecting(cell, projection),
                                last));
            }
            sequence = g.concat(outputs, 2);
        }
        Value result = first ? sequence : g.transpose(sequence, 1, 0, 2);
        List<Object> values = new ArrayList<>(List.of(new ScriptTensor(result)));
        last.forEach(each -> values.add(new ScriptTensor(stacked(each, 0))));
        return new Tuple(values);
    }

    /** An LSTM whose output is made smaller by a matrix before it comes back (Sak et al. 2014). */
    private Cell projecting(Cell cell, Value matrix) {
        return (input, state, weight, bias) -> {
            List<Value> next = cell.step(input, state, weight, bias);
            return List.of(products.linear(next.get(0), matrix, null), next.get(1));
        };
    }

    private Value direction(
            Value sequence,
            int steps,
            boolean backward,
            List<Value> weights,
            List<Value> initial,
            Cell cell,
            List<List<Value>> last) {
        Value bias = weights.size() > 2 ? weights.get(2) : null;
        Value inputs = products.linear(sequence, weights.get(0), bias);
        List<Value> state = initial;
        Value[] outputs = new Value[steps];
        for (int n = 0; n < steps; n++) {
            int at = backward ? steps - 1 - n : n;
            Value slice = g.slice(inputs, 1, (long) at, 1L);
            List<Object> shape = g.extents(slice);
            shape.remove(1);
            state =
                    cell.step(
                            g.reshape(slice, shape),
                            state,
                            weights.get(1),
                            weights.size() > 2 ? weights.get(3) : null);
            outputs[at] = state.get(0);
        }
        for (int i = 0; i < last.size(); i++) {
            last.get(i).add(state.get(i));
        }
        return stacked(List.of(outputs), 1);
    }

    private Value stacked(List<Value> values, int axis) {
        List<Value> parts = new ArrayList<>();
        for (Value each : values) {
            List<Object> shape = g.extents(each);
            shape.add(axis, 1L);
            parts.add(g.reshape(each, shape));
        }
        return g.concat(parts, axis);
    }

    private List<Value> gates(Value all, int count) {
        long width = all.extent(1) / count;
        List<Value> gates = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            gates.add(g.slice(all, 1, i * width, width));
        }
        return gates;
    }

    /** Input, forget, cell and output gate. */
    private List<Value> lstm(Value input, List<Value> state, Value weight, Value bias) {
        List<Value> gates = gates(g.add(input, products.linear(state.get(0), weight, bias)), 4);
        Value kept = g.mul(g.unary("Sigmoid", gates.get(1)), state.get(1));
        Value written = g.mul(g.unary("Sigmoid", gates.get(0)), g.unary("Tanh", gates.get(2)));
        Value cell = g.add(kept, written);
        Value output = g.mul(g.unary("Sigmoid", gates.get(3)), g.unary("Tanh", cell));
        return List.of(output, cell);
    }

    /** Reset, update and new gate. */
    private List<Value> gru(Value input, List<Value> state, Value weight, Value bias) {
        List<Value> x = gates(input, 3);
        List<Value> h = gates(products.linear(state.get(0), weight, bias), 3);
        Value reset = g.unary("Sigmoid", g.add(x.get(0), h.get(0)));
        Value update = g.unary("Sigmoid", g.add(x.get(1), h.get(1)));
        Value fresh = g.unary("Tanh", g.add(x.get(2), g.mul(reset, h.get(2))));
        return List.of(g.add(fresh, g.mul(update, g.sub(state.get(0), fresh))));
    }

    private Cell plain(String activation) {
        return (input, state, weight, bias) ->
                List.of(
                        g.unary(
                                activation,
                                g.add(input, products.linear(state.get(0), weight, bias))));
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import sc.fiji.attribution.importer.network.Elementwise;
import sc.fiji.attribution.importer.network.NetworkBuilder;
import sc.fiji.attribution.importer.network.Products;
import sc.fiji.attribution.importer.network.Shaping;
import sc.fiji.attribution.importer.network.Slicing;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.onnx.OnnxOps.Rule;

/** Recurrent layers over a fixed number of steps, such as slices, step by step. */
final class RecurrentOps {

    private static final int MOST_STEPS = 1000;

    static final Map<String, Rule> TABLE =
            Map.of(
                    "LSTM", c -> new Layer(c, 4).run(),
                    "GRU", c -> new Layer(c, 3).run(),
                    "RNN", c -> new Layer(c, 1).run());

    private RecurrentOps() {}

    /** One node; its weights hold as many gates one after the other. */
    private static final class Layer {

        private final Call c;
        private final NetworkBuilder b;
        private final int gates;
        private final int hidden;
        private final Value x;
        private final boolean batchFirst;

        Layer(Call c, int gates) {
            this.c = c;
            this.b = c.b();
            this.gates = gates;
            this.hidden = Math.toIntExact(c.integer("hidden_size", c.in(2).extent(2)));
            this.batchFirst = c.flag("layout", false);
            this.x = batchFirst ? Shaping.transpose(b, c.in(0), 1, 0, 2) : c.in(0);
        }

        List<Value> run() {
            int steps = x.extent(0);
            if (steps < 1 || steps > MOST_STEPS) {
                throw c.refuse(
                        "it runs over " + (steps < 0 ? "an open number of" : steps) + " steps");
            }
            if (c.has("clip") || c.flag("input_forget", false)) {
                throw c.refuse("clip and input_forget are not supported");
            }
            c.given(4)
                    .map(v -> b.longs(v, "its sequence_lens"))
                    .filter(lengths -> Arrays.stream(lengths).anyMatch(n -> n != steps))
                    .ifPresent(
                            lengths -> {
                                throw c.refuse("sequences of different lengths are not supported");
                            });
            String direction = c.text("direction", "forward");
            List<Value> sequences = new ArrayList<>();
            List<Value> last = new ArrayList<>();
            List<Value> cells = new ArrayList<>();
            int count = direction.equals("bidirectional") ? 2 : 1;
            for (int d = 0; d < count; d++) {
                boolean back = direction.equals("reverse") || d == 1;
                run(d, steps, back, sequences, last, cells);
            }
            Value all = Shaping.concat(b, sequences, 1);
            List<Value> results = new ArrayList<>();
            results.add(batchFirst ? Shaping.transpose(b, all, 2, 0, 1, 3) : all);
            results.add(ends(last));
            if (gates == 4) {
                results.add(ends(cells));
            }
            return results;
        }

        private Value ends(List<Value> directions) {
            Value all = Shaping.concat(b, directions, 0);
            return batchFirst ? Shaping.transpose(b, all, 1, 0, 2) : all;
        }

        private void run(
                int d,
                int steps,
                boolean back,
                List<Value> sequences,
                List<Value> last,
                List<Value> cells) {
            Value w = weights(c.in(1), d);
            Value r = weights(c.in(2), d);
            Optional<Value> biases = c.given(3).map(v -> row(v, d));
            long width = (long) gates * hidden;
            Optional<Value> wb = biases.map(v -> Slicing.part(b, v, 0, 0, width));
            Optional<Value> rb = biases.map(v -> Slicing.part(b, v, 0, width, width));
            Optional<Value> h = c.given(5).map(v -> state(v, d));
            Optional<Value> cell = gates == 4 ? c.given(6).map(v -> state(v, d)) : Optional.empty();
            if (gates == 4 && c.given(7).isPresent()) {
                throw c.refuse("peepholes are not supported");
            }
            List<Value> outputs = new ArrayList<>();
            List<UnaryOperator<Value>> f = activations(d);
            for (int step = 0; step < steps; step++) {
                int t = back ? steps - 1 - step : step;
                Value now = Shaping.squeeze(b, Slicing.part(b, x, 0, t, 1), 0);
                Value given = Products.dense(b, now, w, wb);
                switch (gates) {
                    case 4 -> {
                        Value all = plus(given, recurrent(h, r), rb);
                        List<Value> g = parts(all, 4);
                        Value in = times(f.get(0).apply(g.get(0)), f.get(1).apply(g.get(3)));
                        Value forget = f.get(0).apply(g.get(2));
                        Value next = cell.map(v -> sum(times(forget, v), in)).orElse(in);
                        cell = Optional.of(next);
                        h = Optional.of(times(f.get(0).apply(g.get(1)), f.get(2).apply(next)));
                    }
                    case 3 -> h = Optional.of(gru(f, given, h, r, rb));
                    default -> h = Optional.of(f.get(0).apply(plus(given, recurrent(h, r), rb)));
                }
                outputs.add(Shaping.unsqueeze(b, Shaping.unsqueeze(b, h.get(), 0), 0));
            }
            last.add(Shaping.unsqueeze(b, h.get(), 0));
            cell.ifPresent(v -> cells.add(Shaping.unsqueeze(b, v, 0)));
            if (back) {
                Collections.reverse(outputs);
            }
            sequences.add(Shaping.concat(b, outputs, 0));
        }

        private Value gru(
                List<UnaryOperator<Value>> f,
                Value given,
                Optional<Value> h,
                Value r,
                Optional<Value> rb) {
            List<Value> g = parts(given, 3);
            List<Value> rs = Slicing.split(b, r, 1, hidden, hidden, hidden);
            List<Value> bs = rb.map(v -> parts(v, 3)).orElse(List.of());
            Optional<Value> b0 = bs.stream().findFirst();
            Value z = f.get(0).apply(plus(g.get(0), recurrent(h, rs.get(0)), b0));
            Value reset =
                    f.get(0).apply(plus(g.get(1), recurrent(h, rs.get(1)), b0.map(v -> bs.get(1))));
            Optional<Value> b2 = b0.map(v -> bs.get(2));
            Value candidate;
            if (c.flag("linear_before_reset", false)) {
                Optional<Value> inner = recurrent(h, rs.get(2));
                Optional<Value> both =
                        inner.isPresent() && b2.isPresent()
                                ? Optional.of(sum(inner.get(), b2.get()))
                                : inner.or(() -> b2);
                candidate = both.map(v -> sum(g.get(2), times(reset, v))).orElse(g.get(2));
            } else {
                Optional<Value> kept = h.map(v -> times(reset, v));
                candidate = plus(g.get(2), recurrent(kept, rs.get(2)), b2);
            }
            Value next = f.get(1).apply(candidate);
            Value fresh = Elementwise.binary(b, "Sub", next, times(z, next));
            return h.map(v -> sum(fresh, times(z, v))).orElse(fresh);
        }

        /** [directions, gates · hidden, n] of one direction, for a product from the left. */
        private Value weights(Value w, int d) {
            return Shaping.transpose(b, Shaping.squeeze(b, Slicing.part(b, w, 0, d, 1), 0), 1, 0);
        }

        private Value row(Value v, int d) {
            return Shaping.squeeze(b, Slicing.part(b, v, 0, d, 1), 0);
        }

        private Value state(Value v, int d) {
            Value all = batchFirst ? Shaping.transpose(b, v, 1, 0, 2) : v;
            return row(all, d);
        }

        private Optional<Value> recurrent(Optional<Value> h, Value r) {
            return h.map(v -> Products.matmul(b, v, r));
        }

        private Value plus(Value a, Optional<Value> second, Optional<Value> third) {
            Value both = second.map(v -> sum(a, v)).orElse(a);
            return third.map(v -> sum(both, v)).orElse(both);
        }

        private Value sum(Value a, Value other) {
            return Elementwise.binary(b, "AddV2", a, other);
        }

        private Value times(Value a, Value other) {
            return Elementwise.binary(b, "Mul", a, other);
        }

        private List<Value> parts(Value all, int count) {
            long[] lengths = new long[count];
            Arrays.fill(lengths, hidden);
            return Slicing.split(b, all, all.rank() - 1, lengths);
        }

        private List<UnaryOperator<Value>> activations(int d) {
            List<String> usual =
                    switch (gates) {
                        case 4 -> List.of("Sigmoid", "Tanh", "Tanh");
                        case 3 -> List.of("Sigmoid", "Tanh");
                        default -> List.of("Tanh");
                    };
            List<String> names = c.texts("activations");
            List<UnaryOperator<Value>> all = new ArrayList<>();
            for (int i = 0; i < usual.size(); i++) {
                int at = d * usual.size() + i;
                String name = at < names.size() ? names.get(at) : usual.get(i);
                if (!List.of("Sigmoid", "Tanh", "Relu", "Softsign", "Softplus").contains(name)) {
                    throw c.refuse("activation " + name + " is not supported");
                }
                all.add(v -> Elementwise.unary(b, name, v));
            }
            return all;
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.importer.network.Shaping;
import sc.fiji.attribution.importer.network.Slicing;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.onnx.OnnxOps.Rule;

/** Branches and loops that are decided while importing: the former taken, the latter unrolled. */
final class ControlOps {

    /** More rounds than these are not unrolled. */
    private static final int MOST_ROUNDS = 1000;

    static final Map<String, Rule> TABLE =
            Map.of("If", ControlOps::branch, "Loop", ControlOps::loop, "Scan", ControlOps::scan);

    private ControlOps() {}

    private static List<Value> branch(Call c) {
        Optional<double[]> condition = c.b().known(c.in(0)).allNumbers();
        if (condition.isEmpty() || condition.get().length != 1) {
            throw c.refuse(
                    "a branch that depends on the image is not supported: export the model without"
                            + " it, or with its condition fixed");
        }
        String taken = condition.get()[0] != 0 ? "then_branch" : "else_branch";
        return c.bodies().visit(c.graph(taken), List.of());
    }

    private static List<Value> loop(Call c) {
        OnnxModel.Graph body = c.graph("body");
        double trips = c.given(0).map(v -> number(c, v)).orElse(Double.MAX_VALUE);
        boolean goes = c.given(1).map(v -> number(c, v) != 0).orElse(true);
        int carried = c.inputs().size() - 2;
        List<Value> state = new ArrayList<>(c.inputs().subList(2, c.inputs().size()));
        int scanned = body.outputs().size() - 1 - carried;
        List<List<Value>> collected = new ArrayList<>();
        for (int i = 0; i < scanned; i++) {
            collected.add(new ArrayList<>());
        }
        for (int round = 0; goes && round < trips; round++) {
            if (round >= MOST_ROUNDS) {
                throw c.refuse("it runs for more than " + MOST_ROUNDS + " rounds");
            }
            List<Value> inputs = new ArrayList<>();
            inputs.add(Value.scalar(DataType.DT_INT64, round));
            inputs.add(Value.scalar(DataType.DT_BOOL, 1));
            inputs.addAll(state);
            List<Value> outputs = c.bodies().visit(body, inputs);
            goes = number(c, outputs.get(0)) != 0;
            state = new ArrayList<>(outputs.subList(1, 1 + carried));
            for (int i = 0; i < scanned; i++) {
                collected.get(i).add(outputs.get(1 + carried + i));
            }
        }
        List<Value> results = new ArrayList<>(state);
        collected.forEach(each -> results.add(stacked(c, each)));
        return results;
    }

    private static double number(Call c, Value value) {
        return c.b().known(value)
                .allNumbers()
                .filter(all -> all.length == 1)
                .orElseThrow(
                        () -> c.refuse("a loop whose rounds depend on the image is not supported"))[
                0];
    }

    private static Value stacked(Call c, List<Value> each) {
        if (each.isEmpty()) {
            throw c.refuse("it collects nothing");
        }
        List<Value> rows = each.stream().map(v -> Shaping.unsqueeze(c.b(), v, 0)).toList();
        return Shaping.concat(c.b(), rows, 0);
    }

    private static List<Value> scan(Call c) {
        OnnxModel.Graph body = c.graph("body");
        int scanned = Math.toIntExact(c.integer("num_scan_inputs", 1));
        int carried = c.inputs().size() - scanned;
        boolean plain =
                java.util.stream.LongStream.of(c.integers("scan_input_axes")).allMatch(a -> a == 0)
                        && java.util.stream.LongStream.of(c.integers("scan_input_directions"))
                                .allMatch(d -> d == 0)
                        && java.util.stream.LongStream.of(c.integers("scan_output_axes"))
                                .allMatch(a -> a == 0)
                        && java.util.stream.LongStream.of(c.integers("scan_output_directions"))
                                .allMatch(d -> d == 0);
        if (!plain || carried < 0 || c.opset() < 9) {
            throw c.refuse("it scans along other axes than the first, or backwards");
        }
        int rounds = c.in(carried).extent(0);
        if (rounds < 0 || rounds > MOST_ROUNDS) {
            throw c.refuse("it scans over " + (rounds < 0 ? "an open extent" : rounds + " rounds"));
        }
        List<Value> state = new ArrayList<>(c.inputs().subList(0, carried));
        List<List<Value>> collected = new ArrayList<>();
        for (int i = carried; i < body.outputs().size(); i++) {
            collected.add(new ArrayList<>());
        }
        for (int round = 0; round < rounds; round++) {
            List<Value> inputs = new ArrayList<>(state);
            for (int i = 0; i < scanned; i++) {
                Value row = Slicing.part(c.b(), c.in(carried + i), 0, round, 1);
                inputs.add(Shaping.squeeze(c.b(), row, 0));
            }
            List<Value> outputs = c.bodies().visit(body, inputs);
            state = new ArrayList<>(outputs.subList(0, carried));
            for (int i = 0; i < collected.size(); i++) {
                collected.get(i).add(outputs.get(carried + i));
            }
        }
        List<Value> results = new ArrayList<>(state);
        collected.forEach(each -> results.add(stacked(c, each)));
        return results;
    }
}

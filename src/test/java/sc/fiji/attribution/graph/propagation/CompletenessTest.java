/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import sc.fiji.attribution.graph.OpCase;
import sc.fiji.attribution.graph.gradient.GradientRulesTest;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.propagation.PropagatedOp.Rules;

/**
 * Every op that has a gradient, through DeepLIFT and LRP: what is shared out is all that there is,
 * or the op is refused by name. The table that is printed has the figures of the time when DeepLIFT
 * took every gradient for complete beside those of now.
 */
class CompletenessTest {

    private static final double TOLERANCE = 1e-4;

    /** What neither of the three shares out, alone or with others. */
    private static final Set<String> REFUSED = Set.of("LRN", "Prod", "TopKV2");

    @Tag("long")
    @Test
    void completeOrRefused(TestReporter reporter) throws IOException {
        Map<String, String> before = before();
        List<String> lines = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        Set<String> complete = new TreeSet<>();
        for (OpCase each : GradientRulesTest.cases()) {
            Map<Rules, Double> errors = all(each).errors();
            errors.forEach(
                    (rules, error) -> {
                        if (!(error <= TOLERANCE)) {
                            broken.add(rules + " at " + each + ": " + error);
                        }
                    });
            if (errors.containsKey(Rules.RESCALE)) {
                complete.add(each.op());
            }
            String row =
                    IntStream.range(0, Rules.values().length)
                            .mapToObj(i -> cell(errors.get(Rules.values()[i])))
                            .collect(Collectors.joining("\t"));
            lines.add(each + "\t" + before.getOrDefault(each.toString(), "new\t\t") + "\t" + row);
        }
        reporter.publishEntry(
                "case, rescale, reveal-cancel, LRP before; now", String.join("\n", lines));
        assertEquals(List.of(), broken);
        assertTrue(complete.size() > 115, () -> "complete only at " + complete);
    }

    private static PropagatedOp all(OpCase each) {
        return new PropagatedOp(each, i -> each.inputs().get(i).differentiated());
    }

    private static String cell(Double error) {
        return error == null
                ? "refused"
                : error <= TOLERANCE ? "ok" : String.format(Locale.ROOT, "%.3g", error);
    }

    private static Map<String, String> before() throws IOException {
        String file = "/sc/fiji/attribution/graph/completeness-before.txt";
        try (InputStream in = CompletenessTest.class.getResourceAsStream(file)) {
            Map<String, String> rows = new TreeMap<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .forEach(
                            line -> {
                                int tab = line.indexOf('\t');
                                rows.put(line.substring(0, tab), line.substring(tab + 1));
                            });
            return rows;
        }
    }

    /** Of several inputs only one is the image's: weights, exponents, limits and masks are not. */
    @Test
    void ofOneInput() {
        List<String> broken = new ArrayList<>();
        Set<String> complete = new TreeSet<>();
        Set<String> tried = new TreeSet<>();
        for (OpCase each : GradientRulesTest.cases()) {
            boolean several =
                    each.inputs().stream().filter(OpCase.Input::differentiated).count() > 1;
            if (!several || !tried.add(each.op())) {
                continue;
            }
            for (int i = 0; i < each.inputs().size(); i++) {
                if (!each.inputs().get(i).differentiated()) {
                    continue;
                }
                int input = i;
                new PropagatedOp(each, at -> at == input)
                        .errors()
                        .forEach(
                                (rules, error) -> {
                                    boolean constants = rules == Rules.LRP && !sharesAll(each);
                                    if (!constants && !(error <= TOLERANCE)) {
                                        broken.add(
                                                rules + " at " + each + " of " + input + ": "
                                                        + error);
                                    }
                                    complete.add(each.op());
                                });
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(
                complete.containsAll(
                        List.of("Pow", "Atan2", "FloorMod", "ClipByValue", "DivNoNan", "Conv3D")),
                complete::toString);
    }

    /** Not so where a constant keeps its part, of a maximum say. */
    private static boolean sharesAll(OpCase each) {
        return OpTable.is(each.op(), Trait.WEIGHTED_SUM);
    }

    @Test
    void everyOpHasTraits() {
        List<String> unknown =
                OpTable.ops().stream().filter(op -> op.traits().isEmpty()).map(Op::type).toList();
        assertEquals(List.of(), unknown, "say what is known of these ops: see Trait");
    }

    @Test
    void refusedAreThoseThatAreKnownToBe() {
        Set<String> refused = new TreeSet<>();
        for (Op op : OpTable.ops()) {
            if (op.gradient().isPresent() && op.is(Trait.NONLINEAR)) {
                refused.add(op.type());
            }
        }
        refused.removeAll(Set.of("EuclideanNorm", "L2Loss"));
        assertEquals(REFUSED, refused);
    }
}

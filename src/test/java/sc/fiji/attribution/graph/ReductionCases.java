/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static sc.fiji.attribution.graph.Inputs.apart;
import static sc.fiji.attribution.graph.Inputs.asLong;
import static sc.fiji.attribution.graph.Inputs.exactly;
import static sc.fiji.attribution.graph.Inputs.ints;
import static sc.fiji.attribution.graph.Inputs.scalar;
import static sc.fiji.attribution.graph.Inputs.shape;
import static sc.fiji.attribution.graph.Inputs.x;
import static sc.fiji.attribution.graph.OpCase.op;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Cases of reductions. */
public final class ReductionCases {

    private ReductionCases() {}

    public static Stream<OpCase> all() {
        List<OpCase> cases = new ArrayList<>();
        for (String op : List.of("Sum", "Mean", "Max", "Min", "Prod", "EuclideanNorm")) {
            cases.add(op(op, "one axis", apart(2, 3, 2), ints(1)));
            cases.add(op(op, "scalar axis", apart(2, 3), scalar(-1)));
            cases.add(op(op, "two axes, one negative", apart(2, 3, 2), ints(0, -1)));
            cases.add(op(op, "axes in reverse, by int64", apart(2, 2, 3), asLong(ints(2, 1))));
            cases.add(op(op, "all axes", apart(2, 3), ints(0, 1)));
            cases.add(op(op, "no axis", apart(2, 3), ints()));
            cases.add(op(op, "of a scalar", x(), ints()));
            cases.add(op(op, "keep_dims", apart(2, 3, 2), ints(1)).with("keep_dims", true));
            cases.add(op(op, "all, keep_dims", apart(2, 3), ints(-2, -1)).with("keep_dims", true));
        }
        double[] zeros = {0, 2, 3, 0, 5, 0};
        cases.add(op("Prod", "with one and two zeros", exactly(shape(2, 3), zeros), ints(1)));
        cases.add(op("L2Loss", "plain", x(2, 3)));
        for (boolean exclusive : new boolean[] {false, true}) {
            for (boolean reverse : new boolean[] {false, true}) {
                String variant =
                        (exclusive ? "exclusive" : "inclusive") + (reverse ? ", reverse" : "");
                cases.add(
                        op("Cumsum", variant, x(2, 3), scalar(-1))
                                .with("exclusive", exclusive, "reverse", reverse));
            }
        }
        return cases.stream();
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import java.util.List;
import java.util.stream.LongStream;
import sc.fiji.attribution.graph.gradient.MaxPooling;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.ReferenceBranch;

/**
 * The elements that decide by how much an op's output, an extremum of its inputs, differs from its
 * twin's: the extremum of both. Each has moved by no less than the output.
 *
 * @param op the same over the further of each element and its twin
 */
record Winners(Node op) {

    /**
     * @param extremum of two: {@code Maximum} or {@code Minimum}
     */
    static Winners of(Ops g, Node n, ReferenceBranch twin, String extremum) {
        Node further = n;
        for (int i = 0; i < n.inputs().size(); i++) {
            Output before = twin.of(n.in(i));
            if (!before.equals(n.in(i))) {
                further = further.with(i, g.emit(extremum, n.in(i), before));
            }
        }
        Output out = g.emit(n.op(), further.inputs(), g.attributes(n));
        return new Winners(Node.of(g.graph().node(out)));
    }

    /** Their values. */
    Output values() {
        return op.out();
    }

    /** What is given for each winner, at its place; 0 elsewhere. */
    Output place(Ops g, int input, Output given) {
        return OpTable.gradient(op.op()).pullback(g, op, input, List.of(given));
    }

    /** What stands at the places of a pooling's winners, where its windows are tiles. */
    Output pick(Ops g, Output all) {
        // No op of TensorFlow's reads at the places of a 3-D pooling's winners but a slow one.
        Output there = place(g, 0, g.onesLike(values()));
        Output mean = MaxPooling.average(g, op, g.mul(all, there));
        return op.text("padding").equals("VALID")
                ? g.mul(mean, LongStream.of(op.list("ksize")).reduce(1, (a, b) -> a * b))
                : g.div(mean, MaxPooling.average(g, op, there));
    }
}

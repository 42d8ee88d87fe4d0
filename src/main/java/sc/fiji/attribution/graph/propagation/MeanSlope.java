/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * An activation's mean slope between two points, Δy/Δz element by element: its gradient where the
 * points are one.
 */
interface MeanSlope {

    /** An activation's input and output, be it one op or several. */
    record Point(Output z, Output y) {}

    /** Between points either of which may be the higher one. */
    Output between(Ops g, Point from, Point to);

    /**
     * Between points whose order and distance are known.
     *
     * @param rise {@code high.z} − {@code low.z}, not below zero but for rounding
     */
    Output below(Ops g, Point low, Point high, Output rise);

    static MeanSlope of(Node activation) {
        return activation.op().equals("Relu") ? new OfRelu() : new Quotient();
    }

    /** Without a difference that could cancel; 0 where both z are 0, as the gradient there. */
    final class OfRelu implements MeanSlope {

        /** Stands for no rise, so that 0 / 0 is 0. */
        private static final double NONE = 1e-30;

        /** (y + y')/(|z| + |z'|). */
        @Override
        public Output between(Ops g, Point from, Point to) {
            Output magnitudes = g.add(g.emit("Abs", from.z), g.emit("Abs", to.z));
            return g.emit("DivNoNan", g.add(from.y, to.y), magnitudes);
        }

        /** What part of the rise is above zero. */
        @Override
        public Output below(Ops g, Point low, Point high, Output rise) {
            Output divisor = g.emit("Maximum", rise, g.scalar(NONE, rise));
            Output part = g.div(high.z, divisor);
            return g.emit("ClipByValue", part, g.scalar(0.0, part), g.scalar(1.0, part));
        }
    }

    /** Of any activation. */
    final class Quotient implements MeanSlope {

        /** Differences that are smaller than rounding makes them have the gradient as slope. */
        private static final double SMALLEST = 1e-6;

        @Override
        public Output between(Ops g, Point from, Point to) {
            return quotient(g, from, to, g.sub(to.z, from.z));
        }

        @Override
        public Output below(Ops g, Point low, Point high, Output rise) {
            return quotient(g, low, high, rise);
        }

        private static Output quotient(Ops g, Point from, Point to, Output dz) {
            Output small = g.emit("Less", g.emit("Abs", dz), g.scalar(SMALLEST, dz));
            Output gradient =
                    new ReverseMode(g, RuleTable.GRADIENT).backward(to.y, g.onesLike(to.y), to.z);
            return g.emit("SelectV2", small, gradient, g.div(g.sub(to.y, from.y), dz));
        }
    }
}

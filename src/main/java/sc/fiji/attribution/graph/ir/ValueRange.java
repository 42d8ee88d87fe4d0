/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * Between which numbers all elements of a tensor lie, where the graph alone says so. True is 1. So
 * a training flag with a default decides a branch, and a dropout mask whose rate is 0 is seen to
 * let everything through: uniform numbers from [0, 1) are never below 0.
 */
public record ValueRange(double low, double high) {

    /** Of probabilities. */
    public static final ValueRange SHARE = new ValueRange(0, 1);

    private static final ValueRange EITHER = SHARE;

    /** The range of a node's first output from those of its inputs, or null where unknown. */
    @FunctionalInterface
    private interface Formula {
        ValueRange of(List<ValueRange> in);
    }

    private static final Formula SAME = in -> in.get(0);

    /** What asks its first input alone for a range. */
    private static final Set<String> REDUCES = Set.of("Cast", "Max", "Min");

    private static final Map<String, Formula> FORMULAS =
            Map.ofEntries(
                    entry("Fill", in -> in.get(1)),
                    entry(
                            "Floor",
                            in -> known(Math.floor(in.get(0).low), Math.floor(in.get(0).high))),
                    entry("Neg", in -> known(-in.get(0).high, -in.get(0).low)),
                    entry("Add", in -> sum(in.get(0), in.get(1), 1)),
                    entry("AddV2", in -> sum(in.get(0), in.get(1), 1)),
                    entry("Sub", in -> sum(in.get(0), in.get(1), -1)),
                    entry("Mul", in -> product(in.get(0), in.get(1))),
                    entry("RealDiv", in -> quotient(in.get(0), in.get(1))),
                    entry("Div", in -> quotient(in.get(0), in.get(1))),
                    entry("Max", in -> in.get(0)),
                    entry("Min", in -> in.get(0)),
                    entry(
                            "Maximum",
                            in ->
                                    known(
                                            Math.max(in.get(0).low, in.get(1).low),
                                            Math.max(in.get(0).high, in.get(1).high))),
                    entry(
                            "Minimum",
                            in ->
                                    known(
                                            Math.min(in.get(0).low, in.get(1).low),
                                            Math.min(in.get(0).high, in.get(1).high))),
                    entry("FloorDiv", in -> floored(in.get(0), in.get(1))),
                    entry("FloorMod", in -> remainder(in.get(0), in.get(1))),
                    entry("Equal", in -> equal(in.get(0), in.get(1))),
                    entry("NotEqual", in -> not(equal(in.get(0), in.get(1)))),
                    entry("Less", in -> below(in.get(0), in.get(1), false)),
                    entry("LessEqual", in -> below(in.get(0), in.get(1), true)),
                    entry("Greater", in -> below(in.get(1), in.get(0), false)),
                    entry("GreaterEqual", in -> below(in.get(1), in.get(0), true)),
                    entry("LogicalNot", in -> not(in.get(0))),
                    entry(
                            "LogicalAnd",
                            in ->
                                    known(
                                            Math.min(in.get(0).low, in.get(1).low),
                                            Math.min(in.get(0).high, in.get(1).high))),
                    entry(
                            "LogicalOr",
                            in ->
                                    known(
                                            Math.max(in.get(0).low, in.get(1).low),
                                            Math.max(in.get(0).high, in.get(1).high))));

    /** Ranges of a graph's tensors; remembers them, so the graph must only grow. */
    public static final class Finder {

        private final Graph graph;
        private final Function<Output, Optional<long[]>> shapes;
        private final Map<String, Optional<ValueRange>> found = new HashMap<>();

        public Finder(Graph graph) {
            this(graph, output -> Optional.empty());
        }

        /**
         * @param shapes what is known of shapes, -1 for extents that are not
         */
        public Finder(Graph graph, Function<Output, Optional<long[]>> shapes) {
            this.graph = graph;
            this.shapes = shapes;
        }

        /** Empty where nothing is known. */
        public Optional<ValueRange> range(Output output) {
            if (output.index() != 0) {
                return Optional.empty();
            }
            Optional<ValueRange> known = found.get(output.node());
            if (known == null) {
                known = Optional.ofNullable(compute(graph.node(output)));
                found.put(output.node(), known);
            }
            return known;
        }

        /** The one value of all elements, where the graph says it. */
        public Optional<Double> value(Output output) {
            return range(output).filter(range -> range.low == range.high).map(ValueRange::low);
        }

        private ValueRange compute(NodeDef node) {
            switch (node.getOp()) {
                case "Const":
                    return of(node.getAttrOrThrow("value").getTensor());
                case "RandomUniform", "StatelessRandomUniform", "StatelessRandomUniformV2":
                    return new ValueRange(0, Math.nextDown(1f));
                case "Shape":
                    return extents(node).map(Finder::hull).orElse(null);
                case "Rank":
                    return shapes.apply(Graph.inputs(node).get(0))
                            .map(shape -> known(shape.length, shape.length))
                            .orElse(null);
                case "StridedSlice", "GatherV2":
                    Optional<ValueRange> extent = extent(node, Graph.inputs(node));
                    if (extent.isPresent()) {
                        return extent.get();
                    }
                    break;
                default:
                    break;
            }
            Formula formula = formula(node);
            if (formula == null) {
                return null;
            }
            List<Output> inputs = Graph.inputs(node);
            if (formula == SAME || REDUCES.contains(node.getOp())) {
                inputs = inputs.subList(0, 1);
            }
            List<ValueRange> ranges = new ArrayList<>();
            for (Output input : inputs) {
                ranges.add(range(input).orElse(null));
            }
            boolean fill = node.getOp().equals("Fill");
            return ranges.subList(fill ? 1 : 0, ranges.size()).contains(null)
                    ? null
                    : formula.of(ranges);
        }

        private Optional<long[]> extents(NodeDef shape) {
            return shapes.apply(Graph.inputs(shape).get(0));
        }

        private static ValueRange hull(long[] extents) {
            boolean open = extents.length == 0 || Arrays.stream(extents).anyMatch(e -> e < 0);
            return open
                    ? null
                    : known(
                            Arrays.stream(extents).min().getAsLong(),
                            Arrays.stream(extents).max().getAsLong());
        }

        /** One of a tensor's extents. */
        private Optional<ValueRange> extent(NodeDef node, List<Output> inputs) {
            NodeDef of = graph.node(inputs.get(0));
            boolean one =
                    node.getOp().equals("GatherV2")
                            || OpRegistry.attribute(node, "shrink_axis_mask").getI() == 1;
            if (!of.getOp().equals("Shape") || !one) {
                return Optional.empty();
            }
            Optional<Double> place = value(inputs.get(1));
            Optional<long[]> extents = extents(of);
            if (place.isEmpty() || extents.isEmpty()) {
                return Optional.empty();
            }
            int rank = extents.get().length;
            double i = place.get() < 0 ? place.get() + rank : place.get();
            return i < 0 || i >= rank || extents.get()[(int) i] < 0
                    ? Optional.empty()
                    : Optional.of(known(extents.get()[(int) i], extents.get()[(int) i]));
        }

        private static Formula formula(NodeDef node) {
            if (OpTable.is(node, Trait.CASTS)) {
                return cast(node);
            }
            return OpTable.is(node, Trait.MOVES) && !OpTable.is(node, Trait.PADS)
                    ? SAME
                    : FORMULAS.get(node.getOp());
        }

        private static Formula cast(NodeDef node) {
            DataType to = node.getAttrOrThrow("DstT").getType();
            if (to == DataType.DT_BOOL) {
                return in ->
                        in.get(0).low == in.get(0).high
                                ? known(in.get(0).low == 0 ? 0 : 1, in.get(0).low == 0 ? 0 : 1)
                                : EITHER;
            }
            return Ops.isFloating(to)
                    ? SAME
                    : in -> known((long) in.get(0).low, (long) in.get(0).high);
        }
    }

    /** The range that arithmetic makes of those of its operands; empty for all other ops. */
    public static Optional<ValueRange> of(String op, List<ValueRange> operands) {
        return Optional.ofNullable(FORMULAS.get(op)).map(formula -> formula.of(operands));
    }

    public static boolean isArithmetic(String op) {
        return FORMULAS.containsKey(op);
    }

    /** The smallest range that holds others. */
    public static ValueRange hull(List<ValueRange> ranges) {
        return known(
                ranges.stream().mapToDouble(ValueRange::low).min().orElseThrow(),
                ranges.stream().mapToDouble(ValueRange::high).max().orElseThrow());
    }

    public boolean isWithin(ValueRange other, double tolerance) {
        return low >= other.low - tolerance && high <= other.high + tolerance;
    }

    private static ValueRange known(double low, double high) {
        return new ValueRange(low, high);
    }

    private static ValueRange sum(ValueRange a, ValueRange b, int sign) {
        return sign > 0
                ? known(a.low + b.low, a.high + b.high)
                : known(a.low - b.high, a.high - b.low);
    }

    private static ValueRange product(ValueRange a, ValueRange b) {
        double[] corners = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
        Arrays.sort(corners);
        return known(corners[0], corners[3]);
    }

    private boolean isOne() {
        return low == high;
    }

    private static ValueRange floored(ValueRange a, ValueRange b) {
        return a.isOne() && b.isOne() && b.low != 0
                ? known(Math.floor(a.low / b.low), Math.floor(a.low / b.low))
                : null;
    }

    private static ValueRange remainder(ValueRange a, ValueRange b) {
        ValueRange whole = floored(a, b);
        return whole == null ? null : sum(a, product(whole, b), -1);
    }

    private static ValueRange equal(ValueRange a, ValueRange b) {
        if (a.low > b.high || a.high < b.low) {
            return known(0, 0);
        }
        return a.isOne() && b.isOne() ? known(1, 1) : EITHER;
    }

    private static ValueRange not(ValueRange truth) {
        return known(1 - truth.high, 1 - truth.low);
    }

    private static ValueRange quotient(ValueRange a, ValueRange b) {
        return b.low <= 0 && b.high >= 0 ? null : product(a, known(1 / b.high, 1 / b.low));
    }

    /** Whether a &lt; b, or a ≤ b. */
    private static ValueRange below(ValueRange a, ValueRange b, boolean orEqual) {
        if (a.high < b.low || orEqual && a.high == b.low) {
            return known(1, 1);
        }
        return a.low > b.high || !orEqual && a.low == b.high ? known(0, 0) : EITHER;
    }

    private static ValueRange of(TensorProto tensor) {
        double[] values = Constants.values(tensor);
        if (values.length == 0) {
            return null;
        }
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return new ValueRange(low, high);
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.ir.ValueRange;

/**
 * Lists of tensors, in which loops keep what each step reads and gives. Where the graph says which
 * elements they have, whoever reads one reads the element itself, and the list is gone.
 */
final class TensorLists {

    /** Longer ones stay what they are. */
    private static final int LONGEST = 1024;

    private final Graph graph;
    private final ValueRange.Finder ranges;
    private final SavedShapes shapes;

    /** By handle: elements, null for those that were not set. */
    private final Map<Output, List<Output>> lists = new HashMap<>();

    TensorLists(Graph graph, ValueRange.Finder ranges, SavedShapes shapes) {
        this.graph = graph;
        this.ranges = ranges;
        this.shapes = shapes;
    }

    /**
     * What to read in place of a node's output; empty where nothing better is known.
     *
     * @param node of the graph
     * @param in what it reads
     */
    Optional<Output> instead(NodeDef node, List<Output> in) {
        Output out = new Output(node.getName(), 0);
        switch (node.getOp()) {
            case "TensorListReserve" ->
                    length(ranges.value(in.get(1)).orElse(-1.0))
                            .ifPresent(n -> lists.put(out, Collections.nCopies(n, null)));
            case "EmptyTensorList" -> lists.put(out, List.of());
            case "TensorListFromTensor" ->
                    shapes.of(in.get(0))
                            .filter(shape -> shape.length > 0)
                            .flatMap(shape -> length(shape[0]))
                            .ifPresent(n -> lists.put(out, unpacked(node, in.get(0), n)));
            case "TensorListSetItem" -> set(node, in, out);
            case "TensorListResize" ->
                    ranges.value(in.get(1))
                            .flatMap(TensorLists::length)
                            .filter(n -> lists.containsKey(in.get(0)))
                            .ifPresent(n -> lists.put(out, resized(lists.get(in.get(0)), n)));
            case "TensorListPushBack" -> {
                if (lists.containsKey(in.get(0))) {
                    List<Output> longer = new ArrayList<>(lists.get(in.get(0)));
                    longer.add(in.get(1));
                    lists.put(out, longer);
                }
            }
            case "TensorListGetItem" -> {
                return place(in).map(i -> lists.get(in.get(0)).get(i));
            }
            case "TensorListStack" -> {
                return packed(node, lists.get(in.get(0)));
            }
            default -> {
                if (OpTable.is(node, Trait.IDENTITY) && lists.containsKey(in.get(0))) {
                    lists.put(out, lists.get(in.get(0)));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Integer> length(double n) {
        return n < 0 || n > LONGEST ? Optional.empty() : Optional.of((int) n);
    }

    private void set(NodeDef node, List<Output> in, Output out) {
        List<Output> before = lists.get(in.get(0));
        Optional<Integer> at = ranges.value(in.get(1)).flatMap(TensorLists::length);
        if (before == null || at.isEmpty()) {
            return;
        }
        int i = at.get();
        boolean grows = OpRegistry.attribute(node, "resize_if_index_out_of_bounds").getB();
        if (i < before.size() || grows) {
            List<Output> changed = resized(before, Math.max(i + 1, before.size()));
            changed.set(i, in.get(2));
            lists.put(out, changed);
        }
    }

    private static List<Output> resized(List<Output> list, int size) {
        List<Output> resized = new ArrayList<>(list.subList(0, Math.min(size, list.size())));
        resized.addAll(Collections.nCopies(size - resized.size(), null));
        return resized;
    }

    /** Which element of a known list is meant. */
    private Optional<Integer> place(List<Output> in) {
        List<Output> list = lists.get(in.get(0));
        return list == null
                ? Optional.empty()
                : ranges.value(in.get(1))
                        .filter(i -> i >= 0 && i < list.size())
                        .map(Double::intValue);
    }

    /** Fails where the tensor has another number of slices. */
    private List<Output> unpacked(NodeDef node, Output tensor, int n) {
        Ops ops = new Ops(graph, node.getName() + NodeName.SAID_EXTENTS);
        Output first = ops.emit("Unpack", List.of(tensor), "num", n, "axis", 0);
        List<Output> elements = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            elements.add(new Output(first.node(), i));
        }
        return elements;
    }

    private Optional<Output> packed(NodeDef node, List<Output> elements) {
        Ops ops = new Ops(graph, node.getName() + "/elements/");
        return elements == null || elements.isEmpty() || elements.contains(null)
                ? Optional.empty()
                : Optional.of(ops.emit("Pack", elements, "N", elements.size(), "axis", 0));
    }
}

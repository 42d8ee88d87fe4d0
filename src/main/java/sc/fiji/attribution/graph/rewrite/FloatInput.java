/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Gives the graph an input of float32, whatever type its image has. A gradient is then per grey
 * level of a uint8 image: the graph's own cast to floating point does nothing any more, and ops in
 * front of it that only move values move floats.
 */
public final class FloatInput {

    private FloatInput() {}

    /** The input to feed: the same where it is float32 already. */
    public static Output of(Ops ops, Output image, String model) {
        DataType type = ops.type(image);
        if (type == DataType.DT_FLOAT) {
            return image;
        }
        Output input = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        if (Ops.isFloating(type)) {
            Output cast = ops.cast(input, type);
            redirect(ops.graph(), image, cast);
        } else {
            retype(ops.graph(), image, model);
            redirect(ops.graph(), image, input);
        }
        return input;
    }

    /** Whoever reads the one, but the other itself, reads the other. */
    static void redirect(Graph graph, Output from, Output to) {
        for (NodeDef node : new ArrayList<>(graph.nodes())) {
            if (!node.getName().equals(to.node())) {
                graph.redirect(node.getName(), from, to);
            }
        }
    }

    private static void retype(Graph graph, Output image, String model) {
        Map<String, List<NodeDef>> readers = Graph.consumers(graph.nodes());
        Deque<String> open = new ArrayDeque<>(List.of(image.node()));
        while (!open.isEmpty()) {
            for (NodeDef reader : readers.getOrDefault(open.pop(), List.of())) {
                boolean moves = OpTable.is(reader, Trait.MOVES);
                boolean reads =
                        Stream.of(Trait.CASTS, Trait.RESIZES, Trait.VALUELESS)
                                .anyMatch(trait -> OpTable.is(reader, trait));
                if (moves) {
                    open.push(reader.getName());
                } else if (!reads) {
                    throw new ModelException(
                            "Model '"
                                    + model
                                    + "' computes with its image as integers: op "
                                    + reader.getOp()
                                    + " (layer '"
                                    + NodeName.of(reader.getName())
                                    + "') has no gradient there; export the model with a float32"
                                    + " input.");
                }
                graph.put(
                        graph.node(reader.getName()).toBuilder()
                                .putAttr(
                                        OpRegistry.typeOfFirstInput(reader),
                                        AttrValue.newBuilder().setType(DataType.DT_FLOAT).build())
                                .build());
            }
        }
    }
}

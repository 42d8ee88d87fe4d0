/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Shapes that the exporter knew and wrote beside its nodes: by them it is decided how often a loop
 * runs that counts by an extent, and which branch is taken. A tool that changed the graph
 * afterwards may have left old ones, so what was decided by is checked whenever the network runs.
 */
final class SavedShapes {

    private static final String KEY = "_output_shapes";

    private final Map<Output, long[]> known = new HashMap<>();
    private final Map<Output, long[]> decisive = new LinkedHashMap<>();
    private final Set<Output> distrusted;

    /**
     * @param distrusted of which the file is not believed, since nothing would check it
     */
    SavedShapes(Set<Output> distrusted) {
        this.distrusted = distrusted;
    }

    /**
     * Notes what a node says.
     *
     * @param name under which it is known from now on
     */
    void note(NodeDef node, String name) {
        if (node.containsAttr(KEY)) {
            List<TensorShapeProto> shapes = node.getAttrOrThrow(KEY).getList().getShapeList();
            for (int i = 0; i < shapes.size(); i++) {
                if (!shapes.get(i).getUnknownRank()) {
                    known.put(
                            new Output(name, i),
                            shapes.get(i).getDimList().stream()
                                    .mapToLong(TensorShapeProto.Dim::getSize)
                                    .toArray());
                }
            }
        }
    }

    /** Extents, -1 where any fits; empty where not even their number is known. */
    Optional<long[]> of(Output output) {
        return Optional.ofNullable(known.get(output));
    }

    /** The same, for what is decided by it. */
    Optional<long[]> decisive(Output output) {
        if (distrusted.contains(output)) {
            return Optional.empty();
        }
        Optional<long[]> shape = of(output);
        shape.ifPresent(extents -> decisive.put(output, extents));
        return shape;
    }

    /** What was decided by, though a graph does not compute it. */
    Set<Output> missing(Graph graph) {
        return decisive.keySet().stream()
                .filter(output -> !graph.has(output.node()))
                .collect(Collectors.toSet());
    }

    /**
     * Lets all that read what was decided by read it through a node that fails where its extents
     * are others.
     *
     * @return wanted outputs, checked ones in place of those that were
     */
    List<Output> check(Graph graph, List<Output> wanted) {
        Map<Output, Output> checked = new HashMap<>();
        decisive.forEach(
                (output, extents) -> {
                    Map<String, List<NodeDef>> readers = Graph.consumers(graph.nodes());
                    Ops ops = new Ops(graph, output.node() + NodeName.SAID_EXTENTS);
                    Output same = ops.ensureShape(output, extents);
                    for (NodeDef reader : readers.getOrDefault(output.node(), List.of())) {
                        graph.redirect(reader.getName(), output, same);
                    }
                    checked.put(output, same);
                });
        return wanted.stream().map(output -> checked.getOrDefault(output, output)).toList();
    }
}

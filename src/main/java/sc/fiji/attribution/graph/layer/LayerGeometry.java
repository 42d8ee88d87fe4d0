/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.core.grid.ReceptiveField;
import sc.fiji.attribution.core.propagation.Cut;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;

/**
 * Where the layers of a network look, for images of one size; see {@link LocalOps}.
 *
 * @param input where the image is fed
 * @param image what is fed
 */
public record LayerGeometry(Graph graph, Output input, Locality image) {

    /**
     * The layers at which the network can be cut in two, in the order of computation.
     *
     * @param names of layers by the nodes that hold their activations
     */
    public List<Cut> cuts(Output logits, Map<String, String> names) {
        Route route = Route.between(graph, input, logits);
        List<NodeDef> path = route.nodes();
        Map<String, Integer> lastUse = new HashMap<>();
        for (int i = 0; i < path.size(); i++) {
            for (Output each : Graph.inputs(path.get(i))) {
                lastUse.put(each.node(), i);
            }
        }
        LocalOps local = new LocalOps(graph, input, image, route);
        List<Cut> cuts = new ArrayList<>();
        int bypassed = 0;
        for (int i = 0; i < path.size(); i++) {
            String node = path.get(i).getName();
            if (!node.equals(input.node())) {
                local.follow(path.get(i));
            }
            if (bypassed <= i && names.containsKey(node)) {
                local.at(node)
                        .ifPresent(at -> cuts.add(cut(names.get(node), at, local.operations())));
            }
            bypassed = Math.max(bypassed, lastUse.getOrDefault(node, 0));
        }
        return cuts;
    }

    private static Cut cut(String layer, Locality at, double operations) {
        return new Cut(
                layer, at.extents(), at.channels(), at.stride(), at.low(), at.high(), operations);
    }

    /** Of a layer; empty where an op on the way does not treat all places alike. */
    public Optional<ReceptiveField> field(Output layer) {
        Route route = Route.between(graph, input, layer);
        LocalOps local = new LocalOps(graph, input, image, route);
        route.nodes().stream()
                .filter(node -> !node.getName().equals(input.node()))
                .forEach(local::follow);
        return local.at(layer.node()).map(LayerGeometry::field);
    }

    private static ReceptiveField field(Locality at) {
        return new ReceptiveField(at.extents(), at.channels(), at.stride(), at.low(), at.high());
    }
}

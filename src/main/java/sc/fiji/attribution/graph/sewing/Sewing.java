/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Kernels;

/**
 * The last look at nodes before they are loaded: what TensorFlow computes wrongly, or slowly, it
 * gets in another way. The graph that is looked at stays what it is.
 */
public final class Sewing {

    /** What it writes that no file may hold. */
    public static final Set<String> OWN_OPS = Set.of(OrderedFilters.OP);

    private final Graph graph;
    private final Kernels kernels;
    private final PlanesAsVolumes planes;
    private final ShapeSeams seams;

    /**
     * @param sorted what there is to be loaded, predecessors first
     */
    public Sewing(Graph graph, List<NodeDef> sorted, Kernels kernels) {
        this.graph = graph;
        this.kernels = kernels;
        this.planes = new PlanesAsVolumes(graph);
        this.seams = new ShapeSeams(graph, sorted);
    }

    /**
     * A node as it is to be loaded, under its name, behind what it needs. Predecessors come first.
     */
    public List<NodeDef> sew(NodeDef node) {
        Optional<DenseImage> image = DenseImage.of(node, graph);
        if (image.isPresent() && kernels.hasOneDnn()) {
            return OrderedFilters.write(image.get(), graph)
                    .orElseGet(() -> planes.write(image.get()));
        }
        return planes.follow(node).orElseGet(() -> mended(node));
    }

    /** As TensorFlow computes it rightly. */
    private List<NodeDef> mended(NodeDef node) {
        return FusionBarriers.sew(node, graph).stream()
                .flatMap(each -> LoneChannels.accompany(each, graph).stream())
                .flatMap(each -> seams.sew(each).stream())
                .toList();
    }
}

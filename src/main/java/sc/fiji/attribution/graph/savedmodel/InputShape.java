/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Output;

/** The shape of an image whose signature does not say it, as far as the network tells. */
public final class InputShape {

    private InputShape() {}

    /**
     * @param declared extents, -1 where any fits; empty where not even their number is known
     * @return the same, or that of an image for the first convolution of what is computed from it;
     *     empty where there is none
     */
    public static int[] of(Graph graph, Output image, int[] declared, Output logits) {
        if (declared.length > 0) {
            return declared;
        }
        List<NodeDef> sorted = graph.ancestors(List.of(logits.node()));
        var onPath = graph.descendants(image.node(), sorted);
        Optional<NodeDef> first =
                sorted.stream()
                        .filter(node -> onPath.contains(node.getName()))
                        .filter(node -> node.getOp().matches("Conv[23]D|DepthwiseConv2dNative"))
                        .findFirst();
        if (first.isEmpty()) {
            return declared;
        }
        int[] shape = new int[first.get().getOp().equals("Conv3D") ? 5 : 4];
        Arrays.fill(shape, -1);
        return shape;
    }
}

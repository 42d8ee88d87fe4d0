/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.input;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.text.Printable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;

/** The shape of an image whose signature does not say it, as far as the network tells. */
public final class InputShape {

    /** Characters of a name in a message. */
    private static final int LONGEST = 100;

    private InputShape() {}

    /**
     * @param declared extents, -1 where any fits; empty where not even their number is known
     * @return the same, or that of an image for the first convolution of what is computed from it;
     *     empty where there is none
     * @throws ModelException where the graph itself takes another shape, for which some kernels end
     *     the process
     */
    public static int[] of(Graph graph, Output image, int[] declared, Output logits) {
        if (declared.length > 0) {
            requireTaken(graph, image, declared, logits);
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

    /** The signature says what is fed; the placeholder and the first windows say what is taken. */
    private static void requireTaken(Graph graph, Output image, int[] declared, Output logits) {
        TensorShapeProto taken =
                graph.node(image)
                        .getAttrOrDefault("shape", AttrValue.getDefaultInstance())
                        .getShape();
        // Old files write an unknown shape as one without axes.
        boolean fits = taken.getDimCount() == 0 || taken.getDimCount() == declared.length;
        for (int axis = 0; fits && axis < taken.getDimCount(); axis++) {
            long extent = taken.getDim(axis).getSize();
            fits = extent < 0 || declared[axis] < 0 || extent == declared[axis];
        }
        if (!fits) {
            throw wrong(image, declared, "of another shape");
        }
        Set<String> same = new HashSet<>(Set.of(image.node()));
        for (NodeDef node : graph.ancestors(List.of(logits.node()))) {
            List<Output> inputs = Graph.inputs(node);
            if (inputs.isEmpty() || !same.contains(inputs.get(0).node())) {
                continue;
            }
            int axes =
                    node.getAttrOrDefault("strides", AttrValue.getDefaultInstance())
                            .getList()
                            .getICount();
            if (axes > 0 && axes != declared.length) {
                throw wrong(
                        image,
                        declared,
                        "of " + axes + " axes (" + Printable.line(node.getName(), LONGEST) + ")");
            }
            if (inputs.size() == 1 && OpTable.is(node, Trait.ELEMENTWISE)) {
                same.add(node.getName());
            }
        }
    }

    private static ModelException wrong(Output image, int[] declared, String takes) {
        return new ModelException(
                "Input '"
                        + Printable.line(image.node(), LONGEST)
                        + "' has the shape "
                        + Arrays.toString(declared)
                        + " by its signature, but the network takes one "
                        + takes
                        + ": the file is damaged, or was put together of two; export it again.");
    }
}

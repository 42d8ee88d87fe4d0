/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.gradient.ForwardKernelRule;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.ImageChannels;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.StaticShape;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Writes convolutions that oneDNN computes wrongly by others that it computes right, under the same
 * names: transposed ones of stride 1, whose kernel is that of {@link ForwardKernelRule}, and
 * grouped ones of one filter for each group, whose filter becomes that of a single group, with
 * zeros.
 */
public final class SoundConvolutions {

    private final Ops ops;
    private final Graph graph;

    private SoundConvolutions(Ops ops) {
        this.ops = ops;
        this.graph = ops.graph();
    }

    /** Changes what the output depends on; values are what the file means. */
    public static void apply(Ops ops, Output of) {
        SoundConvolutions pass = new SoundConvolutions(ops);
        for (NodeDef def : pass.graph.ancestors(List.of(of.node()))) {
            Node node = Node.of(def);
            if (!node.is(Trait.CONVOLUTION) || node.channelsFirst()) {
                continue;
            }
            if (node.is(Trait.TRANSPOSED)) {
                pass.transposed(node);
            } else if (node.op().equals("Conv2D")) {
                pass.grouped(node);
            }
        }
    }

    private void transposed(Node node) {
        boolean strided = Arrays.stream(node.list("strides")).anyMatch(s -> s > 1);
        if (strided || !ForwardKernelRule.isMisread(ops, node.in(1))) {
            return;
        }
        String op = node.op().startsWith("Conv3D") ? "Conv3D" : "Conv2D";
        Output x = ForwardKernelRule.convolved(ops, node, op, node.in(1), node.in(2));
        Node convolution = Node.of(graph.node(x));
        // Who folds or relates weights asks for their shape.
        Output filter =
                StaticShape.ofWeight(graph, node.in(1))
                        .map(SoundConvolutions::swapped)
                        .map(shape -> ops.ensureShape(convolution.in(1), shape))
                        .orElse(convolution.in(1));
        replace(node, convolution.with(1, filter));
    }

    private static long[] swapped(long[] filter) {
        long[] shape = filter.clone();
        shape[shape.length - 2] = filter[shape.length - 1];
        shape[shape.length - 1] = filter[shape.length - 2];
        return shape;
    }

    private void grouped(Node node) {
        Optional<long[]> filter = StaticShape.ofWeight(graph, node.in(1));
        OptionalLong channels = ImageChannels.of(graph, node.in(0));
        if (filter.isEmpty() || channels.isEmpty()) {
            return;
        }
        int each = (int) filter.get()[2];
        int groups = (int) filter.get()[3];
        if (each < 2 || groups < 2 || channels.getAsLong() != (long) each * groups) {
            return;
        }
        int y = (int) filter.get()[0];
        int x = (int) filter.get()[1];
        Output wide = ops.reshape(node.in(1), ops.vector(y, x, 1, each, groups));
        Output range = ops.range(ops.scalar(groups));
        Output own = ops.emit("Equal", ops.reshape(range, ops.vector(groups, 1, 1)), range);
        Output apart = ops.mul(wide, ops.cast(own, graph.type(wide)));
        Output dense = ops.reshape(apart, ops.vector(y, x, each * groups, groups));
        replace(node, node.with(1, dense));
    }

    private void replace(Node node, Node by) {
        NodeDef.Builder changed = by.def().toBuilder().setName(node.name()).clearInput();
        by.inputs().forEach(input -> changed.addInput(input.asInput()));
        graph.put(changed.build());
    }
}

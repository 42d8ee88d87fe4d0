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
 * zeros; and so those of volumes, which have no kernel for groups.
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
            } else if (node.op().equals("Conv2D") || node.op().equals("Conv3D")) {
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
        int rank = node.op().equals("Conv3D") ? 5 : 4;
        OptionalLong channels = ImageChannels.of(graph, node.in(0), rank);
        if (filter.isEmpty() || channels.isEmpty()) {
            return;
        }
        int space = filter.get().length - 2;
        int each = (int) filter.get()[space];
        int filters = (int) filter.get()[space + 1];
        int groups = (int) channels.getAsLong() / Math.max(1, each);
        // Grouped volumes have no kernel at all, planes one that is wrong for single filters.
        boolean missing = node.op().equals("Conv3D") || each >= 2 && groups == filters;
        if (groups < 2
                || !missing
                || channels.getAsLong() != (long) each * groups
                || filters % groups != 0) {
            return;
        }
        int[] window = new int[space];
        Arrays.setAll(window, axis -> (int) filter.get()[axis]);
        Output wide = ops.reshape(node.in(1), shape(window, 1, each, groups, filters / groups));
        Output range = ops.range(ops.scalar(groups));
        Output rows = ops.reshape(range, ops.vector(groups, 1, 1, 1));
        Output columns = ops.reshape(range, ops.vector(groups, 1));
        Output own = ops.emit("Equal", rows, columns);
        Output apart = ops.mul(wide, ops.cast(own, graph.type(wide)));
        replace(node, node.with(1, ops.reshape(apart, shape(window, each * groups, filters))));
    }

    private Output shape(int[] window, int... channels) {
        int[] shape = Arrays.copyOf(window, window.length + channels.length);
        System.arraycopy(channels, 0, shape, window.length, channels.length);
        return ops.vector(shape);
    }

    private void replace(Node node, Node by) {
        NodeDef.Builder changed = by.def().toBuilder().setName(node.name()).clearInput();
        by.inputs().forEach(input -> changed.addInput(input.asInput()));
        graph.put(changed.build());
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Constants;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.StaticShape;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Follows from op to op what outputs see of the image, as long as every op treats all places alike
 * and looks no further than a window.
 */
final class LocalOps {

    /** A value that is read and written costs about as much time as this many multiplications. */
    private static final double PASSING = 50;

    private final Graph graph;
    private final Map<String, Locality> known = new HashMap<>();
    private final Route route;
    private double operations;

    /**
     * @param route from the image
     */
    LocalOps(Graph graph, Output input, Locality image, Route route) {
        this.graph = graph;
        this.route = route;
        known.put(input.node(), image);
    }

    /** Of a node that was followed; empty where it is not local. */
    Optional<Locality> at(String node) {
        return Optional.ofNullable(known.get(node));
    }

    /** Multiplications and additions of all nodes that were followed so far. */
    double operations() {
        return operations;
    }

    /** To be called for each node that depends on the image, in order of computation. */
    void follow(NodeDef def) {
        Node node = Node.of(def);
        List<Locality> parts = new ArrayList<>();
        for (Output input : node.inputs()) {
            if (route.has(input)) {
                Locality part = known.get(input.node());
                if (part == null || input.index() != 0) {
                    return;
                }
                parts.add(part);
            }
        }
        local(node, parts)
                .ifPresent(
                        found -> {
                            known.put(node.name(), found);
                            operations += found.values() * PASSING;
                        });
    }

    private Optional<Locality> local(Node node, List<Locality> parts) {
        Locality first = parts.get(0);
        if (node.is(Trait.CONVOLUTION) && !node.is(Trait.TRANSPOSED)) {
            return parts.size() == 1 ? convolution(node, first) : Optional.empty();
        } else if (node.is(Trait.POOL)) {
            if (node.channelsFirst()) {
                return Optional.empty();
            }
            return Optional.of(
                    first.window(
                            ints(node.list("ksize"), first),
                            ints(node.list("strides"), first),
                            ones(first),
                            node.text("padding")));
        } else if (node.is(Trait.NORMALISATION)) {
            return node.flag("is_training") ? Optional.empty() : Optional.of(first);
        } else if (node.op().equals("Pad") || node.op().equals("PadV2")) {
            return padded(node, first);
        } else if (node.op().equals("Transpose")) {
            return transposed(node, first);
        } else if (node.op().equals("Mean")) {
            return meanOfChannels(node, first);
        } else if (node.op().equals("ConcatV2")) {
            return joinedChannels(node, parts);
        }
        OptionalInt channels = isPointwise(node) ? channels(node, parts) : OptionalInt.empty();
        return channels.isPresent()
                ? Locality.joined(parts, channels.getAsInt())
                : Optional.empty();
    }

    /** Takes values place by place; further inputs must be the same everywhere. */
    private static boolean isPointwise(Node node) {
        return node.is(Trait.ELEMENTWISE) || node.is(Trait.BIAS) || node.op().equals("IdentityN");
    }

    private Optional<Locality> convolution(Node node, Locality from) {
        Optional<long[]> filter = StaticShape.ofWeight(graph, node.in(1));
        if (filter.isEmpty() || node.text("padding").equals("EXPLICIT") || node.channelsFirst()) {
            return Optional.empty();
        }
        long[] shape = filter.get();
        int n = from.axes();
        int[] window = new int[n];
        double elements = 1;
        for (int a = 0; a < n; a++) {
            window[a] = (int) shape[a];
            elements *= shape[a];
        }
        boolean depthwise = node.op().equals("DepthwiseConv2dNative");
        int in = (int) shape[n];
        int out = (int) (depthwise ? shape[n] * shape[n + 1] : shape[n + 1]);
        Locality result =
                from.window(
                                window,
                                ints(node.list("strides"), from),
                                ints(node.list("dilations"), from),
                                node.text("padding"))
                        .withChannels(out);
        operations += 2 * elements * result.values() * (depthwise ? 1 : in);
        return Optional.of(result);
    }

    private static int[] ints(long[] values, Locality of) {
        int[] result = new int[of.axes()];
        for (int a = 0; a < result.length; a++) {
            result[a] = values.length == 0 ? 1 : (int) values[a + 1];
        }
        return result;
    }

    private static int[] ones(Locality of) {
        int[] ones = new int[of.axes()];
        Arrays.fill(ones, 1);
        return ones;
    }

    private Optional<Locality> padded(Node node, Locality from) {
        double[] pads = constant(node.in(1));
        if (pads.length != 2 * (from.axes() + 2)) {
            return Optional.empty();
        }
        int[] before = new int[from.axes()];
        int[] count = new int[from.axes()];
        double others = 0;
        for (double pad : pads) {
            others += pad;
        }
        for (int a = 0; a < from.axes(); a++) {
            before[a] = (int) pads[2 * from.position(a)];
            int after = (int) pads[2 * from.position(a) + 1];
            count[a] = from.extents()[a] + before[a] + after;
            others -= before[a] + after;
        }
        return others == 0
                ? Optional.of(from.window(ones(from), ones(from), ones(from), before, count))
                : Optional.empty();
    }

    private Optional<Locality> transposed(Node node, Locality from) {
        double[] order = constant(node.in(1));
        int channel = -1;
        int last = -1;
        for (int i = 0; i < order.length; i++) {
            if (order[i] == from.channelAxis()) {
                channel = i;
            } else if (order[i] < last) {
                return Optional.empty();
            } else {
                last = (int) order[i];
            }
        }
        return channel > 0 ? Optional.of(from.withChannelAxis(channel)) : Optional.empty();
    }

    /** As in a layer normalisation. */
    private Optional<Locality> meanOfChannels(Node node, Locality from) {
        double[] axis = constant(node.in(1));
        boolean channels = axis.length == 1 && isChannels((int) axis[0], from);
        return channels && node.flag("keep_dims")
                ? Optional.of(from.withChannels(1))
                : Optional.empty();
    }

    private static boolean isChannels(int axis, Locality from) {
        int rank = from.axes() + 2;
        return (axis + rank) % rank == from.channelAxis();
    }

    private Optional<Locality> joinedChannels(Node node, List<Locality> parts) {
        double[] axis = constant(node.in(node.inputs().size() - 1));
        Locality first = parts.get(0);
        boolean channels = axis.length == 1 && isChannels((int) axis[0], first);
        return channels && parts.size() == node.inputs().size() - 1
                ? Locality.joined(parts, parts.stream().mapToInt(Locality::channels).sum())
                : Optional.empty();
    }

    private double[] constant(Output output) {
        NodeDef node = graph.node(output);
        return switch (node.getOp()) {
            case "Const" -> Constants.values(node.getAttrOrThrow("value").getTensor());
            case "Identity" -> constant(Graph.inputs(node).get(0));
            default -> new double[0];
        };
    }

    /**
     * Channels of the values that an op takes place by place; empty where an input that does not
     * depend on the image differs from place to place.
     */
    private OptionalInt channels(Node node, List<Locality> parts) {
        int most = parts.stream().mapToInt(Locality::channels).max().orElseThrow();
        for (Output input : node.inputs()) {
            if (!route.has(input)) {
                Optional<long[]> extents = StaticShape.ofWeight(graph, input);
                OptionalInt of =
                        extents.isPresent()
                                ? parts.get(0).channelsOf(extents.get())
                                : OptionalInt.empty();
                if (of.isEmpty()) {
                    return of;
                }
                most = Math.max(most, of.getAsInt());
            }
        }
        return OptionalInt.of(most);
    }
}

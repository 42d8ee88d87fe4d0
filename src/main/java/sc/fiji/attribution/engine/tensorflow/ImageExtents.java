/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.graph.NetworkGraph;
import sc.fiji.attribution.graph.SizedNetwork;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Refuses images of which a window that is larger leaves nothing. TensorFlow's kernels take such
 * images for granted, each in a way of its own: what follows computes with nothing, or with memory
 * that nobody set. Its shape functions know better, and are asked about the whole network, for the
 * extents of the image, before anything is computed.
 */
final class ImageExtents {

    /** No network needs more along an axis. */
    private static final int LARGEST = 1 << 14;

    private static final Pattern BELOW_ZERO =
            Pattern.compile("(?s)Negative dimension size.*?\\{\\{node ([^}]+)\\}\\}.*");

    private final NetworkGraph network;
    private final FunctionDefLibrary functions;
    private final String model;

    /** By places, extents of images of which something is left there. */
    private final Map<List<String>, List<int[]>> known = new HashMap<>();

    /** By places, extents of images about which TensorFlow's shape functions cannot tell. */
    private final Map<List<String>, List<int[]>> unknown = new HashMap<>();

    /**
     * @param functions that its nodes call
     * @param model its name, for messages
     */
    ImageExtents(NetworkGraph network, FunctionDefLibrary functions, String model) {
        this.network = network;
        this.functions = functions;
        this.model = model;
    }

    /**
     * Says that an image is too small, where it is.
     *
     * @param places what is to be computed from it: layers, or the logits
     * @throws ImageException names the layer, and along which axes how much is needed
     */
    void require(Tensor image, List<String> places) {
        int[] shape = image.shape();
        List<int[]> fitting = known.computeIfAbsent(places, key -> new ArrayList<>());
        // Of these nothing follows for larger ones.
        List<int[]> untold = unknown.computeIfAbsent(places, key -> new ArrayList<>());
        if (fitting.stream().anyMatch(smaller -> isWithin(smaller, shape))
                || untold.stream()
                        .anyMatch(same -> isWithin(same, shape) && isWithin(shape, same))) {
            return;
        }
        Left left = left(places, shape);
        boolean none = left.emptyAt.isPresent();
        if (none && left(places, enlarged(image.axes(), shape)).emptyAt.isEmpty()) {
            throw new ImageException(
                    "The image is too small for model '"
                            + model
                            + "', which leaves nothing of it at layer '"
                            + left.emptyAt.get()
                            + "'"
                            + needed(image, places)
                            + ". Take a larger image, enlarge it (Image > Scale...), or add a"
                            + " margin (Image > Adjust > Canvas Size...).");
        }
        (left.known && !none ? fitting : untold).add(shape);
    }

    /**
     * What is left of an image.
     *
     * @param known whether TensorFlow's shape functions can tell
     * @param emptyAt the layer at which nothing is left; empty where something is, or none knows
     */
    private record Left(boolean known, Optional<String> emptyAt) {}

    /** The number of images and of channels is another matter. */
    private static boolean isWithin(int[] smaller, int... shape) {
        return smaller.length == shape.length
                && IntStream.range(1, shape.length).allMatch(i -> smaller[i] <= shape[i]);
    }

    private static int[] enlarged(Axes axes, int... shape) {
        int[] large = shape.clone();
        axes.spatial()
                .chars()
                .map(axis -> axes.indexOf((char) axis))
                .forEach(i -> large[i] = Math.max(large[i], LARGEST));
        return large;
    }

    /** Axis by axis, the others being large enough. */
    private String needed(Tensor image, List<String> places) {
        StringBuilder text = new StringBuilder();
        for (char axis : image.axes().spatial().toCharArray()) {
            int extent = image.size(axis);
            OptionalInt least = least(image, axis, places);
            if (least.isPresent() && least.getAsInt() > extent) {
                text.append(text.isEmpty() ? ": " : ", ")
                        .append("along ")
                        .append(axis)
                        .append(" it has ")
                        .append(extent)
                        .append(" and needs at least ")
                        .append(least.getAsInt());
            }
        }
        return text.toString();
    }

    private OptionalInt least(Tensor image, char axis, List<String> places) {
        int at = image.axes().indexOf(axis);
        int[] shape = enlarged(image.axes(), image.shape());
        int low = image.size(axis) - 1;
        int high = LARGEST;
        while (high - low > 1) {
            int middle = low + Math.min((high - low) / 2, Math.max(1, low));
            shape[at] = middle;
            if (left(places, shape).emptyAt.isPresent()) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high < LARGEST ? OptionalInt.of(high) : OptionalInt.empty();
    }

    /**
     * The shapes of all that leads from images to the logits, by node. The loaded graph knows fewer
     * of them: where something is not to be fused it does not see through.
     *
     * @param image extents of images, -1 where any fits
     */
    Map<String, int[]> shapes(int... image) {
        SizedNetwork sized = network.sized(List.of(Pass.LOGITS), image);
        Map<String, int[]> shapes = new HashMap<>();
        try (ShapedGraph graph = new ShapedGraph()) {
            LiveGraph.require(graph.add(withFunctions(sized)));
            for (NodeDef node : sized.values()) {
                shapes.put(node.getName(), graph.shape(new Output(node.getName(), 0)));
            }
        }
        return shapes;
    }

    private GraphDef withFunctions(SizedNetwork sized) {
        return sized.nodes().toBuilder().setLibrary(functions).build();
    }

    private Left left(List<String> places, int... shape) {
        SizedNetwork sized = network.sized(places, shape);
        try (ShapedGraph graph = new ShapedGraph()) {
            Optional<String> problem = graph.add(withFunctions(sized));
            if (problem.isPresent()) {
                Matcher below = BELOW_ZERO.matcher(problem.get());
                return below.matches()
                        ? new Left(true, Optional.of(NodeName.of(below.group(1))))
                        : new Left(false, Optional.empty());
            }
            return new Left(true, empty(sized, graph));
        }
    }

    /** A part of what is joined may be empty; what is computed from nothing is not to be shown. */
    private static Optional<String> empty(SizedNetwork sized, ShapedGraph graph) {
        Set<String> empty = new LinkedHashSet<>();
        boolean shown = false;
        for (NodeDef node : sized.values()) {
            if (Arrays.stream(graph.shape(new Output(node.getName(), 0))).anyMatch(e -> e == 0)) {
                empty.add(node.getName());
            } else {
                shown |=
                        !OpTable.is(node, Trait.JOINS)
                                && Graph.inputs(node).stream()
                                        .anyMatch(input -> empty.contains(input.node()));
            }
        }
        shown |= sized.places().stream().anyMatch(place -> empty.contains(place.node()));
        return shown ? empty.stream().findFirst().map(NodeName::of) : Optional.empty();
    }
}

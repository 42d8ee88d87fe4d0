/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Topology;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Leaves out the data augmentation that an export for inference left active, as Keras 3's {@code
 * model.export} does: flips, turns, zooms, noise, changes of contrast.
 *
 * <p>It is told by what it does, whatever its name: it makes random numbers, changes the image
 * itself, before any weight of the network has seen it, reads no weights, and gives an image of the
 * same size and type, to which all that follows looks. In inference such a layer hands its image
 * on, and so it does here. Random numbers deeper in the network stay, and are refused: they may be
 * the point of it, as in Monte Carlo dropout. So are random crops, whose place inference knows and
 * the graph does not.
 */
public final class ActiveAugmentation {

    private final Graph graph;
    private final Output logits;

    /** What the image passed on its way: all that follows looks at it through each of these. */
    private final List<Output> passed = new ArrayList<>();

    private ActiveAugmentation(Graph graph, Output image, Output logits) {
        this.graph = graph;
        this.logits = logits;
        passed.add(image);
    }

    /**
     * Lets what reads the augmented image read the image.
     *
     * @return the layers that were left out, as their author named them
     */
    public static List<String> leaveOut(Graph graph, Output image, Output logits) {
        return new ActiveAugmentation(graph, image, logits).leaveOut();
    }

    private List<String> leaveOut() {
        List<String> layers = new ArrayList<>();
        while (true) {
            List<NodeDef> sorted = graph.ancestors(List.of(logits.node()));
            Output from = passed.get(passed.size() - 1);
            List<String> stages = stages(from, sorted);
            boolean random = new Randomness(graph).follow(sorted).containsKey(logits.node());
            if (!random || stages.size() < 2) {
                return layers;
            }
            Output to = new Output(stages.get(1), 0);
            List<NodeDef> between = between(from, to);
            if (between.stream().anyMatch(node -> OpTable.is(node, Trait.WEIGHTED_SUM))) {
                return layers;
            }
            if (!new Randomness(graph).follow(between).containsKey(to.node())) {
                passed.add(to);
                continue;
            }
            String layer = scope(between);
            Output end = endOf(layer, to, stages);
            while (passed.size() > 1 && isIn(layer, passed.get(passed.size() - 1).node())) {
                passed.remove(passed.size() - 1);
            }
            Output start = passed.get(passed.size() - 1);
            if (layer.contains("dropout") || !isSameSize(start, end)) {
                return layers;
            }
            layers.add(layer.isEmpty() ? to.node() : layer.substring(layer.lastIndexOf('/') + 1));
            for (NodeDef node : new ArrayList<>(graph.nodes())) {
                graph.redirect(node.getName(), end, start);
            }
        }
    }

    /** The nodes that all of the image's way to the logits leads through, from an output on. */
    private List<String> stages(Output from, List<NodeDef> sorted) {
        Set<String> onPath = graph.descendants(from.node(), sorted);
        List<NodeDef> path = sorted.stream().filter(n -> onPath.contains(n.getName())).toList();
        Map<String, Integer> lastUse = new HashMap<>();
        for (int i = 0; i < path.size(); i++) {
            for (Output input : Graph.inputs(path.get(i))) {
                lastUse.put(input.node(), i);
            }
        }
        List<String> stages = new ArrayList<>();
        int bypassed = 0;
        for (int i = 0; i < path.size(); i++) {
            String node = path.get(i).getName();
            if (bypassed <= i) {
                stages.add(node);
            }
            bypassed = Math.max(bypassed, lastUse.getOrDefault(node, 0));
        }
        return stages;
    }

    /** What a node is computed from besides the output, itself included; predecessors first. */
    private List<NodeDef> between(Output from, Output to) {
        return Topology.ancestors(
                        List.of(to.node()),
                        name ->
                                name.equals(from.node())
                                        ? List.of()
                                        : Graph.predecessors(graph.node(name)))
                .stream()
                .filter(name -> !name.equals(from.node()))
                .map(graph::node)
                .toList();
    }

    /** Whether an image gets to the other end without weights and without another size. */
    private boolean isSameSize(Output from, Output to) {
        Set<String> images = new HashSet<>(Set.of(from.node()));
        for (NodeDef node : between(from, to)) {
            boolean weight =
                    (OpTable.is(node, Trait.READS_VARIABLE) || OpTable.is(node, Trait.VARIABLE))
                            && Ops.isFloating(graph.type(new Output(node.getName(), 0)));
            boolean carries =
                    !OpTable.is(node, Trait.VALUELESS)
                            && Graph.inputs(node).stream()
                                    .anyMatch(input -> images.contains(input.node()));
            if (weight || carries && !keepsSize(node)) {
                return false;
            }
            if (carries) {
                images.add(node.getName());
            }
        }
        return graph.type(from) == graph.type(to) && !OpTable.is(graph.node(to), Trait.REDUCTION);
    }

    /** Gives an image of its image's size; a mean may be what contrast is changed around. */
    private static boolean keepsSize(NodeDef node) {
        return OpTable.is(node, Trait.KEEPS_SIZE) || OpTable.is(node, Trait.REDUCTION);
    }

    /** The scope that all of the nodes share, which is a layer's. */
    private static String scope(List<NodeDef> nodes) {
        List<String> common = null;
        for (NodeDef node : nodes) {
            List<String> parts = Arrays.asList(NodeName.of(node.getName()).split("/"));
            List<String> scope = parts.subList(0, parts.size() - 1);
            // Variables stand where they were made.
            if (OpTable.is(node, Trait.VARIABLE)) {
                continue;
            }
            int same = 0;
            while (common != null
                    && same < Math.min(common.size(), scope.size())
                    && common.get(same).equals(scope.get(same))) {
                same++;
            }
            common = common == null ? scope : common.subList(0, same);
        }
        return common == null ? "" : String.join("/", common);
    }

    private static boolean isIn(String layer, String node) {
        return !layer.isEmpty() && NodeName.of(node).startsWith(layer + "/");
    }

    /** What a layer does to its image after the random numbers, such as limiting its values. */
    private Output endOf(String layer, Output to, List<String> stages) {
        Output end = to;
        for (String stage : stages.subList(2, stages.size())) {
            Output next = new Output(stage, 0);
            if (!isIn(layer, stage) || !isSameSize(end, next)) {
                break;
            }
            end = next;
        }
        return end;
    }
}

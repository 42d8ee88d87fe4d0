/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Order of computation in a graph that is given by each node's predecessors. */
public final class Topology {

    private Topology() {}

    /**
     * The roots and all that they depend on, predecessors first. Depth is bounded by the heap, not
     * by the call stack. Where nodes form a loop, one edge of it is disregarded.
     *
     * @param predecessors names of the nodes that a node reads
     */
    public static List<String> ancestors(
            Collection<String> roots, Function<String, ? extends Collection<String>> predecessors) {
        return ancestors(roots, predecessors, loop -> {});
    }

    /**
     * The same.
     *
     * @param onLoop is told of each loop: its nodes, each of which reads the next
     */
    public static List<String> ancestors(
            Collection<String> roots,
            Function<String, ? extends Collection<String>> predecessors,
            Consumer<List<String>> onLoop) {
        Set<String> opened = new HashSet<>();
        Set<String> done = new HashSet<>();
        List<String> sorted = new ArrayList<>();
        Deque<String> stack = new ArrayDeque<>();
        for (String root : roots) {
            stack.push(root);
            while (!stack.isEmpty()) {
                String name = stack.peek();
                if (opened.add(name)) {
                    for (String predecessor : predecessors.apply(name)) {
                        if (!opened.contains(predecessor)) {
                            stack.push(predecessor);
                        } else if (!done.contains(predecessor)) {
                            onLoop.accept(loop(stack, opened, done, predecessor));
                        }
                    }
                } else {
                    stack.pop();
                    if (done.add(name)) {
                        sorted.add(name);
                    }
                }
            }
        }
        return sorted;
    }

    /** What is opened and not done, back to where it began, reads each other. */
    private static List<String> loop(
            Deque<String> stack, Set<String> opened, Set<String> done, String first) {
        LinkedHashSet<String> loop = new LinkedHashSet<>();
        for (String name : stack) {
            if (opened.contains(name) && !done.contains(name)) {
                loop.add(name);
            }
            if (name.equals(first)) {
                break;
            }
        }
        List<String> inOrder = new ArrayList<>(loop);
        Collections.reverse(inOrder);
        return inOrder;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;

/**
 * Gradient of {@code Einsum}, products over named axes: swap the output's subscripts with the
 * input's. An axis that only this input has was summed, so its gradient is the same all along it.
 * Axes that {@code ...} stands for may have been broadcast.
 */
final class EinsumRule {

    private static final String ELLIPSIS = "...";

    private EinsumRule() {}

    static Output pullback(Ops g, Node n, int input, List<Output> dy) {
        String equation = n.text("equation").replace(" ", "");
        String[] sides = equation.split("->", -1);
        if (sides.length != 2) {
            throw refuse(n, "does not name its result");
        }
        String[] in = sides[0].split(",", -1);
        List<String> subscripts = new ArrayList<>(List.of(sides[1]));
        List<Output> operands = new ArrayList<>(List.of(dy.get(0)));
        for (int i = 0; i < in.length; i++) {
            if (i != input) {
                subscripts.add(in[i]);
                operands.add(n.in(i));
            }
        }
        if (Arrays.stream(in).map(EinsumRule::letters).anyMatch(EinsumRule::repeats)) {
            throw refuse(n, "repeats an axis");
        }
        String known = String.join("", subscripts);
        String kept = filter(in[input], letter -> known.indexOf(letter) >= 0);
        String swapped = String.join(",", subscripts) + "->" + kept;
        if (equation.contains(ELLIPSIS)) {
            boolean leads = in[input].startsWith(ELLIPSIS) && sides[1].contains(ELLIPSIS);
            if (!leads || !kept.equals(in[input])) {
                throw refuse(n, "sums over axes that it does not name");
            }
            Output full = g.emit("Einsum", operands, "equation", swapped);
            return g.unbroadcast(full, n.in(input), full);
        }
        Output product = g.emit("Einsum", operands, "equation", swapped);
        return kept.equals(in[input]) ? product : repeat(g, product, in[input], kept, n.in(input));
    }

    /** Gives a gradient the axes that it lacks. */
    private static Output repeat(Ops g, Output product, String all, String kept, Output like) {
        Output shape = g.shape(like);
        List<Output> extents = new ArrayList<>();
        for (int axis = 0; axis < all.length(); axis++) {
            boolean there = kept.indexOf(all.charAt(axis)) >= 0;
            extents.add(there ? g.slice(shape, axis, 1) : g.vector(1));
        }
        Output narrow = g.reshape(product, g.concat(extents.toArray(new Output[0])));
        return g.emit("BroadcastTo", narrow, shape);
    }

    private static String letters(String subscript) {
        return subscript.replace(ELLIPSIS, "");
    }

    private static boolean repeats(String letters) {
        return letters.chars().distinct().count() < letters.length();
    }

    private static String filter(String text, java.util.function.IntPredicate wanted) {
        StringBuilder result = new StringBuilder();
        text.chars().filter(c -> c == '.' || wanted.test(c)).forEach(c -> result.append((char) c));
        return result.toString();
    }

    private static UnsupportedOpException refuse(Node n, String why) {
        return new UnsupportedOpException(n, "its equation '" + n.text("equation") + "' " + why);
    }
}

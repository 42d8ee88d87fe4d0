/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Products of matrices, and what is made of them. */
public final class Products {

    private Products() {}

    /** The product of matrices in the last two axes; those before broadcast, as NumPy has it. */
    public static Value matmul(NetworkBuilder b, Value x, Value y) {
        if (x.rank() == 1) {
            Value product = matmul(b, Shaping.unsqueeze(b, x, 0), y);
            return Shaping.squeeze(b, product, product.rank() - (y.rank() == 1 ? 1 : 2));
        }
        if (y.rank() == 1) {
            Value product = matmul(b, x, Shaping.unsqueeze(b, y, 1));
            return Shaping.squeeze(b, product, product.rank() - 1);
        }
        int inner = x.extent(-1);
        if (inner >= 0 && y.extent(-2) >= 0 && inner != y.extent(-2)) {
            throw b.refuse(
                    "matrices of "
                            + Arrays.toString(x.shape())
                            + " and "
                            + Arrays.toString(y.shape())
                            + " do not fit");
        }
        int[] outer =
                Folding.broadcast(
                        Arrays.copyOf(x.shape(), x.rank() - 2),
                        Arrays.copyOf(y.shape(), y.rank() - 2));
        int[] shape =
                IntStream.concat(Arrays.stream(outer), IntStream.of(x.extent(-2), y.extent(-1)))
                        .toArray();
        String op = x.rank() == 2 && y.rank() == 2 ? "MatMul" : "BatchMatMulV2";
        return Value.of(b.ops().emit(op, b.output(x), b.output(y)), x.type(), shape);
    }

    /** A layer that connects all with all, at each place of the axes before the last. */
    public static Value dense(NetworkBuilder b, Value x, Value weights, Optional<Value> bias) {
        Value product = matmul(b, x, weights);
        if (bias.isEmpty()) {
            return product;
        }
        Ops g = b.ops();
        boolean vector =
                bias.get().rank() == 1
                        && product.rank() == 2
                        && bias.get().extent(0) == product.extent(1);
        return vector
                ? Value.of(
                        g.emit("BiasAdd", product.output(), b.output(bias.get())),
                        x.type(),
                        product.shape())
                : Elementwise.binary(b, "AddV2", product, bias.get());
    }

    /**
     * A sum of products.
     *
     * @param terms a letter for each axis of each part
     * @param result letters of the axes that are left
     */
    public record SumOfProducts(List<String> terms, String result, List<Value> parts) {}

    /** A sum of products, as NumPy writes it. */
    public static Value einsum(NetworkBuilder b, String equation, List<Value> parts) {
        return einsum(b, read(b, equation, parts));
    }

    /** A sum of products, by two at a time. */
    public static Value einsum(NetworkBuilder b, SumOfProducts sum) {
        List<String> left = new ArrayList<>(sum.terms);
        List<Value> factors = new ArrayList<>(sum.parts);
        while (left.size() > 2) {
            // The first two; their other letters are needed later on.
            String first = left.remove(0);
            String second = left.remove(0);
            String later = sum.result + String.join("", left);
            String kept = letters((first + second).chars().filter(c -> later.indexOf(c) >= 0));
            List<Value> two = List.of(factors.remove(0), factors.remove(0));
            factors.add(0, summed(b, List.of(first, second), kept, two));
            left.add(0, kept);
        }
        return summed(b, left, sum.result, factors);
    }

    /**
     * Reads an equation. Axes behind an ellipsis get letters that it does not use, and a part that
     * has an extent of 1 where another has more is without that axis: so it is repeated.
     */
    public static SumOfProducts read(NetworkBuilder b, String equation, List<Value> parts) {
        String clean = equation.replace(" ", "");
        String[] sides = clean.split("->", -1);
        String[] terms = sides[0].split(",", -1);
        String free = letters(IntStream.rangeClosed('A', 'Z').filter(c -> clean.indexOf(c) < 0));
        boolean fits = terms.length == parts.size() && sides.length <= 2;
        int most = 0;
        for (int i = 0; fits && i < terms.length; i++) {
            int hidden = parts.get(i).rank() - terms[i].replace("...", "").length();
            boolean open = terms[i].contains("...");
            fits = open ? hidden >= 0 && hidden <= free.length() : hidden == 0;
            if (fits && open) {
                most = Math.max(most, hidden);
                terms[i] = terms[i].replace("...", free.substring(free.length() - hidden));
            }
        }
        String behind = free.substring(free.length() - most);
        String named = sides[0].replaceAll("[^A-Za-z]", "");
        String result =
                sides.length > 1 ? sides[1].replace("...", behind) : behind + implied(named);
        fits &= (String.join("", terms) + result).matches("[A-Za-z]*");
        fits &= result.chars().allMatch(c -> String.join("", terms).indexOf(c) >= 0);
        if (!fits) {
            throw b.refuse("the equation '" + equation + "' does not fit what it is given");
        }
        String longer = longer(terms, parts);
        List<String> left = new ArrayList<>();
        List<Value> factors = new ArrayList<>();
        for (int i = 0; i < terms.length; i++) {
            String term = terms[i];
            Value part = parts.get(i);
            long[] repeated =
                    IntStream.range(0, term.length())
                            .filter(a -> part.extent(a) == 1)
                            .filter(a -> longer.indexOf(term.charAt(a)) >= 0)
                            .asLongStream()
                            .toArray();
            factors.add(repeated.length == 0 ? part : Shaping.squeeze(b, part, repeated));
            left.add(
                    IntStream.range(0, term.length())
                            .filter(a -> Arrays.stream(repeated).noneMatch(r -> r == a))
                            .mapToObj(a -> term.substring(a, a + 1))
                            .collect(Collectors.joining()));
        }
        return new SumOfProducts(left, result, factors);
    }

    /** Letters of the axes that have not the extent 1 in every part. */
    private static String longer(String[] terms, List<Value> parts) {
        return letters(
                IntStream.range(0, terms.length)
                        .flatMap(
                                i ->
                                        IntStream.range(0, terms[i].length())
                                                .filter(a -> parts.get(i).extent(a) != 1)
                                                .map(a -> terms[i].charAt(a))));
    }

    /** What is named once, sorted. */
    private static String implied(String all) {
        return letters(all.chars().sorted().filter(c -> all.indexOf(c) == all.lastIndexOf(c)));
    }

    private static String letters(IntStream letters) {
        StringBuilder all = new StringBuilder();
        letters.distinct().forEach(letter -> all.append((char) letter));
        return all.toString();
    }

    /** One product of two at most: TensorFlow takes no more. */
    private static Value summed(
            NetworkBuilder b, List<String> terms, String result, List<Value> parts) {
        int[] shape = new int[result.length()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = -1;
            for (int t = 0; t < terms.size(); t++) {
                int at = terms.get(t).indexOf(result.charAt(i));
                shape[i] = at >= 0 ? Math.max(shape[i], parts.get(t).extent(at)) : shape[i];
            }
        }
        List<Output> inputs = NetworkBuilder.outputs(parts, b::output);
        String equation = String.join(",", terms) + "->" + result;
        Output out = b.ops().emit("Einsum", inputs, "equation", equation);
        return Value.of(out, parts.get(0).type(), shape);
    }

    /**
     * Softmax(q·kᵀ·scale + mask)·v, the last two axes being places and channels.
     *
     * @param mask is added, or true where a place may be looked at
     */
    public static Value attention(
            NetworkBuilder b, Value q, Value k, Value v, Optional<Value> mask, double scale) {
        int rank = k.rank();
        int[] swap =
                IntStream.range(0, rank)
                        .map(i -> i == rank - 1 ? rank - 2 : i == rank - 2 ? rank - 1 : i)
                        .toArray();
        Value scaled = Elementwise.binary(b, "Mul", q, Value.scalar(q.type(), scale));
        Value scores = matmul(b, scaled, Shaping.transpose(b, k, swap));
        if (mask.isPresent()) {
            boolean open = mask.get().type() == DataType.DT_BOOL;
            scores =
                    open
                            ? Elementwise.where(
                                    b, mask.get(), scores, Value.scalar(q.type(), -1e30))
                            : Elementwise.binary(b, "AddV2", scores, mask.get());
        }
        return matmul(b, Reductions.softmax(b, "Softmax", scores, scores.rank() - 1), v);
    }
}

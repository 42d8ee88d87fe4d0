/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import sc.fiji.attribution.importer.network.Products;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.Symbols;

/** Matrix products. */
final class ProductOperators {

    private final TensorOperators all;
    private final Emission g;

    ProductOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        ProductOperators each = new ProductOperators(all);
        all.add(
                "linear(x, weight, bias=None)",
                a ->
                        each.linear(
                                all.tensor(a, "x"),
                                all.tensor(a, "weight"),
                                each.optional(a, "bias")));
        all.add("matmul(a, b)", a -> each.matmul(all.tensor(a, "a"), all.tensor(a, "b")));
        all.table().alias("matmul", "bmm", "mm", "mv");
        all.add("addmm(bias, a, b, beta=1, alpha=1)", each::addmm);
        all.table().alias("addmm", "baddbmm", "addmv");
        all.add("einsum(equation, operands, path=None)", each::einsum);
        all.add(
                "outer(x, vec2)",
                a -> each.einsum("i,j->ij", List.of(all.tensor(a, "x"), all.tensor(a, "vec2")), a));
        all.add("bilinear(x, y, weight, bias=None)", each::bilinear);
    }

    private Value optional(Arguments a, String name) {
        return a.isNone(name) ? null : all.tensor(a, name);
    }

    Value linear(Value x, Value weight, Value bias) {
        Value product = matmul(x, g.transpose(weight, 1, 0));
        if (bias == null) {
            return product;
        }
        return g.emit("BiasAdd", product.shape(), List.of(g.out(product), g.out(g.floating(bias))));
    }

    Value matmul(Value left, Value right) {
        Value a = g.floating(left);
        Value b = g.floating(right);
        if (a.rank() == 1 && b.rank() == 1) {
            return g.reduce("Sum", g.mul(a, b), new int[] {0}, false);
        }
        if (a.rank() == 1) {
            return without(matmul(g.reshape(a, 1, a.extent(0)), b), -2);
        }
        if (b.rank() == 1) {
            return without(matmul(a, g.reshape(b, b.extent(0), 1)), -1);
        }
        Symbols.same(a.extent(-1), b.extent(-2));
        if (a.rank() > 2 && b.rank() == 2) {
            // One product of all rows.
            List<Object> shape = g.extents(a);
            Value rows = g.reshape(a, -1, a.extent(-1) < 0 ? b.extent(0) : a.extent(-1));
            Value product = matmul(rows, b);
            shape.set(shape.size() - 1, g.extent(b, 1));
            return g.reshape(product, shape);
        }
        int rank = Math.max(a.rank(), b.rank());
        int[] shape =
                Symbols.broadcast(
                        Arrays.copyOf(a.shape(), a.rank() - 2),
                        Arrays.copyOf(b.shape(), b.rank() - 2));
        shape = Arrays.copyOf(shape, rank);
        shape[rank - 2] = a.extent(-2);
        shape[rank - 1] = b.extent(-1);
        return g.emit(rank == 2 ? "MatMul" : "BatchMatMulV2", shape, List.of(g.out(a), g.out(b)));
    }

    private Value without(Value x, int axis) {
        List<Object> shape = g.extents(x);
        shape.remove(axis + x.rank());
        return g.reshape(x, shape);
    }

    private Value addmm(Arguments a) {
        Value product = g.mul(matmul(all.tensor(a, "a"), all.tensor(a, "b")), a.number("alpha"));
        Value bias = g.floating(all.tensor(a, "bias"));
        return g.add(product, g.mul(bias, a.number("beta")));
    }

    private Value bilinear(Arguments a) {
        Value x = all.tensor(a, "x");
        Value y = all.tensor(a, "y");
        Value weight = all.tensor(a, "weight");
        Value result = einsum("bi,oij,bj->bo", List.of(x, weight, y), a);
        Value bias = optional(a, "bias");
        return bias == null ? result : g.add(result, bias);
    }

    private Value einsum(Arguments a) {
        return einsum(a.text("equation"), all.tensors(a, "operands"), a);
    }

    private Value einsum(String text, List<Value> operands, Arguments a) {
        String equation = text.replace(" ", "");
        if (equation.contains(".")) {
            equation =
                    Products.spelled(equation, operands.stream().mapToInt(Value::rank).toArray())
                            .orElseThrow(() -> a.refuse("'" + text + "'"));
        }
        String[] sides = equation.split("->", -1);
        List<String> inputs = new ArrayList<>(List.of(sides[0].split(",")));
        if (inputs.size() != operands.size()) {
            throw a.refuse("'" + text + "'");
        }
        String output = sides.length > 1 ? sides[1] : Products.implied(sides[0]);
        List<Value> left = new ArrayList<>(operands);
        while (left.size() > 2) {
            // The first two; their other letters are needed later on.
            String rest = output + String.join("", inputs.subList(2, inputs.size()));
            String kept = letters(inputs.get(0) + inputs.get(1), rest);
            Value both = einsum(inputs.get(0), inputs.get(1), kept, left, a);
            left = new ArrayList<>(left.subList(2, left.size()));
            inputs = new ArrayList<>(inputs.subList(2, inputs.size()));
            left.add(0, both);
            inputs.add(0, kept);
        }
        return left.size() == 1
                ? einsum(inputs.get(0), null, output, left, a)
                : einsum(inputs.get(0), inputs.get(1), output, left, a);
    }

    private static String letters(String all, String wanted) {
        return all.chars()
                .distinct()
                .filter(c -> wanted.indexOf(c) >= 0)
                .mapToObj(c -> String.valueOf((char) c))
                .collect(Collectors.joining());
    }

    private Value einsum(String x, String y, String output, List<Value> operands, Arguments a) {
        Map<Character, Integer> extents = new LinkedHashMap<>();
        note(x, operands.get(0), extents, a);
        List<sc.fiji.attribution.graph.ir.Output> inputs = new ArrayList<>();
        inputs.add(g.out(g.floating(operands.get(0))));
        if (y != null) {
            note(y, operands.get(1), extents, a);
            inputs.add(g.out(g.floating(operands.get(1))));
        }
        if (!output.chars().allMatch(c -> extents.containsKey((char) c))) {
            throw a.refuse("'" + output + "'");
        }
        int[] shape = output.chars().map(c -> extents.get((char) c)).toArray();
        return g.emit(
                "Einsum",
                shape,
                inputs,
                "equation",
                x + (y == null ? "" : "," + y) + "->" + output);
    }

    private static void note(
            String letters, Value value, Map<Character, Integer> extents, Arguments a) {
        if (letters.length() != value.rank()) {
            throw a.refuse("'" + letters + "' for " + value.rank() + " axes");
        }
        for (int i = 0; i < letters.length(); i++) {
            int extent = value.shape()[i];
            extents.merge(letters.charAt(i), extent, Symbols::same);
        }
    }
}

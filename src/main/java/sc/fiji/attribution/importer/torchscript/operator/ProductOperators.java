/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        all.table().alias("matmul", "bmm", "mm", "mv", "dot", "vdot");
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
        // Of a vector the op has no channels to add to.
        return product.rank() < 2
                ? g.add(product, g.floating(bias))
                : g.emit(
                        "BiasAdd",
                        product.shape(),
                        List.of(g.out(product), g.out(g.floating(bias))));
    }

    Value matmul(Value left, Value right) {
        Value a = g.floating(left);
        Value b = g.floating(right);
        if (a.rank() == 1 && b.rank() == 1) {
            Symbols.same(a.extent(0), b.extent(0));
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

    private Value einsum(String equation, List<Value> operands, Arguments a) {
        Products.SumOfProducts sum =
                Products.read(g.builder(), equation, operands.stream().map(g::floating).toList());
        Map<Character, Integer> extents = new HashMap<>();
        for (int i = 0; i < sum.terms().size(); i++) {
            String term = sum.terms().get(i);
            for (int axis = 0; axis < term.length(); axis++) {
                int extent = sum.parts().get(i).extent(axis);
                extents.merge(term.charAt(axis), extent, Symbols::same);
            }
        }
        return Products.einsum(g.builder(), sum);
    }
}

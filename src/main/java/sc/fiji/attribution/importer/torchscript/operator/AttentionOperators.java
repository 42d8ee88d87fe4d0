/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.archive.None;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;

/** Attention, and the transformer layers that PyTorch computes as one in evaluation. */
final class AttentionOperators {

    private final TensorOperators all;
    private final Emission g;
    private final ProductOperators products;
    private final NormalisationOperators norms;

    private AttentionOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
        this.products = new ProductOperators(all);
        this.norms = new NormalisationOperators(all);
    }

    static void register(TensorOperators all) {
        AttentionOperators each = new AttentionOperators(all);
        all.add(
                "scaled_dot_product_attention(q, k, v, attn_mask=None, dropout_p=0.0,"
                        + " is_causal=False, scale=None, enable_gqa=False)",
                each::attention);
        all.table()
                .add(
                        "_native_multi_head_attention(query, key, value, embed_dim, num_head,"
                                + " qkv_weight, qkv_bias, proj_weight, proj_bias, mask=None,"
                                + " need_weights=True, average=True, mask_type=None)",
                        each::multiHead);
        all.add(
                "_transformer_encoder_layer_fwd(x, embed_dim, num_head, qkv_weight, qkv_bias,"
                        + " proj_weight, proj_bias, use_gelu, norm_first, eps, norm1, shift1,"
                        + " norm2, shift2, weight1, bias1, weight2, bias2, mask=None,"
                        + " mask_type=None)",
                each::encoder);
    }

    private Value attention(Arguments a) {
        if (a.number("dropout_p") != 0) {
            throw a.refuse("dropout: export the model after model.eval()");
        }
        Value q = all.tensor(a, "q");
        Value k = all.tensor(a, "k");
        Value v = all.tensor(a, "v");
        if (a.flag("enable_gqa")) {
            k = shared(a, k, q.extent(-3));
            v = shared(a, v, q.extent(-3));
        }
        double scale = a.number("scale", 1 / Math.sqrt(q.extent(-1)));
        Value scores = g.mul(products.matmul(q, swapped(k)), scale);
        if (a.flag("is_causal")) {
            scores = g.add(scores, causal(q.extent(-2), k.extent(-2)));
        }
        if (!a.isNone("attn_mask")) {
            scores = masked(scores, all.tensor(a, "attn_mask"));
        }
        return products.matmul(g.unary("Softmax", scores), v);
    }

    /** Each head of keys for several heads of queries (Ainslie et al. 2023), one after another. */
    private Value shared(Arguments a, Value x, int heads) {
        int axis = x.rank() - 3;
        int own = x.extent(axis);
        if (own < 1 || heads < 1 || heads % own != 0) {
            throw a.refuse("enable_gqa, " + own + " heads of keys for " + heads);
        }
        int[] each = IntStream.range(0, heads).map(head -> head * own / heads).toArray();
        int[] shape = x.shape().clone();
        shape[axis] = heads;
        return g.emit(
                "GatherV2", shape, List.of(g.out(x), g.ops().vector(each), g.ops().scalar(axis)));
    }

    private Value masked(Value scores, Value mask) {
        return mask.type() == DataType.DT_BOOL
                ? g.elementwise(
                        "SelectV2", mask, scores, g.number(-Float.MAX_VALUE, DataType.DT_FLOAT))
                : g.add(scores, mask);
    }

    private Value causal(int rows, int columns) {
        if (rows < 0 || columns < 0) {
            throw new SizeNeeded("a causal mask of unknown extent");
        }
        double[] mask = new double[rows * columns];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % columns > i / columns ? -Float.MAX_VALUE : 0;
        }
        return g.floats(mask, rows, columns);
    }

    private Value swapped(Value x) {
        int[] order = IntStream.range(0, x.rank()).toArray();
        order[x.rank() - 1] = x.rank() - 2;
        order[x.rank() - 2] = x.rank() - 1;
        return g.transpose(x, order);
    }

    /** What nn.MultiheadAttention calls in evaluation: [batch, tokens, features]. */
    private Object multiHead(Arguments a) {
        if (a.value("query") != a.value("key") || a.value("query") != a.value("value")) {
            throw a.refuse("other keys than queries");
        }
        Attended attended = attended(a, all.tensor(a, "query"));
        Object shown =
                a.flag("need_weights")
                        ? new ScriptTensor(
                                a.flag("average")
                                        ? g.mean(attended.weights, new int[] {1}, false)
                                        : attended.weights)
                        : None.NONE;
        return Tuple.of(new ScriptTensor(attended.result), shown);
    }

    private record Attended(Value result, Value weights) {}

    /** Of a sequence to itself. */
    private Attended attended(Arguments a, Value x) {
        if (!a.isNone("mask")) {
            throw a.refuse("a mask");
        }
        long width = a.whole("embed_dim");
        long heads = a.whole("num_head");
        Value qkv = products.linear(x, all.tensor(a, "qkv_weight"), all.tensor(a, "qkv_bias"));
        List<Object> shape = g.extents(qkv);
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Value part = g.slice(qkv, 2, i * width, width);
            Value split =
                    g.reshape(part, List.of(shape.get(0), shape.get(1), heads, width / heads));
            parts.add(g.transpose(split, 0, 2, 1, 3));
        }
        Value scores =
                g.mul(
                        products.matmul(parts.get(0), swapped(parts.get(1))),
                        1 / Math.sqrt((double) width / heads));
        Value weights = g.unary("Softmax", scores);
        Value joined = g.transpose(products.matmul(weights, parts.get(2)), 0, 2, 1, 3);
        Value rows = g.reshape(joined, List.of(shape.get(0), shape.get(1), width));
        return new Attended(
                products.linear(rows, all.tensor(a, "proj_weight"), all.tensor(a, "proj_bias")),
                weights);
    }

    /** What nn.TransformerEncoderLayer calls in evaluation: [batch, tokens, features]. */
    private Value encoder(Arguments a) {
        Value x = g.floating(all.tensor(a, "x"));
        if (a.flag("norm_first")) {
            Value y = g.add(x, attended(a, normal(a, x, "1")).result);
            return g.add(y, forward(a, normal(a, y, "2")));
        }
        Value y = normal(a, g.add(x, attended(a, x).result), "1");
        return normal(a, g.add(y, forward(a, y)), "2");
    }

    private Value normal(Arguments a, Value x, String which) {
        return norms.layer(x, 1, all.tensor(a, "norm" + which), all.tensor(a, "shift" + which), a);
    }

    private Value forward(Arguments a, Value x) {
        Value wide = products.linear(x, all.tensor(a, "weight1"), all.tensor(a, "bias1"));
        Value active =
                a.flag("use_gelu") ? ActivationOperators.gelu(g, wide) : g.unary("Relu", wide);
        return products.linear(active, all.tensor(a, "weight2"), all.tensor(a, "bias2"));
    }
}

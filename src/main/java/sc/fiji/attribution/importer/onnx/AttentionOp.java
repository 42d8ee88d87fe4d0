/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.util.Optional;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.importer.network.Products;
import sc.fiji.attribution.importer.network.Shaping;
import sc.fiji.attribution.importer.network.Value;

/** Scaled dot-product attention, of heads side by side in the last axis or in one of their own. */
final class AttentionOp {

    private AttentionOp() {}

    static Value attention(Call c) {
        if (c.given(4).isPresent() || c.given(5).isPresent() || c.number("softcap", 0) != 0) {
            throw c.refuse("earlier keys and values, or a softcap, are not supported");
        }
        if (c.integer("left_window_size", -1) >= 0 || c.integer("right_window_size", -1) >= 0) {
            throw c.refuse("a window around each place is not supported");
        }
        if (c.given(6).isPresent()) {
            throw c.refuse("keys and values of different lengths are not supported");
        }
        Value q = c.in(0);
        boolean flat = q.rank() == 3;
        int heads = flat ? (int) c.integer("q_num_heads", 1) : q.extent(1);
        int keys = flat ? (int) c.integer("kv_num_heads", heads) : c.in(1).extent(1);
        if (heads != keys) {
            throw c.refuse("fewer heads of keys than of queries are not supported");
        }
        Value query = flat ? parted(c, q, heads) : q;
        Value key = flat ? parted(c, c.in(1), keys) : c.in(1);
        Value value = flat ? parted(c, c.in(2), keys) : c.in(2);
        double scale = c.number("scale", 1 / Math.sqrt(query.extent(3)));
        Optional<Value> mask = c.given(3);
        if (c.flag("is_causal", false)) {
            if (mask.isPresent()) {
                throw c.refuse("a causal mask besides another is not supported");
            }
            mask = Optional.of(causal(c, query.extent(2), key.extent(2)));
        }
        Value y = Products.attention(c.b(), query, key, value, mask, scale);
        if (!flat) {
            return y;
        }
        Value joined = Shaping.transpose(c.b(), y, 0, 2, 1, 3);
        int n = q.extent(0);
        return Shaping.reshape(
                c.b(), joined, Value.ints(n < 0 ? -1 : n, y.extent(2), (long) heads * y.extent(3)));
    }

    private static Value parted(Call c, Value x, int heads) {
        int n = x.extent(0);
        long each = x.extent(2) / heads;
        Value parts =
                Shaping.reshape(c.b(), x, Value.ints(n < 0 ? -1 : n, x.extent(1), heads, each));
        return Shaping.transpose(c.b(), parts, 0, 2, 1, 3);
    }

    private static Value causal(Call c, int rows, int columns) {
        if (rows < 0 || columns < 0) {
            throw c.refuse("a causal mask of open extents is not supported");
        }
        double[] mask = new double[rows * columns];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % columns <= i / columns ? 1 : 0;
        }
        return Value.known(DataType.DT_BOOL, new int[] {rows, columns}, mask);
    }
}

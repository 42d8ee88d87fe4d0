/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.List;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;

/** Padding. */
final class PaddingOperators {

    private final TensorOperators all;
    private final Emission g;

    private PaddingOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        PaddingOperators each = new PaddingOperators(all);
        all.add(
                "pad(x, pad, mode='constant', value=None)",
                a -> each.pad(a, a.text("mode"), a.number("value", 0)));
        all.add(
                "constant_pad_nd(x, pad, value=0)",
                a -> each.pad(a, "constant", a.number("value")));
        for (int n = 1; n <= 3; n++) {
            all.add("reflection_pad" + n + "d(x, pad)", a -> each.pad(a, "reflect", 0));
            all.add("replication_pad" + n + "d(x, pad)", a -> each.pad(a, "replicate", 0));
        }
    }

    /** Numbers come in pairs, those of the last axis first. */
    private Value pad(Arguments a, String mode, double value) {
        Value x = all.tensor(a, "x");
        List<Long> pads = a.longs("pad");
        int[] before = new int[x.rank()];
        int[] after = new int[x.rank()];
        if (pads.size() % 2 != 0 || pads.size() > 2 * x.rank()) {
            throw a.refuse("pad=" + pads);
        }
        for (int i = 0; i < pads.size() / 2; i++) {
            before[x.rank() - 1 - i] = Math.toIntExact(pads.get(2 * i));
            after[x.rank() - 1 - i] = Math.toIntExact(pads.get(2 * i + 1));
        }
        return switch (mode) {
            case "constant" -> g.pad(x, before, after, value);
            case "reflect" -> mirrored(x, before, after);
            case "replicate" -> extended(a, x, before, after, false);
            case "circular" -> extended(a, x, before, after, true);
            default -> throw a.refuse("mode=" + mode);
        };
    }

    private Value mirrored(Value x, int[] before, int[] after) {
        int[] pairs = new int[2 * x.rank()];
        int[] shape = x.shape().clone();
        for (int i = 0; i < shape.length; i++) {
            pairs[2 * i] = before[i];
            pairs[2 * i + 1] = after[i];
            shape[i] = g.added(shape[i], before[i] + after[i]);
        }
        return g.emit("MirrorPad", shape, List.of(g.out(x), g.pairs(pairs)), "mode", "REFLECT");
    }

    /** By the outermost elements, or by those of the other end, axis by axis. */
    private Value extended(Arguments a, Value x, int[] before, int[] after, boolean around) {
        Value result = x;
        for (int i = 0; i < x.rank(); i++) {
            if (before[i] < 0 || after[i] < 0) {
                throw a.refuse("negative padding");
            }
            Object extent = g.extent(x, i);
            List<Value> parts = new java.util.ArrayList<>();
            if (around && before[i] > 0) {
                Object from = all.scalars().minus(extent, (long) before[i]);
                parts.add(g.slice(result, i, from, (long) before[i]));
            }
            for (int n = 0; !around && n < before[i]; n++) {
                parts.add(g.slice(result, i, 0L, 1L));
            }
            parts.add(result);
            Object last = all.scalars().minus(extent, 1L);
            for (int n = 0; !around && n < after[i]; n++) {
                parts.add(g.slice(result, i, last, 1L));
            }
            if (around && after[i] > 0) {
                parts.add(g.slice(result, i, 0L, (long) after[i]));
            }
            result = g.concat(parts, i);
        }
        return result;
    }
}

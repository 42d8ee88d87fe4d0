/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Extents that depend on the image. Each has a number below zero in the shapes of tensors, and
 * where two are known to be equal they have the same: so a network that fits images of any size can
 * be told from one that fits a single size.
 */
public final class Symbols {

    private final Map<Integer, Size> sizes = new HashMap<>();
    private final Map<Output, Integer> symbols = new HashMap<>();
    private final Map<List<Object>, Integer> derived = new HashMap<>();
    private final Map<Integer, int[]> products = new HashMap<>();
    private final Set<Integer> extents = new HashSet<>();
    private int last;

    /** A new one. */
    int fresh() {
        return --last;
    }

    /** The same whenever it comes of the same. */
    public int derived(Object... from) {
        return derived.computeIfAbsent(List.of(from), key -> fresh());
    }

    /** What an extent is in the graph; null as long as nothing asked. */
    Size size(int symbol) {
        return sizes.get(symbol);
    }

    /** Notes what an extent is in the graph. */
    Size set(int symbol, Output output) {
        extents.add(symbol);
        symbols.put(output, symbol);
        sizes.put(symbol, new Size(output));
        return sizes.get(symbol);
    }

    /** The number that stands for an extent given by code: itself where it is known. */
    public int of(Object extent) {
        if (extent instanceof Long known) {
            return Math.toIntExact(known);
        }
        Output output = ((Size) extent).value();
        int symbol = symbols.computeIfAbsent(output, key -> fresh());
        sizes.putIfAbsent(symbol, (Size) extent);
        return symbol;
    }

    /** Notes that an extent is the product of others. */
    void product(int symbol, int... of) {
        int[] all = Arrays.stream(of).flatMap(each -> Arrays.stream(factors(each))).toArray();
        products.put(symbol, all);
    }

    /** What an extent is the product of, as far as that is known. */
    int[] factors(int extent) {
        return products.getOrDefault(extent, new int[] {extent});
    }

    /** Whether a number is an extent, or a product of extents: then it is one at least. */
    boolean isExtent(Size number) {
        Integer symbol = symbols.get(number.value());
        return symbol != null
                && Arrays.stream(factors(symbol)).allMatch(f -> f > 0 || extents.contains(f));
    }

    /** Extents of what is computed from two tensors, one of which may be repeated along axes. */
    public static int[] broadcast(int[] a, int[] b) {
        int[] both = new int[Math.max(a.length, b.length)];
        for (int i = 1; i <= both.length; i++) {
            int x = i > a.length ? 1 : a[a.length - i];
            int y = i > b.length ? 1 : b[b.length - i];
            both[both.length - i] = x == 1 ? y : y == 1 ? x : same(x, y);
        }
        return both;
    }

    /** One of two extents that must be equal. */
    public static int same(int x, int y) {
        if (x == y || x < 0 && y < 0) {
            return Math.max(x, y);
        }
        if (x < 0 || y < 0) {
            int needed = Math.max(x, y);
            throw new SizeNeeded(
                    "an extent that depends on the image must be " + needed,
                    Math.min(x, y),
                    needed);
        }
        throw new ModelException(
                "tensors of the extents " + x + " and " + y + " do not fit each other");
    }
}

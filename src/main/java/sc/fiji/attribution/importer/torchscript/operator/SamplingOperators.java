/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.Arrays;
import java.util.List;
import sc.fiji.attribution.importer.network.Sampling;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;

/** Operators that read an image at other places than its voxels. */
final class SamplingOperators {

    private final TensorOperators all;

    private SamplingOperators(TensorOperators all) {
        this.all = all;
    }

    static void register(TensorOperators all) {
        SamplingOperators each = new SamplingOperators(all);
        all.add("grid_sampler(x, grid, mode, padding, align_corners)", each::sampled);
        all.table().alias("grid_sampler", "grid_sampler_2d", "grid_sampler_3d");
        all.add("affine_grid_generator(theta, size, align_corners)", each::grid);
    }

    private Value sampled(Arguments a) {
        Value x = all.emission().floating(all.tensor(a, "x"));
        long mode = a.whole("mode");
        long padding = a.whole("padding");
        if (mode > 1) {
            throw a.refuse("bicubic interpolation");
        }
        if (Arrays.stream(x.shape()).skip(2).anyMatch(e -> e < 0)) {
            throw new SizeNeeded("the code samples an image of one size");
        }
        return Sampling.at(
                all.emission().builder(),
                x,
                all.tensor(a, "grid"),
                mode == 1,
                Sampling.Beyond.values()[(int) padding],
                a.flag("align_corners"));
    }

    private Value grid(Arguments a) {
        List<?> size = a.list("size");
        int[] extents = new int[size.size() - 2];
        for (int i = 0; i < extents.length; i++) {
            extents[i] = Math.toIntExact(all.known(size.get(i + 2)));
        }
        return Sampling.affine(
                all.emission().builder(), all.tensor(a, "theta"), extents, a.flag("align_corners"));
    }
}

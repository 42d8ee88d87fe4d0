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
import sc.fiji.attribution.graph.ir.StaticShape;

/**
 * Input gradient of a {@code Conv3D} with very few input channels, such as the first layer of a
 * network on a volume.
 *
 * <p>The stock kernel costs the same for 1 and for 16 input channels. Here the voxels of each small
 * block of the gradient become channels of one convolution that strides by the block, which keeps
 * the matrix product wide; then the channels are moved back into space. Along one axis, with w the
 * filter of extent K and b the block's, voxel b·j+p takes Σₘ dy[b·j+m−(K−1)/2]·w[p+K−1−m], so the
 * kernel for place p is the mirrored filter shifted by p, in an extent of K+b−1.
 */
final class NarrowConv3DRule {

    /** Beyond this the stock kernel is as fast. */
    private static final int MOST_CHANNELS = 4;

    /** Extent of the blocks along each axis; measured to be the fastest for 1 and 3 channels. */
    private static final int B = 2;

    private NarrowConv3DRule() {}

    /** Whether it applies: stride 1, SAME, no dilation, odd cubic filter, few input channels. */
    public static boolean applies(Ops g, Node n) {
        if (!n.text("padding").equals("SAME")
                || n.channelsFirst()
                || Arrays.stream(n.list("strides")).anyMatch(s -> s != 1)
                || Arrays.stream(n.list("dilations")).anyMatch(d -> d != 1)) {
            return false;
        }
        return StaticShape.ofWeight(g.graph(), n.in(1))
                .map(
                        f ->
                                f[0] % 2 == 1
                                        && f[0] == f[1]
                                        && f[0] == f[2]
                                        && f[3] <= MOST_CHANNELS
                                        && f[4] >= 2 * f[3])
                .orElse(false);
    }

    static Output pullback(Ops g, Node n, Output dy) {
        int channels = (int) StaticShape.ofWeight(g.graph(), n.in(1)).orElseThrow()[3];
        Output blocks =
                g.emit(
                        "Conv3D",
                        List.of(padToBlocks(g, dy), kernel(g, n.in(1))),
                        "strides",
                        Ops.list(1, B, B, B, 1),
                        "padding",
                        "SAME");
        return g.emit(
                "Slice", toSpace(g, blocks, channels), g.vector(0, 0, 0, 0, 0), g.shape(n.in(0)));
    }

    /** Appends zeros up to whole blocks; free where the extents are whole already. */
    private static Output padToBlocks(Ops g, Output dy) {
        Output extents = g.slice(g.shape(dy), 1, 3);
        Output missing = g.emit("FloorMod", g.emit("Neg", extents), g.vector(B, B, B));
        Output after = g.concat(g.vector(0), missing, g.vector(0));
        Output before = g.vector(0, 0, 0, 0, 0);
        return g.emit("Pad", dy, g.emit("Pack", List.of(before, after), "axis", 1));
    }

    /** [K+b−1 for each axis, out, places·in] from the filter [K, K, K, in, out]. */
    private static Output kernel(Ops g, Output filter) {
        Output mirrored = g.emit("ReverseV2", filter, g.vector(0, 1, 2));
        Output swapped = g.emit("Transpose", mirrored, g.vector(0, 1, 2, 4, 3));
        List<Output> places = new ArrayList<>();
        for (int z = 0; z < B; z++) {
            for (int y = 0; y < B; y++) {
                for (int x = 0; x < B; x++) {
                    Output paddings =
                            g.vector(z, B - 1 - z, y, B - 1 - y, x, B - 1 - x, 0, 0, 0, 0);
                    places.add(g.emit("Pad", swapped, g.reshape(paddings, g.vector(5, 2))));
                }
            }
        }
        int count = places.size();
        places.add(g.scalar(4));
        return g.emit("ConcatV2", places, "N", count);
    }

    /** [b, z, y, x, places·c] to [b, B·z, B·y, B·x, c]. */
    private static Output toSpace(Ops g, Output blocks, int channels) {
        Output coarse = g.slice(g.shape(blocks), 0, 4);
        Output split = g.reshape(blocks, g.concat(coarse, g.vector(B, B, B, channels)));
        Output mixed = g.emit("Transpose", split, g.vector(0, 1, 4, 2, 5, 3, 6, 7));
        Output fine = g.mul(coarse, g.vector(1, B, B, B));
        return g.reshape(mixed, g.concat(fine, g.vector(channels)));
    }
}

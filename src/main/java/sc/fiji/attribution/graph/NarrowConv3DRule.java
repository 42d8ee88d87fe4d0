/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Input gradient of a {@code Conv3D} with very few input channels, such as the first layer of a
 * network on a volume.
 *
 * <p>The stock kernel costs the same for 1 and for 16 input channels. Here the eight voxels of each
 * 2×2×2 block of the gradient become channels of one convolution with stride 2 and a kernel one
 * larger, which keeps the matrix product wide; then the channels are moved back into space. With w
 * the filter and K its extent, voxel 2j+p takes Σₘ dy[2j+m−off]·w[p+K−1−m], so the kernel for phase
 * p is the mirrored filter shifted by p.
 */
final class NarrowConv3DRule {

    /** Beyond this the stock kernel is as fast. */
    private static final int MOST_CHANNELS = 4;

    private NarrowConv3DRule() {}

    /** Whether it applies: stride 1, SAME, no dilation, odd cubic filter, few input channels. */
    static boolean fits(Ops g, Node n) {
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
        long[] filter = StaticShape.ofWeight(g.graph(), n.in(1)).orElseThrow();
        int channels = (int) filter[3];
        Output phases =
                g.emit(
                        "Conv3D",
                        List.of(dy, kernel(g, n.in(1))),
                        "strides",
                        Ops.list(1, 2, 2, 2, 1),
                        "padding",
                        "SAME");
        return g.emit(
                "Slice",
                depthToSpace(g, phases, channels),
                g.vector(0, 0, 0, 0, 0),
                g.shape(n.in(0)));
    }

    /** [K+1, K+1, K+1, out, 8·in] from the filter [K, K, K, in, out]. */
    private static Output kernel(Ops g, Output filter) {
        Output mirrored = g.emit("ReverseV2", filter, g.vector(0, 1, 2));
        Output swapped = g.emit("Transpose", mirrored, g.vector(0, 1, 2, 4, 3));
        List<Output> parts = new ArrayList<>();
        for (int phase = 0; phase < 8; phase++) {
            int z = phase >> 2;
            int y = phase >> 1 & 1;
            int x = phase & 1;
            Output paddings =
                    g.reshape(g.vector(z, 1 - z, y, 1 - y, x, 1 - x, 0, 0, 0, 0), g.vector(5, 2));
            parts.add(g.emit("Pad", swapped, paddings));
        }
        parts.add(g.scalar(4));
        return g.emit("ConcatV2", parts, "N", 8);
    }

    /** [b, z, y, x, 2·2·2·c] to [b, 2z, 2y, 2x, c]. */
    private static Output depthToSpace(Ops g, Output phases, int channels) {
        Output coarse = g.slice(g.shape(phases), 0, 4);
        Output split = g.reshape(phases, g.concat(coarse, g.vector(2, 2, 2, channels)));
        Output mixed = g.emit("Transpose", split, g.vector(0, 1, 4, 2, 5, 3, 6, 7));
        Output fine = g.mul(coarse, g.vector(1, 2, 2, 2));
        return g.reshape(mixed, g.concat(fine, g.vector(channels)));
    }
}

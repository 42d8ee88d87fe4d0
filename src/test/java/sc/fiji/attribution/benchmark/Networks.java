/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.graph.NetworkWriter.Window;

/** Networks to measure with. */
final class Networks {

    private Networks() {}

    /**
     * Four blocks of Conv3D + bias, batch normalisation, ReLU, MaxPool3D with 16, 32, 64 and 128
     * filters, global mean, dense, softmax, for 96×112×96×1.
     */
    static Path fourBlocks(Path folder, boolean batchNorm) throws IOException {
        return fourBlocks(folder, batchNorm, 96, 112, 96);
    }

    /** The same for volumes of other extents, z first. */
    static Path fourBlocks(Path folder, boolean batchNorm, int... extents) throws IOException {
        NetworkWriter network = new NetworkWriter(-1, extents[0], extents[1], extents[2], 1);
        for (int filters : new int[] {16, 32, 64, 128}) {
            network.conv3d(filters);
            if (batchNorm) {
                network.batchNorm();
            }
            network.op("Relu").maxPool3d();
        }
        return network.globalMean().dense(2).op("Softmax").write(folder);
    }

    /**
     * ResNet-18 with its weights, 47 MB, as constants in the graph and its normalisation as biases,
     * for RGB images, 1000 classes.
     *
     * @param extent of the images along x and y
     */
    static Path resNet18(Path folder, int extent) throws IOException {
        NetworkWriter network = new NetworkWriter(-1, extent, extent, 3);
        normalised(network, new Window(7, 2, 1, "SAME"), 64).op("Relu");
        network.pool("MaxPool", new Window(3, 2, 1, "SAME"));
        for (int filters : new int[] {64, 128, 256, 512}) {
            int step = filters == 64 ? 1 : 2;
            network.sum(
                            n -> residual(n, step, filters),
                            n ->
                                    step == 1
                                            ? n
                                            : normalised(n, new Window(1, 2, 1, "SAME"), filters))
                    .op("Relu");
            network.sum(n -> residual(n, 1, filters), n -> n).op("Relu");
        }
        return network.globalMean().dense(1000).op("Softmax").write(folder);
    }

    private static NetworkWriter residual(NetworkWriter network, int step, int filters) {
        normalised(network, new Window(3, step, 1, "SAME"), filters).op("Relu");
        return normalised(network, new Window(3, 1, 1, "SAME"), filters);
    }

    private static NetworkWriter normalised(NetworkWriter network, Window window, int filters) {
        return network.convolution(window, filters).bias();
    }
}

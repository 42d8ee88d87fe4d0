/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import sc.fiji.attribution.graph.NetworkWriter;

/** Networks to measure with. */
final class Networks {

    private Networks() {}

    /**
     * Four blocks of Conv3D + bias, batch normalisation, ReLU, MaxPool3D with 16, 32, 64 and 128
     * filters, global mean, dense, softmax, for 96×112×96×1.
     */
    static Path fourBlocks(Path folder, boolean batchNorm) throws IOException {
        NetworkWriter network = new NetworkWriter(-1, 96, 112, 96, 1);
        for (int filters : new int[] {16, 32, 64, 128}) {
            network.conv3d(filters);
            if (batchNorm) {
                network.batchNorm();
            }
            network.op("Relu").maxPool3d();
        }
        return network.globalMean().dense(2).op("Softmax").write(folder);
    }
}

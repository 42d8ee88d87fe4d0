/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

/** What is to be known of the TensorFlow that will run a graph. Asked only where it matters. */
public interface Kernels {

    /** Nothing: the graph is right with any. */
    Kernels UNKNOWN = () -> false;

    /**
     * Whether oneDNN computes, which not all builds have: {@code MaxPool3DGrad} gives the gradient
     * of each window to one element then, and convolutions have its kernels.
     */
    boolean hasOneDnn();
}

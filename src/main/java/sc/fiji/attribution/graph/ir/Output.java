/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

/**
 * One output of a node: an edge's source.
 *
 * @param node the node's name
 * @param index which of its outputs
 */
public record Output(String node, int index) {

    /** Reads {@code "node"}, {@code "node:1"}; not for control inputs ({@code "^node"}). */
    public static Output parse(String text) {
        int colon = text.lastIndexOf(':');
        return colon < 0
                ? new Output(text, 0)
                : new Output(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    /** As a node's input is written: {@code "node"} for output 0. */
    public String asInput() {
        return index == 0 ? node : node + ":" + index;
    }

    /** As a signature names a tensor: {@code "node:0"}. */
    @Override
    public String toString() {
        return node + ":" + index;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.regex.Pattern;

/** Names of layers as their author knows them. */
final class Layer {

    private static final Pattern CALLS =
            Pattern.compile("^((Stateful|Stateless)?PartitionedCall(_\\d+)?/)+");

    private Layer() {}

    /** The node's name without the function calls that the export wrapped around it. */
    static String of(String node) {
        return CALLS.matcher(node).replaceFirst("");
    }
}

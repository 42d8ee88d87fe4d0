/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.Locale;
import java.util.regex.Pattern;

/** Names of layers as their author knows them. */
public final class NodeName {

    private static final Pattern CALLS =
            Pattern.compile("^((Stateful|Stateless)?PartitionedCall(_\\d+)?/)+");

    /** What passes put before the names of nodes that they compute once more. */
    public static final String NETWORK = "network/";

    public static final String PASSES = "passes/";
    public static final String FOLDED = "folded/";
    static final String TWIN = "twin/";

    /**
     * Follows the name of a layer in those of nodes that check the extents that its file says; what
     * TensorFlow says of them has it too.
     */
    public static final String SAID_EXTENTS = "/extents_that_the_file_says/";

    private static final Pattern COPIES =
            Pattern.compile(
                    String.format(
                            Locale.ROOT,
                            "^(%s((%s)?%s|%s|%s))+",
                            Ops.SCOPE,
                            PASSES,
                            FOLDED,
                            NETWORK,
                            TWIN));

    private NodeName() {}

    /** The name of a node, or of what it is a copy of, without the export's function calls. */
    public static String of(String node) {
        return CALLS.matcher(COPIES.matcher(node).replaceFirst("")).replaceFirst("");
    }
}

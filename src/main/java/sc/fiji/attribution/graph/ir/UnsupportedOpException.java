/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import sc.fiji.attribution.core.ModelException;

/** An op stands between the class and the input for which there is no rule. */
public final class UnsupportedOpException extends ModelException {

    private static final long serialVersionUID = 1L;

    public UnsupportedOpException(Node node, String reason) {
        this(node, "gradient", reason);
    }

    /**
     * @param what is missing, such as {@code "gradient"}
     */
    public UnsupportedOpException(Node node, String what, String reason) {
        super(
                "No "
                        + what
                        + " for op "
                        + node.op()
                        + " (layer '"
                        + NodeName.of(node.name())
                        + "'): "
                        + reason
                        + ".");
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import sc.fiji.attribution.core.ModelException;

/** What is wrong with the call of an operator; it names the operator and the layer. */
public class OperatorException extends ModelException {

    private static final long serialVersionUID = 1L;

    /**
     * @param what with which the sentence goes on behind the operator
     * @param scope where the model calls it
     * @param cause may be null
     */
    public OperatorException(String operator, String what, String scope, Throwable cause) {
        super("operator '" + operator + "' " + what + Arguments.at(scope), cause);
    }

    /** Of what was found where neither operator nor layer was known. */
    public OperatorException(String operator, String scope, ModelException cause) {
        super(
                "operator '" + operator + "'" + Arguments.at(scope) + ": " + cause.getMessage(),
                cause);
    }

    /** The same with more behind it. */
    protected OperatorException(OperatorException first, String more) {
        super(first.getMessage() + more, first);
    }
}

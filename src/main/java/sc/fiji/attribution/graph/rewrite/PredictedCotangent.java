/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Lets the network itself choose the class that is explained, so that the image need not be scored
 * before: where NaN is fed as the weights of the logits, they become those of the predicted class,
 * which is 1 for the largest logit, the first of several, and 0 for the others. A single logit z
 * separates two classes: it has the weight 1 where it is above 0, and -1 elsewhere.
 */
public final class PredictedCotangent {

    private PredictedCotangent() {}

    /**
     * Appends the choice.
     *
     * @param fed a row of weights for each image
     * @param logits as many numbers as the weights
     * @return the weights to go backward with
     */
    public static Output of(Ops ops, Output fed, Output logits) {
        Output rows = ops.reshapeLike(ops.cast(logits, DataType.DT_FLOAT), fed);
        Output count = ops.slice(ops.shape(fed), 1, 1);
        Output one = ops.emit("Equal", count, ops.vector(1));
        Output zero = ops.scalar(0.0, rows);
        Output unit = ops.scalar(1.0, rows);
        Output sign =
                ops.emit("SelectV2", ops.emit("Greater", rows, zero), unit, ops.scalar(-1.0, rows));
        Output largest = ops.emit("ArgMax", rows, ops.scalar(1));
        Output depth = ops.reshape(count, ops.vector());
        Output chosen = ops.emit("OneHot", largest, depth, unit, zero);
        Output predicted = ops.emit("SelectV2", one, sign, chosen);
        return ops.emit("SelectV2", ops.emit("IsNan", fed), predicted, fed);
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.graph.AugmentedModel;
import sc.fiji.attribution.graph.PoolingProbe;

/** What the TensorFlow of the tests can do, found out without DJL. */
public final class NativeKernels {

    private NativeKernels() {}

    /** Runs the probe. */
    public static boolean hasOneDnn() {
        MetaGraphDef probe = PoolingProbe.savedModel().getMetaGraphs(0);
        SignatureDef names = probe.getSignatureDefOrThrow(AugmentedModel.SCORE);
        Map<String, Values> feeds = new HashMap<>();
        PoolingProbe.feeds()
                .forEach(
                        (key, tensor) ->
                                feeds.put(names.getInputsOrThrow(key).getName(), values(tensor)));
        String gradient = names.getOutputsOrThrow(AugmentedModel.GRADIENT).getName();
        try (NativeSession session = NativeSession.of(probe.getGraphDef())) {
            double[] data = session.run(feeds, List.of(gradient)).get(0).data();
            float[] single = new float[data.length];
            for (int i = 0; i < data.length; i++) {
                single[i] = (float) data[i];
            }
            return PoolingProbe.isExact(single);
        }
    }

    private static Values values(Tensor tensor) {
        long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
        double[] data = new double[tensor.length()];
        Arrays.setAll(data, i -> tensor.data()[i]);
        return new Values(DataType.DT_FLOAT, shape, data);
    }
}

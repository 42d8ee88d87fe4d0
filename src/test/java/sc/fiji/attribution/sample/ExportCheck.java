/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.nio.file.Path;
import java.util.List;

/** Whether TensorFlow computes from the exported model what PyTorch computed from the original. */
final class ExportCheck {

    private ExportCheck() {}

    /** Largest difference of a probability over all volumes. */
    static double difference(Path folder, LesionClassifier classifier, List<SampleVolume> volumes)
            throws Exception {
        double largest = 0;
        try (Model model = Model.newInstance("saved_model", "TensorFlow");
                NDManager manager = NDManager.newBaseManager(Device.cpu(), "TensorFlow")) {
            model.load(folder);
            for (SampleVolume volume : volumes) {
                NDList input = new NDList(manager.create(channelsLast(volume), shape()));
                NDList output =
                        model.getBlock().forward(new ParameterStore(manager, false), input, false);
                float[] exported = output.singletonOrThrow().toFloatArray();
                double[] original = classifier.probabilities(volume);
                for (int i = 0; i < exported.length; i++) {
                    largest = Math.max(largest, Math.abs(exported[i] - original[i]));
                }
            }
        }
        return largest;
    }

    private static Shape shape() {
        return new Shape(1, SampleVolume.Z, SampleVolume.Y, SampleVolume.X, 3);
    }

    private static float[] channelsLast(SampleVolume volume) {
        float[] values = new float[3 * SampleVolume.VOXELS];
        for (int i = 0; i < values.length; i++) {
            values[i] = volume.tissue()[i % 3][i / 3] & 0xff;
        }
        return values;
    }
}

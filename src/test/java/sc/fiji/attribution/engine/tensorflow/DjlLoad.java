/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import ai.djl.Model;
import ai.djl.engine.Engine;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Seconds that DJL alone takes to load a SavedModel; on the engine's side, for the benchmark. */
public final class DjlLoad implements ToDoubleFunction<Path> {

    public DjlLoad() {
        TensorFlowNatives.prepare();
        Engine.getEngine("TensorFlow");
    }

    @Override
    public double applyAsDouble(Path folder) {
        long start = System.nanoTime();
        try (Model model = Model.newInstance("saved_model.pb", "TensorFlow")) {
            model.load(folder, "saved_model.pb", Map.of());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return (System.nanoTime() - start) / 1e9;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import ai.djl.engine.Engine;
import org.bytedeco.javacpp.BytePointer;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.global.tensorflow;
import sc.fiji.attribution.testing.NativeTensorFlow;

/** {@link NativeTensorFlow} in the native library that DJL loaded, on the engine's side. */
public final class CInterface implements NativeTensorFlow {

    public CInterface() {
        TensorFlowNatives.prepare();
        Engine.getEngine("TensorFlow");
    }

    @Override
    public byte[] ops() {
        TF_Buffer buffer = tensorflow.TF_GetAllOpList();
        byte[] bytes = new byte[(int) buffer.length()];
        new BytePointer(buffer.data()).limit(buffer.length()).get(bytes);
        return bytes;
    }

    @Override
    public Session open(byte[] graph) {
        return new CSession(graph);
    }
}

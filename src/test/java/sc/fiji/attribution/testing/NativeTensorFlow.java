/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.testing;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.model.engine.EngineLoader;

/**
 * TensorFlow's C API as tests see it. A process loads a native library once, by the engine's class
 * loader, so what calls it must be loaded there; only bytes and Java's own classes go across.
 */
public interface NativeTensorFlow {

    /** The native library's ops, a serialised {@code OpList}. */
    byte[] ops();

    /** Imports a serialised {@code GraphDef} and opens a session on it. */
    Session open(byte[] graph);

    /**
     * @param type number of the {@code DataType}
     * @param shape extents; empty for a scalar
     * @param bytes values in the machine's byte order
     */
    record Value(int type, long[] shape, ByteBuffer bytes) {}

    interface Session extends AutoCloseable {
        List<Value> run(Map<String, Value> feeds, List<String> fetches);

        /** Seconds of a run, without what feeding and fetching copies. */
        double seconds(Map<String, Value> feeds, List<String> fetches);

        /**
         * @param options a serialised {@code RunOptions}
         * @return a serialised {@code RunMetadata}
         */
        byte[] trace(Map<String, Value> feeds, List<String> fetches, byte[] options);

        /** Runs a node for what it does. */
        void run(String target);

        Optional<List<String>> addGradients(List<String> ys, List<String> xs, List<String> dys);

        @Override
        void close();
    }

    /** The one of the engine. */
    static NativeTensorFlow get() {
        return engineSide("sc.fiji.attribution.engine.tensorflow.CInterface");
    }

    /** A new object of a class of the tests that must be loaded where DJL is. */
    @SuppressWarnings("unchecked")
    static <T> T engineSide(String className) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(EngineLoader.get());
        try {
            return (T) EngineLoader.get().loadClass(className).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.OpList;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import sc.fiji.attribution.testing.NativeTensorFlow;

/**
 * Runs a graph in the native library that DJL loaded, by TensorFlow's C API: any output of any type
 * by name, and TensorFlow's own gradients. For tests only; the plugin goes through DJL.
 */
public final class NativeSession implements AutoCloseable {

    private final NativeTensorFlow.Session session;

    private NativeSession(NativeTensorFlow.Session session) {
        this.session = session;
    }

    /**
     * Unpacks the native library for a process that uses DJL itself, and never an engine of the
     * plug-in.
     */
    public static void prepare() {
        TensorFlowNatives.prepare();
    }

    /** Imports a graph and opens a session on it. */
    public static NativeSession of(GraphDef graph) {
        return new NativeSession(NativeTensorFlow.get().open(graph.toByteArray()));
    }

    /** The native library's ops, with their prose. */
    public static OpList ops() {
        try {
            return OpList.parseFrom(NativeTensorFlow.get().ops());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param feeds values by tensor name, such as {@code "x:0"}
     * @param fetches names of the wanted tensors
     */
    public List<Values> run(Map<String, Values> feeds, List<String> fetches) {
        Map<String, NativeTensorFlow.Value> in = new LinkedHashMap<>();
        feeds.forEach((name, values) -> in.put(name, toNative(values)));
        return session.run(in, fetches).stream()
                .map(v -> Values.read(DataType.forNumber(v.type()), v.shape(), v.bytes()))
                .toList();
    }

    /** Seconds that a run takes, values ready. */
    double seconds(Map<String, Values> feeds, List<String> fetches) {
        Map<String, NativeTensorFlow.Value> in = new LinkedHashMap<>();
        feeds.forEach((name, values) -> in.put(name, toNative(values)));
        return session.seconds(in, fetches);
    }

    /** Where a run spends its time. */
    RunMetadata trace(Map<String, Values> feeds, List<String> fetches) {
        Map<String, NativeTensorFlow.Value> in = new LinkedHashMap<>();
        feeds.forEach((name, values) -> in.put(name, toNative(values)));
        RunOptions options =
                RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
        try {
            return RunMetadata.parseFrom(session.trace(in, fetches, options.toByteArray()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a node for what it does, such as filling variables. */
    public void run(String target) {
        session.run(target);
    }

    private static NativeTensorFlow.Value toNative(Values values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.byteSize()).order(ByteOrder.nativeOrder());
        values.write(bytes);
        return new NativeTensorFlow.Value(values.type().getNumber(), values.shape(), bytes.flip());
    }

    /**
     * Adds TensorFlow's own gradients of Σ dy·y.
     *
     * @return names of the gradients at xs, or empty where an op on the way has none
     */
    public Optional<List<String>> addGradients(List<String> ys, List<String> xs, List<String> dys) {
        return session.addGradients(ys, xs, dys);
    }

    @Override
    public void close() {
        session.close();
    }
}

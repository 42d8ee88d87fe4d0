/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_ImportGraphDefOptions;
import org.tensorflow.internal.c_api.TF_Operation;
import org.tensorflow.internal.c_api.TF_Output;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.TF_Tensor;
import org.tensorflow.internal.c_api.global.tensorflow;
import sc.fiji.attribution.testing.NativeTensorFlow;
import sc.fiji.attribution.testing.NativeTensorFlow.Value;

/** A graph with a session on it, in TensorFlow's C API. */
final class CSession implements NativeTensorFlow.Session {

    private final TF_Graph graph = tensorflow.TF_NewGraph();
    private final TF_Session session;

    CSession(byte[] def) {
        try (PointerScope scope = new PointerScope()) {
            TF_Status status = tensorflow.TF_NewStatus();
            BytePointer bytes = new BytePointer(def);
            TF_Buffer buffer = tensorflow.TF_NewBufferFromString(bytes, bytes.limit());
            TF_ImportGraphDefOptions options = tensorflow.TF_NewImportGraphDefOptions();
            tensorflow.TF_GraphImportGraphDef(graph, buffer, options, status);
            tensorflow.TF_DeleteImportGraphDefOptions(options);
            tensorflow.TF_DeleteBuffer(buffer);
            check(status);
            TF_SessionOptions none = tensorflow.TF_NewSessionOptions();
            session = tensorflow.TF_NewSession(graph, none, status);
            tensorflow.TF_DeleteSessionOptions(none);
            check(status);
            tensorflow.TF_DeleteStatus(status);
        }
    }

    @Override
    public List<Value> run(Map<String, Value> feeds, List<String> fetches) {
        List<Value> results = new ArrayList<>();
        run(feeds, fetches, null, null, tensor -> results.add(value(tensor)));
        return results;
    }

    @Override
    public double seconds(Map<String, Value> feeds, List<String> fetches) {
        return run(feeds, fetches, null, null, tensor -> {});
    }

    @Override
    public byte[] trace(Map<String, Value> feeds, List<String> fetches, byte[] options) {
        try (PointerScope scope = new PointerScope()) {
            BytePointer bytes = new BytePointer(options);
            TF_Buffer how = tensorflow.TF_NewBufferFromString(bytes, bytes.limit());
            TF_Buffer found = tensorflow.TF_NewBuffer();
            run(feeds, fetches, how, found, tensor -> {});
            byte[] metadata = new byte[(int) found.length()];
            new BytePointer(found.data()).limit(found.length()).get(metadata);
            tensorflow.TF_DeleteBuffer(how);
            tensorflow.TF_DeleteBuffer(found);
            return metadata;
        }
    }

    private double run(
            Map<String, Value> feeds,
            List<String> fetches,
            TF_Buffer options,
            TF_Buffer metadata,
            Consumer<TF_Tensor> sink) {
        List<TF_Tensor> owned = new ArrayList<>();
        try (PointerScope scope = new PointerScope()) {
            PointerPointer<TF_Tensor> in = new PointerPointer<>(Math.max(1, feeds.size()));
            int i = 0;
            for (Value value : feeds.values()) {
                TF_Tensor tensor = tensor(value);
                owned.add(tensor);
                in.put(i++, tensor);
            }
            PointerPointer<TF_Tensor> out = new PointerPointer<>(fetches.size());
            TF_Output inputs = outputs(List.copyOf(feeds.keySet()));
            TF_Output outputs = outputs(fetches);
            TF_Status status = tensorflow.TF_NewStatus();
            long start = System.nanoTime();
            tensorflow.TF_SessionRun(
                    session,
                    options,
                    inputs,
                    in,
                    feeds.size(),
                    outputs,
                    out,
                    fetches.size(),
                    null,
                    0,
                    metadata,
                    status);
            double seconds = (System.nanoTime() - start) / 1e9;
            check(status);
            tensorflow.TF_DeleteStatus(status);
            for (int k = 0; k < fetches.size(); k++) {
                TF_Tensor tensor = out.get(TF_Tensor.class, k);
                owned.add(tensor);
                sink.accept(tensor);
            }
            return seconds;
        } finally {
            owned.forEach(tensorflow::TF_DeleteTensor);
        }
    }

    @Override
    public void run(String target) {
        try (PointerScope scope = new PointerScope()) {
            TF_Status status = tensorflow.TF_NewStatus();
            PointerPointer<TF_Operation> targets = new PointerPointer<>(1);
            targets.put(0, tensorflow.TF_GraphOperationByName(graph, target));
            tensorflow.TF_SessionRun(
                    session,
                    null,
                    new TF_Output(1),
                    new PointerPointer<TF_Tensor>(1),
                    0,
                    new TF_Output(1),
                    new PointerPointer<TF_Tensor>(1),
                    0,
                    targets,
                    1,
                    null,
                    status);
            check(status);
            tensorflow.TF_DeleteStatus(status);
        }
    }

    @Override
    public Optional<List<String>> addGradients(List<String> ys, List<String> xs, List<String> dys) {
        try (PointerScope scope = new PointerScope()) {
            TF_Status status = tensorflow.TF_NewStatus();
            TF_Output dxs = new TF_Output(xs.size());
            tensorflow.TF_AddGradients(
                    graph,
                    outputs(ys),
                    ys.size(),
                    outputs(xs),
                    xs.size(),
                    outputs(dys),
                    status,
                    dxs);
            boolean done = tensorflow.TF_GetCode(status) == tensorflow.TF_OK;
            tensorflow.TF_DeleteStatus(status);
            if (!done) {
                return Optional.empty();
            }
            List<String> names = new ArrayList<>();
            for (int i = 0; i < xs.size(); i++) {
                TF_Output dx = dxs.getPointer(i);
                if (dx.oper() == null) {
                    // The op is registered as one that has no gradient.
                    return Optional.empty();
                }
                names.add(tensorflow.TF_OperationName(dx.oper()).getString() + ":" + dx.index());
            }
            return Optional.of(names);
        }
    }

    private TF_Output outputs(List<String> names) {
        TF_Output outputs = new TF_Output(Math.max(1, names.size()));
        for (int i = 0; i < names.size(); i++) {
            String[] parts = names.get(i).split(":");
            TF_Operation operation = tensorflow.TF_GraphOperationByName(graph, parts[0]);
            if (operation == null) {
                throw new IllegalArgumentException("no node named " + parts[0]);
            }
            outputs.getPointer(i).oper(operation).index(Integer.parseInt(parts[1]));
        }
        return outputs;
    }

    private static TF_Tensor tensor(Value value) {
        long[] shape = value.shape();
        TF_Tensor tensor =
                tensorflow.TF_AllocateTensor(
                        value.type(), shape, shape.length, value.bytes().remaining());
        bytes(tensor).put(value.bytes());
        return tensor;
    }

    /** A copy: the tensor goes when the run ends. */
    private static Value value(TF_Tensor tensor) {
        long[] shape = new long[tensorflow.TF_NumDims(tensor)];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tensorflow.TF_Dim(tensor, i);
        }
        ByteBuffer bytes = bytes(tensor);
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        return new Value(tensorflow.TF_TensorType(tensor), shape, copy);
    }

    private static ByteBuffer bytes(TF_Tensor tensor) {
        long size = tensorflow.TF_TensorByteSize(tensor);
        if (size == 0) {
            return ByteBuffer.allocate(0);
        }
        Pointer data = tensorflow.TF_TensorData(tensor);
        return new BytePointer(data).capacity(size).asByteBuffer();
    }

    private static void check(TF_Status status) {
        if (tensorflow.TF_GetCode(status) != tensorflow.TF_OK) {
            throw new IllegalStateException(tensorflow.TF_Message(status).getString());
        }
    }

    @Override
    public void close() {
        TF_Status status = tensorflow.TF_NewStatus();
        tensorflow.TF_CloseSession(session, status);
        tensorflow.TF_DeleteSession(session, status);
        tensorflow.TF_DeleteStatus(status);
        tensorflow.TF_DeleteGraph(graph);
    }
}

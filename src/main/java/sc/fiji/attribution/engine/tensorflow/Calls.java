/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.tensorflow.engine.TfNDArray;
import ai.djl.training.ParameterStore;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.TF_Tensor;
import org.tensorflow.internal.c_api.global.tensorflow;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.graph.AugmentedModel;
import sc.fiji.attribution.model.engine.Watchdog;

/** Calls signatures of one model with tensors by name. Native memory lives as long as a call. */
final class Calls {

    private static final Pattern UNSET_VARIABLE =
            Pattern.compile("Could not find variable ([^ ]+)\\.");

    private final String model;
    private final int batch;
    private final Map<String, ByteBuffer> transfers = new HashMap<>();
    private final Watchdog watchdog;

    /**
     * @param model its name, for messages
     * @param batch the number of images that it always takes together, -1 where any fits
     * @param interrupt ends a call that never would
     */
    Calls(String model, int batch, Runnable interrupt) {
        this.model = model;
        this.batch = batch;
        this.watchdog = new Watchdog(model, interrupt);
    }

    /** Whether no call was given up. */
    boolean usable() {
        return watchdog.usable();
    }

    /** Closes the model behind its last call. */
    void close(Runnable closing) {
        watchdog.last(closing);
    }

    /**
     * An output.
     *
     * @param shape its extents
     * @param data its values, row-major
     */
    record Values(int[] shape, float[] data) {

        /** The values of each image. */
        float[][] rows() {
            int width = data.length / shape[0];
            float[][] rows = new float[shape[0]][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = Arrays.copyOfRange(data, i * width, (i + 1) * width);
            }
            return rows;
        }

        /** These images and the first ones of others. */
        Values and(Values others, int count) {
            int width = others.data.length / others.shape[0];
            float[] all = Arrays.copyOf(data, data.length + count * width);
            System.arraycopy(others.data, 0, all, data.length, count * width);
            int[] extents = others.shape.clone();
            extents[0] = shape[0] + count;
            return new Values(extents, all);
        }
    }

    /**
     * Runs a model, in parts where it takes a fixed number of images.
     *
     * @param feeds by name, in the order of the names as DJL wants it; each holds the batch on its
     *     leading axis
     * @return all outputs by name
     */
    Map<String, Values> run(Block block, SortedMap<String, Tensor> feeds) {
        int images = feeds.get(feeds.firstKey()).shape()[0];
        if (batch < 0 || batch == images) {
            return runAtOnce(block, feeds);
        }
        Map<String, Values> all = new HashMap<>();
        for (int first = 0; first < images; first += batch) {
            SortedMap<String, Tensor> part = new TreeMap<>();
            for (Map.Entry<String, Tensor> feed : feeds.entrySet()) {
                part.put(feed.getKey(), part(feed.getValue(), first));
            }
            int count = Math.min(batch, images - first);
            runAtOnce(block, part)
                    .forEach(
                            (name, values) ->
                                    all.merge(
                                            name,
                                            new Values(new int[1], new float[0]).and(values, count),
                                            (before, next) -> before.and(next, count)));
        }
        return all;
    }

    /** As many images as the model takes; the last one stands in for those that are missing. */
    private Tensor part(Tensor all, int first) {
        int[] shape = all.shape().clone();
        int width = all.length() / shape[0];
        float[] data = new float[batch * width];
        for (int i = 0; i < batch; i++) {
            int from = Math.min(first + i, shape[0] - 1);
            System.arraycopy(all.data(), from * width, data, i * width, width);
        }
        shape[0] = batch;
        return new Tensor(all.axes(), shape, data);
    }

    /** Native memory of a call that never ends is never given back: it is in use. */
    private Map<String, Values> runAtOnce(Block block, SortedMap<String, Tensor> feeds) {
        return watchdog.run(() -> call(block, feeds));
    }

    private Map<String, Values> call(Block block, SortedMap<String, Tensor> feeds) {
        try (NDManager scope = NDManager.newBaseManager(Device.cpu(), "TensorFlow")) {
            NDList in = new NDList();
            feeds.forEach((name, tensor) -> in.add(array(scope, tensor, name)));
            Map<String, Values> results = new HashMap<>();
            for (NDArray out : forward(block, scope, in, feeds)) {
                results.put(out.getName(), values(out));
            }
            return results;
        }
    }

    private NDList forward(
            Block block, NDManager scope, NDList in, SortedMap<String, Tensor> feeds) {
        try {
            return block.forward(new ParameterStore(scope, false), in, false);
        } catch (RuntimeException e) {
            throw explain(e, feeds);
        }
    }

    private ModelException explain(RuntimeException cause, SortedMap<String, Tensor> feeds) {
        String detail = NativeMessage.of(cause);
        // Keras 3 models written by tf.saved_model.save restore other variables than they read.
        Matcher unset = UNSET_VARIABLE.matcher(detail);
        Tensor fed = feeds.getOrDefault(AugmentedModel.INPUT, feeds.get(feeds.lastKey()));
        return new ModelException(
                unset.find()
                        ? "Model '"
                                + model
                                + "' does not restore its weights (variable "
                                + unset.group(1)
                                + "): export it again, in Keras 3 with model.export(folder)."
                        : "Model '"
                                + model
                                + "' failed on an input of shape "
                                + Arrays.toString(fed.shape())
                                + ": "
                                + detail,
                cause);
    }

    private NDArray array(NDManager scope, Tensor tensor, String name) {
        int bytes = Math.multiplyExact(tensor.length(), Float.BYTES);
        ByteBuffer transfer = transfers.get(name);
        if (transfer == null || transfer.capacity() < bytes) {
            transfer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
            transfers.put(name, transfer);
        }
        transfer.clear().limit(bytes);
        transfer.asFloatBuffer().put(tensor.data());
        long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
        NDArray array = scope.create(transfer, new Shape(shape), DataType.FLOAT32);
        array.setName(name);
        return array;
    }

    /** Out of TensorFlow's own memory: the array's buffers would be a copy more. */
    private static Values values(NDArray array) {
        long[] shape = array.getShape().getShape();
        try (PointerScope scope = new PointerScope()) {
            TF_Status status = TF_Status.newStatus();
            TF_Tensor tensor =
                    tensorflow.TFE_TensorHandleResolve(((TfNDArray) array).getHandle(), status)
                            .withDeallocator();
            status.throwExceptionIfNotOK();
            long bytes = tensorflow.TF_TensorByteSize(tensor);
            float[] values = new float[Math.toIntExact(bytes / Float.BYTES)];
            if (values.length > 0) { // else there is no memory to point to
                new FloatPointer(tensorflow.TF_TensorData(tensor)).get(values);
            }
            return new Values(Arrays.stream(shape).mapToInt(Math::toIntExact).toArray(), values);
        }
    }
}

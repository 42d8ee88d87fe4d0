/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Writes small networks with constant weights as SavedModels, layer by layer, channels last. */
public final class NetworkWriter {

    private final Graph graph = new Graph();
    private final Ops ops = new Ops(graph, "");
    private final Random random = new Random(1);
    private final int[] shape;
    private final Output input;
    private int channels;
    private Output at;
    private SaverDef saver = SaverDef.getDefaultInstance();

    /**
     * @param shape of the input with channels last, -1 where any fits
     */
    public NetworkWriter(int... shape) {
        this.shape = shape;
        this.channels = shape[shape.length - 1];
        this.input =
                ops.emit(
                        "Placeholder",
                        List.of(),
                        "dtype",
                        DataType.DT_FLOAT,
                        "shape",
                        AttrValue.newBuilder().setShape(proto(shape)).build());
        this.at = input;
    }

    private static TensorShapeProto proto(int... shape) {
        TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
        for (int extent : shape) {
            proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(extent));
        }
        return proto.build();
    }

    /** A constant of given values. */
    public NetworkWriter constantTimes(float... weights) {
        at = ops.mul(at, constant(weights, weights.length));
        return this;
    }

    private Output constant(float[] values, long... shape) {
        return ops.constant(
                DataType.DT_FLOAT,
                values.length * Float.BYTES,
                buffer -> buffer.asFloatBuffer().put(values),
                shape);
    }

    private Output weights(double deviation, long... shape) {
        long count = 1;
        for (long extent : shape) {
            count *= extent;
        }
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return constant(values, shape);
    }

    /** A 3×3×3 convolution with bias, SAME padding. */
    public NetworkWriter conv3d(int filters) {
        double deviation = Math.sqrt(2.0 / (27 * channels));
        at =
                ops.emit(
                        "Conv3D",
                        List.of(at, weights(deviation, 3, 3, 3, channels, filters)),
                        "strides",
                        Ops.list(1, 1, 1, 1, 1),
                        "padding",
                        "SAME");
        channels = filters;
        return bias();
    }

    /** A number added to each channel. */
    public NetworkWriter bias() {
        at = ops.emit("BiasAdd", at, weights(0.1, channels));
        return this;
    }

    /** Batch normalisation as Keras writes it for 3-D. */
    public NetworkWriter batchNorm() {
        Output variance = ops.emit("Square", weights(1, channels));
        Output scale =
                ops.mul(
                        ops.emit("Rsqrt", ops.add(variance, ops.scalar(0.1, at))),
                        weights(1, channels));
        Output mean = weights(0.1, channels);
        Output offset = ops.sub(weights(0.1, channels), ops.mul(mean, scale));
        at = ops.add(ops.mul(at, scale), offset);
        return this;
    }

    public NetworkWriter maxPool3d() {
        return pool("MaxPool", new Window(2, 2, 1, "VALID"));
    }

    /**
     * What a convolution or a pooling looks at along each axis of space.
     *
     * @param padding SAME or VALID
     */
    public record Window(int extent, int step, int dilation, String padding) {}

    private int spatial() {
        return shape.length - 2;
    }

    private AttrValue along(int value) {
        long[] all = new long[shape.length];
        Arrays.fill(all, value);
        all[0] = 1;
        all[all.length - 1] = 1;
        return Ops.list(all);
    }

    /** A convolution in 2-D or 3-D without bias. */
    public NetworkWriter convolution(Window window, int filters) {
        long[] extents = new long[shape.length];
        Arrays.fill(extents, window.extent());
        extents[shape.length - 2] = channels;
        extents[shape.length - 1] = filters;
        double taps = Math.pow(window.extent(), spatial());
        at =
                ops.emit(
                        "Conv" + spatial() + "D",
                        List.of(at, weights(Math.sqrt(2 / (taps * channels)), extents)),
                        "strides",
                        along(window.step()),
                        "dilations",
                        along(window.dilation()),
                        "padding",
                        window.padding());
        channels = filters;
        return this;
    }

    /**
     * A pooling in 2-D or 3-D.
     *
     * @param kind MaxPool or AvgPool
     */
    public NetworkWriter pool(String kind, Window window) {
        at =
                ops.emit(
                        kind + (spatial() == 3 ? "3D" : ""),
                        List.of(at),
                        "ksize",
                        along(window.extent()),
                        "strides",
                        along(window.step()),
                        "padding",
                        window.padding());
        return this;
    }

    /** Zeros around the image, so many on each side. */
    public NetworkWriter pad(int before, int after) {
        at = ops.emit("Pad", at, pads(before, after));
        return this;
    }

    /** As frameworks that pad maxima by hand do. */
    public NetworkWriter pad(int before, int after, float value) {
        at = ops.emit("PadV2", at, pads(before, after), ops.scalar(value, at));
        return this;
    }

    private Output pads(int before, int after) {
        int[] pads = new int[2 * shape.length];
        for (int a = 1; a <= spatial(); a++) {
            pads[2 * a] = before;
            pads[2 * a + 1] = after;
        }
        return ops.constant(
                DataType.DT_INT32,
                pads.length * Integer.BYTES,
                buffer -> buffer.asIntBuffer().put(pads),
                shape.length,
                2);
    }

    /** Two branches from here, which are added. */
    public NetworkWriter sum(UnaryOperator<NetworkWriter> a, UnaryOperator<NetworkWriter> b) {
        Output start = at;
        int before = channels;
        Output first = a.apply(this).at;
        at = start;
        channels = before;
        at = ops.add(first, b.apply(this).at);
        return this;
    }

    /** Two branches from here, whose channels stand one after the other. */
    public NetworkWriter concat(UnaryOperator<NetworkWriter> a, UnaryOperator<NetworkWriter> b) {
        Output start = at;
        int before = channels;
        Output first = a.apply(this).at;
        int of = channels;
        at = start;
        channels = before;
        Output second = b.apply(this).at;
        at = ops.emit("ConcatV2", first, second, ops.scalar(shape.length - 1));
        channels += of;
        return this;
    }

    /** Adds a variable, which makes the model need its variables folder. */
    public NetworkWriter variable() {
        at = ops.add(at, variable("offset", channels));
        return this;
    }

    /** A dense layer of which the checkpoint holds the random weights; one in a network. */
    public NetworkWriter storedDense(int units, Path folder) throws IOException {
        double deviation = Math.sqrt(3.0 / channels);
        CheckpointWriter.write(folder.resolve("variables"), "kernel", deviation, channels, units);
        at = ops.emit("MatMul", at, variable("kernel", channels, units));
        channels = units;
        return this;
    }

    private Output variable(String name, int... extents) {
        Output handle =
                ops.emit(
                        "VarHandleOp",
                        List.of(),
                        "dtype",
                        DataType.DT_FLOAT,
                        "shape",
                        AttrValue.newBuilder().setShape(proto(extents)).build(),
                        "shared_name",
                        name);
        Output prefix = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_STRING);
        AttrValue types =
                AttrValue.newBuilder()
                        .setList(AttrValue.ListValue.newBuilder().addType(DataType.DT_FLOAT))
                        .build();
        Output value =
                ops.emit("RestoreV2", List.of(prefix, text(name), text("")), "dtypes", types);
        // AssignVariableOp has no output, so it is named by its node.
        Output assign =
                ops.emit("AssignVariableOp", List.of(handle, value), "dtype", DataType.DT_FLOAT);
        saver =
                SaverDef.newBuilder()
                        .setFilenameTensorName(prefix.toString())
                        .setSaveTensorName(prefix.toString())
                        .setRestoreOpName(assign.node())
                        .build();
        return ops.emit("ReadVariableOp", List.of(handle), "dtype", DataType.DT_FLOAT);
    }

    private Output text(String value) {
        TensorProto tensor =
                TensorProto.newBuilder()
                        .setDtype(DataType.DT_STRING)
                        .setTensorShape(proto(1))
                        .addStringVal(ByteString.copyFromUtf8(value))
                        .build();
        return ops.emit(
                "Const",
                List.of(),
                "dtype",
                DataType.DT_STRING,
                "value",
                AttrValue.newBuilder().setTensor(tensor).build());
    }

    /** What a network does at one place: a layer of ops. */
    @FunctionalInterface
    public interface LayerOps {
        Output apply(Ops g, Output x);
    }

    /**
     * @param width number of channels of the result
     */
    public NetworkWriter layer(int width, LayerOps layer) {
        at = layer.apply(ops, at);
        channels = width;
        return this;
    }

    /** Random weights. */
    Output weights(long... extents) {
        long fan = 1;
        for (int i = 0; i < extents.length - 1; i++) {
            fan *= extents[i];
        }
        return weights(Math.sqrt(1.0 / fan), extents);
    }

    /** Any op with one input. */
    public NetworkWriter op(String name) {
        at = ops.emit(name, at);
        return this;
    }

    public NetworkWriter globalMean() {
        int spatial = shape.length - 2;
        int[] axes = new int[spatial];
        for (int i = 0; i < spatial; i++) {
            axes[i] = i + 1;
        }
        at = ops.emit("Mean", at, ops.vector(axes));
        return this;
    }

    public NetworkWriter flatten() {
        int length = 1;
        for (int i = 1; i < shape.length; i++) {
            length *= shape[i];
        }
        channels = length;
        at = ops.reshape(at, ops.vector(-1, length));
        return this;
    }

    public NetworkWriter dense(int units) {
        at = ops.emit("MatMul", at, weights(1 / Math.sqrt(channels), channels, units));
        at = ops.emit("BiasAdd", at, weights(0.1, units));
        channels = units;
        return this;
    }

    /** A dense layer of given weights, input by unit, and no bias. */
    public NetworkWriter dense(float[] weights, int units) {
        at = ops.emit("MatMul", at, constant(weights, channels, units));
        channels = units;
        return this;
    }

    /**
     * A 3×3×3 convolution of given weights, SAME padding.
     *
     * @param kernel z, y, x, channel, filter
     */
    public NetworkWriter conv3d(float[] kernel, float[] bias) {
        Output weights = constant(kernel, 3, 3, 3, channels, bias.length);
        at =
                ops.emit(
                        "Conv3D",
                        List.of(at, weights),
                        "strides",
                        Ops.list(1, 1, 1, 1, 1),
                        "padding",
                        "SAME");
        at = ops.emit("BiasAdd", at, constant(bias, bias.length));
        channels = bias.length;
        return this;
    }

    /** The sum over a volume with a weight for each place, x fastest. */
    public NetworkWriter weightedSum(float[] weights) {
        Output places = constant(weights, 1, shape[1], shape[2], shape[3], 1);
        at = ops.emit("Sum", ops.emit("Mul", at, places), ops.vector(1, 2, 3));
        return this;
    }

    /** Writes the network so far, whose output has the extents of its input; returns the folder. */
    public Path writeMap(Path folder) throws IOException {
        int[] map = shape.clone();
        map[map.length - 1] = channels;
        return write(folder, map);
    }

    /** Writes the network so far; returns the folder. */
    public Path write(Path folder) throws IOException {
        return write(folder, -1, channels);
    }

    private Path write(Path folder, int... output) throws IOException {
        SignatureDef signature =
                SignatureDef.newBuilder()
                        .putInputs("image", info(input, shape))
                        .putOutputs("scores", info(at, output))
                        .setMethodName("tensorflow/serving/predict")
                        .build();
        MetaGraphDef meta =
                MetaGraphDef.newBuilder()
                        .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("serve"))
                        .setGraphDef(graph.toProto())
                        .setSaverDef(saver)
                        .putSignatureDef("serving_default", signature)
                        .build();
        Files.createDirectories(folder);
        try (OutputStream out = Files.newOutputStream(folder.resolve("saved_model.pb"))) {
            SavedModel.newBuilder()
                    .setSavedModelSchemaVersion(1)
                    .addMetaGraphs(meta)
                    .build()
                    .writeTo(out);
        }
        return folder;
    }

    private TensorInfo info(Output tensor, int... shape) {
        return TensorInfo.newBuilder()
                .setName(tensor.toString())
                .setDtype(DataType.DT_FLOAT)
                .setTensorShape(proto(shape))
                .build();
    }
}

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
import ai.djl.repository.zoo.ZooModel;
import ai.djl.tensorflow.engine.TfSymbolBlock;
import ai.djl.training.ParameterStore;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.graph.AugmentedModel;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelSpec;

/** One loaded SavedModel; each signature is a block over the same session and variables. */
final class TensorFlowClassifier implements Classifier, Classifier.Gradients {

    private static final Pattern UNSET_VARIABLE =
            Pattern.compile("Could not find variable ([^ ]+)\\.");

    private final ModelSpec spec;
    private final ZooModel<NDList, NDList> model;
    private final Optional<String> gradientProblem;
    private final Block score;
    private final Block differentiate;
    private ByteBuffer transfer = ByteBuffer.allocateDirect(0);

    TensorFlowClassifier(
            ModelSpec spec, ZooModel<NDList, NDList> model, Optional<String> gradientProblem) {
        this.spec = spec;
        this.model = model;
        this.gradientProblem = gradientProblem;
        TfSymbolBlock block = (TfSymbolBlock) model.getBlock();
        this.score = block;
        this.differentiate =
                gradientProblem.isPresent()
                        ? null
                        : new TfSymbolBlock(
                                block.getSavedModelBundle(), AugmentedModel.DIFFERENTIATE);
    }

    @Override
    public ModelSpec spec() {
        return spec;
    }

    @Override
    public Optional<Gradients> gradients() {
        return gradientProblem.isPresent() ? Optional.empty() : Optional.of(this);
    }

    @Override
    public Optional<String> whyNoGradients() {
        return gradientProblem;
    }

    @Override
    public float[][] logits(Tensor batch) {
        try (NDManager scope = scope()) {
            NDList out = run(score, scope, new NDList(array(scope, batch, AugmentedModel.INPUT)));
            return rows(floats(out.head()), batch.size('b'));
        }
    }

    @Override
    public Result gradient(Tensor batch, float[][] cotangents) {
        try (NDManager scope = scope()) {
            // DJL wants the inputs in the order of their names.
            NDArray cotangent = scope.create(cotangents);
            cotangent.setName(AugmentedModel.COTANGENT);
            NDList in = new NDList(cotangent, array(scope, batch, AugmentedModel.INPUT));
            NDList out = run(differentiate, scope, in);
            float[] gradient = floats(out.get(AugmentedModel.GRADIENT));
            return new Result(
                    rows(floats(out.get(AugmentedModel.LOGITS)), batch.size('b')),
                    new Tensor(batch.axes(), batch.shape(), gradient));
        }
    }

    private static NDManager scope() {
        return NDManager.newBaseManager(Device.cpu(), "TensorFlow");
    }

    private NDList run(Block block, NDManager scope, NDList in) {
        try {
            return block.forward(new ParameterStore(scope, false), in, false);
        } catch (RuntimeException e) {
            throw explain(e, in);
        }
    }

    private ModelException explain(RuntimeException cause, NDList in) {
        String detail = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        // Keras 3 models written by tf.saved_model.save restore other variables than they read.
        Matcher unset = UNSET_VARIABLE.matcher(detail);
        return new ModelException(
                unset.find()
                        ? "Model '"
                                + spec.name()
                                + "' does not restore its weights (variable "
                                + unset.group(1)
                                + "): export it again, in Keras 3 with model.export(folder)."
                        : "Model '"
                                + spec.name()
                                + "' failed on an input of shape "
                                + in.get(in.size() - 1).getShape()
                                + ": "
                                + detail,
                cause);
    }

    private NDArray array(NDManager scope, Tensor tensor, String name) {
        int bytes = Math.multiplyExact(tensor.length(), Float.BYTES);
        if (transfer.capacity() < bytes) {
            transfer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
        transfer.clear().limit(bytes);
        transfer.asFloatBuffer().put(tensor.data());
        long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
        NDArray array = scope.create(transfer, new Shape(shape), DataType.FLOAT32);
        array.setName(name);
        return array;
    }

    private static float[] floats(NDArray array) {
        ByteBuffer bytes = array.toByteBuffer();
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
        return values;
    }

    private static float[][] rows(float[] values, int count) {
        int width = values.length / count;
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
        }
        return rows;
    }

    @Override
    public void close() {
        model.close();
    }
}

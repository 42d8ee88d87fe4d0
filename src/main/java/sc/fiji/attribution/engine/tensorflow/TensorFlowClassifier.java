/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.tensorflow.engine.TfSymbolBlock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.tensorflow.proto.GraphDef;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.graph.AugmentedModel;
import sc.fiji.attribution.graph.layer.InputEvidence;
import sc.fiji.attribution.graph.rewrite.Alteration;
import sc.fiji.attribution.model.BackwardPasses;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.SeenValues;
import sc.fiji.attribution.model.Structure;
import sc.fiji.attribution.model.Tuning;

/** One loaded SavedModel; each signature is a block over the same session and variables. */
final class TensorFlowClassifier implements Classifier, Classifier.Gradients {

    private static final List<String> SCORES = List.of(Pass.LOGITS);

    private final ModelSpec spec;
    private final ZooModel<NDList, NDList> model;
    private final Optional<String> gradientProblem;
    private final Map<String, String> facts;
    private final Calls calls;
    private final Block score;
    private final Block differentiate;
    private final InputEvidence evidence;
    private final Block values;
    private final TensorFlowLayers layers;
    private final StoredWeights weights;
    private final ImageExtents extents;
    private final Tuning tuning = new Tuning();

    /**
     * @param augmented what was loaded
     * @param facts what is known of the file, for people
     * @param again opens the same model, altered
     */
    TensorFlowClassifier(
            ModelSpec spec,
            ZooModel<NDList, NDList> model,
            AugmentedModel augmented,
            Map<String, String> facts,
            Function<Alteration, Classifier> again) {
        this.spec = spec;
        this.model = model;
        this.gradientProblem = augmented.gradientProblem();
        this.facts = facts;
        TfSymbolBlock block = (TfSymbolBlock) model.getBlock();
        this.calls =
                new Calls(
                        spec.name(),
                        spec.axes().has('b') ? spec.size('b') : -1,
                        new LiveGraph(block)::endCalls);
        this.score = block;
        this.differentiate =
                gradientProblem.isPresent()
                        ? null
                        : new TfSymbolBlock(
                                block.getSavedModelBundle(), AugmentedModel.DIFFERENTIATE);
        this.evidence = augmented.input().evidence();
        this.values =
                evidence.isEmpty()
                        ? null
                        : new TfSymbolBlock(block.getSavedModelBundle(), AugmentedModel.SEEN);
        GraphDef loaded = augmented.savedModel().getMetaGraphs(0).getGraphDef();
        this.extents = new ImageExtents(augmented.network(), loaded.getLibrary(), spec.name());
        this.layers =
                new TensorFlowLayers(
                        augmented.network(),
                        new LiveGraph(block),
                        calls,
                        extents,
                        spec,
                        augmented.head().classes() > 0
                                ? augmented.head().classes()
                                : spec.head().cotangent(new float[spec.classes()]).length);
        this.weights = new StoredWeights(augmented.weighted(), again);
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

    /** Nothing of networks that take several images at once: they would be looked at together. */
    @Override
    public Optional<SeenValues> seen(Tensor image) {
        if (evidence.isEmpty() || spec.size('b') > 1) {
            return Optional.empty();
        }
        extents.require(image, SCORES);
        Map<String, Calls.Values> out =
                calls.run(values, new TreeMap<>(Map.of(AugmentedModel.INPUT, image)));
        return Optional.of(
                new SeenValues(
                        evidence.scaling()
                                .map(
                                        found -> {
                                            float[] of = out.get(InputEvidence.SCALED).data();
                                            return new SeenValues.Scaled(
                                                    found.multiplies(),
                                                    found.shifts(),
                                                    of[0],
                                                    of[1],
                                                    of[2]);
                                        }),
                        evidence.normalisation()
                                .map(
                                        found ->
                                                new SeenValues.Normalised(
                                                        out.get(InputEvidence.MEAN).data(),
                                                        out.get(InputEvidence.VARIANCE).data(),
                                                        out.get(InputEvidence.TRAINED_MEAN).data(),
                                                        out.get(InputEvidence.TRAINED_VARIANCE)
                                                                .data()))));
    }

    @Override
    public Tuning tuning() {
        return tuning;
    }

    @Override
    public Map<String, String> facts() {
        return facts;
    }

    @Override
    public Optional<Layers> layers() {
        return Optional.of(layers);
    }

    @Override
    public Optional<Weights> weights() {
        return weights.layers().isEmpty() ? Optional.empty() : Optional.of(weights);
    }

    @Override
    public Optional<BackwardPasses> backward() {
        return Optional.of(layers);
    }

    @Override
    public Optional<Structure> structure() {
        return Optional.of(layers);
    }

    @Override
    public float[][] logits(Tensor batch) {
        extents.require(batch, SCORES);
        TreeMap<String, Tensor> feeds = new TreeMap<>(Map.of(AugmentedModel.INPUT, batch));
        return calls.run(score, feeds).get(AugmentedModel.LOGITS).rows();
    }

    @Override
    public Result gradient(Tensor batch, float[][] cotangents) {
        extents.require(batch, SCORES);
        TreeMap<String, Tensor> feeds = new TreeMap<>(Map.of(AugmentedModel.INPUT, batch));
        feeds.put(AugmentedModel.COTANGENT, Tensor.rows(Axes.ROWS, cotangents));
        Map<String, Calls.Values> out = calls.run(differentiate, feeds);
        return new Result(
                out.get(AugmentedModel.LOGITS).rows(),
                new Tensor(batch.axes(), batch.shape(), out.get(AugmentedModel.GRADIENT).data()));
    }

    @Override
    public Optional<Result> ofPredicted(Tensor batch) {
        float[][] choose = new float[batch.size('b')][layers.choosesPredicted()];
        Arrays.stream(choose).forEach(row -> Arrays.fill(row, Float.NaN));
        return Optional.of(gradient(batch, choose));
    }

    @Override
    public boolean usable() {
        return calls.usable();
    }

    @Override
    public void close() {
        calls.close(model::close);
    }
}

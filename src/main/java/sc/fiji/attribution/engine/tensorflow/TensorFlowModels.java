/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.kohsuke.MetaInfServices;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.graph.AugmentedModel;
import sc.fiji.attribution.graph.PoolingProbe;
import sc.fiji.attribution.graph.Request;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Engine;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.description.ModelDescription;

/** Opens TensorFlow SavedModels as {@link Classifier}s. */
@MetaInfServices(Engine.class)
public final class TensorFlowModels implements Engine {

    @Override
    public String name() {
        return "TensorFlow";
    }

    @Override
    public List<String> weightFormats() {
        return List.of("tensorflow_saved_model_bundle");
    }

    @Override
    public Optional<String> whyNot(Path path) {
        return AugmentedModel.whyNot(path);
    }

    /**
     * Loads a SavedModel once, with the signatures for gradients added. Nothing is downloaded, and
     * the folder is not written to.
     *
     * @param folder holds {@code saved_model.pb}, {@code variables} and perhaps {@code labels.txt}
     *     with one class name per line
     */
    @Override
    public Classifier open(Path folder, ModelOptions options) {
        AugmentedModel augmented =
                AugmentedModel.read(
                        folder,
                        new Request(
                                options.signature(),
                                options.scores(),
                                options.feed(),
                                options.constants(),
                                options.trust(),
                                Probed::isMaxPool3DGradExact));
        ModelSpec spec = describe(folder, augmented, options);
        TensorFlowNatives.prepare();
        ZooModel<NDList, NDList> model = load(folder, augmented.savedModel());
        return new TensorFlowClassifier(spec, model, augmented);
    }

    private static ModelSpec describe(Path folder, AugmentedModel augmented, ModelOptions options) {
        int rank = augmented.input().length;
        if (rank == 0 && options.axes().isEmpty()) {
            throw new ModelException(
                    "Model '"
                            + folder
                            + "' does not say what its input axes are: name them (axes=bzyxc).");
        }
        Axes axes = axes(options.axes(), rank, augmented.channelsFirst());
        int[] shape = augmented.input();
        if (rank == 0) {
            shape = new int[axes.rank()];
            Arrays.fill(shape, -1);
        } else if (axes.rank() != rank) {
            throw new OptionException(
                    "axes="
                            + axes
                            + " names "
                            + axes.rank()
                            + " axes, but the input of model '"
                            + folder
                            + "' has the shape "
                            + Arrays.toString(shape)
                            + ".");
        }
        Head head = head(augmented);
        List<String> labels = labels(folder, options, classes(folder, augmented, head, options));
        return new ModelSpec(
                folder.toAbsolutePath().normalize().getFileName().toString(),
                ModelDigest.sha256(folder),
                axes,
                shape,
                head,
                labels,
                ModelDescription.NONE.withWarnings(augmented.warnings()),
                options);
    }

    private static Axes axes(String wanted, int rank, boolean channelsFirst) {
        if (!wanted.isEmpty()) {
            try {
                return new Axes(wanted);
            } catch (IllegalArgumentException e) {
                throw new OptionException(e.getMessage());
            }
        }
        return channelsFirst ? Axes.channelsFirst(rank - 2) : Axes.channelsLast(rank - 2);
    }

    private static Head head(AugmentedModel augmented) {
        return switch (augmented.closing()) {
            case "Softmax" -> Head.SOFTMAX;
            case "Sigmoid" -> augmented.classes() == 1 ? Head.BINARY_SIGMOID : Head.SIGMOID;
            case "Probability" -> augmented.classes() == 1 ? Head.BINARY_LOG_ODDS : Head.LOG_ODDS;
            default -> augmented.classes() == 1 ? Head.BINARY_SIGMOID : Head.LINEAR;
        };
    }

    private static int classes(
            Path folder, AugmentedModel augmented, Head head, ModelOptions options) {
        if (augmented.classes() > 0) {
            return head.classes(augmented.classes());
        }
        if (options.labels().isEmpty()) {
            throw new ModelException(
                    "Model '"
                            + folder
                            + "' does not say how many classes it has: name them"
                            + " (labels=healthy,lesions).");
        }
        return options.labels().size();
    }

    private static List<String> labels(Path folder, ModelOptions options, int classes) {
        List<String> labels = new ArrayList<>(options.labels());
        Path file = folder.resolve("labels.txt");
        String source = "labels=" + String.join(",", labels);
        if (labels.isEmpty() && Files.isRegularFile(file)) {
            source = "'" + file + "'";
            try (Stream<String> lines = Files.lines(file)) {
                lines.map(String::strip).filter(line -> !line.isEmpty()).forEach(labels::add);
            } catch (IOException | java.io.UncheckedIOException e) {
                throw new ModelException(
                        source + " cannot be read: expected one class name per line, in UTF-8.", e);
            }
        }
        if (labels.isEmpty()) {
            for (int i = 0; i < classes; i++) {
                labels.add("class " + i);
            }
        }
        if (labels.size() != classes) {
            throw new OptionException(
                    source
                            + " names "
                            + labels.size()
                            + " classes, but the model has "
                            + classes
                            + ".");
        }
        return labels;
    }

    /** Tried once in each process. */
    private static final class Probed {

        private static final boolean EXACT = probe();

        static boolean isMaxPool3DGradExact() {
            return EXACT;
        }

        private static boolean probe() {
            TensorFlowNatives.prepare();
            try (ZooModel<NDList, NDList> model =
                    load(Path.of("MaxPool3DGrad"), PoolingProbe.savedModel())) {
                float[] gradient =
                        new Calls("MaxPool3DGrad", -1)
                                .run(model.getBlock(), new TreeMap<>(PoolingProbe.feeds()))
                                .get(AugmentedModel.GRADIENT)
                                .data();
                return PoolingProbe.isExact(gradient);
            }
        }
    }

    private static ZooModel<NDList, NDList> load(Path folder, SavedModel savedModel) {
        try (TemporaryModel temporary = TemporaryModel.write(savedModel, folder)) {
            return Criteria.builder()
                    .setTypes(NDList.class, NDList.class)
                    .optEngine("TensorFlow")
                    .optModelPath(temporary.folder())
                    .optModelName("saved_model.pb")
                    .optOption("SignatureDefKey", AugmentedModel.SCORE)
                    .build()
                    .loadModel();
        } catch (IOException | ModelNotFoundException | MalformedModelException e) {
            throw failed(folder, e);
        } catch (RuntimeException e) {
            if (e instanceof ModelException) {
                throw e;
            }
            throw failed(folder, e);
        }
    }

    private static ModelException failed(Path folder, Exception cause) {
        String detail = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return new ModelException(
                "TensorFlow cannot load model '"
                        + folder
                        + "': "
                        + detail
                        + ". Its files may be incomplete: copy the whole model folder, or export it"
                        + " again.",
                cause);
    }
}

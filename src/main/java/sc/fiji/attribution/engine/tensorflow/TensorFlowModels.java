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
import ai.djl.tensorflow.engine.TfSymbolBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.kohsuke.MetaInfServices;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.machine.Disk;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.graph.AugmentedModel;
import sc.fiji.attribution.graph.MapLayout;
import sc.fiji.attribution.graph.PoolingProbe;
import sc.fiji.attribution.graph.Request;
import sc.fiji.attribution.graph.rewrite.Alteration;
import sc.fiji.attribution.graph.savedmodel.ClassHead;
import sc.fiji.attribution.importer.FrontEnd;
import sc.fiji.attribution.importer.FrontEnds;
import sc.fiji.attribution.importer.Imported;
import sc.fiji.attribution.importer.StoredConstants;
import sc.fiji.attribution.importer.WeightStore;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Engine;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.archive.TemporaryFolder;
import sc.fiji.attribution.model.description.ModelDescription;

/** Opens what a front end reads, SavedModels above all, as {@link Classifier}s. */
@MetaInfServices(Engine.class)
public final class TensorFlowModels implements Engine {

    @Override
    public String name() {
        return "TensorFlow";
    }

    @Override
    public List<String> weightFormats() {
        return FrontEnds.weightFormats();
    }

    /** Signatures and outputs by name, a layer to start from, and what a graph may do. */
    @Override
    public Set<String> reads() {
        return Set.of("signature", "scores", "feed", "constants", "inputs", "trust", "head");
    }

    @Override
    public Optional<String> whyNot(Path path) {
        return FrontEnds.whyNot(path);
    }

    /**
     * Reads a model by the front end of its format and loads it once, with the signatures for
     * gradients added. Nothing is downloaded, and nothing is written to the model's folder.
     *
     * @param path a file or folder that a front end takes; {@code labels.txt} in the folder, or
     *     beside the file, may hold one class name per line
     */
    @Override
    public Classifier open(Path path, ModelOptions options) {
        return open(path, options, Optional.empty());
    }

    /**
     * @param image extents of the image that the network is read for; none where any will do
     */
    private static Classifier open(
            Path path, ModelOptions options, Optional<Alteration> altered, int... image) {
        FrontEnd frontEnd = FrontEnds.of(path);
        Path location = frontEnd.location(path);
        try (TemporaryFolder temporary = TemporaryFolder.create();
                TemporaryFolder constants = TemporaryFolder.create();
                WeightStore weights = new WeightStore(temporary.path())) {
            Imported imported = frontEnd.read(path, weights, wanted(options, image));
            AugmentedModel augmented = augment(location, imported, options, altered);
            String digest = ModelDigest.sha256(frontEnd.files(path));
            ModelSpec spec = describe(location, digest, imported, augmented, options);
            TensorFlowNatives.prepare();
            StoredConstants stored =
                    StoredConstants.of(
                            augmented.savedModel(),
                            augmented.checkpoint(),
                            constants.path(),
                            String.valueOf(location.getFileName()));
            ZooModel<NDList, NDList> model =
                    load(location, stored.savedModel(), stored.checkpoint());
            requireMemory(model, stored.savedModel(), spec.name());
            Map<String, String> facts = new LinkedHashMap<>(imported.facts());
            facts.putAll(augmented.remarks().facts());
            Classifier opened =
                    new TensorFlowClassifier(
                            spec,
                            model,
                            augmented,
                            facts,
                            order -> open(path, options, Optional.of(order), image));
            return imported.perSize() && image.length == 0
                    ? PerSize.of(opened, shape -> open(path, options, altered, shape))
                    : opened;
        }
    }

    /** As many axes as the user says, where no image tells. */
    private static int[] wanted(ModelOptions options, int... image) {
        int[] open = new int[image.length > 0 ? 0 : options.axes().length()];
        Arrays.fill(open, -1);
        return image.length > 0 ? image : open;
    }

    private static void requireMemory(
            ZooModel<NDList, NDList> model, SavedModel loaded, String name) {
        try {
            new LiveGraph((TfSymbolBlock) model.getBlock())
                    .requireMemory(loaded.getMetaGraphs(0).getGraphDef().getNodeList(), name);
        } catch (ModelException e) {
            model.close();
            throw e;
        }
    }

    private static AugmentedModel augment(
            Path path, Imported imported, ModelOptions options, Optional<Alteration> altered) {
        return AugmentedModel.of(
                imported.graph(),
                imported.variables(),
                imported.channelsFirst(),
                new Request(
                        options.signature(),
                        new ClassHead.Wanted(
                                options.scores(),
                                options.head() == HeadKind.REGRESSION,
                                options.head() == HeadKind.MAP),
                        options.feed(),
                        options.constants(),
                        options.inputs(),
                        options.trust(),
                        Probed::hasOneDnn,
                        altered),
                String.valueOf(path.getFileName()));
    }

    private static ModelSpec describe(
            Path folder,
            String digest,
            Imported imported,
            AugmentedModel augmented,
            ModelOptions options) {
        AugmentedModel.Input input = augmented.input();
        int rank = input.shape().length;
        if (rank == 0 && options.axes().isEmpty()) {
            throw new ModelException(
                    "Model '"
                            + folder
                            + "' does not say what its input axes are: name them (axes=bzyxc).");
        }
        Axes axes = axes(options.axes(), rank, input.channelsFirst());
        int[] shape = input.shape();
        if (rank == 0) {
            shape = new int[axes.rank()];
            Arrays.fill(shape, -1);
        } else if (axes.rank() != rank) {
            throw new OptionException(
                    "axes",
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
        ScoreHead head = ScoreHead.of(folder, augmented, imported, options);
        List<String> warnings = new ArrayList<>(imported.warnings());
        warnings.addAll(augmented.remarks().warnings());
        warnings.addAll(head.warnings());
        return new ModelSpec(
                folder.toAbsolutePath().normalize().getFileName().toString(),
                digest,
                axes,
                shape,
                head.head(),
                head.labels(),
                ModelDescription.NONE.withWarnings(warnings),
                options,
                augmented.head().map().map(layout -> map(folder, axes, layout)),
                input.parts());
    }

    /** The axes of space of a map are those of the image. */
    private static Layer map(Path model, Axes image, MapLayout layout) {
        String space = image.spatial();
        int channels = layout.channels();
        if (layout.shape().length != space.length() + (channels < 0 ? 1 : 2)) {
            throw new ModelException(
                    "Model '"
                            + model
                            + "' puts out scores of the shape "
                            + Arrays.toString(layout.shape())
                            + ", which have no place in an image of axes "
                            + image
                            + ": name another output (scores=…).");
        }
        String order =
                channels < 0 ? "b" + space : channels == 1 ? "bc" + space : "b" + space + "c";
        return new Layer(Pass.SCORES, new Axes(order), layout.shape(), List.of(), false);
    }

    private static Axes axes(String wanted, int rank, boolean channelsFirst) {
        if (!wanted.isEmpty()) {
            try {
                return new Axes(wanted);
            } catch (IllegalArgumentException e) {
                throw new OptionException("axes", e.getMessage());
            }
        }
        return channelsFirst ? Axes.channelsFirst(rank - 2) : Axes.channelsLast(rank - 2);
    }

    /** Tried once in each process; a failure is no answer, and the next model tries again. */
    private static final class Probed {

        private static Boolean exact;

        static synchronized boolean hasOneDnn() {
            if (exact == null) {
                exact = probe();
            }
            return exact;
        }

        private static boolean probe() {
            TensorFlowNatives.prepare();
            try (ZooModel<NDList, NDList> model =
                    load(Path.of("MaxPool3DGrad"), PoolingProbe.savedModel(), List.of())) {
                float[] gradient =
                        new Calls("MaxPool3DGrad", -1, () -> {})
                                .run(model.getBlock(), new TreeMap<>(PoolingProbe.feeds()))
                                .get(AugmentedModel.GRADIENT)
                                .data();
                return PoolingProbe.isExact(gradient);
            }
        }
    }

    private static ZooModel<NDList, NDList> load(
            Path folder, SavedModel savedModel, List<Path> checkpoint) {
        try (TemporaryModel temporary = write(savedModel, checkpoint)) {
            try {
                Criteria.Builder<NDList, NDList> criteria =
                        Criteria.builder()
                                .setTypes(NDList.class, NDList.class)
                                .optEngine("TensorFlow")
                                .optModelPath(temporary.folder())
                                .optModelName("saved_model.pb")
                                .optOption("SignatureDefKey", AugmentedModel.SCORE);
                SessionSettings.encoded(savedModel.getMetaGraphs(0).getGraphDef())
                        .ifPresent(config -> criteria.optOption("ConfigProto", config));
                return criteria.build().loadModel();
            } catch (IOException
                    | ModelNotFoundException
                    | MalformedModelException
                    | RuntimeException
                    | LinkageError e) {
                String detail =
                        NativeMessage.of(e)
                                .replace(temporary.folder().toString(), folder.toString());
                throw new ModelException(
                        "TensorFlow cannot load model '" + folder + "': " + detail + ".", e);
            }
        }
    }

    private static TemporaryModel write(SavedModel savedModel, List<Path> checkpoint) {
        try {
            return TemporaryModel.write(savedModel, checkpoint);
        } catch (IOException e) {
            throw Disk.temporary("The graph cannot be written to", e);
        }
    }
}

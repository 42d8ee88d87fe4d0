/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.graph.AugmentedModel;
import sc.fiji.attribution.graph.DoubleTwin;

/**
 * The very graph that the plug-in loads, or its twin in double precision, in a session of
 * TensorFlow's C API, with the model's weights: for figures that the plug-in itself does not give.
 */
public final class ModelSession implements AutoCloseable {

    /** What TensorFlow calls a node in its timeline: {@code name = Op(inputs)}. */
    private static final Pattern OP = Pattern.compile("= (\\w+)\\(");

    private final NativeSession session;
    private final GraphDef graph;
    private final SignatureDef signature;
    private final DataType type;

    private ModelSession(
            NativeSession session, GraphDef graph, SignatureDef signature, DataType type) {
        this.session = session;
        this.graph = graph;
        this.signature = signature;
        this.type = type;
    }

    /**
     * @param folder the SavedModel that was augmented
     * @param augmented it, with the signatures of {@link AugmentedModel}
     * @param type DT_FLOAT, or DT_DOUBLE for the logits alone
     */
    public static ModelSession open(Path folder, SavedModel augmented, DataType type) {
        MetaGraphDef meta = augmented.getMetaGraphs(0);
        String restore = meta.getSaverDef().getRestoreOpName().replaceFirst(":\\d+$", "");
        String file = meta.getSaverDef().getFilenameTensorName().replaceFirst(":\\d+$", "");
        GraphDef.Builder graph = meta.getGraphDef().toBuilder();
        for (int i = 0; i < graph.getNodeCount(); i++) {
            if (graph.getNode(i).getName().equals(file)) {
                graph.setNode(i, text(file, folder.resolve("variables/variables").toString()));
            }
        }
        SignatureDef signature = meta.getSignatureDefOrThrow(AugmentedModel.DIFFERENTIATE);
        GraphDef def = graph.build();
        if (type == DataType.DT_DOUBLE) {
            String logits = signature.getOutputsOrThrow(AugmentedModel.LOGITS).getName();
            def = DoubleTwin.of(def, restore.isEmpty() ? Set.of() : Set.of(restore), logits);
        }
        NativeSession session = NativeSession.of(def);
        if (!restore.isEmpty()) {
            session.run(restore);
        }
        return new ModelSession(session, def, signature, type);
    }

    private static NodeDef text(String name, String value) {
        TensorProto tensor =
                TensorProto.newBuilder()
                        .setDtype(DataType.DT_STRING)
                        .setTensorShape(TensorShapeProto.getDefaultInstance())
                        .addStringVal(ByteString.copyFromUtf8(value))
                        .build();
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("Const")
                .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_STRING).build())
                .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
                .build();
    }

    private String in(String name) {
        return signature.getInputsOrThrow(name).getName();
    }

    private String out(String name) {
        return signature.getOutputsOrThrow(name).getName();
    }

    /** Logits of one image, row-major whatever their shape. */
    double[] logits(int[] shape, double[] image) {
        long[] extents = Arrays.stream(shape).asLongStream().toArray();
        return session.run(
                        Map.of(in(AugmentedModel.INPUT), new Values(type, extents, image)),
                        List.of(out(AugmentedModel.LOGITS)))
                .get(0)
                .data();
    }

    /** Values of the inputs besides the image, as they stand in the graph: node to values. */
    Map<String, Values> constants() {
        Map<String, Values> constants = new LinkedHashMap<>();
        for (NodeDef node : graph.getNodeList()) {
            TensorProto tensor =
                    node.getAttrMap().containsKey("value")
                            ? node.getAttrOrThrow("value").getTensor()
                            : TensorProto.getDefaultInstance();
            if (node.getName().startsWith("attribution_constant/Const")
                    && tensor.getDtype() == DataType.DT_FLOAT) {
                var floats =
                        tensor.getTensorContent()
                                .asReadOnlyByteBuffer()
                                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                                .asFloatBuffer();
                double[] values = new double[floats.remaining()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = floats.get(i);
                }
                long[] shape =
                        tensor.getTensorShape().getDimList().stream()
                                .mapToLong(TensorShapeProto.Dim::getSize)
                                .toArray();
                constants.put(node.getName() + ":0", new Values(DataType.DT_FLOAT, shape, values));
            }
        }
        return constants;
    }

    /** The plug-in's gradient of a weighted sum of logits, with other constants fed. */
    double[] gradient(Tensor x, double[] image, double[] cotangent, Map<String, Values> constants) {
        long[] shape = Arrays.stream(x.shape()).asLongStream().toArray();
        Map<String, Values> feeds = new LinkedHashMap<>(constants);
        feeds.put(in(AugmentedModel.INPUT), new Values(DataType.DT_FLOAT, shape, image));
        feeds.put(
                in(AugmentedModel.COTANGENT),
                new Values(DataType.DT_FLOAT, new long[] {1, cotangent.length}, cotangent));
        return session.run(feeds, List.of(out(AugmentedModel.GRADIENT))).get(0).data();
    }

    /** Feeds of one image of the shape, its values random, and a cotangent for the first logit. */
    public Map<String, Values> noise(int[] shape, int logits) {
        long[] extents = Arrays.stream(shape).asLongStream().toArray();
        double[] image = new Random(0).doubles(Values.count(extents)).toArray();
        double[] cotangent = new double[logits];
        cotangent[0] = 1;
        return Map.of(
                in(AugmentedModel.INPUT),
                new Values(DataType.DT_FLOAT, extents, image),
                in(AugmentedModel.COTANGENT),
                new Values(DataType.DT_FLOAT, new long[] {1, logits}, cotangent));
    }

    private List<String> fetches(boolean backward) {
        return backward
                ? List.of(out(AugmentedModel.LOGITS), out(AugmentedModel.GRADIENT))
                : List.of(out(AugmentedModel.LOGITS));
    }

    private Map<String, Values> needed(Map<String, Values> feeds, boolean backward) {
        String image = in(AugmentedModel.INPUT);
        return backward ? feeds : Map.of(image, feeds.get(image));
    }

    /** Seconds of one pass. */
    public double seconds(Map<String, Values> feeds, boolean backward) {
        return session.seconds(needed(feeds, backward), fetches(backward));
    }

    /** Microseconds of one pass that each type of op took. */
    public Map<String, Long> microseconds(Map<String, Values> feeds, boolean backward) {
        Map<String, Long> times = new TreeMap<>();
        session
                .trace(needed(feeds, backward), fetches(backward))
                .getStepStats()
                .getDevStatsList()
                .stream()
                .flatMap(device -> device.getNodeStatsList().stream())
                .forEach(
                        node -> {
                            Matcher op = OP.matcher(node.getTimelineLabel());
                            long time = node.getOpEndRelMicros() - node.getOpStartRelMicros();
                            times.merge(op.find() ? op.group(1) : "other", time, Long::sum);
                        });
        return times;
    }

    /** TensorFlow's own gradient, where its C interface has one for each op on the way. */
    Optional<double[]> nativeGradient(Tensor x, double[] cotangent) {
        String dy = in(AugmentedModel.COTANGENT);
        String input = in(AugmentedModel.INPUT);
        return session.addGradients(
                        List.of(out(AugmentedModel.LOGITS)), List.of(input), List.of(dy))
                .map(
                        names -> {
                            long[] shape = Arrays.stream(x.shape()).asLongStream().toArray();
                            double[] image = new double[x.length()];
                            for (int i = 0; i < image.length; i++) {
                                image[i] = x.data()[i];
                            }
                            Map<String, Values> feeds =
                                    Map.of(
                                            input,
                                            new Values(DataType.DT_FLOAT, shape, image),
                                            dy,
                                            new Values(
                                                    DataType.DT_FLOAT,
                                                    new long[] {1, cotangent.length},
                                                    cotangent));
                            return session.run(feeds, names).get(0).data();
                        });
    }

    @Override
    public void close() {
        session.close();
    }
}

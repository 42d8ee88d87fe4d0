/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.input;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.savedmodel.Signature;

/**
 * Makes one input of several that are to be explained together: images are its first channels, on
 * their common grid or each in the corner of one that holds them all, and each number of a vector
 * is a channel more, whose mean over space the network takes. So every method explains all inputs
 * at once, and is complete over all of them.
 *
 * @param graph the network with one input; the same where there is nothing to join
 * @param parts of that input, images first; empty where there is nothing to join
 */
public record JoinedInputs(MetaGraphDef graph, List<InputPart> parts) {

    private static final String SCOPE = "attribution_inputs/";
    private static final String DEFAULT = "serving_default";

    /**
     * Joins inputs.
     *
     * @param wanted the signature, or empty
     * @param named the inputs besides the image that is given as such
     * @param constants inputs that are held fixed
     * @param channelsFirst whether images have their channels before space, where that is known
     * @throws ModelException where there is no such input, or it cannot be joined
     */
    public static JoinedInputs of(
            MetaGraphDef graph,
            String wanted,
            List<String> named,
            Set<String> constants,
            Optional<Boolean> channelsFirst,
            String model) {
        Map<String, SignatureDef> all = new LinkedHashMap<>(graph.getSignatureDefMap());
        all.keySet().removeIf(name -> name.startsWith("__saved_model"));
        String chosen =
                !wanted.isEmpty()
                        ? wanted
                        : all.size() == 1 ? all.keySet().iterator().next() : DEFAULT;
        if (named.isEmpty() || !all.containsKey(chosen)) {
            return new JoinedInputs(graph, List.of());
        }
        Joining joining = new Joining(graph, all.get(chosen), model);
        return joining.join(chosen, named, constants, channelsFirst);
    }

    private static final class Joining {

        private final MetaGraphDef original;
        private final SignatureDef signature;
        private final String model;
        private final Graph graph;
        private final Ops ops;
        private final List<InputPart> parts = new ArrayList<>();

        Joining(MetaGraphDef original, SignatureDef signature, String model) {
            this.original = original;
            this.signature = signature;
            this.model = model;
            this.graph = new Graph(original.getGraphDef().getNodeList());
            this.ops = new Ops(graph, SCOPE);
        }

        JoinedInputs join(
                String name,
                List<String> named,
                Set<String> constants,
                Optional<Boolean> channelsFirst) {
            named.forEach(this::requireInput);
            List<String> free = new ArrayList<>(new TreeSet<>(signature.getInputsMap().keySet()));
            free.removeIf(each -> constants.contains(each) || named.contains(each));
            if (free.size() != 1 || rank(free.get(0)) < 4) {
                throw new ModelException(
                        "Model '"
                                + model
                                + "' takes "
                                + Signature.describeTensors(signature.getInputsMap())
                                + ": all but the image that input= names belong into inputs=, or"
                                + " into constants=; left are "
                                + (free.isEmpty() ? "none" : String.join(", ", free))
                                + ".");
            }
            String main = free.get(0);
            boolean first = channelsFirst.orElseGet(this::convolvesChannelsFirst);
            List<String> inputs =
                    Stream.concat(
                                    Stream.of(main),
                                    Stream.concat(
                                            named.stream().filter(each -> rank(each) >= 3),
                                            named.stream().filter(each -> rank(each) < 3)))
                            .toList();
            List<String> images = inputs.stream().filter(each -> rank(each) >= 3).toList();
            JointGrid grid =
                    JointGrid.of(images.stream().map(this::shape).toList(), first)
                            .orElseThrow(this::unlike);
            int channels = 0;
            for (String each : inputs) {
                boolean image = images.contains(each);
                int count = image ? channels(each, first) : numbers(each);
                List<Integer> extents = image ? grid.extents(shape(each)) : List.of();
                parts.add(new InputPart(each, channels, count, image, extents));
                channels += count;
            }
            Output joined = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
            for (InputPart part : parts) {
                redirect(part, joined, grid);
            }
            SignatureDef.Builder changed = signature.toBuilder();
            inputs.forEach(changed::removeInputs);
            changed.putInputs(main, info(main, joined, grid, channels));
            return new JoinedInputs(
                    original.toBuilder()
                            .setGraphDef(
                                    original.getGraphDef().toBuilder()
                                            .clearNode()
                                            .addAllNode(graph.nodes()))
                            .putSignatureDef(name, changed.build())
                            .build(),
                    List.copyOf(parts));
        }

        private TensorInfo input(String name) {
            return signature.getInputsOrThrow(name);
        }

        private TensorShapeProto shape(String name) {
            return input(name).getTensorShape();
        }

        private int rank(String name) {
            return shape(name).getDimCount();
        }

        private long extent(String name, int axis) {
            return shape(name).getDim(axis).getSize();
        }

        private void requireInput(String name) {
            if (!signature.containsInputs(name)) {
                throw new ModelException(
                        "Model '"
                                + model
                                + "' has no input '"
                                + name
                                + "' (inputs="
                                + name
                                + "=…); it takes "
                                + Signature.describeTensors(signature.getInputsMap())
                                + ".");
            }
        }

        /** By the first convolution, wherever it stands. */
        private boolean convolvesChannelsFirst() {
            return Stream.concat(
                            original.getGraphDef().getNodeList().stream(),
                            original.getGraphDef().getLibrary().getFunctionList().stream()
                                    .flatMap(function -> function.getNodeDefList().stream()))
                    .filter(node -> node.getOp().matches("Conv[23]D|DepthwiseConv2dNative"))
                    .findFirst()
                    .map(node -> OpRegistry.attribute(node, "data_format").getS().toStringUtf8())
                    .orElse("")
                    .startsWith("NC");
        }

        private int channels(String name, boolean first) {
            long count = extent(name, first ? 1 : rank(name) - 1);
            if (count < 1) {
                throw unlike();
            }
            return (int) count;
        }

        private ModelException unlike() {
            return new ModelException(
                    "Inputs of model '"
                            + model
                            + "' ("
                            + Signature.describeTensors(signature.getInputsMap())
                            + "): its images neither have the same extents nor say which, nor how"
                            + " many channels they have, and are not explained together; export"
                            + " the model with inputs of fixed extents.");
        }

        private int numbers(String name) {
            long count = rank(name) == 2 ? extent(name, 1) : 1;
            if (count < 1) {
                throw new ModelException(
                        "Input '"
                                + name
                                + "' of model '"
                                + model
                                + "' does not say how many numbers it takes: give it in"
                                + " constants=.");
            }
            return (int) count;
        }

        private void redirect(InputPart part, Output joined, JointGrid grid) {
            int[] begin = new int[grid.rank()];
            int[] size = new int[grid.rank()];
            Arrays.fill(size, -1);
            begin[grid.channels()] = part.first();
            size[grid.channels()] = part.channels();
            for (int i = 0; i < part.extents().size(); i++) {
                size[grid.begin() + i] = part.extents().get(i);
            }
            Output value = ops.emit("Slice", joined, ops.vector(begin), ops.vector(size));
            if (!part.isImage()) {
                int[] space = new int[grid.space().size()];
                Arrays.setAll(space, i -> grid.begin() + i);
                value = ops.emit("Mean", value, ops.vector(space));
                value = rank(part.name()) == 1 ? ops.reshape(value, ops.vector(-1)) : value;
            } else if (grid.lacks(shape(part.name())) > 0) {
                value = ops.reshape(value, ops.vector(flat(part, grid)));
            }
            DataType type = input(part.name()).getDtype();
            boolean whole = !part.isImage() && type != DataType.DT_FLOAT;
            value = ops.cast(whole ? ops.emit("Round", value) : value, type);
            Output placeholder = Output.parse(input(part.name()).getName());
            for (NodeDef reader : new ArrayList<>(graph.nodes())) {
                graph.redirect(reader.getName(), placeholder, value);
            }
        }

        /** The shape of an image that lacks the first axis of the grid's. */
        private int[] flat(InputPart part, JointGrid grid) {
            List<Integer> shape = new ArrayList<>(List.of(-1));
            shape.addAll(
                    part.extents().subList(grid.lacks(shape(part.name())), part.extents().size()));
            shape.add(grid.channels() == 1 ? 1 : shape.size(), part.channels());
            return shape.stream().mapToInt(Integer::intValue).toArray();
        }

        private TensorInfo info(String main, Output joined, JointGrid grid, int channels) {
            return TensorInfo.newBuilder()
                    .setName(joined.toString())
                    .setDtype(DataType.DT_FLOAT)
                    .setTensorShape(grid.shape(shape(main).getDim(0), channels))
                    .build();
        }
    }
}

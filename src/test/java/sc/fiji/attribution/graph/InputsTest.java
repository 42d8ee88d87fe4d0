/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.machine.HalfFloat;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.head.Closing;
import sc.fiji.attribution.graph.input.ConstantInputs;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.rewrite.FloatInput;
import sc.fiji.attribution.graph.savedmodel.Signature;

/** Inputs of any type, and inputs besides the image. */
class InputsTest {

    private static final Values IMAGE =
            Values.of(DataType.DT_FLOAT, new long[] {2, 3}, 1, 2, 3, 4, 5, 6.5);

    private static double[] run(GraphDef graph, Output feed, Output fetch) {
        try (NativeSession session = NativeSession.of(graph)) {
            return session.run(Map.of(feed.toString(), IMAGE), List.of(fetch.toString()))
                    .get(0)
                    .data();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DT_UINT8", "DT_INT16", "DT_UINT16", "DT_INT32", "DT_DOUBLE", "DT_FLOAT"})
    void isFedAsFloats(DataType type) {
        Graph graph = new Graph();
        Ops g = new Ops(graph, "");
        Output image = g.emit("Placeholder", List.of(), "dtype", type);
        Output turned = g.emit("Transpose", image, g.vector(1, 0));
        Output y = g.mul(g.cast(turned, DataType.DT_FLOAT), 2);
        Output input = FloatInput.of(g, image, "m");
        assertEquals(DataType.DT_FLOAT, g.type(input));
        // 6.5 shows that nothing is rounded to integers on the way.
        assertArrayEquals(
                new double[] {2, 8, 4, 10, 6, 13}, run(graph.toProto().build(), input, y), 1e-6);
        Output gradient = new ReverseMode(g, RuleTable.GRADIENT).backward(y, g.onesLike(y), input);
        assertArrayEquals(
                new double[] {2, 2, 2, 2, 2, 2},
                run(graph.toProto().build(), input, gradient),
                1e-6);
    }

    @Test
    void arithmeticOnIntegersIsRefused() {
        Graph graph = new Graph();
        Ops g = new Ops(graph, "");
        Output image = g.emit("Placeholder", List.of(), "dtype", DataType.DT_UINT8);
        g.emit("BitwiseAnd", image, image);
        ModelException e =
                assertThrows(ModelException.class, () -> FloatInput.of(g, image, "strange"));
        assertTrue(e.getMessage().contains("op BitwiseAnd"), e.getMessage());
    }

    /** Image [batch, 3] beside age [batch, 1] and a flag without axes. */
    private static double[] withConstants(Map<String, float[]> constants) {
        Graph graph = new Graph();
        Ops g = new Ops(graph, "");
        Output image = placeholder(g, DataType.DT_FLOAT, -1, 3);
        Output age = placeholder(g, DataType.DT_FLOAT, -1, 1);
        Output flag = placeholder(g, DataType.DT_BOOL);
        Output joined = g.emit("ConcatV2", image, age, g.scalar(1));
        Output y = g.mul(joined, g.cast(flag, DataType.DT_FLOAT));
        Signature signature =
                new Signature(
                        "s",
                        "image",
                        info(image, DataType.DT_FLOAT, -1, 3),
                        Map.of(
                                "age", info(age, DataType.DT_FLOAT, -1, 1),
                                "flag", info(flag, DataType.DT_BOOL)),
                        Map.of());
        GraphDef fixed =
                ConstantInputs.fix(graph.toProto().build(), signature, constants, "strange");
        return run(fixed, image, y);
    }

    @Test
    void constantsAreRepeatedForEachImage() {
        assertArrayEquals(
                new double[] {1, 2, 3, 70, 4, 5, 6.5, 70},
                withConstants(Map.of("age", new float[] {70}, "flag", new float[] {1})),
                1e-6);
    }

    @Test
    void constantsThatDoNotFit() {
        refused(Map.of("age", new float[] {70}), "flag []", "constants=flag=0");
        refused(Map.of("age", new float[2], "flag", new float[1]), "'age'", "takes 1", "2 are");
        refused(
                Map.of("age", new float[1], "flag", new float[1], "sex", new float[1]),
                "no input 'sex'");
    }

    private static void refused(Map<String, float[]> constants, String... words) {
        ModelException e = assertThrows(ModelException.class, () -> withConstants(constants));
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e.getMessage());
        }
    }

    private static Output placeholder(Ops g, DataType type, long... extents) {
        AttrValue shape = AttrValue.newBuilder().setShape(shape(extents)).build();
        return g.emit("Placeholder", List.of(), "dtype", type, "shape", shape);
    }

    private static TensorShapeProto shape(long... extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long extent : extents) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(extent));
        }
        return shape.build();
    }

    private static TensorInfo info(Output output, DataType type, long... extents) {
        return TensorInfo.newBuilder()
                .setName(output.toString())
                .setDtype(type)
                .setTensorShape(shape(extents))
                .build();
    }

    /** Some binary classifiers squeeze the class axis away. */
    @Test
    void oneScorePerImageWithoutAClassAxis(@TempDir Path folder) throws IOException {
        new NetworkWriter(-1, 4, 4, 4, 1)
                .conv3d(2)
                .globalMean()
                .dense(1)
                .op("Sigmoid")
                .write(folder);
        Path file = folder.resolve("saved_model.pb");
        SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
        model.getMetaGraphsBuilder(0)
                .getSignatureDefMap()
                .forEach((name, signature) -> squeeze(model, name, signature.toBuilder()));
        Files.write(file, model.build().toByteArray());
        AugmentedModel read = AugmentedModel.read(folder, Request.USUAL);
        assertEquals(1, read.head().classes());
        assertEquals(Closing.SIGMOID, read.head().closing());
    }

    private static void squeeze(
            SavedModel.Builder model, String name, SignatureDef.Builder signature) {
        signature
                .getOutputsMap()
                .forEach(
                        (output, info) ->
                                signature.putOutputs(
                                        output,
                                        info.toBuilder().setTensorShape(shape(-1)).build()));
        model.getMetaGraphsBuilder(0).putSignatureDef(name, signature.build());
    }

    @Test
    void halfPrecisionNumbers() {
        assertEquals(1, HalfFloat.of(0x3c00));
        assertEquals(-2, HalfFloat.of(0xc000));
        assertEquals(65504, HalfFloat.of(0x7bff));
        assertEquals(0x1p-24f, HalfFloat.of(1));
        assertEquals(Float.NEGATIVE_INFINITY, HalfFloat.of(0xfc00));
        assertTrue(Float.isNaN(HalfFloat.of(0x7e00)));
    }
}

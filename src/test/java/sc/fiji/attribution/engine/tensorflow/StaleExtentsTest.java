/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Loops and branches are decided by extents that the exporter wrote beside its nodes. A tool that
 * changed the graph afterwards, or somebody who lies, leaves others there, by which other sides
 * would be taken, and other steps, than TensorFlow takes.
 */
class StaleExtentsTest {

    @TempDir Path folder;

    private static SavedModel.Builder bundled(String name) throws IOException {
        Path file = Resources.bundled("saved").resolve(name).resolve("saved_model.pb");
        return SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    }

    private Path write(String name, SavedModel.Builder model) throws IOException {
        Path variables = Resources.bundled("saved").resolve(name).resolve("variables");
        Files.createDirectories(folder.resolve("variables"));
        for (String file : new String[] {"variables.index", "variables.data-00000-of-00001"}) {
            Files.copy(variables.resolve(file), folder.resolve("variables").resolve(file));
        }
        Files.write(folder.resolve("saved_model.pb"), model.build().toByteArray());
        return folder;
    }

    private static float[] logits(Path model, int... shape) {
        float[] image =
                Npy.readAll(Resources.bundled("saved").resolve("figures.npz"))
                        .get("extents_x")
                        .floats();
        try (Classifier c = Engines.open(model, ModelOptions.NONE)) {
            return c.logits(new Tensor(c.spec().axes(), shape, image))[0];
        }
    }

    /** Every extent of that size is said to be another. */
    private static void lie(NodeDef.Builder node, int from) {
        if (node.containsAttr("_output_shapes")) {
            AttrValue.Builder shapes = node.getAttrOrThrow("_output_shapes").toBuilder();
            shapes.getListBuilder().getShapeBuilderList().stream()
                    .flatMap(shape -> shape.getDimBuilderList().stream())
                    .filter(dim -> dim.getSize() == from)
                    .forEach(dim -> dim.setSize(4));
            node.putAttr("_output_shapes", shapes.build());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extents 8", "steps 9", "gru 5"})
    void contradictionsAreRefused(String which) throws IOException {
        String name = which.split(" ")[0];
        int extent = Integer.parseInt(which.split(" ")[1]);
        SavedModel.Builder model = bundled(name);
        for (FunctionDef.Builder function :
                model.getMetaGraphsBuilder(0)
                        .getGraphDefBuilder()
                        .getLibraryBuilder()
                        .getFunctionBuilderList()) {
            function.getNodeDefBuilderList().forEach(node -> lie(node, extent));
        }
        Path file = write(name, model);
        ModelException e =
                assertThrows(
                        ModelException.class, () -> Engines.open(file, ModelOptions.NONE).close());
        assertTrue(e.getMessage().contains("says other extents of layer '"), e.getMessage());
    }

    /** Images of any size may come: TensorFlow sees on the image that the extents are others. */
    @Test
    void whatAnImageContradictsIsRefused() throws IOException {
        SavedModel.Builder model = bundled("extents");
        MetaGraphDef.Builder meta = model.getMetaGraphsBuilder(0);
        TensorShapeProto.Builder open = TensorShapeProto.newBuilder();
        for (int extent : new int[] {-1, -1, -1, 1}) {
            open.addDimBuilder().setSize(extent);
        }
        for (NodeDef.Builder node : meta.getGraphDefBuilder().getNodeBuilderList()) {
            if (node.getOp().equals("Placeholder")) {
                node.putAttr("shape", AttrValue.newBuilder().setShape(open).build());
            }
        }
        meta.getSignatureDefMap()
                .forEach(
                        (key, signature) -> {
                            var changed = signature.toBuilder();
                            signature
                                    .getInputsMap()
                                    .forEach(
                                            (input, info) ->
                                                    changed.putInputs(
                                                            input,
                                                            info.toBuilder()
                                                                    .setTensorShape(open)
                                                                    .build()));
                            meta.putSignatureDef(key, changed.build());
                        });
        Path file = write("extents", model);
        Npy expected =
                Npy.readAll(Resources.bundled("saved").resolve("figures.npz"))
                        .get("extents_logits");
        assertArrayEquals(expected.floats(), logits(file, 1, 8, 6, 1), 1e-5f);
        ModelException e = assertThrows(ModelException.class, () -> logits(file, 1, 6, 8, 1));
        assertTrue(e.getMessage().contains("says other extents of layer '"), e.getMessage());
    }
}

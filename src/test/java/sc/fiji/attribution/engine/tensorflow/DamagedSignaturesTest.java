/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.Engines;

/**
 * Signatures that do not say what the network takes and gives. Some kernels end the process where
 * they are fed what they did not expect, so these are refused before anything is computed.
 */
class DamagedSignaturesTest {

    @TempDir Path folder;

    private String refusal(Consumer<SignatureDef.Builder> damage) throws IOException {
        Packages.network(folder.resolve("net"), -1, 8, 8, 2);
        Path file = folder.resolve("net").resolve("saved_model.pb");
        SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
        var graph = model.getMetaGraphsBuilder(0);
        graph.getSignatureDefMap()
                .forEach(
                        (name, signature) -> {
                            SignatureDef.Builder changed = signature.toBuilder();
                            damage.accept(changed);
                            graph.putSignatureDef(name, changed.build());
                        });
        Files.write(file, model.build().toByteArray());
        ModelException e =
                assertThrows(
                        ModelException.class,
                        () -> Engines.open(folder.resolve("net"), ModelOptions.NONE).close());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        return e.getMessage();
    }

    private static void input(SignatureDef.Builder signature, int... shape) {
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (int extent : shape) {
            dims.addDimBuilder().setSize(extent);
        }
        signature
                .getInputsMap()
                .forEach(
                        (name, info) ->
                                signature.putInputs(
                                        name, info.toBuilder().setTensorShape(dims).build()));
    }

    @Test
    void anAxisIsMissing() throws IOException {
        String message = refusal(signature -> input(signature, -1, 8, 2));
        assertTrue(message.contains("[-1, 8, 2]"), message);
    }

    @Test
    void anExtentIsAnother() throws IOException {
        String message = refusal(signature -> input(signature, -1, 8, 16, 2));
        assertTrue(message.contains("[-1, 8, 16, 2]"), message);
    }

    @Test
    void moreOutputsThanAnybodyNames() throws IOException {
        String message =
                refusal(
                        signature ->
                                signature
                                        .getOutputsMap()
                                        .forEach(
                                                (name, info) -> {
                                                    var changed = info.toBuilder();
                                                    changed.getTensorShapeBuilder()
                                                            .getDimBuilder(1)
                                                            .setSize(Integer.MAX_VALUE);
                                                    signature.putOutputs(name, changed.build());
                                                }));
        assertTrue(message.contains("2147483647 outputs"), message);
    }
}

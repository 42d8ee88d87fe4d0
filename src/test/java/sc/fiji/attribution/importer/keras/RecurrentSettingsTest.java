/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.WeightStore;
import sc.fiji.attribution.testing.Resources;

/** Settings of layers over sequences that change what they compute: refused by name. */
class RecurrentSettingsTest {

    private static final String TENSOR =
            "{'class_name': '__keras_tensor__', 'config': {'shape': [null, 3], 'dtype': 'float32',"
                    + " 'keras_history': ['simple_rnn_1', 0, 0]}}";

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "lstm | config/time_major | true | time_major",
                "bidirectional | config/layer/config/time_major | true |"
                        + " 'forward_simple_rnn_4' (SimpleRNN) is not supported with a sequence"
                        + " before the batch",
                "gru | inbound_nodes/0/kwargs/mask | TENSOR | a mask",
                "gru | inbound_nodes/0/args | [TENSOR, null, TENSOR] | argument 3",
                "rnn | inbound_nodes/0/kwargs/mask | TENSOR | a mask",
                "bidirectional_1 | inbound_nodes/0/kwargs/mask | TENSOR | a mask",
                "time_distributed | inbound_nodes/0/kwargs/mask | TENSOR | a mask",
                "time_distributed | inbound_nodes/0/args | [TENSOR, null, TENSOR] | argument 3",
                "conv_lstm2d | inbound_nodes/0/kwargs/mask | [true, false] | a mask",
                "bidirectional_3 | inbound_nodes/0/kwargs/initial_state | [TENSOR, TENSOR] | states",
                // Neither its units nor its weights are asked of what is not known.
                "rnn | config/cell/class_name | 'Conv2D' |"
                        + " 'simple_rnn_cell' (Conv2D) is not supported with that cell"
            })
    void refusedByName(String layer, String path, String value, String reason) throws IOException {
        Path file = changed(layer, path.split("/"), value.replace("TENSOR", TENSOR));
        ModelException refusal =
                assertThrows(
                        ModelException.class,
                        () -> {
                            Path unpacked = Files.createTempDirectory(folder, "unpacked");
                            try (WeightStore weights = new WeightStore(unpacked)) {
                                new KerasModels().read(file, weights);
                            }
                        });
        String message = refusal.getMessage();
        // A layer within another is named itself.
        String name = reason.startsWith("'") ? "" : "Layer '" + layer + "'";
        assertTrue(message.contains(name), message);
        assertTrue(message.contains(reason), message);
        assertEquals(2, message.split(file.getFileName().toString(), -1).length, message);
    }

    /** The network of recurrent layers with one setting more or other. */
    private Path changed(String layer, String[] path, String value) throws IOException {
        Path original = Resources.bundled("keras/layers").resolve("recurrent.keras");
        Path file = folder.resolve("changed.keras");
        try (ZipFile old = new ZipFile(original.toFile());
                ZipOutputStream made = new ZipOutputStream(Files.newOutputStream(file))) {
            String text =
                    new String(
                            old.getInputStream(old.getEntry("config.json")).readAllBytes(),
                            StandardCharsets.UTF_8);
            JsonObject config = JsonParser.parseString(text).getAsJsonObject();
            JsonElement at = null;
            for (JsonElement each : config.getAsJsonObject("config").getAsJsonArray("layers")) {
                at = each.getAsJsonObject().get("name").getAsString().equals(layer) ? each : at;
            }
            for (int i = 0; i < path.length - 1; i++) {
                at =
                        at.isJsonArray()
                                ? at.getAsJsonArray().get(Integer.parseInt(path[i]))
                                : at.getAsJsonObject().get(path[i]);
            }
            at.getAsJsonObject().add(path[path.length - 1], JsonParser.parseString(value));
            for (String name : new String[] {"metadata.json", "model.weights.h5"}) {
                made.putNextEntry(new ZipEntry(name));
                old.getInputStream(old.getEntry(name)).transferTo(made);
            }
            made.putNextEntry(new ZipEntry("config.json"));
            made.write(config.toString().getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }
}

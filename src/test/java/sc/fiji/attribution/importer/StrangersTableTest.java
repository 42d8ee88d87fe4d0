/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/**
 * Networks that others trained and published as ONNX and Keras files: the table of them in {@code
 * docs/figures.md} says what comes of each. Where the two differ, the message is the table that
 * belongs there.
 */
class StrangersTableTest {

    @Test
    void theTableSaysWhatComesOfEach() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("models/onnx", "models/keras", "golden")) {
            try (Stream<Path> all = Files.walk(Resources.shared(folder))) {
                all.filter(file -> file.toString().matches(".*\\.(onnx|h5|keras)"))
                        .sorted()
                        .forEach(files::add);
            }
        }
        List<String> rows = files.stream().map(StrangersTableTest::row).toList();
        assertFalse(rows.isEmpty());
        String page = Files.readString(Path.of("docs/figures.md"));
        assertTrue(
                rows.stream().allMatch(page::contains),
                "docs/figures.md:\n" + String.join("\n", rows));
    }

    private static String row(Path file) {
        String name = file.getFileName().toString();
        try (Classifier c = Engines.open(file, ModelOptions.NONE)) {
            String gradients =
                    c.whyNoGradients().isPresent() || c.gradients().isEmpty()
                            ? "no: " + c.whyNoGradients().orElse("")
                            : "yes";
            return cells(
                    name,
                    c.facts().getOrDefault("format", ""),
                    c.spec().axes() + " " + extents(c.spec().shape()),
                    String.valueOf(c.spec().classes()),
                    gradients,
                    String.valueOf(c.layers().map(l -> l.list().size()).orElse(0)));
        } catch (ModelException e) {
            String why = e.getMessage().replace(file.toString(), name).replace("|", "\\|");
            return cells(name, "", "", "", "refused: " + why, "");
        }
    }

    private static String extents(int[] shape) {
        return String.join(
                " × ",
                Arrays.stream(shape).mapToObj(e -> e < 0 ? "any" : String.valueOf(e)).toList());
    }

    private static String cells(String... cells) {
        return "| " + String.join(" | ", cells) + " |";
    }
}

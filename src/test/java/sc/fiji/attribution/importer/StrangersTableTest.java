/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/**
 * Networks that others trained and published as ONNX and Keras files: the table of them in {@code
 * docs/figures.md} says what comes of each. Where the two differ, the message shows what belongs
 * there.
 */
@Tag("long")
class StrangersTableTest {

    private static final Pattern TABLE =
            Pattern.compile(
                    "## Files that others made\n.*?\n\\|---[^\n]*\n(.*?)\n\n", Pattern.DOTALL);

    @Test
    void theTableSaysWhatComesOfEach() throws IOException {
        Map<String, Path> files = new HashMap<>();
        for (String folder : List.of("models/onnx", "models/keras", "golden")) {
            try (Stream<Path> all = Files.walk(Resources.shared(folder))) {
                all.forEach(file -> files.put(file.getFileName().toString(), file));
            }
        }
        Matcher table = TABLE.matcher(Files.readString(Path.of("docs/figures.md")));
        assertTrue(table.find(), "docs/figures.md has no such table");
        String said = table.group(1);
        String found =
                said.lines()
                        .map(line -> line.split("\\|")[1].strip())
                        .map(
                                name ->
                                        files.containsKey(name)
                                                ? row(files.get(name))
                                                : cells(name, "the file is gone"))
                        .collect(Collectors.joining("\n"));
        assertEquals(said, found);
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

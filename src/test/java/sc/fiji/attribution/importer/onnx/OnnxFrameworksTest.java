/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.FrameworkFigures;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** Networks that PyTorch wrote as ONNX, against its own figures. Needs the shared models. */
@Tag("long")
class OnnxFrameworksTest {

    private static final Path FOLDER = Path.of("..", "shared", "frameworks");

    static Stream<Path> files() throws IOException {
        if (!Files.isDirectory(FOLDER)) {
            return Stream.of(FOLDER);
        }
        try (Stream<Path> all = Files.walk(FOLDER, 2)) {
            List<Path> found =
                    all.filter(p -> p.toString().endsWith(".onnx"))
                            .filter(p -> Files.exists(p.resolveSibling("meta.json")))
                            .sorted()
                            .toList();
            return found.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void agreesWithItsFramework(Path file) throws IOException {
        assumeTrue(Files.isRegularFile(file), "needs " + FOLDER);
        check(file, file.getParent());
    }

    private static void check(Path file, Path folder) throws IOException {
        FrameworkFigures.Errors errors = FrameworkFigures.read(folder).compare(file);
        assertTrue(errors.logits() <= 1e-4, errors::toString);
        assertTrue(errors.gradient() <= 1e-3, errors::toString);
        assertTrue(errors.integrated() <= 1e-3, errors::toString);
    }

    @ParameterizedTest
    @CsvSource({"external_data.onnx"})
    void oddButSound(String name) throws IOException {
        Path file = FOLDER.resolve("odd").resolve(name);
        assumeTrue(Files.isRegularFile(file), "needs " + file);
        check(file, FOLDER.resolve("ResNet2D"));
    }

    @ParameterizedTest
    @CsvSource({
        "branch_on_data.onnx, If",
        "custom_op.onnx, MyRelu",
        "external_data_escapes.onnx, outside the model's folder",
        "quantised_dynamic.onnx, ConvInteger",
        "quantised_qdq.onnx, QuantizeLinear",
        "truncated.onnx, truncated"
    })
    void oddIsRefusedByName(String name, String reason) {
        Path file = FOLDER.resolve("odd").resolve(name);
        assumeTrue(Files.isRegularFile(file), "needs " + file);
        ModelException e =
                assertThrows(ModelException.class, () -> Engines.open(file, ModelOptions.NONE));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }
}

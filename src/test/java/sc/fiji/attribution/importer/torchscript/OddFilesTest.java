/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** Unusual, unsupported and hostile files of PyTorch: what works, and in what words others fail. */
class OddFilesTest {

    private static Path odd(String name) {
        return Resources.shared("frameworks/odd").resolve(name);
    }

    @ParameterizedTest
    @CsvSource({
        "state_dict_only.pth, a state dict",
        "pickled_module.pth, torch.jit.trace",
        "branch_on_data.pt, depends on the values of the image",
        "truncated.pt, copy it again",
        "hostile_pickle.pt, posix.system"
    })
    void refused(String name, String says) {
        Path file = odd(name);
        ModelException refusal =
                assertThrows(ModelException.class, () -> Engines.open(file, ModelOptions.NONE));
        String message = refusal.getMessage();
        assertTrue(message.contains(says), message);
        assertTrue(message.contains(name), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void hostilePickleLeavesNoTrace() {
        Path trace = Path.of(System.getProperty("java.io.tmpdir"), "attribution_pickle_ran");
        Path hostile = odd("hostile_pickle.pt");
        assertFalse(Files.exists(trace));
        assertThrows(ModelException.class, () -> Engines.open(hostile, ModelOptions.NONE));
        assertFalse(Files.exists(trace));
    }

    @Test
    void countedLoop() {
        Map<String, Npy> golden = Npy.readAll(odd("counted_loop.npz"));
        Npy input = golden.get("x0") != null ? golden.get("x0") : golden.get("input");
        Npy logits = golden.get("logits0") != null ? golden.get("logits0") : golden.get("logits");
        try (Classifier classifier = Engines.open(odd("counted_loop.pt"), ModelOptions.NONE)) {
            Tensor x = new Tensor(new Axes("bcyx"), input.shape(), input.floats());
            assertTrue(Maps.maxDifference(classifier.logits(x)[0], logits.values()) < 1e-5);
        }
    }

    @Test
    void labelsOfTheArchive() {
        try (Classifier classifier = Engines.open(odd("with_extra_files.pt"), ModelOptions.NONE)) {
            List<String> labels = classifier.spec().labels();
            assertTrue(labels.stream().noneMatch(label -> label.startsWith("class ")), "" + labels);
        }
    }
}

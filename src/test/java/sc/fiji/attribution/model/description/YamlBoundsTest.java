/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.testing.Resources;
import sc.fiji.attribution.testing.Soon;

class YamlBoundsTest {

    @TempDir Path folder;

    private static String refused(Path file) {
        String message =
                assertThrows(
                                ModelException.class,
                                () -> Soon.within(20, () -> DescriptionFormat.read(file)))
                        .getMessage();
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.contains(file.getFileName().toString()), message);
        assertTrue(message.length() < 800, "a message of " + message.length() + " characters");
        return message;
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("attribution.yaml"), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "range: &a [[*a], 1]",
                "labels: &l [[*l], *l]",
                "sizes: &s {z: *s}",
                "name: !!float x",
                "name: !!int 0x",
                "name: !!timestamp x",
                "name: !!binary '%'",
                "range: [1, !!float nine]",
                "name: !!java.net.URL [http://localhost]"
            })
    void cyclesAndTagsThatLie(String text) throws IOException {
        refused(file(text));
    }

    /** Ten aliases of ten aliases of …; and a long text many times. */
    @Test
    void multiplied() throws IOException {
        StringBuilder lists = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 8; i++) {
            String alias = "*a" + (i - 1);
            lists.append("a" + i + ": &a" + i + " [" + (alias + ", ").repeat(5) + alias + "]\n");
        }
        assertTrue(refused(file(lists.toString())).contains("alias"));
        String text = "a: &a " + "x".repeat(100_000) + "\nlabels: [" + "*a, ".repeat(2000) + "]\n";
        assertTrue(refused(file(text)).contains("unfolds to more"));
        assertTrue(refused(file("range: {a: [" + "y".repeat(1 << 20) + "]}")).length() < 800);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"y01b_scalar_alias_small", "y02_recursive_list", "y02f_recursive_labels"})
    void foundByMutation(String name) {
        refused(Resources.shared("edge/models").resolve(name).resolve("attribution.yaml"));
    }

    /** As in archives: what a link brings in from elsewhere is refused. */
    @Test
    void noLinkLeadsOut() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        Path secret = Files.writeString(folder.resolve("secret.yaml"), "labels: [a, b]");
        Files.createSymbolicLink(model.resolve("attribution.yaml"), secret);
        String message =
                assertThrows(ModelException.class, () -> DescriptionFormat.in(model)).getMessage();
        assertTrue(message.contains("link that leads out of its folder"), message);
        Files.delete(model.resolve("attribution.yaml"));
        Files.writeString(model.resolve("real.yaml"), "labels: [a, b]");
        Files.createSymbolicLink(model.resolve("attribution.yaml"), Path.of("real.yaml"));
        assertTrue(DescriptionFormat.in(model).isPresent());
    }
}

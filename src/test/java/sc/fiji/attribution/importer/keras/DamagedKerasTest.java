/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.WeightStore;
import sc.fiji.attribution.testing.Resources;
import sc.fiji.attribution.testing.Soon;

/** Keras files that are cut off, damaged or made to do harm: one line, and soon. */
class DamagedKerasTest {

    /** Of the processor's time. */
    private static final double SOON = 20;

    @TempDir Path folder;

    private static Path archive() {
        return Resources.bundled("keras/layers").resolve("merging.keras");
    }

    private String refusal(Path file) {
        ModelException refusal =
                assertThrows(ModelException.class, () -> Soon.within(SOON, () -> read(file)));
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
        assertTrue(refusal.getMessage().length() < 1000, refusal.getMessage());
        return refusal.getMessage();
    }

    private Path read(Path file) throws IOException {
        Path unpacked = Files.createTempDirectory(folder, "unpacked");
        try (WeightStore weights = new WeightStore(unpacked)) {
            new KerasModels().read(file, weights);
        } finally {
            try (Stream<Path> left = Files.list(unpacked)) {
                List<String> names = left.map(each -> each.getFileName().toString()).toList();
                assertTrue(
                        names.stream().allMatch(name -> name.startsWith("variables.")),
                        names::toString);
            }
        }
        return unpacked;
    }

    @Test
    void truncatedFiles() throws IOException {
        for (Path file : List.of(archive(), LayerFiguresTest.older("merging", folder))) {
            byte[] whole = Files.readAllBytes(file);
            for (double share : new double[] {0.0, 0.001, 0.1, 0.5, 0.9, 0.99}) {
                Path cut = folder.resolve("cut-" + share + file.getFileName());
                Files.write(cut, Arrays.copyOf(whole, (int) (share * whole.length)));
                refusal(cut);
            }
        }
    }

    private Path withConfig(String config) throws IOException {
        Path file = Files.createTempFile(folder, "made", ".keras");
        try (ZipFile old = new ZipFile(archive().toFile());
                ZipOutputStream made = new ZipOutputStream(Files.newOutputStream(file))) {
            made.putNextEntry(new ZipEntry("config.json"));
            made.write(config.getBytes(StandardCharsets.UTF_8));
            made.putNextEntry(new ZipEntry("model.weights.h5"));
            old.getInputStream(old.getEntry("model.weights.h5")).transferTo(made);
        }
        return file;
    }

    @Test
    void nestedWithoutEnd() throws IOException {
        assertTrue(
                refusal(withConfig("{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000)))
                        .contains("deeper"));
        String open = "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"a\",\"layers\":[";
        assertTrue(refusal(withConfig(open.repeat(45) + "]}}".repeat(45))).contains("nested"));
    }

    @Tag("long")
    @Test
    void aMillionLayers() throws IOException {
        String layer =
                "{\"class_name\":\"ReLU\",\"config\":{\"name\":\"relu%d\",\"trainable\":true}},";
        StringBuilder layers = new StringBuilder();
        for (int i = 0; i < 1_000_000; i++) {
            layers.append(String.format(layer, i));
        }
        layers.setLength(layers.length() - 1);
        String config =
                "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"m\",\"layers\":["
                        + layers
                        + "]}}";
        refusal(withConfig(config));
        refusal(withConfig(config.substring(0, 30_000_000) + "{}]}}"));
    }

    /** A network of two layers that wait for each other. */
    @Test
    void circles() throws IOException {
        String node =
                "{\"class_name\":\"ReLU\",\"name\":\"%s\",\"config\":{\"name\":\"%s\",\"trainable\":true},"
                        + "\"inbound_nodes\":[[[\"%s\",0,0,{}]]]}";
        String config =
                "{\"class_name\":\"Functional\",\"config\":{\"name\":\"m\",\"layers\":["
                        + "{\"class_name\":\"InputLayer\",\"name\":\"i\",\"config\":{\"batch_shape\":[null,4],\"name\":\"i\"},\"inbound_nodes\":[]},"
                        + String.format(node, "a", "a", "b")
                        + ","
                        + String.format(node, "b", "b", "a")
                        + "],\"input_layers\":[[\"i\",0,0]],\"output_layers\":[[\"a\",0,0]]}}";
        assertTrue(refusal(withConfig(config)).contains("circle"));
    }

    /** All that is not known at once, and nothing of it run. */
    @Test
    void unknownLayersAreNamedTogether() throws IOException {
        String layer =
                "{\"class_name\":\"%s\",\"module\":%s,\"registered_name\":%s,"
                        + "\"config\":{\"name\":\"%s\",\"trainable\":true}}";
        String config =
                "{\"class_name\":\"Sequential\",\"module\":\"keras\",\"config\":{\"name\":\"m\",\"layers\":["
                        + "{\"class_name\":\"InputLayer\",\"module\":\"keras.layers\",\"config\":{\"batch_shape\":[null,8,8,1],\"name\":\"i\"}},"
                        + String.format(layer, "Conv2D", "null", "\"mine>Conv2D\"", "first")
                        + ","
                        + String.format(layer, "Lambda", "\"keras.layers\"", "null", "second")
                        + ","
                        + String.format(layer, "Strange", "\"os\"", "\"os.system\"", "third")
                        + "]}}";
        String message = refusal(withConfig(config));
        for (String part : List.of("first", "mine>Conv2D", "second", "Lambda", "third")) {
            assertTrue(message.contains(part), message);
        }
    }

    @Tag("long")
    @Test
    void archivesMadeToFillTheDisk() throws IOException {
        Path file = folder.resolve("bomb.keras");
        try (ZipOutputStream made = new ZipOutputStream(Files.newOutputStream(file))) {
            made.putNextEntry(new ZipEntry("config.json"));
            try (ZipFile old = new ZipFile(archive().toFile())) {
                old.getInputStream(old.getEntry("config.json")).transferTo(made);
            }
            made.putNextEntry(new ZipEntry("model.weights.h5"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 1000; i++) {
                made.write(zeros);
            }
        }
        assertTrue(refusal(file).contains("compressed more"));
    }

    /** Bytes changed, cut out or doubled: a refusal of the plug-in's own, or a network. */
    @Test
    void aHundredMutants() throws IOException {
        mutate(100, 1);
    }

    @Test
    @Tag("long")
    void twoThousandMutants() throws IOException {
        mutate(2000, 2);
    }

    private void mutate(int count, long seed) throws IOException {
        Path older = LayerFiguresTest.older("merging", folder);
        Path unpacked = folder.resolve("weights.h5");
        String config;
        try (ZipFile zip = new ZipFile(archive().toFile())) {
            Files.copy(zip.getInputStream(zip.getEntry("model.weights.h5")), unpacked);
            config =
                    new String(
                            zip.getInputStream(zip.getEntry("config.json")).readAllBytes(),
                            StandardCharsets.UTF_8);
        }
        byte[] hdf5 = Files.readAllBytes(older);
        byte[] weights = Files.readAllBytes(unpacked);
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < count; i++) {
            Path file = folder.resolve("mutant" + (i % 2 == 0 ? ".h5" : ".keras"));
            if (i % 2 == 0) {
                Files.write(file, mutant(hdf5, random));
            } else {
                boolean text = i % 4 == 1;
                byte[] json = config.getBytes(StandardCharsets.UTF_8);
                try (ZipOutputStream made = new ZipOutputStream(Files.newOutputStream(file))) {
                    made.putNextEntry(new ZipEntry("config.json"));
                    made.write(text ? mutant(json, random) : json);
                    made.putNextEntry(new ZipEntry("model.weights.h5"));
                    made.write(text ? weights : mutant(weights, random));
                }
            }
            refused += Soon.within(SOON, () -> isRefused(file)) ? 1 : 0;
        }
        assertTrue(refused > count / 10, refused + " of " + count);
        assertEquals(0, strays());
    }

    private boolean isRefused(Path file) throws IOException {
        try {
            if (new KerasModels().whyNot(file).isPresent()) {
                return true;
            }
            read(file);
            return false;
        } catch (AttributionException e) {
            assertFalse(String.valueOf(e.getMessage()).contains("\n"), e.getMessage());
            return true;
        }
    }

    private long strays() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(each -> each.getFileName().toString().startsWith("keras")).count();
        }
    }

    private static byte[] mutant(byte[] from, Random random) {
        byte[] bytes = from.clone();
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) {
            // What leads through the file stands between zeros: every second change hits no zero.
            int at = random.nextInt(bytes.length);
            for (int k = 0; k < 4096 && bytes[at] == 0 && i % 2 == 0; k++) {
                at = (at + 1) % bytes.length;
            }
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> {
                    int length = Math.min(8, bytes.length - at);
                    Arrays.fill(bytes, at, at + length, (byte) (random.nextBoolean() ? 0xff : 0));
                }
                default -> {
                    int to = random.nextInt(bytes.length);
                    int length = Math.min(64, bytes.length - Math.max(at, to));
                    System.arraycopy(bytes, at, bytes, to, length);
                }
            }
        }
        return bytes;
    }
}

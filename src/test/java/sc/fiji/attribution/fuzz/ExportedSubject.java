/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Damaged files of what is no SavedModel. */
public abstract class ExportedSubject extends SavedModelSubject {

    private static final Path SMALL =
            Path.of("src/test/resources/sc/fiji/attribution/importer/networks");

    private final String ending;

    ExportedSubject(String ending) {
        this.ending = ending;
    }

    abstract byte[] damaged(byte[] original, Random random) throws IOException;

    @Override
    public Path write(Random random, Path folder) throws IOException {
        List<Path> originals;
        try (Stream<Path> all = Files.list(SMALL)) {
            originals = all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
        byte[] original = Files.readAllBytes(originals.get(random.nextInt(originals.size())));
        return Files.write(folder.resolve("model" + ending), damaged(original, random));
    }

    static Map<String, byte[]> entries(byte[] archive) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry each; (each = zip.getNextEntry()) != null; ) {
                entries.put(each.getName(), zip.readAllBytes());
            }
        }
        return entries;
    }

    /** A word, number or line of a text in another's place. */
    static byte[] words(String code, Random random) {
        boolean lines = random.nextBoolean();
        String[] parts = code.split(lines ? "\n" : "\\b", -1);
        for (int k = random.nextInt(3); k >= 0; k--) {
            parts[random.nextInt(parts.length)] = parts[random.nextInt(parts.length)];
        }
        return String.join(lines ? "\n" : "", parts).getBytes(StandardCharsets.UTF_8);
    }

    /** An archive in which nothing is compressed. */
    static byte[] stored(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(each.getKey());
                CRC32 sum = new CRC32();
                sum.update(each.getValue());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(each.getValue().length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(each.getValue());
            }
        }
        return bytes.toByteArray();
    }

    /** ONNX, byte by byte: sizes of messages, types, names and weights. */
    public static final class Onnx extends ExportedSubject {
        public Onnx() {
            super(".onnx");
        }

        @Override
        byte[] damaged(byte[] original, Random random) {
            return Damage.of(original, random);
        }
    }

    /** TorchScript: the archive itself, or the code, the pickles and the weights inside. */
    public static final class TorchScript extends ExportedSubject {
        public TorchScript() {
            super(".pt");
        }

        @Override
        byte[] damaged(byte[] original, Random random) throws IOException {
            Map<String, byte[]> entries = entries(original);
            List<String> names = List.copyOf(entries.keySet());
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(4)) {
                case 0 -> {
                    return Damage.of(stored(entries), random);
                }
                case 1 -> entries.replaceAll((key, bytes) -> chosen(key, bytes, ".py", random));
                case 2 -> entries.replaceAll((key, bytes) -> chosen(key, bytes, ".pkl", random));
                default -> entries.put(name, Damage.of(entries.get(name), random));
            }
            return stored(entries);
        }

        private static byte[] chosen(String name, byte[] bytes, String kind, Random random) {
            if (!name.endsWith(kind) || random.nextInt(3) == 0) {
                return bytes;
            }
            return kind.equals(".py") && random.nextBoolean()
                    ? words(new String(bytes, StandardCharsets.UTF_8), random)
                    : Damage.of(bytes, random);
        }
    }
}

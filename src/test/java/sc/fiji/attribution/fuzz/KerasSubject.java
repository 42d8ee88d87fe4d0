/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Damaged files of Keras. */
final class KerasSubject {

    private KerasSubject() {}

    /** The archive itself, or the architecture and the weights inside. */
    public static final class Archive extends ExportedSubject {
        public Archive() {
            super(".keras");
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
                case 1 -> entries.computeIfPresent("config.json", (n, text) -> json(text, random));
                case 2 ->
                        entries.computeIfPresent(
                                "model.weights.h5", (n, bytes) -> Damage.ofHeader(bytes, random));
                default -> entries.put(name, Damage.of(entries.get(name), random));
            }
            return stored(entries);
        }
    }

    /** HDF5: what leads to its parts, the architecture's text, or any byte. */
    public static final class Hdf5 extends ExportedSubject {
        public Hdf5() {
            super(".h5");
        }

        @Override
        byte[] damaged(byte[] original, Random random) {
            return switch (random.nextInt(3)) {
                case 0 -> Damage.of(original, random);
                case 1 -> Damage.ofHeader(original, random);
                default -> withText(original, random);
            };
        }

        /** Of the same length, so that all else stays where it is. */
        private static byte[] withText(byte[] original, Random random) {
            String all = new String(original, StandardCharsets.ISO_8859_1);
            int begin = all.indexOf("{\"class_name\"");
            int end = all.indexOf('\0', begin);
            byte[] bytes = original.clone();
            byte[] text = json(Arrays.copyOfRange(original, begin, end), random);
            Arrays.fill(bytes, begin, end, (byte) ' ');
            System.arraycopy(text, 0, bytes, begin, Math.min(text.length, end - begin));
            return bytes;
        }
    }

    private static byte[] json(byte[] text, Random random) {
        return random.nextBoolean()
                ? ExportedSubject.words(new String(text, StandardCharsets.UTF_8), random)
                : Damage.of(text, random);
    }
}

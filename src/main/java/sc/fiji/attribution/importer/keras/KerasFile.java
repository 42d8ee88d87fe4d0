/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.keras.file.Architecture;
import sc.fiji.attribution.importer.keras.file.FileWindow;
import sc.fiji.attribution.importer.keras.file.Hdf5File;
import sc.fiji.attribution.importer.keras.file.LayerGraph;
import sc.fiji.attribution.importer.keras.file.OneLine;
import sc.fiji.attribution.importer.keras.file.WeightPlaces;
import sc.fiji.attribution.importer.keras.file.Weights;
import sc.fiji.attribution.importer.keras.layer.LayerTable;

/**
 * A Keras model on disk: an archive of Keras 3, or an HDF5 file.
 *
 * @param network its architecture
 * @param weights bound to the file
 * @param hdf5 where they are; stays open
 * @param temporary what of an archive had to be unpacked
 * @param format for people
 * @param version of the Keras that wrote it, where it says so
 * @param labels class names, where it has them
 */
record KerasFile(
        LayerGraph network,
        Weights weights,
        Hdf5File hdf5,
        Optional<Path> temporary,
        String format,
        String version,
        List<String> labels)
        implements AutoCloseable {

    private static final int LONGEST_TEXT = 48 << 20;
    private static final int DEEPEST_TEXT = 200;

    /** Weights are close to noise; what compresses better than this is meant to fill a disk. */
    private static final long MOST_INFLATED = 20;

    private static final long SMALL = 64L << 20;

    /** Whether a file begins like an archive, by name and first bytes. */
    static boolean isArchive(Path path) {
        return begins(path, 'P', 'K', 3, 4);
    }

    /** Whether a file begins like HDF5. */
    static boolean isHdf5(Path path) {
        return begins(path, 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n');
    }

    private static boolean begins(Path path, int... bytes) {
        try (InputStream in = Files.newInputStream(path)) {
            for (int each : bytes) {
                if (in.read() != each) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Opens a file.
     *
     * @param folder takes what has to be unpacked until this is closed
     * @throws ModelException where it is damaged or holds no architecture
     */
    static KerasFile open(Path path, Path folder) {
        try {
            return isArchive(path) ? archive(path, folder) : older(path);
        } catch (IOException e) {
            throw new ModelException(
                    "'"
                            + path
                            + "' is truncated or damaged ("
                            + OneLine.of(String.valueOf(e.getMessage()))
                            + "): copy or save it again.",
                    e);
        }
    }

    private static KerasFile archive(Path path, Path folder) throws IOException {
        Path weights = Files.createTempFile(folder, "keras", ".h5");
        try (ZipFile zip = new ZipFile(path.toFile())) {
            JsonObject config = object(text(zip, "config.json", path), path);
            JsonObject metadata =
                    zip.getEntry("metadata.json") == null
                            ? new JsonObject()
                            : object(text(zip, "metadata.json", path), path);
            List<String> labels =
                    zip.getEntry("labels.txt") == null
                            ? strings(metadata, "class_names", "labels")
                            : text(zip, "labels.txt", path)
                                    .lines()
                                    .map(String::strip)
                                    .filter(line -> !line.isEmpty())
                                    .toList();
            LayerGraph network = Architecture.read(config);
            Translation.check(network, name(path));
            unpack(zip, "model.weights.h5", weights, path);
            Hdf5File hdf5 = new Hdf5File(name(path), FileWindow.open(weights));
            Weights all = LayerTable.declare(network);
            try {
                new WeightPlaces(hdf5).bindByPath(network, all);
            } catch (RuntimeException e) {
                hdf5.close();
                throw e;
            }
            return new KerasFile(
                    network,
                    all,
                    hdf5,
                    Optional.of(weights),
                    "Keras 3 archive",
                    string(metadata, "keras_version"),
                    labels);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(weights);
            throw e;
        }
    }

    private static KerasFile older(Path path) throws IOException {
        Hdf5File hdf5 = new Hdf5File(name(path), FileWindow.open(path));
        try {
            String config =
                    hdf5.text("", "model_config")
                            .orElseThrow(
                                    () ->
                                            new ModelException(
                                                    "'"
                                                            + path
                                                            + "' holds weights but no architecture:"
                                                            + " save the whole model, with"
                                                            + " model.save('model.keras')."));
            LayerGraph network = Architecture.read(object(config, path));
            Translation.check(network, name(path));
            Weights all = LayerTable.declare(network);
            new WeightPlaces(hdf5).bindByOrder(network, all);
            List<String> labels = hdf5.texts("", "class_names");
            return new KerasFile(
                    network,
                    all,
                    hdf5,
                    Optional.empty(),
                    "Keras HDF5",
                    hdf5.text("", "keras_version")
                            .or(() -> hdf5.text("model_weights", "keras_version"))
                            .orElse("1"),
                    labels.isEmpty() ? hdf5.texts("", "labels") : labels);
        } catch (RuntimeException e) {
            hdf5.close();
            throw e;
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static String text(ZipFile zip, String name, Path path) throws IOException {
        ZipEntry entry = entry(zip, name, path);
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(LONGEST_TEXT + 1);
            if (bytes.length > LONGEST_TEXT) {
                throw new ModelException(
                        "'" + path + "' has a " + name + " larger than any network's.");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static ZipEntry entry(ZipFile zip, String name, Path path) {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new ModelException(
                    "'"
                            + path
                            + "' lacks "
                            + name
                            + ", so it is no Keras model: save it with model.save('model.keras').");
        }
        return entry;
    }

    private static void unpack(ZipFile zip, String name, Path to, Path path) throws IOException {
        ZipEntry entry = entry(zip, name, path);
        long most = Math.max(SMALL, MOST_INFLATED * Math.max(entry.getCompressedSize(), 0));
        try (InputStream in = zip.getInputStream(entry);
                OutputStream out = Files.newOutputStream(to)) {
            byte[] buffer = new byte[1 << 20];
            long total = 0;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                total += count;
                if (total > most) {
                    throw new ModelException(
                            "'"
                                    + path
                                    + "' is compressed more than weights can be: it is damaged, or"
                                    + " made to fill the disk.");
                }
                out.write(buffer, 0, count);
            }
        }
    }

    /** Parses JSON that is neither longer nor deeper than any network's. */
    static JsonObject object(String text, Path path) {
        if (text.length() > LONGEST_TEXT) {
            throw new ModelException("'" + path + "' describes more than any network has.");
        }
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char at = text.charAt(i);
            if (quoted) {
                i += at == '\\' ? 1 : 0;
                quoted = at != '"';
            } else if (at == '"') {
                quoted = true;
            } else if (at == '{' || at == '[') {
                if (++depth > DEEPEST_TEXT) {
                    throw new ModelException("'" + path + "' is nested deeper than any network.");
                }
            } else if (at == '}' || at == ']') {
                depth--;
            }
        }
        try {
            JsonElement element = JsonParser.parseString(text);
            if (element instanceof JsonObject object) {
                return object;
            }
            throw new ModelException("'" + path + "' holds no description of a network.");
        } catch (JsonParseException e) {
            throw new ModelException(
                    "'" + path + "' holds a damaged description of its network: save it again.", e);
        }
    }

    private static String string(JsonObject object, String key) {
        JsonElement value = object.get(key);
        return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
    }

    private static List<String> strings(JsonObject object, String... keys) {
        List<String> found = new ArrayList<>();
        for (String key : keys) {
            if (found.isEmpty() && object.get(key) instanceof com.google.gson.JsonArray array) {
                array.forEach(item -> found.add(item.isJsonPrimitive() ? item.getAsString() : ""));
            }
        }
        return found;
    }

    /** Whether a Keras before version 3 wrote it. */
    boolean before3() {
        return version.startsWith("1") || version.startsWith("2");
    }

    @Override
    public void close() {
        hdf5.close();
        if (temporary.isPresent()) {
            try {
                Files.deleteIfExists(temporary.get());
            } catch (IOException e) {
                throw new ModelException(
                        "'" + temporary.get() + "' cannot be deleted: delete it by hand.", e);
            }
        }
    }
}

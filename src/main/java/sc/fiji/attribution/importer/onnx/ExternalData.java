/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import sc.fiji.attribution.core.ModelException;

/**
 * Where a tensor lies that is stored beside the file: only inside of its folder, whatever links
 * there are.
 *
 * @param model the file
 * @param entries location, offset and length
 */
record ExternalData(Path model, Map<String, String> entries) {

    OnnxTensor tensor(String name, OnnxTensor.Stored stored, long[] shape, long bytes)
            throws IOException {
        Path file = file();
        long offset = number("offset", 0);
        long length = number("length", bytes);
        if (length != bytes) {
            throw new IOException("it has " + length + " bytes instead of " + bytes);
        }
        if (offset < 0 || offset > Files.size(file) - bytes) {
            throw new IOException("it lies beyond the end of '" + file.getFileName() + "'");
        }
        return new OnnxTensor(name, stored, shape, file, offset, bytes, null);
    }

    Path file() throws IOException {
        String location = entries.getOrDefault("location", "");
        try {
            Path folder = model.toAbsolutePath().getParent().toRealPath();
            Path relative = Path.of(location);
            if (location.isBlank() || relative.isAbsolute() || location.indexOf('\\') >= 0) {
                throw outside(location);
            }
            Path named = folder.resolve(relative).normalize();
            if (!named.startsWith(folder)) {
                throw outside(location);
            }
            if (!Files.isRegularFile(named)) {
                throw new ModelException(
                        "its weights '" + location + "' are missing: copy them beside the model");
            }
            Path real = named.toRealPath();
            if (!real.startsWith(folder)) {
                throw outside(location);
            }
            return real;
        } catch (InvalidPathException e) {
            throw outside(location);
        }
    }

    private static ModelException outside(String location) {
        return new ModelException(
                "weights outside the model's folder ('" + location + "') are refused");
    }

    private long number(String key, long otherwise) throws IOException {
        try {
            return entries.containsKey(key) ? Long.parseLong(entries.get(key)) : otherwise;
        } catch (NumberFormatException e) {
            throw new IOException("its " + key + " is no number");
        }
    }
}

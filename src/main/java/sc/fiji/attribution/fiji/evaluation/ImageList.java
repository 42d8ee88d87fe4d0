/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.Source;

/** Images that one text names, to be opened one after the other. */
public final class ImageList {

    private ImageList() {}

    /**
     * The files that a text names, in the order of their names, but for the one of an image.
     *
     * @param given an image that is there already
     * @param text empty for none; a file; a folder for all in it; or a pattern in a folder with
     *     {@code *} and {@code ?}
     * @throws ImageException where there are no such files
     */
    public static List<Path> besides(ImagePlus given, String text) {
        if (text.isBlank()) {
            return List.of();
        }
        List<Path> files = files(text.strip());
        List<Path> own = Source.of(given).map(Source::files).orElse(List.of());
        files.removeIf(
                file ->
                        own.stream().anyMatch(path -> path.toAbsolutePath().equals(file))
                                || file.getFileName().toString().equals(given.getTitle()));
        return files;
    }

    private static List<Path> files(String text) {
        List<Path> files = new ArrayList<>();
        int name = Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1;
        boolean pattern = text.substring(name).matches(".*[*?].*");
        try {
            Path path = Path.of(pattern ? text.substring(0, name) : text).toAbsolutePath();
            if (!pattern && Files.isRegularFile(path)) {
                return new ArrayList<>(List.of(path));
            }
            try (DirectoryStream<Path> found =
                    Files.newDirectoryStream(path, pattern ? text.substring(name) : "*")) {
                for (Path file : found) {
                    if (Files.isRegularFile(file)
                            && !file.getFileName().toString().startsWith(".")) {
                        files.add(file);
                    }
                }
            }
        } catch (IOException | InvalidPathException e) {
            throw new ImageException(
                    "images="
                            + text
                            + ": there is no such folder or file: name a folder, or a pattern such"
                            + " as folder/brain-*.tif.",
                    e);
        }
        if (files.isEmpty()) {
            throw new ImageException("images=" + text + ": there are no such files.");
        }
        Collections.sort(files);
        return files;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import sc.fiji.attribution.command.input.FileKeys;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.ChannelFiles;
import sc.fiji.attribution.fiji.file.FilePattern;
import sc.fiji.attribution.fiji.file.ImageFile;

/**
 * The runs that one line of a terminal asks for: one, or one for each image where {@code input} is
 * given several times, is a folder of images, or is a pattern of files ({@link FilePattern}). In
 * the other values {@code {name}} stands for the image file's name without its ending.
 *
 * @param runs inputs by key, for each run
 */
record Batch(List<Map<String, String>> runs) {

    private static final String NAME = "{name}";

    /**
     * Reads a line.
     *
     * @param arguments {@code key=value} each
     * @param isOutput whether a key names a file that is written
     * @throws OptionException where several images would write one file
     */
    static Batch of(List<String> arguments, Predicate<String> isOutput) {
        Map<String, String> pairs = new LinkedHashMap<>();
        List<String> images = new ArrayList<>();
        boolean several = false;
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new OptionException(
                        "'"
                                + argument
                                + "' is no option: write key=value, such as steps=50, and put values"
                                + " with blanks in quotes, input=\"my brain.tif\".");
            }
            String key = argument.substring(0, equals);
            String value = argument.substring(equals + 1);
            if (key.equals(FileKeys.IMAGE)) {
                List<String> found = images(value);
                several |= !found.equals(List.of(value)) || !images.isEmpty();
                images.addAll(found);
            } else if (pairs.put(key, value) != null) {
                throw new OptionException(key + " is given twice; only input may be.");
            }
        }
        if (!several) {
            if (images.size() == 1 && !images.get(0).isBlank() && isFile(images.get(0))) {
                return new Batch(List.of(run(images.get(0), pairs)));
            }
            images.forEach(image -> pairs.put(FileKeys.IMAGE, image));
            return new Batch(List.of(pairs));
        }
        pairs.forEach(
                (key, value) -> {
                    if (isOutput.test(key) && !value.contains(NAME)) {
                        throw new OptionException(
                                key
                                        + "="
                                        + value
                                        + ": each image would replace it; write "
                                        + NAME
                                        + " where the image's name is to stand.");
                    }
                });
        return new Batch(images.stream().map(image -> run(image, pairs)).toList());
    }

    private static Map<String, String> run(String image, Map<String, String> pairs) {
        Map<String, String> run = new LinkedHashMap<>();
        run.put(FileKeys.IMAGE, image);
        pairs.forEach((key, value) -> run.put(key, value.replace(NAME, name(image))));
        return run;
    }

    private static String name(String image) {
        String file = Path.of(image).getFileName().toString();
        return file.replaceFirst("(?i)(\\.nii\\.gz|\\.ome\\.tiff?|\\.[^.]*)$", "");
    }

    /** The images that a value stands for, in the order of their names. */
    private static List<String> images(String value) {
        boolean one = ChannelFiles.names(value).size() == 1;
        if (!(one && FilePattern.isOne(value))
                && (value.isBlank() || !ImageFile.isFolderOfFiles(value))) {
            return List.of(value);
        }
        try {
            List<String> found = FilePattern.files(value).stream().map(Path::toString).toList();
            if (found.isEmpty()) {
                throw new ImageException("input=" + value + ": there is no such image.");
            }
            return found;
        } catch (IOException e) {
            throw new ImageException("input=" + value + " cannot be read: " + e + ".", e);
        }
    }

    /** A star may stand in the names of some systems' files. */
    private static boolean isFile(String value) {
        try {
            return Files.exists(Path.of(value));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}

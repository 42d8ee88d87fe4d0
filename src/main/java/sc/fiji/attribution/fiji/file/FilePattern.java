/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/**
 * Files that one text names: a folder for all in it, or a pattern in a folder with {@code *},
 * {@code ?} and {@code [abc]}. Brackets that match nothing in that sense are letters of the names:
 * {@code scan[1]-*.tif}. Braces and commas always are.
 */
public final class FilePattern {

    private FilePattern() {}

    /** Whether the last name of a path leaves something open, and is none of a file's own. */
    public static boolean isOne(String text) {
        return text.substring(name(text)).matches("(?s).*[*?\\[].*") && !isThere(text);
    }

    private static int name(String text) {
        return Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1;
    }

    private static boolean isThere(String text) {
        try {
            return Files.exists(Path.of(text));
        } catch (InvalidPathException e) {
            return false; // a star cannot stand in the names of some systems' files
        }
    }

    /**
     * The files in the order of their names, but hidden ones; relative where the text is.
     *
     * @param text a folder or a pattern
     * @return empty where none has such a name
     * @throws IOException where there is no such folder, or it cannot be read
     */
    public static List<Path> files(String text) throws IOException {
        if (!isOne(text)) {
            return files(text, "*");
        }
        String pattern = text.substring(name(text)).replaceAll("[{}]", "\\\\$0");
        List<Path> found = files(text.substring(0, name(text)), pattern);
        return found.isEmpty() && pattern.contains("[")
                ? files(text.substring(0, name(text)), pattern.replaceAll("[\\[\\]]", "\\\\$0"))
                : found;
    }

    private static List<Path> files(String folder, String pattern) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(folder), pattern)) {
            for (Path file : found) {
                if (Files.isRegularFile(file) && !file.getFileName().toString().startsWith(".")) {
                    files.add(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause(); // gone, or a disk that fails, half-way
        } catch (PatternSyntaxException e) {
            return List.of(); // a bracket that is not closed is a letter
        } catch (InvalidPathException e) {
            throw new IOException("'" + folder + "' is no folder", e);
        }
        Collections.sort(files);
        return files;
    }
}

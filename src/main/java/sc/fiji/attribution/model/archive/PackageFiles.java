/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.archive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import sc.fiji.attribution.core.ModelException;

/** Where things lie in an unpacked model package. */
public final class PackageFiles {

    /** How far below a package's top a model is looked for. */
    private static final int DEPTH = 3;

    private PackageFiles() {}

    /**
     * A file that a description names, never outside of its folder.
     *
     * @throws ModelException where the path leads elsewhere
     */
    public static Path inside(Path folder, String source) {
        try {
            Path root = folder.toAbsolutePath().normalize();
            Path file = root.resolve(source.replaceFirst("^(\\./)+", "")).normalize();
            if (!source.isBlank() && source.indexOf('\\') < 0 && file.startsWith(root)) {
                requireInside(root, file);
                return file;
            }
        } catch (InvalidPathException e) {
            // Refused like the others.
        }
        throw new ModelException(
                "A description in '"
                        + folder
                        + "' names the file '"
                        + source
                        + "': a path inside its folder was expected; correct the description.");
    }

    /**
     * Checks that no link leads out of a folder, as in archives.
     *
     * @throws ModelException where the file is elsewhere in truth
     */
    public static void requireInside(Path folder, Path file) {
        try {
            if (Files.exists(file) && !file.toRealPath().startsWith(folder.toRealPath())) {
                throw new ModelException(
                        "'"
                                + file
                                + "' is a link that leads out of its folder: it is refused; put the"
                                + " file itself there.");
            }
        } catch (IOException e) {
            throw new ModelException("'" + file + "' cannot be read: " + e.getMessage() + ".", e);
        }
    }

    public static boolean isZip(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".zip") && Files.isRegularFile(path);
    }

    /** Many archives hold one folder, and all the rest in it. */
    public static Path onlyFolder(Path top) {
        List<Path> inside = below(top, 1, path -> true);
        return inside.size() == 1 && Files.isDirectory(inside.get(0)) ? inside.get(0) : top;
    }

    /** The top and what lies below it, where the predicate holds. */
    public static List<Path> below(Path top, Predicate<Path> wanted) {
        List<Path> found = new ArrayList<>();
        if (wanted.test(top)) {
            found.add(top);
        }
        found.addAll(below(top, DEPTH, wanted));
        return found;
    }

    /** What is wanted in a folder, so many folders deep, sorted. */
    public static List<Path> below(Path top, int depth, Predicate<Path> wanted) {
        try (Stream<Path> files = Files.walk(top, depth)) {
            return files.filter(path -> !path.equals(top)).filter(wanted).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw new ModelException("'" + top + "' cannot be read: " + e.getMessage() + ".", e);
        }
    }
}

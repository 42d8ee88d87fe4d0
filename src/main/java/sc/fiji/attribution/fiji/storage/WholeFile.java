/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.storage;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.machine.Disk;
import sc.fiji.attribution.core.machine.Processes;

/**
 * A file that is written wholly or not at all: under its name stands the old content or the new,
 * never a part of it.
 *
 * @param path absolute
 */
public record WholeFile(Path path) {

    private static final Pattern PART =
            Pattern.compile("\\." + Processes.MACHINE + "-(\\d+)-[0-9a-f-]{36}\\..*\\.part");

    /** Tells apart what containers call the same machine and process. */
    private static final long HERE = UUID.randomUUID().getMostSignificantBits();

    private static final AtomicLong COUNT = new AtomicLong();

    /** Folders that were looked through for leftovers; once in a process is enough. */
    private static final Set<Path> SWEPT = ConcurrentHashMap.newKeySet();

    /** What is to be written. */
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * @throws ImageException if the text is empty or no path
     */
    public static WholeFile at(String path) {
        if (path == null || path.isBlank()) {
            throw new ImageException("The path of the image file is empty: give one.");
        }
        try {
            return new WholeFile(Path.of(path.strip()).toAbsolutePath());
        } catch (InvalidPathException e) {
            throw new ImageException(
                    "'" + path + "' is no file path (" + e.getReason() + "): correct it.", e);
        }
    }

    /**
     * Whether this is that file: by what the file system says where both exist, whatever links lead
     * there; else by their folders and names.
     */
    public boolean is(Path other) {
        try {
            if (Files.exists(path) && Files.exists(other)) {
                return Files.isSameFile(path, other);
            }
            return real(path).equals(real(other.toAbsolutePath()));
        } catch (IOException e) {
            return path.normalize().equals(other.toAbsolutePath().normalize());
        }
    }

    /**
     * Whether this is there already as a file of that folder, or of one below it.
     *
     * @param folder false is returned where it is none
     */
    public boolean isPartOf(Path folder) {
        try {
            return Files.isDirectory(folder)
                    && Files.exists(path)
                    && path.toRealPath().startsWith(folder.toRealPath());
        } catch (IOException e) {
            return path.normalize().startsWith(folder.toAbsolutePath().normalize());
        }
    }

    /** With links in its folder followed; the file itself may not be there yet. */
    private static Path real(Path path) throws IOException {
        Path folder = path.getParent();
        return folder == null || !Files.exists(folder)
                ? path.normalize()
                : folder.toRealPath().resolve(path.getFileName());
    }

    /** Whether the name ends in one of these, in capitals or not. */
    public boolean endsIn(String... suffixes) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        for (String suffix : suffixes) {
            if (name.endsWith(suffix)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Checks that the file can be written, by creating an empty one beside it and removing it.
     *
     * @param suffixes what the name may end in, the usual one first
     * @throws ImageException if not
     */
    public void requireWritable(String... suffixes) {
        requireName(suffixes);
        Path temporary = temporary();
        try {
            Files.createFile(temporary);
            Files.delete(temporary);
        } catch (IOException e) {
            throw cannotCreate(e);
        }
    }

    private ImageException cannotCreate(IOException e) {
        return refuse("no file can be created there (" + Disk.reason(e) + "): choose another.", e);
    }

    /**
     * Checks what the name and the folder say.
     *
     * @param suffixes what the name may end in, the usual one first
     * @throws ImageException if the file cannot be written so
     */
    public void requireName(String... suffixes) {
        if (Files.isDirectory(path)) {
            throw refuse("this is a folder: add a file name.", null);
        }
        if (!endsIn(suffixes)) {
            throw refuse(
                    "the format is another: end the name in " + String.join(" or ", suffixes) + ".",
                    null);
        }
        if (!Files.isDirectory(path.getParent())) {
            throw refuse(
                    "'"
                            + path.getParent()
                            + (Files.exists(path.getParent())
                                    ? "' is a file, not a folder: choose another folder."
                                    : "' does not exist: create this folder first."),
                    null);
        }
    }

    /**
     * Writes to a temporary file in the same folder and moves it in place.
     *
     * @throws ImageException if that fails, for example because the disk is full
     */
    public void write(Content content) {
        Path temporary = temporary();
        try {
            try (OutputStream out = new BufferedOutputStream(create(temporary), 1 << 18)) {
                content.writeTo(out);
            }
            move(temporary);
        } catch (IOException e) {
            throw refuse(
                    "writing failed ("
                            + Disk.reason(e)
                            + "): make room on the disk or choose another folder.",
                    e);
        } finally {
            delete(temporary);
        }
    }

    private OutputStream create(Path temporary) {
        try {
            // Never what somebody put there under that name.
            return Files.newOutputStream(
                    temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw cannotCreate(e);
        }
    }

    /**
     * A new name in the same folder, since only there a move is one step. The JDK's own temporary
     * files can be read by their owner only, and so would the saved one.
     */
    private Path temporary() {
        removeLeftovers();
        long process = ProcessHandle.current().pid();
        return path.resolveSibling(
                "."
                        + Processes.MACHINE
                        + "-"
                        + process
                        + "-"
                        + new UUID(HERE, COUNT.incrementAndGet())
                        + "."
                        + path.getFileName()
                        + ".part");
    }

    /** What processes of this machine began to write here and did not live to finish. */
    private void removeLeftovers() {
        if (SWEPT.add(path.getParent())) {
            Processes.leftIn(path.getParent(), PART).forEach(WholeFile::delete);
        }
    }

    private void move(Path temporary) throws IOException {
        try {
            Files.move(
                    temporary,
                    path,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void delete(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // The failure that led here is already on its way and says more.
            temporary.toFile().deleteOnExit();
        }
    }

    private ImageException refuse(String reason, Throwable cause) {
        return new ImageException("Cannot save as '" + path + "': " + reason, cause);
    }

    @Override
    public String toString() {
        return "'" + path + "'";
    }
}

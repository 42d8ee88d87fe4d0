/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.machine.Disk;

/**
 * Unpacks a stranger's zip: plain files into one folder and nowhere else, and never more than
 * {@link Limits} allow. All names are checked before the first file is written.
 */
public final class SafeArchive {

    /**
     * @param entries most files and folders in one archive
     * @param bytes most bytes that come out of it
     * @param ratio most bytes that come out for each byte of the archive, beyond {@code free}
     * @param free bytes that may come out whatever the ratio
     */
    public record Limits(int entries, long bytes, long ratio, long free) {
        public static final Limits USUAL = new Limits(10_000, 32L << 30, 200, 16L << 20);

        long allowed(long archive) {
            return Math.min(bytes, free + ratio * archive);
        }
    }

    private final Path archive;
    private final Path folder;
    private final Limits limits;
    private long left;

    private SafeArchive(Path archive, Path folder, Limits limits) {
        this.archive = archive;
        this.folder = folder.toAbsolutePath().normalize();
        this.limits = limits;
    }

    /**
     * Unpacks an archive. Archives in it stay packed.
     *
     * @param folder exists; what is in it is never written over
     * @throws ModelException where the archive is damaged, leads out of the folder, holds links or
     *     too much; the folder may hold a part of it then
     */
    public static void unpack(Path archive, Path folder, Limits limits) {
        new SafeArchive(archive, folder, limits).unpack();
    }

    private void unpack() {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            if (zip.size() > limits.entries) {
                throw refuse("has " + zip.size() + " entries, more than " + limits.entries);
            }
            ZipLinks.first(archive)
                    .ifPresent(
                            link -> {
                                throw refuse("has a link in it, '" + link + "'");
                            });
            List<ZipEntry> entries = new ArrayList<>();
            zip.stream().filter(entry -> !isByproduct(entry.getName())).forEach(entries::add);
            entries.forEach(entry -> target(entry.getName()));
            left = limits.allowed(Files.size(archive));
            for (ZipEntry entry : entries) {
                unpack(zip, entry);
            }
        } catch (FileAlreadyExistsException e) {
            throw refuse("has two entries of the same name, '" + e.getFile() + "'");
        } catch (ZipException e) {
            throw new ModelException(
                    "Archive '"
                            + archive
                            + "' is damaged or no zip ("
                            + e.getMessage()
                            + "): copy or download it again.",
                    e);
        } catch (IOException e) {
            throw Disk.temporary("Archive '" + archive + "' cannot be unpacked to", e);
        }
    }

    /** What macOS puts beside each file. */
    private static boolean isByproduct(String name) {
        return name.startsWith("__MACOSX/") || name.endsWith(".DS_Store");
    }

    private void unpack(ZipFile zip, ZipEntry entry) throws IOException {
        Path target = target(entry.getName());
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        CRC32 checksum = new CRC32();
        try (InputStream in = zip.getInputStream(entry);
                OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                left -= n;
                if (left < 0) {
                    throw refuse(
                            "unpacks to more than "
                                    + (limits.allowed(Files.size(archive)) >> 20)
                                    + " MB, far more than a model of its size");
                }
                checksum.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
        }
        if (entry.getCrc() >= 0 && entry.getCrc() != checksum.getValue()) {
            throw new ZipException("'" + entry.getName() + "' does not fit its checksum");
        }
    }

    /** Where an entry goes: always below the folder. */
    private Path target(String name) {
        boolean plain =
                !name.isEmpty()
                        && !name.startsWith("/")
                        && name.indexOf('\\') < 0
                        && name.indexOf(':') < 0
                        && name.chars().noneMatch(Character::isISOControl);
        for (String part : name.split("/")) {
            plain &= !part.equals("..");
        }
        try {
            Path target = folder.resolve(plain ? name : "").normalize();
            if (plain && target.startsWith(folder) && !target.equals(folder)) {
                return target;
            }
        } catch (InvalidPathException e) {
            // Refused like the others.
        }
        throw refuse(
                "has an entry that leads out of its folder or is no plain name, '" + name + "'");
    }

    private ModelException refuse(String problem) {
        String clean = problem.replaceAll("\\p{Cntrl}", "?").replace(folder + "/", "");
        return new ModelException(
                "Archive '"
                        + archive
                        + "' "
                        + clean
                        + ": it is refused; get the model from a source that you trust.");
    }
}

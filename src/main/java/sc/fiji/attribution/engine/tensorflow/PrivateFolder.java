/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import sc.fiji.attribution.model.archive.TemporaryFolder;
import sc.fiji.attribution.model.engine.ProcessEnd;

/**
 * Where native libraries are unpacked: a folder that only this user can write. Whoever can write
 * there runs code in our name.
 */
final class PrivateFolder {

    /** JavaCPP's own property, which users know. */
    static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    private static final String NAME = "attribution";
    private static final int GROUP = 0020;
    private static final int OTHERS = 0002;
    private static final int STICKY = 01000;

    private PrivateFolder() {}

    /**
     * A folder in the user's cache, which is kept; where others could write there, a fresh one in
     * the temporary folder, which goes with the process.
     *
     * @throws IOException where neither can be made
     */
    static Path choose() throws IOException {
        Path cache =
                System.getProperty(PROPERTY) != null
                        ? Path.of(System.getProperty(PROPERTY))
                        : Path.of(System.getProperty("user.home"), ".javacpp", "cache");
        Path kept = cache.toAbsolutePath().resolve(NAME);
        return isPrivate(kept) ? kept : fresh();
    }

    private static Path fresh() {
        TemporaryFolder folder = TemporaryFolder.create();
        ProcessEnd.run("attribution-delete-libraries", folder::close);
        return folder.path();
    }

    /** Makes the folder where it can; whether only this user can write it. */
    static boolean isPrivate(Path folder) {
        try {
            Files.createDirectories(folder);
            Path trial = Files.createTempFile(folder, "trial", "");
            try {
                return !FileSystems.getDefault().supportedFileAttributeViews().contains("unix")
                        || isPrivate(folder, (int) Files.getAttribute(trial, "unix:uid"));
            } finally {
                Files.deleteIfExists(trial);
            }
        } catch (IOException | RuntimeException e) {
            // No home, a full or read-only disk: another folder may do.
            return false;
        }
    }

    private static boolean isPrivate(Path folder, int user) throws IOException {
        int owner = (int) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (owner != user || Files.isSymbolicLink(folder)) {
            return false;
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        for (Path above = folder.toRealPath().getParent();
                above != null;
                above = above.getParent()) {
            int mode = (int) Files.getAttribute(above, "unix:mode");
            int its = (int) Files.getAttribute(above, "unix:uid");
            int group = (int) Files.getAttribute(above, "unix:gid");
            // Many systems give each user a group of his own, of the same number.
            boolean writable = (mode & OTHERS) != 0 || (mode & GROUP) != 0 && group != user;
            if (its != user && its != 0 || writable && (mode & STICKY) == 0) {
                return false;
            }
        }
        return true;
    }
}

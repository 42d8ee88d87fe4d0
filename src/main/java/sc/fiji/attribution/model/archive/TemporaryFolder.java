/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.machine.Disk;
import sc.fiji.attribution.core.machine.Processes;

/**
 * A fresh folder that goes with all that is in it when it is closed.
 *
 * @param path empty at first, readable by its owner only
 */
public record TemporaryFolder(Path path) implements AutoCloseable {

    /** With the process, so that one of another process is not taken for ours. */
    public static final String PREFIX = "attribution-" + ProcessHandle.current().pid() + "-";

    private static final Pattern NAME = Pattern.compile("attribution-(\\d+)-.*");

    /** Whether what others left was looked for; once in a process is enough. */
    private static final AtomicBoolean SWEPT = new AtomicBoolean();

    /**
     * @throws ModelException where none can be made
     */
    public static TemporaryFolder create() {
        if (SWEPT.compareAndSet(false, true)) {
            removeLeftovers(Path.of(System.getProperty("java.io.tmpdir")));
        }
        try {
            return new TemporaryFolder(Files.createTempDirectory(PREFIX));
        } catch (IOException e) {
            throw Disk.temporary("No folder can be made in", e);
        }
    }

    /** Deletes the folders of processes that are gone, as far as they are this user's own. */
    static void removeLeftovers(Path temporary) {
        for (Path folder : Processes.leftIn(temporary, NAME)) {
            try {
                boolean own =
                        Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                                && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS)
                                        .getName()
                                        .equals(System.getProperty("user.name"));
                if (own) {
                    new TemporaryFolder(folder).close();
                }
            } catch (IOException | ModelException e) {
                // Somebody else's, or in use: the next start tries again.
                continue;
            }
        }
    }

    @Override
    public void close() {
        if (!Files.exists(path)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> files = Files.walk(path)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException e) {
            throw stays(e);
        }
        IOException failure = null;
        for (Path file : all) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw stays(failure);
        }
    }

    private ModelException stays(IOException cause) {
        return new ModelException(
                "Temporary folder '" + path + "' cannot be deleted: delete it by hand.", cause);
    }
}

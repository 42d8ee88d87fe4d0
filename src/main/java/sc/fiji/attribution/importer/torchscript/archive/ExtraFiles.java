/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.util.List;
import java.util.Locale;

/** Files that an author put into the archive beside the network. */
public final class ExtraFiles {

    private ExtraFiles() {}

    /** Class names, one a line, of a file such as {@code labels.txt}; empty where there is none. */
    public static List<String> labels(TorchArchive archive) {
        for (String name : archive.names("extra/")) {
            String file = name.toLowerCase(Locale.ROOT);
            if (file.matches(".*(label|class)[^/]*(\\.txt)?") && archive.size(name) < 1 << 20) {
                return archive.text(name)
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList();
            }
        }
        return List.of();
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** The front ends that there are, and which of them takes a file. */
public final class FrontEnds {

    private static final List<FrontEnd> ALL = all();

    private FrontEnds() {}

    private static List<FrontEnd> all() {
        List<FrontEnd> all = new ArrayList<>();
        ServiceLoader.load(FrontEnd.class, FrontEnd.class.getClassLoader()).forEach(all::add);
        all.sort(java.util.Comparator.comparing(FrontEnd::name));
        return List.copyOf(all);
    }

    /** bioimage.io's names of all weights that can be read. */
    public static List<String> weightFormats() {
        return ALL.stream().flatMap(each -> each.weightFormats().stream()).toList();
    }

    /** Why no front end takes a path; empty where one does. */
    public static Optional<String> whyNot(Path path) {
        List<String> expected = new ArrayList<>();
        StringBuilder advice = new StringBuilder();
        for (FrontEnd each : ALL) {
            Optional<String> reason = each.whyNot(path);
            if (reason.isEmpty()) {
                return reason;
            }
            String[] parts = reason.get().replaceFirst("[.]$", "").split("(?=; )", 2);
            expected.add(parts[0]);
            advice.append(parts.length > 1 ? parts[1] : "");
        }
        int last = expected.size() - 1;
        return Optional.of(
                String.join(", ", expected.subList(0, last))
                        + " or "
                        + expected.get(last)
                        + " was expected"
                        + advice
                        + (advice.toString().endsWith("?") ? "" : "."));
    }

    /**
     * The one that takes a path.
     *
     * @param path one for which {@link #whyNot} is empty
     */
    public static FrontEnd of(Path path) {
        return ALL.stream()
                .filter(each -> each.whyNot(path).isEmpty())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(path.toString()));
    }
}

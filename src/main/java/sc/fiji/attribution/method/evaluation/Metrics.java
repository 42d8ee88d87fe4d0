/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.OptionException;

/** All metrics that are on the class path. */
public final class Metrics {

    private static final List<String> FAMILIES =
            List.of("localisation", "faithfulness", "robustness", "randomisation", "complexity");

    /** What methods are compared by where nobody says which: some of each family. */
    public static final String USUAL =
            "localisation, Deletion, Insertion, ROAD, Faithfulness Correlation, Infidelity, Average"
                    + " Sensitivity, Cascade SSIM, Cascade Spearman, Sparseness";

    private static final List<Metric> ALL =
            ServiceLoader.load(Metric.class, Metric.class.getClassLoader()).stream()
                    .map(ServiceLoader.Provider::get)
                    .sorted(
                            Comparator.comparingInt((Metric m) -> FAMILIES.indexOf(family(m)))
                                    .thenComparing(m -> m.declaration().name()))
                    .toList();

    private Metrics() {}

    /** Family by family. */
    public static List<Metric> all() {
        return ALL;
    }

    /** {@code localisation}, {@code faithfulness} and so on. */
    public static String family(Metric metric) {
        String name = metric.getClass().getPackageName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /**
     * The metrics that a list names: names or families, separated by commas; {@code all} and an
     * empty text mean every one.
     *
     * @throws OptionException for a name that is neither; the message lists what there is
     */
    public static List<Metric> named(String list) {
        return named(list, Set.of());
    }

    /**
     * As {@link #named(String)}, where something is not at hand: metrics that need it are meant by
     * their own names alone, not by their family's.
     */
    public static List<Metric> named(String list, Set<Need> absent) {
        List<Metric> possible =
                ALL.stream()
                        .filter(m -> Collections.disjoint(m.declaration().needs(), absent))
                        .toList();
        if (list.isBlank() || list.strip().equalsIgnoreCase("all")) {
            return possible;
        }
        List<String> wanted = List.of(list.strip().split("\\s*,\\s*"));
        if (wanted.isEmpty()) {
            throw new OptionException("metrics: '" + list + "' names none.");
        }
        for (String name : wanted) {
            if (ALL.stream().noneMatch(metric -> isMeant(metric, name))) {
                throw new OptionException(
                        "metrics: '"
                                + name
                                + "' is no metric; choose of the families "
                                + String.join(", ", FAMILIES)
                                + ", or of "
                                + ALL.stream()
                                        .map(metric -> metric.declaration().name())
                                        .collect(Collectors.joining(", "))
                                + ".");
            }
        }
        return ALL.stream()
                .filter(
                        metric -> {
                            boolean byFamily = possible.contains(metric);
                            return wanted.stream()
                                    .anyMatch(
                                            n -> byFamily ? isMeant(metric, n) : isName(metric, n));
                        })
                .toList();
    }

    private static boolean isMeant(Metric metric, String name) {
        return isName(metric, name) || family(metric).equalsIgnoreCase(name);
    }

    private static boolean isName(Metric metric, String name) {
        return metric.declaration().name().equalsIgnoreCase(name);
    }

    /** What a metric needs and a trial lacks; empty where it can judge it. */
    public static Optional<Need> lacks(Metric metric, Trial trial) {
        return metric.declaration().needs().stream()
                .filter(need -> !trial.has(need))
                .min(Comparator.naturalOrder());
    }
}

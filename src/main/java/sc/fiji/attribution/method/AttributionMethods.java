/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.text.Spelling;
import sc.fiji.attribution.model.Classifier;

/** All methods that are on the class path. */
public final class AttributionMethods {

    /** Packages of methods, in the order in which users meet them; others come last. */
    private static final List<String> FAMILIES =
            List.of("gradient", "propagation", "cam", "perturbation");

    private static final List<AttributionMethod> ALL =
            ServiceLoader.load(AttributionMethod.class, AttributionMethod.class.getClassLoader())
                    .stream()
                    .map(ServiceLoader.Provider::get)
                    .sorted(
                            Comparator.comparingInt(AttributionMethods::family)
                                    .thenComparing(method -> method.declaration().name()))
                    .toList();

    private AttributionMethods() {}

    private static int family(AttributionMethod method) {
        String name = method.getClass().getPackageName();
        int family = FAMILIES.indexOf(name.substring(name.lastIndexOf('.') + 1));
        return family < 0 ? FAMILIES.size() : family;
    }

    /** Gradients first, then by family and name. */
    public static List<AttributionMethod> all() {
        return ALL;
    }

    public static List<String> names() {
        return ALL.stream().map(method -> method.declaration().name()).toList();
    }

    /** Those that can explain a classifier. */
    public static List<String> names(Classifier classifier) {
        return ALL.stream()
                .filter(method -> method.whyNot(classifier).isEmpty())
                .map(method -> method.declaration().name())
                .toList();
    }

    /** As {@link #require(AttributionMethod, Classifier, Settings)}, with the default options. */
    public static void require(AttributionMethod method, Classifier classifier) {
        require(method, classifier, Settings.of(method.declaration().options(), Map.of()));
    }

    /**
     * Checks that a method can explain a classifier.
     *
     * @param settings its options
     * @throws ModelException with the methods that can, where it cannot
     */
    public static void require(AttributionMethod method, Classifier classifier, Settings settings) {
        method.whyNot(classifier, settings)
                .ifPresent(
                        reason -> {
                            String others = String.join(", ", names(classifier));
                            throw new ModelException(
                                    String.format(
                                            Locale.ROOT,
                                            "%s cannot explain model '%s': %s Classify... still"
                                                    + " works%s.",
                                            method.declaration().name(),
                                            classifier.spec().name(),
                                            reason,
                                            others.isEmpty() ? "" : ", and so do " + others));
                        });
    }

    /**
     * The method of that name; case does not matter.
     *
     * @throws OptionException where there is none; the message has the near one, or all
     */
    public static AttributionMethod named(String name) {
        return ALL.stream()
                .filter(method -> method.declaration().name().equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElseThrow(
                        () ->
                                new OptionException(
                                        "method '"
                                                + name
                                                + "' does not exist"
                                                + Spelling.nearest(name, names())
                                                        .map(near -> "; did you mean " + near + "?")
                                                        .orElse(
                                                                "; there are "
                                                                        + String.join(", ", names())
                                                                        + ".")));
    }
}

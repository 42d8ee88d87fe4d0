/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.model.Classifier;

/** A map for each class, by any method: what the runs have in common is computed once. */
public final class AllClasses {

    /** Instead of a target. */
    public static final String ALL = "all";

    /** More maps than this side by side are more than one can look at, or wait for. */
    public static final int MOST = 20;

    private AllClasses() {}

    /**
     * @param maps one for each class, in their order
     * @param passes that were run for all of them together, in images; those that a map counts are
     *     what it would take alone
     */
    public record Maps(List<Attribution> maps, long passes) {}

    /** Whether a target means all classes: a class may have that name, and then it is that one. */
    public static boolean meant(String target, List<String> labels) {
        return target.strip().equalsIgnoreCase(ALL)
                && labels.stream().noneMatch(ALL::equalsIgnoreCase);
    }

    /**
     * Refuses a target that a classifier does not have, and all classes where there are too many;
     * nothing is computed.
     *
     * @return whether all classes are meant
     * @throws OptionException which says what to do instead
     */
    public static boolean requireTarget(Classifier classifier, String target) {
        boolean all = meant(target, classifier.spec().labels());
        if (all) {
            requireFew(classifier);
        } else {
            Score.target(classifier, target);
        }
        return all;
    }

    private static void requireFew(Classifier classifier) {
        int classes = classifier.spec().classes();
        if (classes > MOST) {
            throw new OptionException(
                    String.format(
                            Locale.ROOT,
                            "target=all: model '%s' has %d classes, and maps are made of at most"
                                    + " %d; run it for each class of interest, by name.",
                            classifier.spec().name(),
                            classes,
                            MOST));
        }
    }

    /**
     * Computes the map of each class.
     *
     * @param problem its target is not looked at
     */
    public static Maps of(AttributionMethod method, Problem problem, Progress progress) {
        requireFew(problem.classifier());
        List<String> labels = problem.classifier().spec().labels();
        SharedPasses shared = new SharedPasses(problem);
        List<Attribution> maps = new ArrayList<>();
        for (int k = 0; k < labels.size(); k++) {
            Progress part = Progress.part(progress, k, labels.size());
            maps.add(method.attribute(problem.of(shared, text(k, labels)), part));
        }
        return new Maps(maps, shared.passes());
    }

    /** What to call a class: its index, unless another one is named like that. */
    private static String text(int index, List<String> labels) {
        return Stream.of(Integer.toString(index), labels.get(index))
                .filter(text -> is(index, Target.parse(text, labels)))
                .findFirst()
                .orElseThrow(
                        () ->
                                new OptionException(
                                        "target=all: class "
                                                + index
                                                + " is named '"
                                                + labels.get(index)
                                                + "', as another one; give other labels."));
    }

    private static boolean is(int index, Optional<Target> target) {
        if (target.isPresent() && target.get() instanceof Target.Classes classes) {
            for (int i = 0; i < classes.weights().length; i++) {
                if (classes.weights()[i] != (i == index ? 1 : 0)) {
                    return false;
                }
            }
            return true;
        }
        return false;
    }
}

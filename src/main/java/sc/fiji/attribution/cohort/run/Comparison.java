/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import sc.fiji.attribution.cohort.run.Cohort.Member;

/**
 * Two groups of subjects whose maps are compared.
 *
 * @param name for people and tables: {@code lesions - healthy}, {@code site A - site B}
 * @param file part of file names
 * @param group 1 for the first group, 0 for the second, -1 for neither
 * @param covariate what must be held the same beside the covariates of the settings: the class
 *     where levels of the confound are compared
 */
record Comparison(
        String name, String file, ToIntFunction<Member> group, ToIntFunction<Member> covariate) {

    /**
     * Of two classes the second minus the first, of more each minus the others; so the confound.
     */
    static List<Comparison> of(Cohort cohort) {
        List<Comparison> all = new ArrayList<>();
        List<String> classes = cohort.classes();
        boolean labelled = cohort.members().stream().anyMatch(m -> m.truth() >= 0);
        if (labelled && classes.size() == 2) {
            all.add(comparison(classes.get(1) + " - " + classes.get(0), m -> m.truth(), m -> 0));
        } else if (labelled && classes.size() > 2) {
            for (int k = 0; k < classes.size(); k++) {
                int wanted = k;
                all.add(
                        comparison(
                                classes.get(k) + " - others",
                                m -> m.truth() < 0 ? -1 : m.truth() == wanted ? 1 : 0,
                                m -> 0));
            }
        }
        String confound = cohort.settings().confound();
        if (!confound.isEmpty()) {
            List<String> levels = cohort.confound().all();
            for (int k = 0; k < (levels.size() == 2 ? 1 : levels.size()); k++) {
                String level = levels.get(k);
                String other = levels.size() == 2 ? confound + " " + levels.get(1) : "others";
                all.add(
                        comparison(
                                confound + " " + level + " - " + other,
                                m ->
                                        cohort.level(m).isEmpty() || m.truth() < 0
                                                ? -1
                                                : cohort.level(m).equals(level) ? 1 : 0,
                                Member::truth));
            }
        }
        return all;
    }

    private static Comparison comparison(
            String name, ToIntFunction<Member> group, ToIntFunction<Member> covariate) {
        String file = name.replaceAll("[^\\p{L}\\p{N}.]+", "-").replaceAll("^[.-]+|-+$", "");
        return new Comparison(name, file, group, covariate);
    }
}

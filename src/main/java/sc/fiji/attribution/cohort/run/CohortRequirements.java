/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import java.util.List;
import java.util.Locale;
import sc.fiji.attribution.cohort.table.Levels;
import sc.fiji.attribution.cohort.table.Outcome;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.method.AllClasses;
import sc.fiji.attribution.model.ModelSpec;

/** What a table, a model and the settings must have in common before anything is run. */
record CohortRequirements(
        SubjectTable table, CohortSettings settings, ModelSpec model, Outcome outcome) {

    /** Levels of a confound that few subjects may share. */
    private static final int FEW = 5;

    /**
     * Refuses what does not fit: a column that is missing, a label that is no class, or no number.
     */
    void require() {
        requireOneTarget();
        requireAtlasOfNames();
        requireColumns();
        requireLabels();
        requireOneImageEach();
    }

    /** A subject has one image. */
    static void requireOneInput(ModelSpec model) {
        if (!model.parts().isEmpty()) {
            throw new ModelException(
                    "Model '"
                            + model.name()
                            + "' takes several inputs together, and a subject of a cohort has one"
                            + " image (its channels may be in several files): give numbers, the same"
                            + " for all, as constants=; models of several images are explained"
                            + " subject by subject, by Attribution Map....");
        }
    }

    /** Sums and groups are of one map of each subject. */
    private void requireOneTarget() {
        if (AllClasses.meant(settings.target(), model.labels())) {
            throw new OptionException(
                    "target",
                    "target="
                            + settings.target()
                            + ": a cohort looks at one map of each subject; name a class, or run it"
                            + " once for each.");
        }
    }

    private void requireAtlasOfNames() {
        if (settings.atlas().isEmpty() && !settings.names().isEmpty()) {
            throw new OptionException(
                    "names", "names=" + settings.names() + " are an atlas': say atlas=, too.");
        }
    }

    private void requireColumns() {
        if (!settings.confound().isEmpty()) {
            requireConfound(settings.confound());
        }
        settings.groups().forEach(group -> table.require("by", group));
        for (String covariate : settings.covariates()) {
            table.require("covariates", covariate);
            for (Subject subject : table.subjects()) {
                String cell = subject.cell(covariate);
                if (!cell.isEmpty() && SubjectTable.number(cell) == null) {
                    throw new OptionException(
                            String.format(
                                    Locale.ROOT,
                                    "covariates=%s: subject '%s' has '%s', which is no number.",
                                    covariate,
                                    subject.id(),
                                    cell));
                }
            }
        }
    }

    private void requireConfound(String confound) {
        table.require("confound", confound);
        if (confound.equals(SubjectTable.LABEL)) {
            throw new OptionException(
                    "confound",
                    "confound=label is the truth itself: name a column such as the site.");
        }
        if (SubjectTable.isOurs(confound)) {
            throw new OptionException(
                    "confound",
                    "confound="
                            + confound
                            + ": the column names files or subjects; name one that divides the"
                            + " subjects, such as the site.");
        }
        Levels.requireOneKind(table, confound);
        List<Subject> once = table.once(table.subjects());
        int subjects = once.size();
        int levels = Levels.of(table, once, confound).all().size();
        if (subjects > 3 && (levels == subjects || levels > FEW && 2 * levels > subjects)) {
            throw new OptionException(
                    "confound",
                    "confound="
                            + confound
                            + " is different for each subject, or nearly: name a column whose values several"
                            + " share, such as the site.");
        }
    }

    private void requireLabels() {
        for (Subject subject : table.subjects()) {
            try {
                outcome.truth(subject.label());
            } catch (OptionException e) {
                throw new OptionException("Subject '" + subject.id() + "': " + e.getMessage());
            }
        }
    }

    private void requireOneImageEach() {
        if (table.subjects().stream().allMatch(s -> s.images().isEmpty())) {
            throw new OptionException(
                    "table='" + table.file() + "': no subject has an image; all cells are empty.");
        }
    }
}

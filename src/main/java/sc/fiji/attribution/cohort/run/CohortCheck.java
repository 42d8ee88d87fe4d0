/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import sc.fiji.attribution.cohort.table.Levels;
import sc.fiji.attribution.cohort.table.Outcome;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.cohort.table.SubjectImage;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.text.Printable;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.region.Atlas;
import sc.fiji.attribution.model.Classifier;

/** What a run would do, and what is odd about its table: nothing is written. */
final class CohortCheck {

    /** More lines of one kind are counted, not shown. */
    private static final int MOST = 10;

    private static final String CANNOT = "cannot be run";

    /** A gradient takes about as long as two forward passes more. */
    private static final int FORWARD_PASSES_OF_GRADIENT = 3;

    private final Classifier classifier;
    private final CohortSettings settings;
    private final SubjectTable table;
    private final Outcome outcome;
    private final Map<String, List<String>> odd = new LinkedHashMap<>();

    CohortCheck(
            Classifier classifier, CohortSettings settings, SubjectTable table, Outcome outcome) {
        this.outcome = outcome;
        this.classifier = classifier;
        this.settings = settings;
        this.table = table;
    }

    CohortTool.Outlook outlook(Progress progress) {
        RegionSums regions = new RegionSums(settings);
        SubjectMaps.references(settings).forEach(each -> ModelInput.of(classifier.spec(), each));
        ImagePlus first = null;
        long voxels = 0;
        int fine = 0;
        List<Subject> subjects = table.subjects();
        for (int i = 0; i < subjects.size(); i++) {
            progress.update(i, subjects.size(), "Checking " + subjects.get(i).id());
            Subject subject = subjects.get(i);
            cells(subject);
            try {
                ImagePlus image = SubjectImage.outline(subject.images(), subject.id());
                ModelInput.of(classifier.spec(), image);
                regions.requireOn(image);
                if (first == null) {
                    first = image;
                } else if (!ImageGeometry.sameGrid(first, image)) {
                    note("lie on another grid than the first image", subject.id());
                }
                mask(subject, image);
                voxels += (long) image.getWidth() * image.getHeight() * image.getNSlices();
                fine++;
            } catch (RuntimeException e) {
                cannot(subject, String.valueOf(e.getMessage()));
            }
        }
        double seconds = first == null ? 0 : seconds(first);
        List<String> lines = new ArrayList<>();
        lines.add(
                String.format(
                        Locale.ROOT,
                        "%d %s, of which %d can be run; %s: %s.",
                        subjects.size(),
                        subjects.size() == 1 ? "subject" : "subjects",
                        fine,
                        outcome.isNumber() ? "number" : "classes",
                        String.join(", ", outcome.classes())));
        odd.forEach((what, who) -> lines.add(line(what.startsWith(CANNOT) ? CANNOT : what, who)));
        lines.addAll(table.odd());
        Cohort.oddSplit(table).ifPresent(lines::add);
        if (!settings.confound().isEmpty()) {
            Levels levels = Levels.of(table, Cohort.asked(table), settings.confound());
            lines.add("Confound " + settings.confound() + ": " + levels.description() + ".");
        }
        long megabytes = (voxels * Float.BYTES * settings.methods().size() >> 20) + 1;
        long passes = (long) FORWARD_PASSES_OF_GRADIENT * steps();
        lines.add(
                String.format(
                        Locale.ROOT,
                        "About %.0f s for the scores, and about %.0f s for the maps by %s; maps"
                                + " take up to %d MB.",
                        Math.ceil(seconds * fine),
                        Math.ceil(seconds * fine * passes),
                        settings.methods().isEmpty()
                                ? "no method"
                                : String.join(", ", settings.methods()),
                        megabytes));
        disk(lines, megabytes);
        return new CohortTool.Outlook(lines, subjects.size() - fine);
    }

    private void mask(Subject subject, ImagePlus image) {
        Path mask = table.path(subject, SubjectTable.MASK);
        if (mask != null) {
            Atlas.on(image, ImageFile.outline(mask.toString()), Map.of());
        }
        table.lesionFree(subject).values().forEach(file -> ImageFile.outline(file.toString()));
    }

    private void disk(List<String> lines, long megabytes) {
        Path folder = settings.output();
        if (folder.toString().isEmpty()) {
            return;
        }
        Path there = folder.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        try {
            long free = there == null ? 0 : Files.getFileStore(there).getUsableSpace() >> 20;
            if (free < megabytes) {
                lines.add("Only " + free + " MB are free at output=" + folder + ".");
            }
        } catch (IOException e) {
            lines.add("output=" + folder + ": what is free there cannot be told (" + e + ").");
        }
    }

    private void cells(Subject subject) {
        if (subject.label().isEmpty()) {
            note("have no label", subject.id());
        }
        String confound = settings.confound();
        if (!confound.isEmpty() && subject.cell(confound).isEmpty()) {
            note("have no " + confound, subject.id());
        }
        for (String covariate : settings.covariates()) {
            if (subject.cell(covariate).isEmpty()) {
                note("have no " + covariate, subject.id());
            }
        }
    }

    /** Reasons that differ in names alone are one, which is said of the first subject. */
    private void cannot(Subject subject, String reason) {
        String what = CANNOT + reason.replaceAll("'[^']*'", "");
        boolean first = !odd.containsKey(what);
        note(what, subject.id() + (first ? " (" + reason + ")" : ""));
    }

    private void note(String what, String who) {
        odd.computeIfAbsent(what, key -> new ArrayList<>()).add(who);
    }

    static String line(String what, List<String> who) {
        String some =
                who.stream().limit(MOST).map(Printable::line).collect(Collectors.joining(", "));
        return who.size() + " " + what + ": " + some + (who.size() > MOST ? ", …" : "");
    }

    /** A warm forward pass. */
    private double seconds(ImagePlus image) {
        Classification.of(classifier, image);
        long start = System.nanoTime();
        Classification.of(classifier, image);
        return (System.nanoTime() - start) / 1e9;
    }

    private long steps() {
        long steps = 0;
        for (String method : settings.methods()) {
            String said = settings.toMap().getOrDefault("steps", "50");
            steps += method.startsWith("Integrated") ? Long.parseLong(said) : 1;
        }
        return steps;
    }
}

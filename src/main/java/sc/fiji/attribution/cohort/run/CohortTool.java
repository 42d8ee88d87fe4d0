/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import sc.fiji.attribution.cohort.group.GroupMoments;
import sc.fiji.attribution.cohort.table.CsvFile;
import sc.fiji.attribution.cohort.table.Outcome;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.machine.Sha256;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.model.Classifier;

/**
 * A table of subjects in; predictions, performance, maps, group statistics and the evidence of bias
 * out, in a folder.
 *
 * <pre>{@code
 * CohortSettings settings =
 *         CohortSettings.of(Map.of("table", "subjects.csv", "confound", "site", "output", "study"));
 * try (Classifier classifier = Engines.open(Path.of("model"), ModelOptions.NONE)) {
 *     CohortResult result = new CohortTool(classifier, settings).run(Progress.NONE);
 * }
 * }</pre>
 *
 * While one subject is computed the next ones are read and the one before is written. At most three
 * subjects are in memory, however many there are.
 */
public final class CohortTool {

    private final Classifier classifier;
    private final CohortSettings settings;
    private final SubjectTable table;
    private final Outcome outcome;
    private GroupMoments.Adding adding = GroupMoments::inOrder;

    /**
     * Reads the table and checks it against the model; nothing is written.
     *
     * @param classifier stays open, and the caller's
     * @throws AttributionException where a column is missing, or a label is no class of the model,
     *     or no number
     */
    public CohortTool(Classifier classifier, CohortSettings settings) {
        this.classifier = classifier;
        this.settings = settings;
        this.outcome = Outcome.of(classifier.spec(), settings.target());
        CohortRequirements.requireOneInput(classifier.spec());
        this.table = SubjectTable.read(settings.table());
        new CohortRequirements(table, settings, classifier.spec(), outcome).require();
        Score.target(classifier, SubjectMaps.target(classifier.spec(), settings));
    }

    /** Who adds the maps of groups up; default: this machine, one after the other. */
    public CohortTool adding(GroupMoments.Adding other) {
        this.adding = other;
        return this;
    }

    /** The table as it was read. */
    public SubjectTable table() {
        return table;
    }

    /**
     * What a run would do.
     *
     * @param lines what would happen and what is odd
     * @param failing subjects that cannot be run
     */
    public record Outlook(List<String> lines, int failing) {}

    /** Looks at all files without running the model; nothing is written. */
    public Outlook check(Progress progress) {
        return new CohortCheck(classifier, settings, table, outcome).outlook(progress);
    }

    /**
     * Runs the subjects that are not done yet, and puts all together; a share of the subjects is
     * run only.
     *
     * @param progress told between model calls; where it ends the run, what is done stays
     */
    public CohortResult run(Progress progress) {
        requireApart();
        RegionSums regions = new RegionSums(settings);
        if (!settings.isJoin()) {
            regions.requireOnAny(table);
        }
        RunFolder folder = RunFolder.create(settings.output());
        SubjectTask task = new SubjectTask(classifier, settings, table, folder, regions);
        if (!settings.isJoin()) {
            new SubjectQueue(task, mine()).run(progress);
        }
        if (settings.isShare()) {
            return CohortResult.ofShare(table, settings, results(task, true), folder);
        }
        return finish(results(task, false), folder, regions, progress);
    }

    /**
     * Runs single subjects into the folder, for those who deal them out themselves; to be put
     * together by a run of {@code part=join}. They may be asked for from several threads: files are
     * read and written at the same time, and the model runs for one subject after the other.
     */
    public IntConsumer subjects() {
        requireApart();
        RegionSums regions = new RegionSums(settings);
        regions.requireOnAny(table);
        RunFolder folder = RunFolder.create(settings.output());
        SubjectTask task = new SubjectTask(classifier, settings, table, folder, regions);
        Lock computing = new ReentrantLock();
        return index -> {
            SubjectTask.Loaded loaded = task.read(table.subjects().get(index));
            if (loaded.done()) {
                return;
            }
            SubjectTask.Computed computed;
            computing.lock();
            try {
                computed = task.compute(loaded, Progress.NONE);
            } finally {
                computing.unlock();
            }
            task.write(computed);
        };
    }

    /** Results must not overwrite the table or an image. */
    private void requireApart() {
        Path output = settings.output().toAbsolutePath().normalize();
        if (Files.isRegularFile(output)) {
            throw new OptionException("output=" + output + " is a file; name a folder.");
        }
        Path table = settings.table().toAbsolutePath().normalize();
        for (String name : CohortResult.TABLES) {
            if (output.resolve(name).equals(table)) {
                throw new OptionException(
                        "output=" + output + ": the table itself would be overwritten.");
            }
        }
        for (String folder : List.of("maps", "groups", "subjects")) {
            for (Subject subject : this.table.subjects()) {
                for (Path image : subject.images().values()) {
                    if (image.toAbsolutePath().normalize().startsWith(output.resolve(folder))) {
                        throw new OptionException(
                                "output="
                                        + output
                                        + ": the images of the table lie where maps would be"
                                        + " written; choose another folder.");
                    }
                }
            }
        }
    }

    /** The subjects of this share. */
    private List<Subject> mine() {
        int[] part = settings.part();
        List<Subject> mine = new ArrayList<>();
        for (int i = part[0] - 1; i < table.subjects().size(); i += part[1]) {
            mine.add(table.subjects().get(i));
        }
        return mine;
    }

    private List<SubjectResult> results(SubjectTask task, boolean share) {
        List<Subject> mine = mine();
        List<SubjectResult> results = new ArrayList<>();
        for (Subject subject : share ? mine : table.subjects()) {
            results.add(task.result(subject));
        }
        return results;
    }

    private CohortResult finish(
            List<SubjectResult> results, RunFolder folder, RegionSums regions, Progress progress) {
        Cohort cohort = Cohort.of(table, outcome, settings, results);
        List<Comparison> comparisons = Comparison.of(cohort);
        Map<List<String>, Performance> performance = CohortTables.performance(cohort);
        CohortTables.predictions(cohort).save(folder.path().resolve("predictions.csv"));
        CohortTables.performance(performance, cohort.classes())
                .save(folder.path().resolve("performance.csv"));
        CohortTables.regions(cohort).save(folder.path().resolve("regions.csv"));
        CsvFile regionTests = CohortTables.regionTests(cohort, comparisons);
        regionTests.save(folder.path().resolve("region-tests.csv"));
        BiasEvidence bias = BiasEvidence.of(cohort, folder);
        CohortTables.bias(bias.rows()).save(folder.path().resolve("bias.csv"));
        List<String> notes = new ArrayList<>(table.odd());
        Cohort.oddSplit(table).ifPresent(notes::add);
        notes.addAll(leftOut(cohort));
        if (bias.channels().isPresent()) {
            bias =
                    bias.with(
                            ChannelMeans.of(
                                    classifier,
                                    cohort,
                                    bias.channels().get(),
                                    folder,
                                    notes,
                                    progress));
        }
        CohortTables.channels(bias.channels()).save(folder.path().resolve("channels.csv"));
        GroupMaps groups = new GroupMaps(cohort, folder, regions, adding);
        groups.make(comparisons, progress);
        notes.addAll(0, groups.notes());
        groups.clusters().save(folder.path().resolve("clusters.csv"));
        groups.exploration().save(folder.path().resolve("exploration.csv"));
        CohortResult result =
                new CohortResult(
                        cohort,
                        folder,
                        performance,
                        bias,
                        groups.images(),
                        groups.clusters(),
                        regionTests,
                        groups.exploration(),
                        notes);
        RunFolder.write(folder.path().resolve("run.json"), RunFolder.JSON.toJson(record(result)));
        return result;
    }

    /** Whom the main test lacks. */
    private static List<String> leftOut(Cohort cohort) {
        String confound = cohort.settings().confound();
        List<String> without =
                cohort.asked().stream()
                        .filter(m -> m.truth() >= 0 && !confound.isEmpty())
                        .filter(m -> cohort.level(m).isEmpty())
                        .map(m -> m.subject().id())
                        .toList();
        return without.isEmpty()
                ? List.of()
                : List.of(
                        CohortCheck.line("have no " + confound, without)
                                + "; they are left out of the test.");
    }

    private Map<String, Object> record(CohortResult result) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("parameters", settings.toMap());
        record.put("target", SubjectMaps.target(classifier.spec(), settings));
        record.put("model", classifier.spec().name());
        record.put("model sha256", classifier.spec().sha256());
        record.put("classes", classifier.spec().labels());
        try {
            record.put("table sha256", Sha256.of(Files.readAllBytes(table.file())));
        } catch (IOException e) {
            throw new ImageException("The table cannot be read any more: " + e.getMessage(), e);
        }
        String version = CohortTool.class.getPackage().getImplementationVersion();
        record.put("version", version == null ? "development" : version);
        record.put("java", System.getProperty("java.version"));
        record.put("subjects", table.subjects().size());
        record.put("failed", result.cohort().failed());
        record.put("notes", result.notes());
        Map<String, String> state = new LinkedHashMap<>();
        result.cohort()
                .results()
                .forEach(r -> state.put(r.id(), r.ok() ? "done" : "failed: " + r.error()));
        record.put("state", state);
        return record;
    }
}

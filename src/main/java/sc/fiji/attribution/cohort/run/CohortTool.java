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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import sc.fiji.attribution.cohort.table.CsvFile;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.machine.Sha256;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelSpec;

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

    /**
     * Reads the table and checks it against the model; nothing is written.
     *
     * @param classifier stays open, and the caller's
     * @throws AttributionException where a column is missing, or a label is no class of the model
     */
    public CohortTool(Classifier classifier, CohortSettings settings) {
        this.classifier = classifier;
        this.settings = settings;
        requireClasses();
        this.table = SubjectTable.read(settings.table());
        requireColumns();
        requireLabels();
        requireOneImageEach();
    }

    /** Groups are of classes, and so is how well a network does. */
    private void requireClasses() {
        ModelSpec model = classifier.spec();
        if (!model.hasProbabilities()) {
            throw new ModelException(
                    "Model '"
                            + model.name()
                            + "' gives numbers, or a map of them ("
                            + String.join(", ", model.labels())
                            + "), and a cohort compares classes: if they are the logits of"
                            + " classes, name these (labels=…) or say head=classes.");
        }
    }

    private void requireColumns() {
        if (!settings.confound().isEmpty()) {
            table.require("confound", settings.confound());
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

    private void requireLabels() {
        Set<String> labels = new TreeSet<>();
        table.subjects().forEach(subject -> labels.add(subject.label()));
        labels.forEach(label -> Cohort.truth(label, classifier.spec().labels()));
    }

    private void requireOneImageEach() {
        if (table.subjects().stream().allMatch(s -> s.images().isEmpty())) {
            throw new OptionException(
                    "table='" + table.file() + "': no subject has an image; all cells are empty.");
        }
    }

    /** The table as it was read. */
    public SubjectTable table() {
        return table;
    }

    /**
     * Looks at all files without running the model; nothing is written.
     *
     * @return what would happen and what is odd, a line each
     */
    public List<String> check(Progress progress) {
        return new CohortCheck(classifier, settings, table).lines(progress);
    }

    /**
     * Runs the subjects that are not done yet, and puts all together; a share of the subjects is
     * run only.
     *
     * @param progress told between model calls; where it ends the run, what is done stays
     */
    public CohortResult run(Progress progress) {
        requireApart();
        RunFolder folder = RunFolder.create(settings.output());
        RegionSums regions = new RegionSums(settings);
        SubjectTask task = new SubjectTask(classifier, settings, table, folder, regions);
        if (!settings.isJoin()) {
            each(task, progress);
        }
        if (settings.isShare()) {
            return CohortResult.ofShare(table, settings, results(task, true), folder);
        }
        return finish(results(task, false), folder, regions, progress);
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

    private void each(SubjectTask task, Progress progress) {
        List<Subject> mine = mine();
        ExecutorService reader = Executors.newSingleThreadExecutor(CohortTool::daemon);
        ExecutorService writer = Executors.newSingleThreadExecutor(CohortTool::daemon);
        Pace pace = new Pace(mine.size());
        try {
            Future<?> written = null;
            Future<SubjectTask.Loaded> next = mine.isEmpty() ? null : read(reader, task, mine, 0);
            for (int i = 0; i < mine.size(); i++) {
                SubjectTask.Loaded loaded = get(next);
                next = i + 1 < mine.size() ? read(reader, task, mine, i + 1) : null;
                progress.update(1000L * i, 1000L * mine.size(), pace.line());
                if (loaded.done()) {
                    pace.known();
                    continue;
                }
                SubjectTask.Computed computed = task.compute(loaded, pace.within(progress, i));
                if (written != null) {
                    get(written);
                }
                written = writer.submit(() -> task.write(computed));
                pace.took(computed.result().ok());
            }
            if (written != null) {
                get(written);
            }
            progress.update(1000L * mine.size(), 1000L * mine.size(), pace.line());
        } finally {
            reader.shutdownNow();
            writer.shutdown(); // what is being written will be whole
            awaitEnd(writer);
        }
    }

    private static Future<SubjectTask.Loaded> read(
            ExecutorService reader, SubjectTask task, List<Subject> subjects, int i) {
        return reader.submit(() -> task.read(subjects.get(i)));
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "attribution-cohort-files");
        thread.setDaemon(true);
        return thread;
    }

    private static void awaitEnd(ExecutorService writer) {
        try {
            writer.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException("The run was interrupted; what is done stays.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
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
        Cohort cohort = new Cohort(table, classifier.spec().labels(), settings, results);
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
        List<String> notes = new ArrayList<>();
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
        GroupMaps groups = new GroupMaps(cohort, folder, regions);
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

    private Map<String, Object> record(CohortResult result) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("parameters", settings.toMap());
        record.put("target", SubjectTask.target(classifier, settings));
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

    /** How fast it goes: {@code 37 of 300, 2 failed, 14 min left}. */
    private static final class Pace {
        private final int total;
        private final long start = System.nanoTime();
        private int done;
        private int computed;
        private int failed;

        Pace(int total) {
            this.total = total;
        }

        void known() {
            done++;
        }

        void took(boolean ok) {
            done++;
            computed++;
            failed += ok ? 0 : 1;
        }

        String line() {
            String line = done + " of " + total;
            line += failed > 0 ? ", " + failed + " failed" : "";
            if (computed > 0 && done < total) {
                double seconds = (System.nanoTime() - start) / 1e9 / computed * (total - done);
                line +=
                        seconds < 90
                                ? String.format(Locale.ROOT, ", %.0f s left", seconds)
                                : String.format(Locale.ROOT, ", %.0f min left", seconds / 60);
            }
            return line;
        }

        /** Progress of one subject as that of the whole. */
        Progress within(Progress whole, int place) {
            return (part, parts, what) ->
                    whole.update(
                            1000L * place + (parts > 0 ? 1000 * part / parts : 0),
                            1000L * total,
                            line());
        }
    }
}

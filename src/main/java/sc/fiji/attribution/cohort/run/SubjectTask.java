/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import ij.ImagePlus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.cohort.table.SubjectImage;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.MapRun;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.region.Atlas;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;

/** What is done for one subject, in three steps: read, compute, write. */
final class SubjectTask {

    private final Classifier classifier;
    private final CohortSettings settings;
    private final SubjectTable table;
    private final RunFolder folder;
    private final RegionSums regions;
    private final Optional<ChannelParts> parts;
    private final SubjectKeys keys;
    private final Map<String, AttributionTool> tools;

    /** What was written, so that it is not read again; all of them are put together at the end. */
    private final Map<String, SubjectResult> written = new ConcurrentHashMap<>();

    SubjectTask(
            Classifier classifier,
            CohortSettings settings,
            SubjectTable table,
            RunFolder folder,
            RegionSums regions) {
        this.classifier = classifier;
        this.settings = settings;
        this.table = table;
        this.folder = folder;
        this.regions = regions;
        this.parts =
                settings.confound().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new ChannelParts(classifier));
        this.keys =
                new SubjectKeys(
                        classifier.spec(),
                        settings,
                        table,
                        regions,
                        SubjectMaps.target(classifier.spec(), settings),
                        parts.flatMap(ChannelParts::layer));
        this.tools = SubjectMaps.tools(classifier, settings);
    }

    /**
     * What is known already, and what was read for the rest.
     *
     * @param key of the scores, as the files were before they were read
     * @param first the first of the methods, ready to be run
     */
    record Loaded(
            Subject subject,
            String key,
            SubjectResult before,
            List<String> methods,
            ImagePlus image,
            ImagePlus mask,
            ImagePlus lesionFree,
            MapRun first,
            String error) {

        boolean done() {
            return error == null && before != null && methods.isEmpty();
        }
    }

    /**
     * What is to be written; what maps add up to is found then, beside the next subject's passes.
     *
     * @param loaded what it was computed of
     * @param runs of the methods whose maps are new
     */
    record Computed(Loaded loaded, SubjectResult result, Map<String, MapRun> runs) {}

    /** What is known of it now; a failure, where it has not been run. */
    SubjectResult result(Subject subject) {
        SubjectResult here = written.get(subject.id());
        if (here != null) {
            return here;
        }
        Loaded loaded = look(subject);
        if (loaded.done()) {
            return loaded.before();
        }
        return folder.read(subject)
                .filter(r -> !r.ok() && r.key().equals(loaded.key()))
                .orElseGet(
                        () ->
                                SubjectResult.failed(
                                        subject.id(),
                                        loaded.key(),
                                        "not run yet: run its part, or all"));
    }

    private Loaded look(Subject subject) {
        String key = keys.of(subject);
        SubjectResult before =
                folder.read(subject).filter(r -> r.ok() && r.key().equals(key)).orElse(null);
        List<String> missing = new ArrayList<>();
        for (String name : settings.methods()) {
            AttributionMethod method = AttributionMethods.named(name);
            SubjectResult.Found map = before == null ? null : before.maps().get(name);
            boolean there =
                    map != null
                            && map.key().equals(keys.of(subject, key, method))
                            && Files.exists(folder.map(map.file()));
            if (!there) {
                missing.add(name);
            }
        }
        return new Loaded(subject, key, before, missing, null, null, null, null, null);
    }

    /** Reads what is needed; may run beside the computing of another subject. */
    Loaded read(Subject subject) {
        Loaded loaded = look(subject);
        if (loaded.done()) {
            return loaded;
        }
        try {
            ImagePlus image = SubjectImage.open(subject.images(), subject.id());
            regions.requireOn(image);
            Path file = table.path(subject, SubjectTable.MASK);
            ImagePlus mask = file == null ? null : ImageFile.open(file.toString());
            if (mask != null) {
                Atlas.requireOn(image, mask);
            }
            return new Loaded(
                    subject,
                    loaded.key(),
                    loaded.before(),
                    loaded.methods(),
                    image,
                    mask,
                    lesionFree(subject, image),
                    loaded.methods().isEmpty()
                            ? null
                            : tools.get(loaded.methods().get(0)).prepare(image),
                    null);
        } catch (RuntimeException e) {
            return failed(subject, message(e)).loaded();
        }
    }

    private ImagePlus lesionFree(Subject subject, ImagePlus image) {
        Map<String, Path> files = table.lesionFree(subject);
        if (files.isEmpty()) {
            return null;
        }
        ImagePlus without = SubjectImage.open(files, subject.id() + " without lesions");
        if (!ImageGeometry.sameGrid(image, without)) {
            throw new ImageException(
                    "its image without lesions lies on another grid: register and resample it");
        }
        return without;
    }

    /** Runs the model. Failures are a result too. */
    Computed compute(Loaded loaded, Progress progress) {
        if (loaded.error() != null) {
            return failed(loaded.subject(), loaded.error());
        }
        try {
            return computed(loaded, progress);
        } catch (CancelledException e) {
            throw e;
        } catch (RuntimeException e) {
            return failed(loaded.subject(), message(e));
        }
    }

    private Computed failed(Subject subject, String error) {
        String key = keys.of(subject);
        return new Computed(
                new Loaded(subject, key, null, List.of(), null, null, null, null, error),
                SubjectResult.failed(subject.id(), key, error),
                Map.of());
    }

    private static String message(RuntimeException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return e instanceof AttributionException
                ? message.replaceAll("\\s*\\R\\s*", " ")
                : e.getClass().getSimpleName() + ": " + message.replaceAll("\\s*\\R\\s*", " ");
    }

    private Computed computed(Loaded loaded, Progress progress) {
        ImagePlus image = loaded.image();
        Map<String, MapRun> runs = new LinkedHashMap<>();
        Map<String, SubjectResult.Found> maps = new LinkedHashMap<>();
        List<String> warnings = new ArrayList<>();
        Attribution any = null;
        for (String name : settings.methods()) {
            if (!loaded.methods().contains(name)) {
                maps.put(name, loaded.before().maps().get(name));
                continue;
            }
            AttributionTool tool = tools.get(name);
            tool.require();
            MapRun run = runs.isEmpty() ? loaded.first() : tool.prepare(image);
            any = run.attribute(progress).found();
            String file = keys.mapFile(loaded.subject(), name);
            runs.put(name, run);
            maps.put(
                    name,
                    new SubjectResult.Found(
                            keys.of(loaded.subject(), loaded.key(), AttributionMethods.named(name)),
                            file,
                            List.of()));
        }
        SubjectResult before = loaded.before();
        if (before != null) {
            return new Computed(loaded, before.with(maps, List.of()), runs);
        }
        float[] logits;
        double[] probabilities;
        if (any != null) {
            logits = any.classLogits();
            probabilities = any.probabilities();
        } else {
            Classification found = Classification.of(classifier, image, warnings::add).get(0);
            logits = found.logits();
            probabilities = found.probabilities();
        }
        Head head = classifier.spec().head();
        ImagePlus lesionFree =
                loaded.lesionFree() != null
                        ? loaded.lesionFree()
                        : loaded.mask() != null ? SubjectImage.without(image, loaded.mask()) : null;
        double[] without =
                lesionFree == null
                        ? null
                        : head.logOdds(Classification.of(classifier, lesionFree).get(0).logits());
        return new Computed(
                loaded,
                new SubjectResult(
                        loaded.subject().id(),
                        loaded.key(),
                        "",
                        logits,
                        probabilities,
                        head.logOdds(logits),
                        without,
                        parts.map(channels -> channels.of(image, progress)).orElse(null),
                        maps,
                        warnings),
                runs);
    }

    /**
     * Maps first, so that a subject that is known has all its maps.
     *
     * @return whether the subject did not fail
     */
    boolean write(Computed computed) {
        Subject subject = computed.loaded().subject();
        Map<String, ImagePlus> images = new LinkedHashMap<>();
        SubjectResult result;
        try {
            result = finished(computed, images);
        } catch (RuntimeException e) {
            images.clear();
            result = failed(subject, message(e)).result();
        }
        for (Map.Entry<String, ImagePlus> image : images.entrySet()) {
            Path file = folder.map(result.maps().get(image.getKey()).file());
            ImageFile.save(image.getValue(), file.toString());
        }
        folder.write(subject, result);
        written.put(subject.id(), result);
        return result.ok();
    }

    /** The result with what the maps add up to, and with their warnings. */
    private SubjectResult finished(Computed computed, Map<String, ImagePlus> images) {
        Loaded loaded = computed.loaded();
        Map<String, SubjectResult.Found> maps = new LinkedHashMap<>(computed.result().maps());
        Set<String> warnings = new LinkedHashSet<>(computed.result().warnings());
        computed.runs()
                .forEach(
                        (name, run) -> {
                            AttributionTool.Result made = run.finish();
                            warnings.addAll(made.warnings());
                            images.put(name, made.image());
                            List<SubjectResult.Region> sums =
                                    regions.of(made.image(), loaded.image(), loaded.mask());
                            maps.computeIfPresent(
                                    name,
                                    (key, found) ->
                                            new SubjectResult.Found(
                                                    found.key(), found.file(), sums));
                        });
        if (warnings.isEmpty() && loaded.before() != null) {
            warnings.addAll(loaded.before().warnings());
        }
        return computed.result().with(maps, List.copyOf(warnings));
    }
}

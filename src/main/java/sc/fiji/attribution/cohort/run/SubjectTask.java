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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.file.ChannelFiles;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.ModelSpec;

/** What is done for one subject, in three steps: read, compute, write. */
final class SubjectTask {

    private final Classifier classifier;
    private final CohortSettings settings;
    private final SubjectTable table;
    private final RunFolder folder;
    private final RegionSums regions;
    private final String target;
    private final List<ImagePlus> references;
    private final Optional<ChannelParts> parts;

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
        this.target = target(classifier, settings);
        this.references = references(settings);
        this.parts =
                settings.confound().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new ChannelParts(classifier));
    }

    /** What maps are measured against with {@code baseline=images}. */
    static List<ImagePlus> references(CohortSettings settings) {
        String named = settings.references();
        if (ChannelFiles.names(named).size() > 1) {
            return List.of(ChannelFiles.of(named, ImageFile::openOrFind));
        }
        return named.isEmpty() ? List.of() : ImageFile.openAll(named);
    }

    /** Of two classes the second, of more the predicted one, unless said otherwise. */
    static String target(Classifier classifier, CohortSettings settings) {
        List<String> labels = classifier.spec().labels();
        if (!settings.target().isEmpty()) {
            return settings.target();
        }
        return labels.size() == 2 ? second(classifier.spec()) : "predicted";
    }

    /** The log odds of the second of two classes, as a target. */
    static String second(ModelSpec model) {
        String second = model.labels().get(1);
        return model.head().isExclusive() ? second + " - " + model.labels().get(0) : second;
    }

    /** What is known already, and what was read for the rest. */
    record Loaded(
            Subject subject,
            SubjectResult before,
            List<String> methods,
            ImagePlus image,
            ImagePlus mask,
            ImagePlus lesionFree,
            String error) {

        boolean done() {
            return error == null && before != null && methods.isEmpty();
        }
    }

    /**
     * What is to be written; what maps add up to is found then, beside the next subject's passes.
     *
     * @param loaded what it was computed of
     * @param maps new ones by method
     */
    record Computed(Loaded loaded, SubjectResult result, Map<String, ImagePlus> maps) {}

    String key(Subject subject) {
        Fingerprint print =
                new Fingerprint()
                        .add("model", classifier.spec().sha256())
                        .add("said", classifier.spec().said())
                        .add("layer", parts.flatMap(ChannelParts::layer));
        subject.images().forEach(print::file);
        table.lesionFree(subject)
                .forEach((channel, file) -> print.file("without " + channel, file));
        return print.file("mask", table.path(subject, SubjectTable.MASK)).toString();
    }

    private String key(Subject subject, AttributionMethod method) {
        Settings options = Settings.of(CohortSettings.declared(method), settings.optionsOf(method));
        Fingerprint print =
                new Fingerprint()
                        .add("scores", key(subject))
                        .add("method", method.declaration().name())
                        .add("options", options.toMap());
        if (method.declaration().usesBaseline() && BaselineChoice.isImages(options)) {
            ChannelFiles.names(settings.references())
                    .forEach(name -> print.files("references", Path.of(name)));
        }
        return print.add("target", target)
                .add("file", mapFile(subject, method.declaration().name()))
                .add("regions", regions.key())
                .toString();
    }

    private String mapFile(Subject subject, String method) {
        return subject.file() + "_" + method.replace(' ', '-') + "." + settings.suffix(subject);
    }

    /** What is known of it now; a failure, where it has not been run. */
    SubjectResult result(Subject subject) {
        Loaded loaded = look(subject);
        if (loaded.done()) {
            return loaded.before();
        }
        return folder.read(subject)
                .filter(r -> !r.ok() && r.key().equals(key(subject)))
                .orElseGet(
                        () ->
                                SubjectResult.failed(
                                        subject.id(),
                                        key(subject),
                                        "not run yet: run its part, or all"));
    }

    private Loaded look(Subject subject) {
        SubjectResult before =
                folder.read(subject)
                        .filter(r -> r.ok() && r.key().equals(key(subject)))
                        .orElse(null);
        List<String> missing = new ArrayList<>();
        for (String name : settings.methods()) {
            AttributionMethod method = AttributionMethods.named(name);
            SubjectResult.Found map = before == null ? null : before.maps().get(name);
            boolean there =
                    map != null
                            && map.key().equals(key(subject, method))
                            && Files.exists(folder.map(map.file()));
            if (!there) {
                missing.add(name);
            }
        }
        return new Loaded(subject, before, missing, null, null, null, null);
    }

    /** Reads what is needed; may run beside the computing of another subject. */
    Loaded read(Subject subject) {
        Loaded loaded = look(subject);
        if (loaded.done()) {
            return loaded;
        }
        try {
            ImagePlus image = SubjectImage.open(subject.images(), subject.id());
            Path mask = table.path(subject, SubjectTable.MASK);
            return new Loaded(
                    subject,
                    loaded.before(),
                    loaded.methods(),
                    image,
                    mask == null ? null : ImageFile.open(mask.toString()),
                    lesionFree(subject, image),
                    null);
        } catch (RuntimeException e) {
            return new Loaded(subject, null, List.of(), null, null, null, message(e));
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
        return new Computed(
                new Loaded(subject, null, List.of(), null, null, null, error),
                SubjectResult.failed(subject.id(), key(subject), error),
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
        Map<String, ImagePlus> images = new LinkedHashMap<>();
        Map<String, SubjectResult.Found> maps = new LinkedHashMap<>();
        List<String> warnings = new ArrayList<>();
        Attribution any = null;
        for (String name : settings.methods()) {
            if (!loaded.methods().contains(name)) {
                maps.put(name, loaded.before().maps().get(name));
                continue;
            }
            AttributionMethod method = AttributionMethods.named(name);
            AttributionTool.Result result = tool(method).run(image, progress);
            any = result.attributions().get(0);
            result.warnings().stream().filter(w -> !warnings.contains(w)).forEach(warnings::add);
            String file = mapFile(loaded.subject(), name);
            images.put(name, result.image());
            maps.put(name, new SubjectResult.Found(key(loaded.subject(), method), file, List.of()));
        }
        SubjectResult before = loaded.before();
        if (before != null) {
            return new Computed(
                    loaded,
                    before.with(maps, warnings.isEmpty() ? before.warnings() : warnings),
                    images);
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
                        key(loaded.subject()),
                        "",
                        logits,
                        probabilities,
                        head.logOdds(logits),
                        without,
                        parts.map(channels -> channels.of(image, progress)).orElse(null),
                        maps,
                        warnings),
                images);
    }

    private AttributionTool tool(AttributionMethod method) {
        Map<String, String> options = settings.optionsOf(method);
        Settings all = Settings.of(CohortSettings.declared(method), options);
        AttributionTool tool =
                new AttributionTool(classifier).method(method.declaration().name()).target(target);
        if (method.declaration().usesBaseline()) {
            tool.baseline(
                    new BaselineChoice(
                            all.get(BaselineChoice.NAME),
                            all.get(BaselineChoice.CONSTANT),
                            all.get(BaselineChoice.SIGMA),
                            references));
        }
        options.keySet()
                .retainAll(method.declaration().options().stream().map(o -> o.key()).toList());
        return tool.options(options);
    }

    /**
     * Maps first, so that a subject that is known has all its maps.
     *
     * @return whether the subject did not fail
     */
    boolean write(Computed computed) {
        Computed whole;
        try {
            whole = new Computed(computed.loaded(), withRegions(computed), computed.maps());
        } catch (RuntimeException e) {
            whole = failed(computed.loaded().subject(), message(e));
        }
        SubjectResult result = whole.result();
        whole.maps()
                .forEach(
                        (name, map) -> {
                            Path file = folder.map(result.maps().get(name).file());
                            ImageFile.save(map, file.toString());
                        });
        folder.write(computed.loaded().subject(), result);
        return result.ok();
    }

    private SubjectResult withRegions(Computed computed) {
        Loaded loaded = computed.loaded();
        Map<String, SubjectResult.Found> maps = new LinkedHashMap<>(computed.result().maps());
        computed.maps()
                .forEach(
                        (name, map) -> {
                            SubjectResult.Found found = maps.get(name);
                            List<SubjectResult.Region> sums =
                                    regions.of(map, loaded.image(), loaded.mask());
                            maps.put(
                                    name, new SubjectResult.Found(found.key(), found.file(), sums));
                        });
        return computed.result().with(maps, computed.result().warnings());
    }
}

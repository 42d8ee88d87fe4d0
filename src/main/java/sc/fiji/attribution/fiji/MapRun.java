/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Area;
import sc.fiji.attribution.core.machine.JavaHeap;
import sc.fiji.attribution.fiji.AttributionTool.Result;
import sc.fiji.attribution.fiji.file.OwnGrids;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.input.RangeGuard;
import sc.fiji.attribution.fiji.input.SlicedMap;
import sc.fiji.attribution.fiji.map.ClassChannels;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.fiji.map.Provenance;
import sc.fiji.attribution.fiji.segmentation.MapPart;
import sc.fiji.attribution.method.AllClasses;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Batches;
import sc.fiji.attribution.method.Cost;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.ScoreSweep;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;

/**
 * The map of one image, in three steps, of which only the second runs the model: {@link
 * AttributionTool#prepare} makes the tensor, {@link #attribute} the map on the model's grid, {@link
 * #finish} the image. One thread may prepare the next image and another finish the one before,
 * while a third runs the model.
 */
public final class MapRun {

    private final MapRequest request;
    private final Classifier classifier;
    private final AttributionMethod method;
    private final Settings settings;
    private final ImagePlus image;
    private final boolean all;
    private final int perFrame;
    private final List<ImagePlus> own;
    private final InputMaps inputs;
    private final ModelInput input;
    private final Baseline reference;
    private final List<String> warnings;
    private final List<Attribution> attributions = new ArrayList<>();
    private final List<SlicedMap> maps = new ArrayList<>();

    /** The first frame, until it is explained. */
    private Tensor first;

    /** The maps of the last frame, until they are on the image's grid. */
    private AllClasses.Maps last;

    private long passes;

    MapRun(MapRequest request, ImagePlus image) {
        this.request = request;
        this.classifier = request.classifier();
        this.method = request.method();
        this.settings = request.settings();
        this.image = image;
        this.all = request.isAll();
        this.perFrame = all ? classifier.spec().classes() : 1;
        this.input = ModelInput.of(classifier.spec(), image);
        this.own = OwnGrids.of(image);
        if (all && !own.isEmpty()) {
            throw new OptionException(
                    "target=all: the images of the model lie on grids of their own, and the map of"
                            + " each has its own image; name one class.");
        }
        input.requireFinite();
        this.inputs = new InputMaps(classifier.spec().parts());
        Baseline resolved = request.baseline().resolve(classifier.spec(), seed(settings));
        this.reference =
                method.declaration().changesImage() ? inputs.holdNumbers(resolved) : resolved;
        this.warnings = new ArrayList<>(classifier.spec().description().warnings());
        warnings.addAll(request.baseline().doubts(image));
        this.first = input.tensor(0);
    }

    /**
     * Runs the model.
     *
     * @param progress told between model calls
     * @return the same run
     */
    public MapRun attribute(Progress progress) {
        for (int frame = 0; frame < input.frames(); frame++) {
            if (frame > 0) {
                place();
            }
            Tensor tensor = frame == 0 ? first : input.tensor(frame);
            first = null;
            // Not before: another run may hold its memory while this one is prepared.
            requireMemory(tensor);
            if (frame == 0) {
                progress.note(input.summary() + ".");
            }
            Problem problem = problem(tensor, warnings);
            if (frame == 0 && method.declaration().options().contains(ScoreSweep.LIMIT)) {
                Cost.announce(method, problem, passes(problem), progress);
            }
            Progress part = Progress.part(progress, frame, input.frames());
            last = all ? AllClasses.of(method, problem, part) : one(problem, part);
            passes += last.passes();
            if (frame == 0) {
                float[] logits = last.maps().get(0).classLogits();
                RangeGuard.doubt(
                                classifier,
                                tensor,
                                input.span(),
                                () -> problem.area().isPresent() ? logits(tensor) : logits)
                        .ifPresent(warnings::add);
            }
        }
        return this;
    }

    /** What was found in the first frame, on the model's grid; of all classes the first. */
    public Attribution found() {
        return attributions.isEmpty() ? last.maps().get(0) : attributions.get(0);
    }

    /** Brings the maps of the last frame to the image's grid. */
    private void place() {
        List<SlicedMap> onImage = new ArrayList<>();
        for (Attribution each : last.maps()) {
            Attribution attribution = inputs.withNumbers(each);
            attributions.add(attribution);
            String whose = all ? attribution.target().description() + ": " : "";
            MapImage.warning(attribution.map())
                    .ifPresent(text -> warnings.add(whose + text + keptInside()));
            overflow(attribution).ifPresent(text -> warnings.add(whose + text));
            SlicedMap map = input.sliced(attribution.map(), attribution.quantity());
            onImage.add(inputs.ofImages(map));
        }
        maps.add(all ? ClassChannels.of(onImage) : onImage.get(0));
        last = null;
    }

    /**
     * Makes the image of the map, once it was computed.
     *
     * @throws ImageException where the map has values that are NaN or infinite
     */
    public Result finish() {
        place();
        warnings.addAll(input.warnings());
        Map<String, String> provenance = provenance();
        if (!own.isEmpty()) {
            return ownGrids(provenance);
        }
        MapImage result = map(image, provenance);
        if (all) {
            provenance.put(Provenance.PASSES_OF_ALL, Long.toString(passes));
            result.provenance(provenance).classes(classifier.spec().labels());
        } else if (inputs.names().size() > 1 && maps.get(0).channels() == inputs.names().size()) {
            result.classes(inputs.names());
        } else if (request.channels() == MapImage.Channels.KEEP
                && maps.get(0).channels() == input.channelNames().size()) {
            result.classes(input.channelNames());
        }
        return result(result.ofSlices(maps), Map.of());
    }

    private Result result(ImagePlus map, Map<String, ImagePlus> others) {
        return new Result(map, others, attributions, perFrame, passes, warnings);
    }

    private Map<String, String> provenance() {
        Map<String, String> provenance =
                Provenance.of(classifier.spec(), attributions, perFrame, request.channels(), image);
        provenance.put("attribution.input", input.summary());
        provenance.put("attribution.paper", method.declaration().paper());
        request.regions().ifPresent(r -> provenance.put("attribution.regions", r.description()));
        request.inside().ifPresent(r -> provenance.put("attribution.inside", r.description()));
        input.resampling().ifPresent(how -> provenance.put("attribution.resampling", how));
        return provenance;
    }

    /** A map for each of the images that lie on grids of their own. */
    private Result ownGrids(Map<String, String> provenance) {
        Map<String, ImagePlus> made = new LinkedHashMap<>();
        for (int i = 0; i < own.size(); i++) {
            int channel = i;
            ImagePlus each = own.get(i);
            made.put(
                    inputs.names().get(i),
                    map(each, provenance)
                            .channels(MapImage.Channels.SUM)
                            .ofSlices(
                                    maps.stream()
                                            .map(map -> OwnGrids.cut(map, channel, each))
                                            .toList()));
        }
        ImagePlus firstMap = made.remove(inputs.names().get(0));
        return result(firstMap, made);
    }

    private MapImage map(ImagePlus of, Map<String, String> provenance) {
        return MapImage.of(of)
                .title(title(attributions.get(0), all, of))
                .channels(request.channels())
                .colours(request.colours())
                .provenance(provenance);
    }

    /** A map may be finite where what it is said to explain is not. */
    private static Optional<String> overflow(Attribution attribution) {
        if (!Double.isFinite(attribution.score())) {
            return Optional.of("The map explains nothing: " + Classification.OVERFLOW);
        }
        return attribution.baselineScore().stream().allMatch(Double::isFinite)
                ? Optional.empty()
                : Optional.of(
                        "The map explains nothing: the network overflows on the baseline; check"
                                + " that its values are on the scale of the training.");
    }

    private float[] logits(Tensor image) {
        return classifier.spec().head().classLogits(classifier.logits(image)[0]);
    }

    private AllClasses.Maps one(Problem problem, Progress progress) {
        Attribution attribution = method.attribute(problem, progress);
        return new AllClasses.Maps(List.of(attribution), attribution.passes());
    }

    private Optional<Area> area(Tensor tensor) {
        if (classifier.spec().map().isEmpty()) {
            return Optional.empty();
        }
        MapPart part = request.voxel().map(MapPart.class::cast).orElse(request.where());
        Optional<Target> meant =
                all ? Optional.empty() : Score.target(classifier, request.targetClass());
        return part.resolve(request.pooling(), meant, classifier, image, input, tensor);
    }

    private static int seed(Settings settings) {
        return Integer.parseInt(settings.toMap().getOrDefault(Declaration.SEED.key(), "0"));
    }

    /** Of all frames; of several without a limit, as if all were like the first one. */
    private long passes(Problem problem) {
        long expected = method.passes(problem);
        if (settings.get(ScoreSweep.LIMIT) == 0) {
            return expected * input.frames();
        }
        for (int frame = 1; frame < input.frames(); frame++) {
            Tensor tensor = input.tensor(frame);
            expected += method.passes(problem(tensor, new ArrayList<>()));
        }
        return expected;
    }

    private Problem problem(Tensor tensor, List<String> doubts) {
        return new Problem(
                classifier,
                tensor,
                // Which of all classes it is, is asked class by class.
                all ? Target.PREDICTED : request.targetClass(),
                reference,
                settings,
                input.grid(),
                request.regions().map(choice -> choice.resolve(image, input, tensor, doubts::add)),
                request.inside()
                        .map(choice -> choice.resolve(image, input, tensor, doubts::add).labels()),
                area(tensor));
    }

    private String keptInside() {
        return request.inside()
                .map(
                        where ->
                                " Only what lies inside of '"
                                        + where.description()
                                        + "' was changed: check that it lies where it should.")
                .orElse("");
    }

    /** For example {@code "Integrated Gradients for lesions in brain.tif"}. */
    private static String title(Attribution attribution, boolean all, ImagePlus image) {
        return String.format(
                Locale.ROOT,
                "%s for %s in %s",
                attribution.method(),
                all ? "all classes" : attribution.target().description(),
                image.getTitle());
    }

    /** Java heap only: what TensorFlow needs for its activations it reports itself. */
    private void requireMemory(Tensor tensor) {
        int batch =
                method.declaration().options().contains(Declaration.BATCH)
                        ? Batches.size(settings.get(Declaration.BATCH), tensor)
                        : 1;
        // Input, maps and two double accumulators; points, gradient and transfer for each of a
        // batch.
        long needed = tensor.length() * (20L + Float.BYTES * (perFrame + 4L * batch));
        long free = JavaHeap.free();
        if (needed > free) {
            throw new ImageException(
                    String.format(
                            Locale.ROOT,
                            "A map of '%s' needs about %d MB of Java memory at batch size %d, and"
                                    + " %d MB are free: use a smaller batch, crop the image, or"
                                    + " raise Edit > Options > Memory & Threads.",
                            image.getTitle(),
                            needed >> 20,
                            batch,
                            free >> 20));
        }
    }
}

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
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Area;
import sc.fiji.attribution.core.machine.JavaHeap;
import sc.fiji.attribution.fiji.file.OwnGrids;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.input.RangeGuard;
import sc.fiji.attribution.fiji.map.ClassChannels;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.fiji.map.Provenance;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.fiji.segmentation.MapPart;
import sc.fiji.attribution.method.AllClasses;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Batches;
import sc.fiji.attribution.method.Cost;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.ScoreSweep;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelSpec;

/**
 * Image in, attribution map out, for scripts and for the commands. Needs no SciJava context and no
 * display.
 *
 * <pre>{@code
 * try (Classifier classifier = Engines.open(Path.of("model"), ModelOptions.NONE)) {
 *     AttributionTool tool =
 *             new AttributionTool(classifier)
 *                     .method("Integrated Gradients").options(Map.of("steps", "100"))
 *                     .target("lesions");
 *     ImagePlus map = tool.run(image, Progress.NONE).image();
 * }
 * }</pre>
 */
public final class AttributionTool {

    private final Classifier classifier;
    private AttributionMethod method = AttributionMethods.named("Integrated Gradients");
    private Map<String, String> options = Map.of();
    private String target = Target.PREDICTED;
    private BaselineChoice baseline = BaselineChoice.ZERO;
    private MapImage.Channels channels = MapImage.Channels.SUM;
    private DivergingLut colours = DivergingLut.LIGHT;
    private Optional<RegionChoice> regions = Optional.empty();
    private Optional<RegionChoice> inside = Optional.empty();
    private MapPart where = new MapPart.Everywhere();
    private MapPart.Pooling pooling = MapPart.Pooling.MEAN;

    /**
     * @param classifier stays open, and the caller's
     */
    public AttributionTool(Classifier classifier) {
        this.classifier = classifier;
    }

    /** By name; default Integrated Gradients. */
    public AttributionTool method(String name) {
        this.method = AttributionMethods.named(name);
        return this;
    }

    /** The method's options by key; those not named keep their defaults. */
    public AttributionTool options(Map<String, String> values) {
        this.options = Map.copyOf(values);
        return this;
    }

    /**
     * A class, a difference, a hidden unit, or {@code predicted} (default): {@link Target#parse};
     * or {@code all}: a map for each class, in the image's channels.
     */
    public AttributionTool target(String text) {
        this.target = text;
        return this;
    }

    /** Default: zero. */
    public AttributionTool baseline(BaselineChoice choice) {
        this.baseline = choice;
        return this;
    }

    /** Default: the sum over the input's channels. */
    public AttributionTool channels(MapImage.Channels choice) {
        this.channels = choice;
        return this;
    }

    /** Default: light-centred. */
    public AttributionTool colours(DivergingLut choice) {
        this.colours = choice;
        return this;
    }

    /** For methods over regions. */
    public AttributionTool regions(RegionChoice choice) {
        this.regions = Optional.of(choice);
        return this;
    }

    /** Restricts methods that change the image to what lies in any of these regions. */
    public AttributionTool inside(RegionChoice choice) {
        this.inside = Optional.of(choice);
        return this;
    }

    /** Of a network that puts out a map, which part of it; default: everywhere. */
    public AttributionTool where(MapPart choice) {
        this.where = choice;
        return this;
    }

    /** What the scores of that part become; default: their mean. */
    public AttributionTool pooling(MapPart.Pooling choice) {
        this.pooling = choice;
        return this;
    }

    /**
     * @param image the map: 32-bit, on the input's grid, one frame per frame of the input
     * @param others the maps of further images that lie on grids of their own, each on that of its
     *     image, by the names of the inputs
     * @param attributions what was found, frame by frame, on the model's grid; for all classes in a
     *     frame one after the other
     * @param perFrame number of attributions of a frame
     * @param passes that were run in all
     * @param warnings one line each; empty where nothing is odd
     */
    public record Result(
            ImagePlus image,
            Map<String, ImagePlus> others,
            List<Attribution> attributions,
            int perFrame,
            long passes,
            List<String> warnings) {}

    /**
     * Computes the map of each frame.
     *
     * @param image its calibrated values go to the model, pre-processed only where the model's
     *     description says so; not changed
     * @param progress told between model calls
     * @throws AttributionException where the image, the options or the model do not fit
     */
    public Result run(ImagePlus image, Progress progress) {
        Settings settings = Settings.of(method.declaration().options(), options);
        AttributionMethods.require(method, classifier, settings);
        ModelInput input = ModelInput.of(classifier.spec(), image);
        requireUse();
        boolean all = requireTarget();
        List<ImagePlus> own = OwnGrids.of(image);
        if (all && !own.isEmpty()) {
            throw new OptionException(
                    "target=all: the images of the model lie on grids of their own, and the map of"
                            + " each has its own image; name one class.");
        }
        input.requireFinite();
        int perFrame = all ? classifier.spec().classes() : 1;
        InputMaps inputs = new InputMaps(classifier.spec().parts());
        Baseline reference = baseline.resolve(classifier.spec(), seed(settings));
        if (method.declaration().changesImage()) {
            reference = inputs.holdNumbers(reference);
        }
        List<Attribution> attributions = new ArrayList<>();
        List<Tensor> maps = new ArrayList<>();
        List<String> warnings = new ArrayList<>(classifier.spec().description().warnings());
        warnings.addAll(baseline.doubts(image));
        long passes = 0;
        for (int frame = 0; frame < input.frames(); frame++) {
            Tensor tensor = input.tensor(frame);
            requireMemory(tensor, settings, image, perFrame);
            if (frame == 0) {
                progress.note(input.summary() + ".");
            }
            Problem problem = problem(image, input, tensor, reference, settings, warnings);
            if (frame == 0 && method.declaration().options().contains(ScoreSweep.LIMIT)) {
                long expected = passes(problem, image, input, reference);
                Cost.announce(method, problem, expected, progress);
            }
            Progress part = Progress.part(progress, frame, input.frames());
            AllClasses.Maps found = all ? AllClasses.of(method, problem, part) : one(problem, part);
            passes += found.passes();
            if (frame == 0) {
                float[] logits = found.maps().get(0).classLogits();
                RangeGuard.doubt(
                                classifier,
                                tensor,
                                () -> problem.area().isPresent() ? logits(tensor) : logits)
                        .ifPresent(warnings::add);
            }
            List<Tensor> onImage = new ArrayList<>();
            for (Attribution each : found.maps()) {
                Attribution attribution = inputs.withNumbers(each);
                attributions.add(attribution);
                String whose = all ? attribution.target().description() + ": " : "";
                MapImage.warning(attribution.map())
                        .ifPresent(text -> warnings.add(whose + text + keptInside()));
                overflow(attribution).ifPresent(text -> warnings.add(whose + text));
                Tensor map = input.onImage(attribution.map(), attribution.quantity());
                onImage.add(inputs.ofImages(map));
            }
            maps.add(all ? ClassChannels.of(onImage) : onImage.get(0));
        }
        warnings.addAll(input.warnings());
        Map<String, String> provenance =
                Provenance.of(classifier.spec(), attributions, perFrame, channels, image);
        provenance.put("attribution.input", input.summary());
        provenance.put("attribution.paper", method.declaration().paper());
        regions.ifPresent(r -> provenance.put("attribution.regions", r.description()));
        inside.ifPresent(r -> provenance.put("attribution.inside", r.description()));
        input.resampling().ifPresent(how -> provenance.put("attribution.resampling", how));
        if (!own.isEmpty()) {
            Map<String, ImagePlus> made = new LinkedHashMap<>();
            for (int i = 0; i < own.size(); i++) {
                int channel = i;
                ImagePlus each = own.get(i);
                made.put(
                        inputs.names().get(i),
                        map(attributions.get(0), false, each, provenance)
                                .channels(MapImage.Channels.SUM)
                                .build(
                                        maps.stream()
                                                .map(map -> OwnGrids.cut(map, channel, each))
                                                .toList()));
            }
            ImagePlus first = made.remove(inputs.names().get(0));
            return new Result(first, made, attributions, perFrame, passes, warnings);
        }
        MapImage result = map(attributions.get(0), all, image, provenance);
        if (all) {
            provenance.put(Provenance.PASSES_OF_ALL, Long.toString(passes));
            result.provenance(provenance).classes(classifier.spec().labels());
        } else if (inputs.names().size() > 1 && maps.get(0).size('c') == inputs.names().size()) {
            result.classes(inputs.names());
        } else if (channels == MapImage.Channels.KEEP
                && maps.get(0).size('c') == input.channelNames().size()) {
            result.classes(input.channelNames());
        }
        return new Result(result.build(maps), Map.of(), attributions, perFrame, passes, warnings);
    }

    private MapImage map(
            Attribution first, boolean all, ImagePlus image, Map<String, String> provenance) {
        return MapImage.of(image)
                .title(title(first, all, image))
                .channels(channels)
                .colours(colours)
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

    /**
     * Refuses now what there is not.
     *
     * @return whether all classes are meant
     */
    private boolean requireTarget() {
        boolean all = AllClasses.requireTarget(classifier, targetClass());
        requireMap(all);
        if (all && channels == MapImage.Channels.KEEP) {
            throw new OptionException(
                    "channels=keep: with target=all the channels of the result are the classes;"
                            + " take channels=sum, or one class.");
        }
        return all;
    }

    /** The target without the voxel that it names, which is a part of the map. */
    private String targetClass() {
        return MapPart.classOf(target, classifier.spec());
    }

    private Optional<MapPart.Voxel> voxel() {
        ModelSpec model = classifier.spec();
        return model.map().isPresent() ? MapPart.voxel(target, model) : Optional.empty();
    }

    /** Refuses a part of a map where there is no map, or more than one part is named. */
    private void requireMap(boolean all) {
        boolean chosen = !(where instanceof MapPart.Everywhere) || pooling != MapPart.Pooling.MEAN;
        if (!chosen) {
            return;
        }
        if (classifier.spec().map().isEmpty()) {
            throw new OptionException(
                    "where, pooling: model '"
                            + classifier.spec().name()
                            + "' scores the whole image, not each place in it; leave them out.");
        }
        boolean unit =
                !all
                        && Score.target(classifier, targetClass())
                                .map(found -> found instanceof Target.Unit)
                                .orElse(false);
        if (unit || voxel().isPresent() && !(where instanceof MapPart.Everywhere)) {
            throw new OptionException(
                    "where: target '"
                            + target
                            + "' names a place already; leave where out, or name a class alone.");
        }
    }

    private Optional<Area> area(ImagePlus image, ModelInput input, Tensor tensor, boolean all) {
        if (classifier.spec().map().isEmpty()) {
            return Optional.empty();
        }
        MapPart part = voxel().map(MapPart.class::cast).orElse(where);
        Optional<Target> meant = all ? Optional.empty() : Score.target(classifier, targetClass());
        return part.resolve(pooling, meant, classifier, image, input, tensor);
    }

    /** Choices that the method would not look at. */
    private void requireUse() {
        Declaration declaration = method.declaration();
        if (regions.isPresent() && !declaration.usesRegions()) {
            throw new OptionException(
                    "regions: " + declaration.name() + " does not use regions; leave them out.");
        }
        if (inside.isPresent() && !declaration.changesImage()) {
            throw new OptionException(
                    "inside: "
                            + declaration.name()
                            + " looks at the whole image; leave the mask out, or mask the map.");
        }
    }

    private static int seed(Settings settings) {
        return Integer.parseInt(settings.toMap().getOrDefault(Declaration.SEED.key(), "0"));
    }

    /** Of all frames; of several without a limit, as if all were like the first one. */
    private long passes(Problem first, ImagePlus image, ModelInput input, Baseline reference) {
        Settings settings = first.settings();
        long passes = method.passes(first);
        if (settings.get(ScoreSweep.LIMIT) == 0) {
            return passes * input.frames();
        }
        for (int frame = 1; frame < input.frames(); frame++) {
            Tensor tensor = input.tensor(frame);
            passes +=
                    method.passes(
                            problem(image, input, tensor, reference, settings, new ArrayList<>()));
        }
        return passes;
    }

    private Problem problem(
            ImagePlus image,
            ModelInput input,
            Tensor tensor,
            Baseline reference,
            Settings settings,
            List<String> warnings) {
        boolean all = AllClasses.meant(target, classifier.spec().labels());
        return new Problem(
                classifier,
                tensor,
                // Which of all classes it is, is asked class by class.
                all ? Target.PREDICTED : targetClass(),
                reference,
                settings,
                input.grid(),
                regions.map(choice -> choice.resolve(image, input, tensor, warnings::add)),
                inside.map(choice -> choice.resolve(image, input, tensor, warnings::add).labels()),
                area(image, input, tensor, all));
    }

    private String keptInside() {
        return inside.map(
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
    private void requireMemory(Tensor tensor, Settings settings, ImagePlus image, int maps) {
        int batch =
                method.declaration().options().contains(Declaration.BATCH)
                        ? Batches.size(settings.get(Declaration.BATCH), tensor)
                        : 1;
        // Input, maps and two double accumulators; points, gradient and transfer for each of a
        // batch.
        long needed = tensor.length() * (20L + Float.BYTES * (maps + 4L * batch));
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

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.fiji.segmentation.MapPart;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.model.Classifier;

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

    private MapRequest request() {
        return new MapRequest(
                classifier,
                method,
                options,
                target,
                baseline,
                channels,
                colours,
                regions,
                inside,
                where,
                pooling);
    }

    /**
     * Refuses now what does not fit the model or the method, before an image is looked at.
     *
     * @throws AttributionException which says what does
     */
    public void require() {
        request().require();
    }

    /**
     * The first of three steps, for those who run several images beside each other: what can be
     * done before the model runs. {@link #require} is the caller's.
     *
     * @throws AttributionException where the image does not fit
     */
    public MapRun prepare(ImagePlus image) {
        return new MapRun(request(), image);
    }

    /**
     * Computes the map of each frame.
     *
     * @param image its calibrated values go to the model, pre-processed only where the model's
     *     description says so; not changed
     * @param progress told between model calls
     * @throws AttributionException where the image, the options or the model do not fit
     */
    public Result run(ImagePlus image, Progress progress) {
        require();
        return prepare(image).attribute(progress).finish();
    }
}

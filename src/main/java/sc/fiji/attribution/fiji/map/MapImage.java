/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import ij.ImagePlus;
import ij.ImageStack;
import ij.measure.Calibration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Span;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.SlicedMap;

/**
 * Makes the image that shows a map: 32-bit, raw signed values, on the grid of the source image with
 * its calibration and slice labels, diverging colours with zero neutral, and the provenance in
 * properties that survive saving as TIFF.
 *
 * <pre>{@code
 * ImagePlus map = MapImage.of(source).title("IG of T1").provenance(record).build(maps);
 * }</pre>
 */
public final class MapImage {

    /** What becomes of the input's channels. */
    public enum Channels {
        /** One map: the sum over the channels, which keeps the total. */
        SUM,
        /** One map per channel of the input. */
        KEEP;

        /**
         * @param name {@code sum} or {@code keep}
         */
        public static Channels named(String name) {
            for (Channels channels : values()) {
                if (channels.name().equalsIgnoreCase(name)) {
                    return channels;
                }
            }
            throw new OptionException("channels: '" + name + "' is neither sum nor keep.");
        }
    }

    private final ImagePlus source;
    private final Map<String, String> provenance = new LinkedHashMap<>();
    private String title = "Attribution";
    private Channels channels = Channels.SUM;
    private List<String> classes = List.of();
    private DivergingLut colours = DivergingLut.LIGHT;
    private double percentile = 100;
    private int firstFrame;

    private MapImage(ImagePlus source) {
        this.source = source;
    }

    /** For maps on the grid of that image. */
    public static MapImage of(ImagePlus source) {
        return new MapImage(source);
    }

    public MapImage title(String title) {
        this.title = title;
        return this;
    }

    /** Default: {@link Channels#SUM}. */
    public MapImage channels(Channels channels) {
        this.channels = channels;
        return this;
    }

    /** For maps of which each channel belongs to a class: its name begins the slice's label. */
    public MapImage classes(List<String> names) {
        this.classes = List.copyOf(names);
        this.channels = Channels.KEEP;
        return this;
    }

    /** Default: {@link DivergingLut#LIGHT}. */
    public MapImage colours(DivergingLut colours) {
        this.colours = colours;
        return this;
    }

    /**
     * Which percentile of the absolute values ends the display range; the values stay as they are.
     *
     * @param percentile above 0, to 100 (the default), which is the largest absolute value
     */
    public MapImage percentile(double percentile) {
        MapDisplay.requirePercentile(percentile);
        this.percentile = percentile;
        return this;
    }

    /** Time point of the source that the first map belongs to, from 0 (the default). */
    public MapImage firstFrame(int frame) {
        this.firstFrame = frame;
        return this;
    }

    /** How the maps were made, in the order to be shown; empty values are left out. */
    public MapImage provenance(Map<String, String> provenance) {
        this.provenance.putAll(provenance);
        return this;
    }

    /**
     * Makes the image. The display range is [-m, m], with 1 for m where all values are zero.
     *
     * @param maps one per time point, of extents z, y and x of the source, in any order of axes
     * @throws ImageException if a value is NaN or infinite
     */
    public ImagePlus build(List<Tensor> maps) {
        return ofSlices(maps.stream().map(SlicedMap::of).toList());
    }

    /**
     * As {@link #build}, of maps that are made while the image is.
     *
     * @param maps one per time point, on the grid of the source
     * @throws ImageException if a value is NaN or infinite
     */
    public ImagePlus ofSlices(List<SlicedMap> maps) {
        if (maps.isEmpty()) {
            throw new IllegalArgumentException("no maps to make an image of");
        }
        SliceLabels labels = new SliceLabels(source);
        ImageStack stack = new ImageStack(source.getWidth(), source.getHeight());
        int count = channels == Channels.KEEP ? maps.get(0).channels() : 1;
        double[] strength = new double[source.getNSlices()];
        float largest = 0;
        boolean perChannel = classes.isEmpty() && count == source.getNChannels();
        for (int frame = 0; frame < maps.size(); frame++) {
            SlicedMap map = maps.get(frame);
            requireOnGrid(map);
            MapPlane[] planes = new MapPlane[source.getNSlices() * count];
            IntStream.range(0, planes.length)
                    .parallel()
                    .forEach(i -> planes[i] = plane(map, i % count, i / count));
            if (!Arrays.stream(planes).allMatch(MapPlane::isFinite)) {
                requireFinite(map);
            }
            int t = firstFrame + frame;
            for (int i = 0; i < planes.length; i++) {
                int c = i % count;
                int z = i / count;
                strength[z] += frame == 0 ? planes[i].strength() : 0;
                largest = Math.max(largest, planes[i].largest());
                String label = perChannel ? labels.of(c, z, t) : labels.ofAllChannels(z, t);
                stack.addSlice(classes.isEmpty() ? label : named(c, label), planes[i].values());
            }
        }
        ImagePlus image = new ImagePlus(title, stack);
        image.setDimensions(count, source.getNSlices(), maps.size());
        image.setOpenAsHyperStack(image.getNDimensions() > 3);
        Calibration calibration = source.getCalibration().copy();
        // The grid is the source's; what its stored values meant is not the map's.
        calibration.disableDensityCalibration();
        image.setCalibration(calibration);
        double limit = percentile < 100 ? MapDisplay.limit(image, percentile) : largest;
        MapDisplay.show(image, colours, limit > 0 ? limit : 1);
        ImageGeometry.copy(source, image);
        Source.remember(image, source);
        image.setPosition(1, strongest(strength) + 1, 1);
        if (stack.size() == 1) {
            // ImageJ drops the stack of a single plane, and with it the label.
            image.setProp("Slice_Label", stack.getSliceLabel(1));
        }
        Provenance.write(
                provenance,
                image,
                title,
                "Red argues for the target and blue against it; zero is neutral. Values are raw: no"
                        + " clipping, no scaling.");
        return image;
    }

    private String named(int channel, String label) {
        return classes.get(channel) + (label == null ? "" : ": " + label);
    }

    /**
     * What is wrong with a map, if anything.
     *
     * @return one line with the likely cause where all values are zero, else empty
     * @throws ImageException if a value is NaN or infinite
     */
    public static Optional<String> warning(Tensor map) {
        if (!Span.areNumbers(map.data())) {
            requireFinite(SlicedMap.of(map));
        }
        return isZero(map.data())
                ? Optional.of(
                        "The map is zero everywhere: the score does not change with this image,"
                                + " most likely because its values are not on the scale of the"
                                + " training (no unit of the network responds) or because it"
                                + " equals the baseline; check pixel values, model and baseline.")
                : Optional.empty();
    }

    private static boolean isZero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private static void requireFinite(SlicedMap map) {
        long bad = 0;
        long all = 0;
        for (int z = 0; z < map.depth(); z++) {
            for (int c = 0; c < map.channels(); c++) {
                for (float value : map.slice(c, z)) {
                    bad += Float.isFinite(value) ? 0 : 1;
                    all++;
                }
            }
        }
        if (bad > 0) {
            throw new ImageException(
                    "The map has "
                            + bad
                            + " values of "
                            + all
                            + " that are NaN or infinite: the network overflows on this input;"
                            + " check that the pixel values are on the scale of the training.");
        }
    }

    /** The slice to look at first: the one with the largest sum of absolute values. */
    private static int strongest(double[] sums) {
        int best = 0;
        for (int z = 1; z < sums.length; z++) {
            best = sums[z] > sums[best] ? z : best;
        }
        return best;
    }

    private void requireOnGrid(SlicedMap map) {
        if (map.width() != source.getWidth()
                || map.height() != source.getHeight()
                || map.depth() != source.getNSlices()) {
            throw new IllegalArgumentException(
                    "map " + map + " is not on the grid of image '" + source.getTitle() + "'");
        }
    }

    private MapPlane plane(SlicedMap map, int channel, int z) {
        return channels == Channels.SUM
                ? MapPlane.of(map, z, 0, map.channels())
                : MapPlane.of(map, z, channel, 1);
    }
}

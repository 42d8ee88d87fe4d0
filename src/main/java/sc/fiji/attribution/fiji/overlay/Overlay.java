/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import ij.ImagePlus;
import java.util.Locale;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.map.MapDisplay;

/**
 * A map over the image that it was made of: one channel of the image in grey of automatic contrast,
 * and over it the map in colour, more opaque the larger its absolute value. The two share a grid in
 * space; their channels need not agree, and one with a single frame goes with all frames of the
 * other.
 *
 * <pre>{@code
 * Overlay overlay = Overlay.of(brain, map).channel(2);
 * ImagePlus stack = OverlayImage.of(overlay, OverlayImage.Type.RGB);
 * BufferedImage picture = OverlayPicture.of(overlay).slices(8).draw();
 * }</pre>
 */
public final class Overlay {

    private final ImagePlus image;
    private final ImagePlus map;
    private final ImageView imageView;
    private final ImageView mapView;
    private int channel;
    private int mapChannel = -1;
    private double limit;
    private double percentile = 99.9;
    private double gamma = 0.7;
    private double opacity = OverlayColours.MOST_OPAQUE;
    private double threshold;
    private Contrast contrast;

    /** Of the colours, once it was asked for; 0 before. */
    private double range;

    private Overlay(ImagePlus image, ImagePlus map) {
        this.image = image;
        this.map = map;
        this.imageView = ImageView.ofGrey(image);
        this.mapView = ImageView.of(map);
    }

    /**
     * @param image of any number of channels; one in colour is shown in grey
     * @param map an image on the same grid
     * @throws ImageException if the grids differ
     */
    public static Overlay of(ImagePlus image, ImagePlus map) {
        Overlay overlay = new Overlay(image, map);
        overlay.requireSame("width, height or slices", "xyz", false);
        overlay.requireSame("frames", "t", true);
        return overlay;
    }

    private void requireSame(String what, String axes, boolean orOne) {
        for (char axis : axes.toCharArray()) {
            int a = imageView.size(axis);
            int b = mapView.size(axis);
            if (a != b && !(orOne && Math.min(a, b) == 1)) {
                throw new ImageException(
                        String.format(
                                Locale.ROOT,
                                "Map '%s' and image '%s' differ in %s: give the image that the map"
                                        + " was made from.",
                                map.getTitle(),
                                image.getTitle(),
                                what));
            }
        }
    }

    /**
     * Channel of the image that is shown, from 1 (the default) as ImageJ counts them. Not their
     * mean: that of tissue probabilities is the same everywhere.
     */
    public Overlay channel(int channel) {
        requireChannel("channel", channel, 1, image);
        this.channel = channel - 1;
        return this;
    }

    /** Channel of the map, from 1; 0, the default, is the sum of all. */
    public Overlay mapChannel(int channel) {
        requireChannel("mapchannel", channel, 0, map);
        this.mapChannel = channel - 1;
        this.range = 0;
        return this;
    }

    private static void requireChannel(String key, int channel, int least, ImagePlus image) {
        if (channel < least || channel > image.getNChannels()) {
            throw new OptionException(
                    String.format(
                            Locale.ROOT,
                            "%s=%d: '%s' has %d; expected %d to %4$d.",
                            key,
                            channel,
                            image.getTitle(),
                            image.getNChannels(),
                            least));
        }
    }

    /** Value of full colour; 0, the default, takes the percentile. */
    public Overlay limit(double limit) {
        if (!(limit >= 0 && limit < Double.POSITIVE_INFINITY)) {
            throw new OptionException("limit=" + limit + ": expected a number from 0.");
        }
        this.limit = limit;
        this.range = 0;
        return this;
    }

    /** Percentile of the map's absolute values that has full colour; default 99.9. */
    public Overlay percentile(double percentile) {
        MapDisplay.requirePercentile(percentile);
        this.percentile = percentile;
        this.range = 0;
        return this;
    }

    /** Opacity is (|value| / limit) to this power: below 1 shows more of the weak; default 0.7. */
    public Overlay gamma(double gamma) {
        if (!(gamma > 0 && gamma < Double.POSITIVE_INFINITY)) {
            throw new OptionException("gamma=" + gamma + ": expected a number above 0.");
        }
        this.gamma = gamma;
        return this;
    }

    /** Opacity of the strongest values, 0 to 1; by default some grey shines through. */
    public Overlay opacity(double opacity) {
        if (!(opacity >= 0 && opacity <= 1)) {
            throw new OptionException("opacity=" + opacity + ": expected 0 to 1.");
        }
        this.opacity = opacity;
        return this;
    }

    /** Smaller absolute values are not drawn; default 0. */
    public Overlay threshold(double threshold) {
        if (!(threshold >= 0)) {
            throw new OptionException("threshold=" + threshold + ": expected a number from 0.");
        }
        this.threshold = threshold;
        return this;
    }

    ImagePlus image() {
        return image;
    }

    /** The map of this overlay. */
    public ImagePlus map() {
        return map;
    }

    int frames() {
        return Math.max(imageView.size('t'), mapView.size('t'));
    }

    /** Position of the shown channel, from 0. */
    int shownChannel() {
        return channel;
    }

    /** The image's values; not to be written to. */
    float[] values(int slice, int frame) {
        return imageView.slice(channel, slice, frameOf(imageView, frame));
    }

    /** The image, 0 to 1. */
    float[] grey(int slice, int frame) {
        float[] values = values(slice, frame);
        float[] grey = new float[values.length];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = contrast().grey(values[i]);
        }
        return grey;
    }

    /** The map's values at that place; what is NaN there counts as zero. */
    float[] attribution(int slice, int frame) {
        int t = frameOf(mapView, frame);
        int first = Math.max(0, mapChannel);
        int last = mapChannel < 0 ? mapView.size('c') - 1 : mapChannel;
        float[] sum = new float[mapView.size('x') * mapView.size('y')];
        for (int c = first; c <= last; c++) {
            float[] values = mapView.slice(c, slice, t);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += Float.isNaN(values[i]) ? 0 : values[i];
            }
        }
        return sum;
    }

    private static int frameOf(ImageView view, int frame) {
        return view.size('t') == 1 ? 0 : frame;
    }

    Contrast contrast() {
        if (contrast == null) {
            contrast = Contrast.of(imageView, channel);
        }
        return contrast;
    }

    OverlayColours colours() {
        int slices = mapView.size('z');
        if (!(range > 0)) {
            range =
                    limit > 0
                            ? limit
                            : MapDisplay.limit(
                                    slices * mapView.size('t'),
                                    i -> attribution(i % slices, i / slices),
                                    percentile);
        }
        return new OverlayColours(range, gamma, opacity, threshold);
    }

    /** The value that has full colour, in the map's unit. */
    public double limitShown() {
        return colours().limit();
    }

    /**
     * The colour that a value has over a grey of 0 to 1.
     *
     * @return {@code 0xRRGGBB}
     */
    public int colourOver(double grey, double value) {
        return colours().mix(grey, value);
    }

    /** A number with two digits that count, as on the scale of a picture. */
    public static String number(double value) {
        return ColourBar.number(value);
    }
}

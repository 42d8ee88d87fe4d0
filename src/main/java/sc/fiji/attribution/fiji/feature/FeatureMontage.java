/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.feature;

import ij.ImagePlus;
import ij.measure.Calibration;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.file.PictureFile;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.overlay.Lettering;
import sc.fiji.attribution.method.feature.LayerFeatures;

/**
 * One slice of each channel of a layer side by side, with the channel's number and its contribution
 * to the target; those first that contribute most. Each channel has colours of its own range, with
 * zero neutral, since ranges differ much. The slice is that in which the leading channels differ
 * most from their mean. Draws into memory only, so it needs no display.
 *
 * @param source the image that the network saw
 * @param features of one time point
 * @param grid of the layer
 */
public record FeatureMontage(ImagePlus source, LayerFeatures features, LayerGrid grid) {

    private static final Color BACKGROUND = new Color(0x0e0f12);
    private static final Color TEXT = new Color(0xe6e6e6);
    private static final int WIDTH = 1200;
    private static final int LEAST = 64;
    private static final int MOST = 180;
    private static final int GAP = 6;
    private static final int MARGIN = 14;
    private static final int FONT = 13;
    private static final int LEADING = 16;

    /** Draws it. */
    public ImagePlus build() {
        List<LayerFeatures.Channel> ranked = features.ranked();
        int slice = slice(ranked);
        double aspect = aspect();
        int columns = columns(ranked.size(), aspect);
        int width = Math.max(LEAST, Math.min(MOST, (WIDTH - 2 * MARGIN) / columns - GAP));
        int height = Math.max(1, (int) Math.round(width * aspect));
        int rows = (ranked.size() + columns - 1) / columns;
        int top = MARGIN + 2 * FONT;
        int tall = height + FONT + 2 * GAP;
        BufferedImage picture =
                new BufferedImage(
                        2 * MARGIN + columns * (width + GAP) - GAP,
                        top + rows * tall + MARGIN - GAP,
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(BACKGROUND);
        graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION,
                RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        Lettering lettering = new Lettering(graphics, FONT);
        lettering.plain(caption(slice), MARGIN, MARGIN + FONT, TEXT);
        for (int i = 0; i < ranked.size(); i++) {
            int x = MARGIN + i % columns * (width + GAP);
            int y = top + i / columns * tall;
            graphics.drawImage(tile(ranked.get(i).index(), slice), x, y, width, height, null);
            lettering.small(label(ranked.get(i)), x + 1, y + height + FONT, TEXT);
        }
        graphics.dispose();
        return PictureFile.image("Montage of " + layer() + " of " + source.getTitle(), picture);
    }

    private String layer() {
        return features.attribution().options().get(LayerFeatures.LAYER.key());
    }

    private String caption(int slice) {
        String where = grid.extents()[2] > 1 ? ", slice " + (slice + 1) : "";
        String what =
                features.withoutGradient().isPresent()
                        ? ""
                        : ": channel and contribution to " + features.target().description();
        return layer() + where + what;
    }

    private static String label(LayerFeatures.Channel channel) {
        String contribution =
                channel.contribution().isPresent()
                        ? String.format(
                                Locale.ROOT, "  %+.2g", channel.contribution().getAsDouble())
                        : "";
        return channel.index() + contribution;
    }

    /** Height over width of a slice, in the image's unit. */
    private double aspect() {
        Calibration calibration = source.getCalibration();
        double pixel = calibration.pixelHeight / calibration.pixelWidth;
        double square = pixel > 0 && Double.isFinite(pixel) ? pixel : 1;
        return square * grid.extents()[1] * grid.step()[1] / (grid.extents()[0] * grid.step()[0]);
    }

    /** Enough for a picture half as wide again as high, but few enough for tiles to be seen. */
    private static int columns(int count, double aspect) {
        int wanted = (int) Math.ceil(Math.sqrt(1.5 * count * aspect));
        return Math.max(1, Math.min(count, wanted));
    }

    private int slice(List<LayerFeatures.Channel> ranked) {
        double[] difference = new double[grid.extents()[2]];
        for (LayerFeatures.Channel channel : ranked.subList(0, Math.min(LEADING, ranked.size()))) {
            float[] values = values(channel.index());
            int plane = values.length / difference.length;
            double[] own = new double[difference.length];
            double most = 0;
            for (int i = 0; i < values.length; i++) {
                own[i / plane] += Math.abs(values[i] - channel.mean());
                most = Math.max(most, own[i / plane]);
            }
            for (int z = 0; z < own.length && most > 0; z++) {
                difference[z] += own[z] / most;
            }
        }
        int best = 0;
        for (int z = 0; z < difference.length; z++) {
            best = difference[z] > difference[best] ? z : best;
        }
        return best;
    }

    private float[] values(int channel) {
        Tensor activations = features.attribution().map();
        return grid.channel(activations, channel).data();
    }

    private BufferedImage tile(int channel, int slice) {
        int width = grid.extents()[0];
        int height = grid.extents()[1];
        float[] values = values(channel);
        double limit = 0;
        for (int i = 0; i < width * height; i++) {
            limit = Math.max(limit, Math.abs(values[slice * width * height + i]));
        }
        BufferedImage tile = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            double share = limit == 0 ? 0 : values[slice * width * height + i] / limit;
            tile.setRGB(i % width, i / width, DivergingLut.LIGHT.rgb(share));
        }
        return tile;
    }
}

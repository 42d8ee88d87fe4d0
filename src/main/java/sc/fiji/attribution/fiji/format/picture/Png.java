/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.Opener;
import ij.process.ColorProcessor;
import ij.process.ImageProcessor;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.Source;

/**
 * PNG. ImageJ opens palettes, grey and colours of 8 bits. What has transparency it lays over white
 * or brightens, and colours of 16 bits it cuts to 8, without a word: their samples are taken as
 * they are stored, 16-bit colours as channels.
 */
public final class Png implements ImageFormat {

    private static final int WIDE = 16;

    @Override
    public String name() {
        return "PNG";
    }

    @Override
    public boolean recognises(FileHead file) {
        return file.has(0, PngChunks.SIGNATURE);
    }

    @Override
    public ImagePlus read(Path file, Series series) {
        series.requireOnly(file);
        SoundPicture.require(file);
        try {
            BufferedImage picture = ImageIO.read(file.toFile());
            boolean palette = picture.getColorModel() instanceof IndexColorModel;
            boolean clear = picture.getColorModel().hasAlpha() && !palette;
            int channels = picture.getRaster().getNumBands() - (clear ? 1 : 0);
            boolean wide = picture.getSampleModel().getSampleSize(0) == WIDE;
            ImagePlus image =
                    clear || wide && channels > 1
                            ? image(file, picture.getRaster(), channels, wide)
                            : new Opener().openImage(file.toString());
            List<String> notes = clear ? List.of("Its transparency was left out.") : List.of();
            if (image != null) {
                new Source(name(), List.of(file), notes).attach(image);
            }
            return image;
        } catch (IOException e) {
            throw new ImageException("'" + file + "' cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static ImagePlus image(Path file, Raster raster, int channels, boolean wide) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        ImageStack stack = ImageStack.create(width, height, channels, wide ? WIDE : 8);
        for (int c = 0; c < channels; c++) {
            ImageProcessor plane = stack.getProcessor(c + 1);
            int[] row = new int[width];
            for (int y = 0; y < height; y++) {
                raster.getSamples(0, y, width, 1, c, row);
                for (int x = 0; x < width; x++) {
                    plane.set(x, y, row[x]);
                }
            }
        }
        ImagePlus image = new ImagePlus(String.valueOf(file.getFileName()), stack);
        image.setDimensions(channels, 1, 1);
        image.resetDisplayRange();
        if (channels == 3 && !wide) {
            ColorProcessor colours = new ColorProcessor(width, height);
            colours.setRGB(
                    (byte[]) stack.getPixels(1),
                    (byte[]) stack.getPixels(2),
                    (byte[]) stack.getPixels(3));
            return new ImagePlus(image.getTitle(), colours);
        }
        return channels > 1 ? new CompositeImage(image, CompositeImage.COMPOSITE) : image;
    }
}

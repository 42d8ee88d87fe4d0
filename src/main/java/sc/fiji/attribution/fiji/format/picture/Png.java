/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileInfo;
import ij.process.ColorProcessor;
import ij.process.ImageProcessor;
import ij.process.LUT;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.nio.file.Path;
import java.util.List;
import sc.fiji.attribution.fiji.format.ColourTable;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.Source;

/**
 * PNG: samples as they are stored, 16-bit colours as channels, palettes as ImageJ's colour tables.
 * ImageJ lays what has transparency over white or brightens it, and cuts colours of 16 bits to 8.
 */
public final class Png implements ImageFormat {

    private static final DecodedPicture DECODER =
            new DecodedPicture("png", PngChunks.SIGNATURE, 8 * 1032);

    /** Behind the signature and the head of the first chunk: bits of a sample, and the kind. */
    private static final int BITS = 24;

    private static final int KIND = 25;
    private static final int PALETTE = 3;

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
        return SoundPicture.checked(
                file,
                head -> {
                    BufferedImage picture = DECODER.picture(head);
                    boolean palette = head.bytes()[KIND] == PALETTE;
                    boolean clear = picture.getColorModel().hasAlpha();
                    int bands = picture.getRaster().getNumBands();
                    ImagePlus image =
                            image(
                                    file,
                                    picture.getRaster(),
                                    bands - (clear && !palette ? 1 : 0),
                                    palette ? Byte.SIZE : head.bytes()[BITS]);
                    if (palette) {
                        image.getProcessor().setLut(table(picture));
                        ColourTable.markAsColours(image);
                    }
                    List<String> notes =
                            clear ? List.of("Its transparency was left out.") : List.of();
                    new Source(name(), List.of(file), notes).attach(image);
                    return image;
                });
    }

    private static LUT table(BufferedImage picture) {
        byte[][] colours = new byte[3][1 << Byte.SIZE];
        if (picture.getColorModel() instanceof IndexColorModel table) {
            for (int i = 0; i < table.getMapSize(); i++) {
                colours[0][i] = (byte) table.getRed(i);
                colours[1][i] = (byte) table.getGreen(i);
                colours[2][i] = (byte) table.getBlue(i);
            }
        }
        return new LUT(colours[0], colours[1], colours[2]);
    }

    private static ImagePlus image(Path file, Raster raster, int channels, int bits) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        boolean wide = bits > Byte.SIZE;
        ImageStack stack = ImageStack.create(width, height, channels, wide ? Short.SIZE : 8);
        int[] row = new int[width];
        for (int c = 0; c < channels; c++) {
            ImageProcessor plane = stack.getProcessor(c + 1);
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
        if (bits < Byte.SIZE) {
            image.setDisplayRange(0, (1 << bits) - 1);
        }
        if (channels == 3 && !wide) {
            ColorProcessor colours = new ColorProcessor(width, height);
            colours.setRGB(
                    (byte[]) stack.getPixels(1),
                    (byte[]) stack.getPixels(2),
                    (byte[]) stack.getPixels(3));
            image = new ImagePlus(image.getTitle(), colours);
        } else if (channels > 1) {
            image = new CompositeImage(image, CompositeImage.COMPOSITE);
        }
        FileInfo info = new FileInfo();
        info.fileFormat = FileInfo.IMAGEIO;
        info.fileName = image.getTitle();
        info.directory = file.toAbsolutePath().getParent() + "/";
        image.setFileInfo(info);
        return image;
    }
}

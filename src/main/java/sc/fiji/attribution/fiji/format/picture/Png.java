/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import ij.ImagePlus;
import ij.process.LUT;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
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
        return SoundPicture.single(
                file,
                series,
                head -> {
                    BufferedImage picture = DECODER.picture(head);
                    boolean palette = head.bytes()[KIND] == PALETTE;
                    boolean clear = picture.getColorModel().hasAlpha();
                    int bands = picture.getRaster().getNumBands();
                    ImagePlus image =
                            RasterImage.of(
                                    file,
                                    picture.getRaster(),
                                    bands - (clear && !palette ? 1 : 0),
                                    (1 << (palette ? Byte.SIZE : head.bytes()[BITS])) - 1);
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
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import ij.ImagePlus;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.ImageMemory;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.Source;

/**
 * Portable bitmaps, graymaps and pixmaps (Netpbm's P1 to P6): values as they are stored, whatever
 * the largest may be. ImageJ stretches them, takes rows of packed bits to be whole, and digits of
 * bits that stand together for one number.
 */
public final class Portable implements ImageFormat {

    private static final PortableExtents EXTENTS = new PortableExtents();

    private static final int MOST = (1 << Short.SIZE) - 1;

    @Override
    public String name() {
        return "Netpbm";
    }

    @Override
    public boolean recognises(FileHead file) {
        return EXTENTS.recognises(file);
    }

    @Override
    public ImagePlus read(Path file, Series series) {
        return SoundPicture.single(
                file,
                series,
                head -> {
                    try (DataInputStream in =
                            new DataInputStream(
                                    new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
                        return read(file, head.bytes()[1] - '0', in);
                    } catch (EOFException e) {
                        throw new SoundPicture.Damage("it ends before its pixels do");
                    }
                });
    }

    private static ImagePlus read(Path file, int kind, DataInputStream in)
            throws IOException, SoundPicture.Damage {
        in.skipNBytes(2);
        PortableExtents.Words words = new PortableExtents.Words(in);
        double width = words.number();
        double height = words.number();
        boolean bits = kind % 3 == 1;
        double most = bits ? 1 : words.number();
        int samples = kind % 3 == 0 ? 3 : 1;
        if (width * height < 1 || width * height * samples > Integer.MAX_VALUE - 8) {
            throw new SoundPicture.Damage("it claims more pixels than an image may have");
        }
        if (most < 1 || most > MOST) {
            throw new SoundPicture.Damage("its largest value is not of 1 to 65535");
        }
        boolean wide = most > 255;
        ImageMemory.require("'" + file + "'", width * height * samples * (wide ? 4 : 2));
        WritableRaster raster =
                Raster.createInterleavedRaster(
                        wide ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE,
                        (int) width,
                        (int) height,
                        samples,
                        null);
        int[] row = new int[(int) width * samples];
        for (int y = 0; y < (int) height; y++) {
            for (int i = 0; i < row.length; i++) {
                row[i] =
                        switch (kind) {
                            case 1 -> words.digit();
                            case 2, 3 -> (int) words.number();
                            case 4 -> bit(in, row, i);
                            default -> wide ? in.readUnsignedShort() : in.readUnsignedByte();
                        };
                if (row[i] > MOST || row[i] > most) {
                    throw new SoundPicture.Damage("a pixel is larger than its largest value");
                }
            }
            raster.setPixels(0, y, (int) width, 1, row);
        }
        ImagePlus image = RasterImage.of(file, raster, samples, (int) most);
        if (bits) {
            image.getProcessor().invertLut();
        }
        List<String> notes =
                bits ? List.of("0 is white; its values are as stored, shown inverted.") : List.of();
        new Source("Netpbm", List.of(file), notes).attach(image);
        return image;
    }

    /** Eight to a byte, the highest first; each row begins with a byte of its own. */
    private static int bit(DataInputStream in, int[] row, int i) throws IOException {
        if (i % Byte.SIZE == 0) {
            int packed = in.readUnsignedByte();
            for (int next = 0; next < Byte.SIZE && i + next < row.length; next++) {
                row[i + next] = packed >> Byte.SIZE - 1 - next & 1;
            }
        }
        return row[i];
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import sc.fiji.attribution.core.machine.JavaHeap;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * Decodes a picture by Java's own readers and forgets it: they tell of what they had to make up,
 * where ImageJ's say nothing or print.
 */
final class DecodedPicture implements SoundPicture.Check {

    /**
     * A format.
     *
     * @param name for Java
     * @param magic first bytes
     * @param most pixels that a byte of the file can stand for
     */
    private record Format(String name, String magic, double most) {}

    private static final List<Format> FORMATS =
            List.of(
                    new Format("png", "\u0089PNG", 8 * 1032),
                    new Format("jpeg", "\u00ff\u00d8\u00ff", Double.POSITIVE_INFINITY),
                    new Format("gif", "GIF8", 4096),
                    new Format("bmp", "BM", 256));

    /** Bytes of a pixel that is decoded, and of what ImageJ makes of it. */
    private static final int BYTES = 8;

    @Override
    public boolean recognises(FileHead head) {
        return format(head).isPresent();
    }

    private static Optional<Format> format(FileHead head) {
        return FORMATS.stream().filter(format -> head.has(0, format.magic)).findFirst();
    }

    @Override
    public void require(FileHead head) throws IOException, SoundPicture.Damage {
        Format format = format(head).orElseThrow();
        ImageReader reader = ImageIO.getImageReadersByFormatName(format.name).next();
        List<String> warnings = new ArrayList<>();
        try (ImageInputStream in = ImageIO.createImageInputStream(head.path().toFile())) {
            // What stands beside the pixels may be odd in sound files.
            reader.setInput(in, true, true);
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            double pixels = (double) reader.getWidth(0) * reader.getHeight(0);
            String extents = reader.getWidth(0) + "x" + reader.getHeight(0);
            if (pixels > format.most * in.length()) {
                throw SoundPicture.tooFew(extents, in.length());
            }
            if (pixels * BYTES > JavaHeap.free()) {
                // Whatever it is: that is said of it.
                throw new OutOfMemoryError(extents);
            }
            if (!reader.canReadRaster()) {
                reader.read(0);
            } else if (reader.readRaster(0, null).getNumBands() > 3 && format.name.equals("jpeg")) {
                throw new UnreadKindException("'" + head.path() + "' is JPEG in CMYK");
            }
        } catch (UnreadKindException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            requireNoOtherKind(format, head, e);
        } finally {
            reader.dispose();
        }
        for (String warning : warnings) {
            if (ReaderMessages.isOfDamage(warning, head.path())) {
                throw new SoundPicture.Damage("a part of its pixels is missing or wrong");
            }
        }
    }

    /** What Java's reader does not decode may be sound all the same. */
    private static void requireNoOtherKind(Format format, FileHead head, Exception failure)
            throws IOException, SoundPicture.Damage {
        if (!ReaderMessages.isOfKind(failure)) {
            throw new SoundPicture.Damage("its pixels cannot be decoded");
        }
        if (!format.name.equals("bmp")) {
            throw new UnreadKindException(
                    "'"
                            + head.path()
                            + "' is "
                            + format.name.toUpperCase(Locale.ROOT)
                            + " of a kind that Java does not decode ("
                            + failure.getMessage().strip()
                            + ")");
        }
        BitmapExtents.require(head);
    }
}

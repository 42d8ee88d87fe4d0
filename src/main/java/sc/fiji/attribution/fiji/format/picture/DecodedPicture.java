/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageMemory;

/**
 * Decodes a picture by Java's own readers: they tell of what they had to make up, where ImageJ's
 * say nothing or print. What is of a kind that they do not know is to be told apart before. As a
 * check it forgets what it decoded.
 *
 * @param format for Java
 * @param magic first bytes
 * @param most pixels that a byte of the file can stand for
 */
record DecodedPicture(String format, String magic, double most) implements SoundPicture.Check {

    /** Of a pixel that is decoded, and of what ImageJ makes of it. */
    static final int BYTES = 8;

    @Override
    public boolean recognises(FileHead head) {
        return head.has(0, magic);
    }

    @Override
    public void require(FileHead head) throws IOException, SoundPicture.Damage {
        decoded(
                head,
                reader -> reader.canReadRaster() ? reader.readRaster(0, null) : reader.read(0));
    }

    /**
     * The picture, whose raster has what is stored.
     *
     * @throws SoundPicture.Damage where the file cannot hold what it claims
     */
    BufferedImage picture(FileHead head) throws IOException, SoundPicture.Damage {
        return decoded(head, reader -> reader.read(0));
    }

    private interface Decoding<T> {
        T by(ImageReader reader) throws IOException;
    }

    private <T> T decoded(FileHead head, Decoding<T> decoding)
            throws IOException, SoundPicture.Damage {
        T decoded;
        ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
        List<String> warnings = new ArrayList<>();
        try (ImageInputStream in = ImageIO.createImageInputStream(head.path().toFile())) {
            // What stands beside the pixels may be odd in sound files.
            reader.setInput(in, true, true);
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            double pixels = (double) reader.getWidth(0) * reader.getHeight(0);
            if (pixels > most * in.length()) {
                String extents = reader.getWidth(0) + "x" + reader.getHeight(0);
                throw SoundPicture.tooFew(extents, in.length());
            }
            ImageMemory.require("'" + head.path() + "'", pixels * BYTES);
            decoded = decoding.by(reader);
        } catch (ImageException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new SoundPicture.Damage("its pixels cannot be decoded");
        } finally {
            reader.dispose();
        }
        for (String warning : warnings) {
            if (ReaderMessages.isOfDamage(warning, head.path())) {
                throw new SoundPicture.Damage("a part of its pixels is missing or wrong");
            }
        }
        return decoded;
    }
}

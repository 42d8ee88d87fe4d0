/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.Series;

/** Checks pictures before ImageJ decodes them. */
public final class SoundPicture {

    /** A check of files that begin in a certain way. */
    interface Check {

        /** Whether a file is of its format. */
        boolean recognises(FileHead head);

        /**
         * @throws Damage where the file cannot hold what it claims
         */
        void require(FileHead head) throws IOException, Damage;
    }

    /** What is wrong with a file, in the words that go behind its name. */
    static final class Damage extends Exception {

        private static final long serialVersionUID = 1;

        Damage(String problem) {
            super(problem);
        }
    }

    private static final List<Check> CHECKS =
            List.of(
                    new PngChunks(),
                    new JpegFrame(),
                    new DecodedPicture("jpeg", JpegFrame.MAGIC, Double.POSITIVE_INFINITY),
                    new DecodedPicture("gif", "GIF8", 4096),
                    new BitmapExtents(),
                    new AviExtents(),
                    new PortableExtents());

    private SoundPicture() {}

    /**
     * Checks a file of JPEG, GIF, BMP, AVI or a portable bitmap, and the checksums of PNG; others
     * pass.
     *
     * @throws ImageException where it is damaged, claims more than it holds, or is too large
     */
    public static void require(Path file) {
        checked(
                file,
                head -> {
                    for (Check check : CHECKS) {
                        if (check.recognises(head)) {
                            check.require(head);
                        }
                    }
                    return null;
                });
    }

    /** What reads a picture, or finds it damaged. */
    interface Reading<T> {
        T of(FileHead head) throws IOException, Damage;
    }

    /**
     * Reads a file and says of one that is damaged which it is.
     *
     * @throws ImageException where it is damaged, claims more than it holds, or is too large
     */
    static <T> T checked(Path file, Reading<T> reading) {
        try {
            return reading.of(FileHead.of(file));
        } catch (Damage e) {
            throw new ImageException(
                    "File '"
                            + file
                            + "' is cut short or damaged: "
                            + e.getMessage()
                            + "; copy or download it again.",
                    e);
        } catch (IOException e) {
            throw new ImageException("'" + file + "' cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /**
     * Reads the one image of a file that is checked first.
     *
     * @throws ImageException as {@link #require} does, and where another image is asked for
     */
    static <T> T single(Path file, Series series, Reading<T> reading) {
        series.requireOnly(file);
        require(file);
        return checked(file, reading);
    }

    /** What is said where extents need more bytes than there are. */
    static Damage tooFew(String extents, long bytes) {
        return new Damage("it claims " + extents + " pixels and has " + bytes + " bytes");
    }
}

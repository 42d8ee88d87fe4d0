/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import sc.fiji.attribution.core.ImageException;

/** Files that may be packed by gzip, whatever their name says. */
public final class PackedFile {

    /** Deflate cannot do better than this: one bit for 258 bytes, twice. */
    private static final long BEST_COMPRESSION = 1032;

    private PackedFile() {}

    /** More than this is not read for the checksum behind it alone: then it is not checked. */
    private static final long MOST_BEHIND = 256L << 20;

    /** What reads from a stream. */
    public interface Reading<T> {
        T from(InputStream in) throws IOException;
    }

    /** {@link #readAll(Path, Path, Reading)} of the file that the user named. */
    public static <T> T readAll(Path file, Reading<T> reading) {
        return readAll(file, file, reading);
    }

    /**
     * Reads a file, and where it is packed to its end: the checksum of all that came out stands
     * there.
     *
     * @param named the file that the user named, which this one belongs to
     * @throws ImageException also where the checksum is wrong
     */
    public static <T> T readAll(Path named, Path file, Reading<T> reading) {
        return read(
                named,
                file,
                in -> {
                    T result = reading.from(in);
                    if (in instanceof GZIPInputStream) {
                        requireSoundEnd(in);
                    }
                    return result;
                });
    }

    /**
     * Other images may stand behind the one that was read, so that not all of it is read.
     *
     * @throws IOException where what is left of a packed stream is damaged
     */
    public static void requireSoundEnd(InputStream packed) throws IOException {
        byte[] piece = new byte[1 << 16];
        long behind = 0;
        for (int n = 0; n >= 0 && behind <= MOST_BEHIND; n = packed.read(piece)) {
            behind += n;
        }
    }

    /**
     * Reads as much of a file as is asked for, unpacked if need be.
     *
     * @param named the file that the user named, which this one belongs to
     * @throws ImageException where it is missing, ends early or is damaged
     */
    public static <T> T read(Path named, Path file, Reading<T> reading) {
        try (InputStream in = open(file)) {
            return reading.from(in);
        } catch (NoSuchFileException e) {
            throw new ImageException(
                    name(named) + ": there is no file " + e.getFile() + "; check the path", e);
        } catch (EOFException e) {
            throw cutShort(named, e);
        } catch (ZipException e) {
            throw new ImageException(
                    name(named)
                            + ": its compression is damaged ("
                            + e.getMessage()
                            + "); copy or download it again",
                    e);
        } catch (IOException e) {
            throw new ImageException(
                    name(named) + ": cannot be read (" + e.getMessage() + "); check the file", e);
        }
    }

    /** Compressed or not is told by the first two bytes: the name may lie. */
    public static InputStream open(Path path) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
        try {
            in.mark(2);
            int first = in.read();
            int second = in.read();
            in.reset();
            if (second < 0) {
                throw new EOFException();
            }
            return first == 0x1f && second == 0x8b ? new GZIPInputStream(in, 1 << 16) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Fails before memory is asked for that the file cannot fill.
     *
     * @param needed bytes after unpacking, from the file's first
     * @throws EOFException if it cannot have so many
     */
    public static void requireLength(Path file, double needed) throws IOException {
        long size = Files.size(file);
        boolean packed;
        try (InputStream in = open(file)) {
            packed = in instanceof GZIPInputStream;
        }
        if ((packed ? (double) size * BEST_COMPRESSION : size) < needed) {
            throw new EOFException();
        }
    }

    /** What to say of a file that ends too early. */
    public static ImageException cutShort(Path file, EOFException cause) {
        return new ImageException(
                name(file) + ": the file ends before its data do; copy or download it again",
                cause);
    }

    static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}

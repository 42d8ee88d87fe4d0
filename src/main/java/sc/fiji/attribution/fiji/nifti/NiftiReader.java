/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.nifti;

import ij.ImagePlus;
import ij.ImageStack;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.JavaHeap;

/** Reads one NIfTI-1 file; see {@link Nifti#read}. */
final class NiftiReader {

    /** Deflate cannot do better than this: one bit for 258 bytes, twice. */
    private static final long BEST_COMPRESSION = 1032;

    private final Path file;
    private final String name;

    NiftiReader(Path file) {
        this.file = file;
        this.name = file.getFileName().toString();
    }

    ImagePlus read() {
        Path headerFile = sibling(".hdr");
        try (InputStream in = open(headerFile)) {
            NiftiHeader header = NiftiHeader.parse(in.readNBytes(NiftiHeader.BYTES), name);
            if (header.single()) {
                checkSize(header, headerFile);
                in.skipNBytes(header.voxOffset() - NiftiHeader.BYTES);
                return image(header, in);
            }
            Path dataFile = sibling(".img");
            try (InputStream data = open(dataFile)) {
                checkSize(header, dataFile);
                data.skipNBytes(header.voxOffset());
                return image(header, data);
            }
        } catch (NoSuchFileException e) {
            throw new ImageException(
                    name + ": there is no file " + e.getFile() + "; check the path", e);
        } catch (EOFException e) {
            throw new ImageException(
                    name + ": the file ends before its data do; copy or download it again", e);
        } catch (IOException e) {
            throw new ImageException(
                    name + ": cannot be read (" + e.getMessage() + "); check the file", e);
        }
    }

    /** The header's or the voxels' file of a pair, whichever of the two was named. */
    private Path sibling(String ending) {
        String lower = name.toLowerCase(Locale.ROOT);
        String packed = lower.endsWith(".gz") ? name.substring(name.length() - 3) : "";
        String bare = name.substring(0, name.length() - packed.length());
        String from = ending.equals(".hdr") ? ".img" : ".hdr";
        if (!bare.toLowerCase(Locale.ROOT).endsWith(from)) {
            return file;
        }
        String stem = bare.substring(0, bare.length() - from.length());
        Path plain = file.resolveSibling(stem + ending);
        Path gz = file.resolveSibling(stem + ending + ".gz");
        return Files.exists(plain) || !Files.exists(gz) ? plain : gz;
    }

    /** Compressed or not is told by the first two bytes: the name may lie. */
    private static InputStream open(Path path) throws IOException {
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

    /** Fails before memory is asked for that the file cannot fill or the machine does not have. */
    private void checkSize(NiftiHeader header, Path dataFile) throws IOException {
        long needed = header.dataBytes();
        long size = Files.size(dataFile);
        boolean compressed;
        try (InputStream in = open(dataFile)) {
            compressed = in instanceof GZIPInputStream;
        }
        if (compressed ? size < needed / BEST_COMPRESSION : size - header.voxOffset() < needed) {
            throw new EOFException();
        }
        if ((double) header.dim()[0] * header.dim()[1] * 8 > Integer.MAX_VALUE) {
            throw new ImageException(
                    name + ": its slices are larger than ImageJ's arrays; split the file");
        }
        long free = JavaHeap.free();
        long pixels = needed / header.type().bytes() * bytesPerPixel(header);
        if (pixels > free) {
            throw new ImageException(
                    name
                            + ": its image takes "
                            + (pixels >> 20)
                            + " MB, and "
                            + (free >> 20)
                            + " MB are free; give Fiji more memory (Edit > Options > Memory)");
        }
    }

    private ImagePlus image(NiftiHeader header, InputStream in) throws IOException {
        int[] dim = header.dim();
        int planeBytes = dim[0] * dim[1] * header.type().bytes();
        byte[] buffer = new byte[planeBytes];
        Object[] planes = new Object[dim[2] * dim[3] * dim[4]];
        for (int channel = 0; channel < dim[4]; channel++) {
            for (int frame = 0; frame < dim[3]; frame++) {
                for (int slice = 0; slice < dim[2]; slice++) {
                    if (in.readNBytes(buffer, 0, planeBytes) < planeBytes) {
                        throw new EOFException();
                    }
                    planes[channel + dim[4] * (slice + dim[2] * frame)] = pixels(header, buffer);
                }
            }
        }
        ImageStack stack = new ImageStack(dim[0], dim[1]);
        for (Object plane : planes) {
            stack.addSlice(null, plane);
        }
        ImagePlus image = new ImagePlus(name, stack);
        image.setDimensions(dim[4], dim[2], dim[3]);
        image.setOpenAsHyperStack(dim[3] * dim[4] > 1);
        NiftiGeometry.of(header).attach(image);
        image.setSlice(image.getStackIndex(1, dim[2] / 2 + 1, 1));
        image.resetDisplayRange();
        return image;
    }

    /** What keeps every value: 8 and 16 bits as they are, all else as 32-bit float. */
    private static int bytesPerPixel(NiftiHeader header) {
        boolean plain = header.slope() == 1 && header.intercept() == 0;
        return switch (header.type()) {
            case UINT8 -> plain ? 1 : 4;
            case UINT16 -> plain ? 2 : 4;
            default -> 4;
        };
    }

    private static Object pixels(NiftiHeader header, byte[] bytes) {
        NiftiType type = header.type();
        ByteBuffer in = ByteBuffer.wrap(bytes).order(header.order());
        int count = bytes.length / type.bytes();
        if (bytesPerPixel(header) == 1) {
            return bytes.clone();
        }
        if (bytesPerPixel(header) == 2) {
            short[] pixels = new short[count];
            in.asShortBuffer().get(pixels);
            return pixels;
        }
        float[] pixels = new float[count];
        for (int i = 0; i < count; i++) {
            pixels[i] =
                    (float)
                            (header.slope() * type.value(in, i * type.bytes())
                                    + header.intercept());
        }
        return pixels;
    }
}

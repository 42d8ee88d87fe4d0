/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.volume;

import ij.ImagePlus;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringTokenizer;
import java.util.zip.GZIPInputStream;
import sc.fiji.attribution.fiji.format.PackedFile;
import sc.fiji.attribution.fiji.format.VoxelGrid;
import sc.fiji.attribution.fiji.format.VoxelType;

/** The values behind an NRRD header: raw, at its end, or as text. */
final class NrrdValues {

    private NrrdValues() {}

    /** A byte skip of -1 means that the values are the file's last bytes. */
    static ImagePlus raw(Header header, VoxelGrid grid, InputStream in, int skip, Path data)
            throws IOException {
        grid.requireMemory(header.toString());
        if (skip < -1) {
            throw header.wrong("byte skip");
        }
        if (skip == -1 && in instanceof GZIPInputStream) {
            return grid.read(last(in, (long) grid.bytes()), data);
        }
        in.skipNBytes(skip == -1 ? unread(header, data) - (long) grid.bytes() : skip);
        ImagePlus image = grid.read(in, data);
        // A line may end behind the values; more means that they begin elsewhere.
        if (in.readNBytes(3).length > 2) {
            throw header.damaged(
                    "describes fewer voxels than '"
                            + data.getFileName()
                            + "' holds (its byte skip may be missing)");
        }
        return image;
    }

    private static long unread(Header header, Path data) throws IOException {
        if (data.equals(header.file())) {
            throw header.wrong("byte skip");
        }
        return Files.size(data);
    }

    private static InputStream last(InputStream in, long count) throws IOException {
        byte[] ring = new byte[Math.toIntExact(count)];
        long total = 0;
        byte[] block = new byte[1 << 16];
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            for (int i = 0; i < n; i++) {
                ring[(int) (total++ % count)] = block[i];
            }
        }
        if (total < count) {
            throw new EOFException();
        }
        int start = (int) (total % count);
        byte[] ordered = new byte[ring.length];
        System.arraycopy(ring, start, ordered, 0, ring.length - start);
        System.arraycopy(ring, 0, ordered, ring.length - start, start);
        return new ByteArrayInputStream(ordered);
    }

    /** Values in text, as the bytes that they would be in a raw file. */
    static InputStream numbers(Header header, VoxelGrid grid, InputStream in) throws IOException {
        grid.requireMemory(header.toString());
        PackedFile.requireLength(header.file(), 0);
        byte[] text = in.readAllBytes();
        if (text.length < 2 * (grid.bytes() / grid.type().bytes()) - 1) {
            throw new EOFException();
        }
        ByteBuffer out = ByteBuffer.allocate((int) grid.bytes()).order(grid.order());
        StringTokenizer tokens =
                new StringTokenizer(
                        new String(text, java.nio.charset.StandardCharsets.ISO_8859_1), " ,\t\r\n");
        while (out.hasRemaining()) {
            if (!tokens.hasMoreTokens()) {
                throw new EOFException();
            }
            String token = tokens.nextToken();
            try {
                put(grid.type(), out, Double.parseDouble(token));
            } catch (NumberFormatException e) {
                throw header.damaged("is followed by '" + Header.shown(token) + "'");
            }
        }
        return new ByteArrayInputStream(out.array());
    }

    private static void put(VoxelType type, ByteBuffer out, double value) {
        switch (type.bytes()) {
            case 1 -> out.put((byte) (long) value);
            case 2 -> out.putShort((short) (long) value);
            case 4 -> {
                if (type == VoxelType.FLOAT32) {
                    out.putFloat((float) value);
                } else {
                    out.putInt((int) (long) value);
                }
            }
            default -> {
                if (type == VoxelType.FLOAT64) {
                    out.putDouble(value);
                } else {
                    out.putLong((long) value);
                }
            }
        }
    }
}

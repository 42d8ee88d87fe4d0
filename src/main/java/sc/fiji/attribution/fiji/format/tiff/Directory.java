/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import sc.fiji.attribution.core.ImageException;

/**
 * One directory of a TIFF file (revision 6.0): the fields of a page, by tag.
 *
 * @param values numbers of a field, two for a fraction
 * @param raw bytes of the fields that are for {@link DecoderView}; but for the description of the
 *     file's first page only
 * @param description of the image; empty where there is none
 * @param end where the last byte of it and of its fields is behind
 * @param order of the bytes of a number, in fields and in pixels
 * @param length of the file, in bytes
 */
record Directory(
        Map<Integer, long[]> values,
        Map<Integer, byte[]> raw,
        String description,
        long end,
        ByteOrder order,
        long length) {

    static final int SUBFILE = 254;
    static final int WIDTH = 256;
    static final int HEIGHT = 257;
    static final int BITS = 258;
    static final int COMPRESSION = 259;
    static final int PHOTOMETRIC = 262;
    static final int FILL_ORDER = 266;
    static final int DESCRIPTION = 270;
    static final int STRIPS = 273;
    static final int ORIENTATION = 274;
    static final int SAMPLES = 277;
    static final int ROWS_PER_STRIP = 278;
    static final int STRIP_BYTES = 279;
    static final int X_RESOLUTION = 282;
    static final int Y_RESOLUTION = 283;
    static final int PLANAR = 284;
    static final int RESOLUTION_UNIT = 296;
    static final int PREDICTOR = 317;
    static final int PALETTE = 320;
    static final int TILE_WIDTH = 322;
    static final int TILE_HEIGHT = 323;
    static final int TILES = 324;
    static final int TILE_BYTES = 325;
    static final int EXTRA_SAMPLES = 338;
    static final int SAMPLE_FORMAT = 339;

    /** Of MetaMorph and IPLab, whose one page stands for a stack. */
    static final int METAMORPH_OLD = 33628;

    static final int METAMORPH = 33629;
    static final int IPLAB = 34122;

    /** Of Zeiss' microscopes. */
    static final int LSM = 34412;

    private static final Set<Integer> READ =
            Set.of(
                    SUBFILE,
                    WIDTH,
                    HEIGHT,
                    BITS,
                    COMPRESSION,
                    PHOTOMETRIC,
                    FILL_ORDER,
                    STRIPS,
                    ORIENTATION,
                    SAMPLES,
                    ROWS_PER_STRIP,
                    STRIP_BYTES,
                    X_RESOLUTION,
                    Y_RESOLUTION,
                    PLANAR,
                    RESOLUTION_UNIT,
                    PALETTE,
                    PREDICTOR,
                    TILE_WIDTH,
                    TILE_HEIGHT,
                    TILES,
                    TILE_BYTES,
                    EXTRA_SAMPLES,
                    SAMPLE_FORMAT,
                    METAMORPH_OLD,
                    METAMORPH,
                    IPLAB,
                    LSM);

    private static final int MAX_PAGES = 1_000_000;
    private static final int MAX_TEXT = 64 << 20;
    private static final int MAX_CARRIED = 1 << 29;

    long get(int tag, long otherwise) {
        long[] value = values.get(tag);
        return value == null || value.length == 0 ? otherwise : value[0];
    }

    long[] all(int tag) {
        return values.getOrDefault(tag, new long[0]);
    }

    /**
     * Reads all directories of a file.
     *
     * @throws ImageException where they lead outside of the file or in a circle
     */
    static List<Directory> of(Path file) throws IOException {
        return of(file, MAX_PAGES);
    }

    /** Reads the first directory of a file. */
    static Directory first(Path file) throws IOException {
        return of(file, 1).get(0);
    }

    private static List<Directory> of(Path file, int most) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return new Reader(file, channel).all(most);
        } catch (EOFException e) {
            throw new ImageException(
                    "TIFF file '"
                            + file
                            + "' is cut short or damaged: it ends before its directories do; copy"
                            + " or download it again.");
        }
    }

    static ImageException damaged(Path file, String problem) {
        return new ImageException(
                "TIFF file '" + file + "' is damaged: " + problem + "; copy or download it again.");
    }

    private static final class Reader {

        private static final int HEAD = 1 << 14;

        /** What is read at once of directories that lie behind each other elsewhere. */
        private static final int WINDOW = 1 << 12;

        /** Type of a fraction of two whole numbers. */
        private static final int RATIONAL = 5;

        private final Path file;
        private final FileChannel channel;
        private final long length;

        /** The file's first bytes, where ImageJ and others write all of the fields. */
        private final ByteBuffer head;

        private int directories;
        private ByteBuffer window = ByteBuffer.allocate(0);
        private long start;

        Reader(Path file, FileChannel channel) throws IOException {
            this.file = file;
            this.channel = channel;
            this.length = channel.size();
            this.head = read(0, (int) Math.min(HEAD, length));
        }

        private ByteBuffer read(long at, int count) throws IOException {
            ByteBuffer to = ByteBuffer.allocate(count);
            while (to.hasRemaining() && channel.read(to, at + to.position()) >= 0) {}
            return to.flip();
        }

        List<Directory> all(int most) throws IOException {
            ByteBuffer head = bytes(0, 8, ByteOrder.BIG_ENDIAN);
            ByteOrder order =
                    head.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            long at = head.order(order).getInt(4) & 0xffffffffL;
            List<Directory> all = new ArrayList<>();
            Set<Long> seen = new HashSet<>();
            while (at != 0 && all.size() < most) {
                if (!seen.add(at) || all.size() >= MAX_PAGES) {
                    throw damaged(file, "its directories lead in a circle");
                }
                int count = bytes(at, 2, order).getShort() & 0xffff;
                ByteBuffer entries = bytes(at + 2, 12 * count + 4, order);
                all.add(directory(at, entries, count, order));
                at = entries.getInt(12 * count) & 0xffffffffL;
            }
            if (all.isEmpty()) {
                throw damaged(file, "it has no directory");
            }
            return all;
        }

        private Directory directory(long at, ByteBuffer entries, int count, ByteOrder order)
                throws IOException {
            boolean first = directories++ == 0;
            long end = at + 2 + entries.limit();
            Map<Integer, long[]> values = new HashMap<>();
            Map<Integer, byte[]> raw = new HashMap<>();
            String description = "";
            for (int i = 0; i < count; i++) {
                int tag = entries.getShort(12 * i) & 0xffff;
                int type = entries.getShort(12 * i + 2) & 0xffff;
                long number = entries.getInt(12 * i + 4) & 0xffffffffL;
                if (number * bytes(type) > 4) {
                    long where = entries.getInt(12 * i + 8) & 0xffffffffL;
                    end = Math.max(end, where + number * bytes(type));
                }
                boolean carried = tag == DESCRIPTION || first && DecoderView.CARRIED.contains(tag);
                if (!READ.contains(tag) && !carried) {
                    continue;
                }
                if (type == RATIONAL) {
                    number *= 2;
                }
                int size = type == 3 ? 2 : type == 4 || type == RATIONAL ? 4 : 1;
                if (number * size > length || number > (carried ? MAX_CARRIED : MAX_TEXT)) {
                    throw damaged(file, "field " + tag + " is longer than the file");
                }
                ByteBuffer value =
                        number * size <= 4
                                ? entries.slice(12 * i + 8, 4).order(order)
                                : bytes(
                                        entries.getInt(12 * i + 8) & 0xffffffffL,
                                        (int) number * size,
                                        order);
                if (READ.contains(tag)) {
                    values.put(tag, numbers(value, (int) number, size));
                    continue;
                }
                byte[] bytes = new byte[(int) number * size];
                value.get(bytes);
                if (tag == DESCRIPTION) {
                    description = new String(bytes, StandardCharsets.UTF_8).replace("\0", "");
                }
                raw.put(tag, bytes);
            }
            return new Directory(values, raw, description, end, order, length);
        }

        /** Of one number; of what is unknown as many as any has. */
        private static int bytes(int type) {
            return switch (type) {
                case 1, 2, 6, 7 -> 1;
                case 3, 8 -> 2;
                case 4, 9, 11, 13 -> 4;
                default -> 8;
            };
        }

        private static long[] numbers(ByteBuffer in, int count, int size) {
            long[] numbers = new long[count];
            for (int i = 0; i < count; i++) {
                numbers[i] =
                        switch (size) {
                            case 2 -> in.getShort(2 * i) & 0xffff;
                            case 4 -> in.getInt(4 * i) & 0xffffffffL;
                            default -> in.get(i) & 0xff;
                        };
            }
            return numbers;
        }

        private ByteBuffer bytes(long at, int count, ByteOrder order) throws IOException {
            if (at + count > length) {
                throw new EOFException();
            }
            if (at + count <= head.limit()) {
                return head.slice((int) at, count).order(order);
            }
            if (count > WINDOW) {
                return read(at, count).order(order);
            }
            if (at < start || at + count > start + window.limit()) {
                window = read(at, (int) Math.min(WINDOW, length - at));
                start = at;
            }
            return window.slice((int) (at - start), count).order(order);
        }
    }
}

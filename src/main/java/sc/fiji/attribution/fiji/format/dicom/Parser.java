/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.dicom;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads the attributes of a DICOM file (PS3.5): explicit and implicit value representations, both
 * byte orders, nested sequences; with or without the preamble and the meta information of PS3.10.
 * Values longer than {@value #KEPT} bytes are passed over; where the pixels lie is noted. Time and
 * memory are bounded by the file's length.
 */
final class Parser {

    private static final int KEPT = 1 << 16;
    private static final int DEPTH = 24;
    private static final long UNDEFINED = 0xffffffffL;

    /** Representations with a length of four bytes after two that are empty. */
    private static final Set<String> LONG =
            Set.of("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV");

    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer window = ByteBuffer.allocate(1 << 13).limit(0);
    private long start;
    private long position;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private boolean explicit = true;

    private Parser(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * @throws IOException where the file cannot be read
     * @throws sc.fiji.attribution.core.ImageException where it is damaged
     */
    static DataSet parse(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return new Parser(file, channel).parse();
        }
    }

    private DataSet parse() throws IOException {
        DataSet all = new DataSet(file, order);
        position = text(128, 4).equals("DICM") ? 132 : 0;
        try {
            if (group() == 2) {
                meta(all);
            }
            guessUnlessSaid(all);
            if (all.text(Tag.TRANSFER_SYNTAX).filter(Syntax.DEFLATED::equals).isPresent()) {
                return all; // what follows is packed; refused by name when its pixels are asked for
            }
            DataSet set = new DataSet(file, order, all.values(), all.sequences(), all.pixels());
            body(set, Long.MAX_VALUE, 0);
            return set;
        } catch (EOFException e) {
            throw all.damaged("ends in the middle of an attribute at byte " + position);
        }
    }

    private void meta(DataSet all) throws IOException {
        while (position < channel.size() && group() == 2) {
            element(all, 0);
        }
    }

    private int group() throws IOException {
        return window(position, 2).getShort() & 0xffff;
    }

    /** By the transfer syntax, and where there is none by what the first attribute looks like. */
    private void guessUnlessSaid(DataSet all) throws IOException {
        String syntax = all.text(Tag.TRANSFER_SYNTAX).orElse("");
        if (syntax.equals(Syntax.BIG_ENDIAN)) {
            order = ByteOrder.BIG_ENDIAN;
        } else if (syntax.isEmpty() && position + 8 <= channel.size()) {
            boolean big = window(position, 2).get(window.position()) == 0 && group() > 0xff;
            order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        }
        explicit =
                syntax.isEmpty()
                        ? text(position + 4, 2).matches("[A-Z]{2}")
                        : !syntax.equals(Syntax.IMPLICIT);
    }

    /** Attributes up to a byte, a delimiter or the end of the file. */
    private void body(DataSet set, long end, int depth) throws IOException {
        if (depth > DEPTH) {
            throw set.damaged("nests sequences more than " + DEPTH + " deep");
        }
        while (position < Math.min(end, channel.size())) {
            if (!element(set, depth)) {
                return;
            }
        }
    }

    /** Whether the data set goes on after this one. */
    private boolean element(DataSet set, int depth) throws IOException {
        int tag = tag();
        if (tag == Tag.ITEM_END || tag == Tag.SEQUENCE_END) {
            position += 4;
            return false;
        }
        String kind = "";
        long length;
        if (explicit) {
            kind = text(position, 2);
            boolean isLong = LONG.contains(kind);
            length =
                    isLong
                            ? window(position + 4, 4).getInt() & UNDEFINED
                            : window(position + 2, 2).getShort() & 0xffff;
            position += isLong ? 8 : 4;
        } else {
            length = window(position, 4).getInt() & UNDEFINED;
            position += 4;
        }
        boolean pixels = tag == Tag.PIXELS || tag == Tag.FLOAT_PIXELS || tag == Tag.DOUBLE_PIXELS;
        if (pixels) {
            set.pixels().put(tag, new DataSet.Extent(position, length == UNDEFINED ? -1 : length));
            if (length == UNDEFINED && depth == 0) {
                return false; // fragments; what follows them is of no interest
            }
            if (length == UNDEFINED) {
                fragments(set, tag);
                return true;
            }
        } else if (length == UNDEFINED || kind.equals("SQ")) {
            sequence(set, tag, length, kind, depth);
            return true;
        } else if (isSequence(tag)) {
            sequence(set, tag, length, "SQ", depth);
            return true;
        } else if (length <= KEPT && Tag.isRead(tag) && position + length <= channel.size()) {
            byte[] value = new byte[(int) length];
            bytes(position, value);
            set.values().put(tag, value);
        }
        position += length;
        if (position > channel.size() && !pixels) {
            throw new EOFException();
        }
        return true;
    }

    /** Without representations, only those that matter are looked into. */
    private static boolean isSequence(int tag) {
        return switch (tag) {
            case Tag.SHARED_GROUPS,
                    Tag.FRAME_GROUPS,
                    Tag.PIXEL_MEASURES,
                    Tag.PIXEL_TRANSFORMATION,
                    Tag.PLANE_POSITION,
                    Tag.PLANE_ORIENTATION,
                    Tag.MODALITY_LUT ->
                    true;
            default -> false;
        };
    }

    private void sequence(DataSet set, int tag, long length, String kind, int depth)
            throws IOException {
        long end = length == UNDEFINED ? Long.MAX_VALUE : position + length;
        if (end != Long.MAX_VALUE && end > channel.size()) {
            throw new EOFException();
        }
        // A sequence of unknown representation is always in implicit little endian (PS3.5, 6.2.2).
        boolean before = explicit;
        explicit = explicit && !kind.equals("UN");
        List<DataSet> items = new ArrayList<>();
        while (position < Math.min(end, channel.size())) {
            int item = tag();
            long size = window(position, 4).getInt() & UNDEFINED;
            position += 4;
            if (item == Tag.SEQUENCE_END) {
                break;
            }
            if (item != Tag.ITEM) {
                throw set.damaged("has " + Tag.text(item) + " in the sequence " + Tag.text(tag));
            }
            DataSet each = new DataSet(file, order);
            body(each, size == UNDEFINED ? Long.MAX_VALUE : position + size, depth + 1);
            items.add(each);
        }
        explicit = before;
        set.sequences().put(tag, items);
    }

    /** Passes over the packed pixels of an icon. */
    private void fragments(DataSet set, int tag) throws IOException {
        while (position < channel.size()) {
            int item = tag();
            long size = window(position, 4).getInt() & UNDEFINED;
            position += 4;
            if (item == Tag.SEQUENCE_END) {
                return;
            }
            if (item != Tag.ITEM || size == UNDEFINED) {
                throw set.damaged("has " + Tag.text(item) + " in the pixels " + Tag.text(tag));
            }
            position += size;
        }
    }

    private int tag() throws IOException {
        ByteBuffer in = window(position, 4);
        int tag = (in.getShort() & 0xffff) << 16 | in.getShort() & 0xffff;
        position += 4;
        return tag;
    }

    private String text(long at, int count) throws IOException {
        if (at + count > channel.size()) {
            return "";
        }
        byte[] bytes = new byte[count];
        bytes(at, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private void bytes(long at, byte[] into) throws IOException {
        if (into.length <= window.capacity()) {
            window(at, into.length).get(into);
            return;
        }
        ByteBuffer out = ByteBuffer.wrap(into);
        while (out.hasRemaining()) {
            if (channel.read(out, at + out.position()) < 0) {
                throw new EOFException();
            }
        }
    }

    /** The file's bytes from there, in its byte order. */
    private ByteBuffer window(long at, int count) throws IOException {
        if (at < start || at + count > start + window.limit()) {
            start = at;
            window.clear();
            while (window.position() < count) {
                if (channel.read(window, start + window.position()) < 0) {
                    window.flip();
                    throw new EOFException();
                }
            }
            window.flip();
        }
        return window.order(order).position((int) (at - start));
    }
}

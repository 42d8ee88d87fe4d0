/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/**
 * The planes of pages, one after the other as ImageJ reads what is not packed: numbers in {@link
 * #ORDER}, red, green and blue of a pixel together. Pages are decoded when they are read; one that
 * fails ends the stream, since ImageJ would only log why: {@link #requireSound} says it.
 */
final class DecodedPages extends InputStream {

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private static final int PIECE = 1 << 13;

    /** A plane: one array, or three that stand together. */
    private record Plane(Object[] samples, int length) {}

    private final Path file;
    private final Iterator<Page> pages;
    private Iterator<Plane> planes = List.<Plane>of().iterator();
    private Plane plane = new Plane(new Object[0], 0);
    private int next;
    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private Exception failure;

    DecodedPages(Path file, List<Page> pages) {
        this.file = file;
        this.pages = pages.iterator();
    }

    /** Throws what ended the stream too early, if anything did. */
    void requireSound() throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!bytes.hasRemaining() && !fill()) {
            return -1;
        }
        int count = Math.min(length, bytes.remaining());
        bytes.get(to, offset, count);
        return count;
    }

    private boolean fill() {
        try {
            while (next >= plane.length) {
                if (failure != null || !planes.hasNext() && !pages.hasNext()) {
                    return false;
                }
                if (!planes.hasNext()) {
                    planes = planes(pages.next()).iterator();
                }
                plane = planes.next();
                next = 0;
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
            return false;
        }
        int count = Math.min(PIECE, plane.length - next);
        bytes = ByteBuffer.allocate(count * plane.samples.length * Float.BYTES).order(ORDER);
        for (int i = next; i < next + count; i++) {
            for (Object samples : plane.samples) {
                put(samples, i);
            }
        }
        next += count;
        bytes.flip();
        return true;
    }

    private List<Plane> planes(Page page) throws IOException {
        Object[] channels = Pixels.of(file, page);
        int length = page.width() * page.height();
        return page.isRgb()
                ? List.of(new Plane(channels, length))
                : java.util.Arrays.stream(channels)
                        .map(each -> new Plane(new Object[] {each}, length))
                        .toList();
    }

    private void put(Object samples, int i) {
        if (samples instanceof byte[] values) {
            bytes.put(values[i]);
        } else if (samples instanceof short[] values) {
            bytes.putShort(values[i]);
        } else {
            bytes.putFloat(((float[]) samples)[i]);
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The directories of a file behind its first one, where each is like that and its plane lies
 * directly behind the plane before: told by their bytes, since large stacks have thousands.
 *
 * @param head from the file's beginning, with the first directory
 * @param stored bytes of a plane
 */
record Followers(FileChannel channel, ByteBuffer head, long stored) {

    /** Directories of ImageJ's largest stacks, which stand behind the planes. */
    private static final int MOST = 1 << 26;

    private static final int ENTRY = 12;

    /**
     * All directories, with the first one.
     *
     * @param planes where the first plane begins
     * @return 0 where one is another, or leads elsewhere
     */
    long count(long planes) throws IOException {
        int first = head.getInt(4);
        long at = next(head, first);
        if (at == 0) {
            return 1;
        }
        if (channel.size() - at > MOST || at >= channel.size()) {
            return 0;
        }
        ByteBuffer tail = ByteBuffer.allocate((int) (channel.size() - at)).order(head.order());
        while (tail.hasRemaining() && channel.read(tail, at + tail.position()) >= 0) {}
        if (tail.hasRemaining() || !isWhole(tail, 0) || !isLikeFirst(tail, first)) {
            return 0;
        }
        int strip = entry(tail, 0, Directory.STRIPS);
        int size = 2 + ENTRY * (tail.getShort(0) & 0xffff);
        long count = 1;
        for (long to = at; to != 0; count++) {
            long place = to - at;
            if (place < 0 || place > tail.capacity() - size - 4) {
                return 0;
            }
            int here = (int) place;
            long plane = tail.getInt(here + strip + 8) & 0xffffffffL;
            if (plane != planes + count * stored || !isSame(tail, here, strip, size)) {
                return 0;
            }
            to = tail.getInt(here + size) & 0xffffffffL;
            if (to != 0 && to <= place + at) {
                return 0; // in a circle
            }
        }
        return planes + count * stored > channel.size() ? 0 : count;
    }

    private static long next(ByteBuffer in, int at) {
        return in.getInt(at + 2 + ENTRY * (in.getShort(at) & 0xffff)) & 0xffffffffL;
    }

    private static boolean isWhole(ByteBuffer in, int at) {
        return in.capacity() >= at + 2
                && in.capacity() >= at + 2 + ENTRY * (in.getShort(at) & 0xffff) + 4;
    }

    /** Whether the second directory says of its plane what the first says. */
    private boolean isLikeFirst(ByteBuffer second, int first) {
        int count = head.getShort(first) & 0xffff;
        for (int i = 0; i < count; i++) {
            int here = first + 2 + ENTRY * i;
            int tag = head.getShort(here) & 0xffff;
            int there = entry(second, 0, tag);
            boolean same = there > 0 && isSameEntry(here, second, there, tag);
            if (Directory.isRead(tag) && !same) {
                return false;
            }
        }
        for (int i = 0; i < (second.getShort(0) & 0xffff); i++) {
            int tag = second.getShort(2 + ENTRY * i) & 0xffff;
            if (Directory.isRead(tag) && entry(head, first, tag) < 0) {
                return false;
            }
        }
        return true;
    }

    private boolean isSameEntry(int here, ByteBuffer second, int there, int tag) {
        int compared = tag == Directory.STRIPS ? ENTRY - Integer.BYTES : ENTRY;
        return head.slice(here, compared).equals(second.slice(there, compared));
    }

    /** Where a directory has that tag; -1 where it has not. */
    private static int entry(ByteBuffer in, int directory, int tag) {
        for (int i = 0; i < (in.getShort(directory) & 0xffff); i++) {
            int at = directory + 2 + ENTRY * i;
            if ((in.getShort(at) & 0xffff) == tag) {
                return at;
            }
        }
        return -1;
    }

    /** Whether a directory is the second one but for where its plane is. */
    private static boolean isSame(ByteBuffer tail, int at, int strip, int size) {
        int behind = strip + ENTRY;
        int before = strip + 8;
        return tail.slice(0, before).equals(tail.slice(at, before))
                && tail.slice(behind, size - behind).equals(tail.slice(at + behind, size - behind));
    }
}

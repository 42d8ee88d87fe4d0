/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import java.util.Arrays;

/** The connected pieces of a label image in any number of dimensions, faces touching. */
final class ConnectedLabels {

    private final int[] extents;
    private final int[] labels;
    private final int[] pieces;
    private final int[] queue;

    /**
     * @param extents slowest axis first
     * @param labels of each position; not changed
     */
    ConnectedLabels(int[] extents, int[] labels) {
        this.extents = extents;
        this.labels = labels;
        this.pieces = new int[labels.length];
        this.queue = new int[labels.length];
    }

    /**
     * Numbers the pieces from 1 and joins small ones to a neighbour that has a number already.
     *
     * @param smallest pieces with fewer positions are joined
     */
    int[] join(int smallest) {
        Arrays.fill(pieces, 0);
        int count = 0;
        for (int start = 0; start < labels.length; start++) {
            if (pieces[start] == 0) {
                int size = fill(start, ++count);
                int neighbour = size < smallest ? neighbour(size, count) : 0;
                if (neighbour > 0) {
                    for (int i = 0; i < size; i++) {
                        pieces[queue[i]] = neighbour;
                    }
                    count--;
                }
            }
        }
        return pieces;
    }

    /** Numbers what is connected; its positions are then the first of the queue. */
    private int fill(int start, int number) {
        int end = 0;
        queue[end++] = start;
        pieces[start] = number;
        for (int next = 0; next < end; next++) {
            for (int k = 0; k < 2 * extents.length; k++) {
                int near = near(queue[next], k);
                if (near >= 0 && pieces[near] == 0 && labels[near] == labels[start]) {
                    pieces[near] = number;
                    queue[end++] = near;
                }
            }
        }
        return end;
    }

    private int neighbour(int size, int number) {
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < 2 * extents.length; k++) {
                int near = near(queue[i], k);
                if (near >= 0 && pieces[near] > 0 && pieces[near] != number) {
                    return pieces[near];
                }
            }
        }
        return 0;
    }

    /** The position across face k, or -1 at the border. */
    private int near(int position, int k) {
        int stride = 1;
        for (int a = extents.length - 1; a > k / 2; a--) {
            stride *= extents[a];
        }
        int at = position / stride % extents[k / 2];
        int to = at + (k % 2 == 0 ? -1 : 1);
        return to < 0 || to >= extents[k / 2] ? -1 : position + (to - at) * stride;
    }
}

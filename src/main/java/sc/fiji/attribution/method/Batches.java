/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import sc.fiji.attribution.core.Tensor;

/** Images that go through the model together; the buffer is reused from call to call. */
public final class Batches {

    /** With more values than this in one call, a larger batch no longer saves time on a CPU. */
    private static final int AUTOMATIC_VALUES = 1 << 18;

    private static final int AUTOMATIC_LIMIT = 16;

    private final Tensor single;
    private Tensor buffer;

    /**
     * @param single an image of batch 1, whose axes and shape the batches take
     */
    public Batches(Tensor single) {
        this.single = single;
    }

    /** The batch size to use: the caller's, or where that is 0 one that suits the image's size. */
    public static int size(int wanted, Tensor single) {
        if (wanted > 0) {
            return wanted;
        }
        return Math.max(1, Math.min(AUTOMATIC_LIMIT, AUTOMATIC_VALUES / single.length()));
    }

    /** Whether that many images of a size go faster in one call than one by one. */
    static boolean together(int count, Tensor single) {
        return (long) count * single.length() <= AUTOMATIC_VALUES;
    }

    /** A batch of that many images, to be filled one after the other; its content is arbitrary. */
    public Tensor of(int count) {
        if (buffer == null || buffer.size('b') != count) {
            int[] shape = single.shape().clone();
            shape[single.axes().indexOf('b')] = count;
            buffer = Tensor.zeros(single.axes(), shape);
        }
        return buffer;
    }
}

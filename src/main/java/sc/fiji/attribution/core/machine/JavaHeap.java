/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.machine;

/** Memory for images, maps and batches; what an engine takes for itself is not in it. */
public final class JavaHeap {

    private JavaHeap() {}

    /** Bytes that can still be taken, those included that the heap may yet grow by. */
    public static long free() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }
}

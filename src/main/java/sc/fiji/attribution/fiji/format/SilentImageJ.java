/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import ij.IJ;
import java.util.function.Supplier;

/**
 * Reading by ImageJ without its dialogs: it reports a failure in its log then. ImageJ has one
 * switch for all threads, so the last of those that read beside each other turns it back, to what
 * it was before the first.
 */
public final class SilentImageJ {

    private static int reading;
    private static boolean before;

    private SilentImageJ() {}

    /** What the reading returns, or throws. */
    public static <T> T read(Supplier<T> source) {
        begin();
        try {
            return source.get();
        } finally {
            end();
        }
    }

    private static synchronized void begin() {
        if (reading++ == 0) {
            before = IJ.redirectingErrorMessages();
            IJ.redirectErrorMessages(true);
        }
    }

    private static synchronized void end() {
        if (--reading == 0) {
            IJ.redirectErrorMessages(before);
        }
    }
}

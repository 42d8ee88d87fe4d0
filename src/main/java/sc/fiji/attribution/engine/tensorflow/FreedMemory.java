/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;

/**
 * Native memory that was freed. The C library of Linux keeps it for later in many small pieces, so
 * that a process seems to hold what a closed model had; it hands it back to the system when told.
 */
final class FreedMemory {

    private FreedMemory() {}

    /** The part of the GNU C library that is needed here. */
    public interface GnuLibrary extends Library {
        int malloc_trim(NativeLong keep);
    }

    /**
     * Hands it back, where that is possible.
     *
     * @return whether anything was handed back
     */
    static boolean giveBack() {
        if (!Platform.isLinux()) {
            return false;
        }
        try {
            return Native.load("c", GnuLibrary.class).malloc_trim(new NativeLong(0)) != 0;
        } catch (UnsatisfiedLinkError e) {
            // Another C library, such as that of Alpine.
            return false;
        }
    }
}

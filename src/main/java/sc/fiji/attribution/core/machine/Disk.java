/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.machine;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import sc.fiji.attribution.core.ModelException;

/** What is said of a disk that fails. */
public final class Disk {

    private Disk() {}

    /** The cause in the words of the system, without those of Java. */
    public static String reason(IOException failure) {
        String reason = failure.getMessage();
        if (failure instanceof AccessDeniedException) {
            reason = "permission denied";
        } else if (failure instanceof FileSystemException file && file.getReason() != null) {
            reason = file.getReason();
        }
        return reason == null ? failure.toString() : reason;
    }

    /**
     * That something cannot be done in the temporary folder, and what to do then.
     *
     * @param what cannot be done there, such as "No folder can be made in"
     */
    public static ModelException temporary(String what, IOException failure) {
        return new ModelException(
                what
                        + " the temporary folder "
                        + System.getProperty("java.io.tmpdir")
                        + " ("
                        + reason(failure)
                        + "): make room there or set -Djava.io.tmpdir.",
                failure);
    }
}

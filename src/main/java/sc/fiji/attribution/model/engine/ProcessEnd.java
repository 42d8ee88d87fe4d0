/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

/** What is done when the process ends. */
public final class ProcessEnd {

    private ProcessEnd() {}

    /**
     * Has something done then, in a thread of its own beside others.
     *
     * @param name of that thread
     * @return false where the process is ending already, and it will not be done
     */
    public static boolean run(String name, Runnable last) {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(last, name));
            return true;
        } catch (IllegalStateException e) {
            // Java's way to say so; it cannot be asked.
            return false;
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.host;

import org.scijava.log.LogMessage;

/** What a host hears of while a command runs, on the command's thread. */
public interface Host {

    /** A line for the user; {@link org.scijava.log.LogLevel} says how bad it is. */
    void message(LogMessage message);

    /**
     * How far it is.
     *
     * @return whether to go on
     */
    boolean progress(int done, int total, String what);

    /** Whether a mistake ends the macro that asked, as Escape does. */
    default boolean endsMacro() {
        return true;
    }
}

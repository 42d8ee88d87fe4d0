/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import org.scijava.app.StatusService;
import org.scijava.command.DynamicCommand;
import org.scijava.log.LogService;
import org.scijava.plugin.Parameter;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Progress;

/**
 * A command that calls a tool. What a user can mend is reported once, as the reason of the cancel:
 * a dialog with a display, one line on the log without.
 */
abstract class ToolCommand extends DynamicCommand {

    @Parameter private StatusService status;

    @Parameter private LogService log;

    /** Does the work. */
    abstract void execute();

    @Override
    public final void run() {
        try {
            execute();
        } catch (AttributionException e) {
            log.error(e.getMessage());
            log.debug(e);
            cancel(e.getMessage());
        } finally {
            status.clearStatus();
        }
    }

    /** Feeds the status bar, and stops where the user cancelled the command. */
    Progress progress() {
        return new Progress() {
            @Override
            public void update(long done, long total, String what) {
                if (isCanceled()) {
                    throw new CancelledException();
                }
                status.showStatus((int) done, (int) total, what);
            }

            @Override
            public void note(String line) {
                say(line);
            }
        };
    }

    void say(String line) {
        log.info(line);
    }

    void warn(String line) {
        log.warn(line);
    }
}

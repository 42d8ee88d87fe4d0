/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.host;

import ij.IJ;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.scijava.app.StatusService;
import org.scijava.task.Task;
import org.scijava.task.TaskService;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Progress;

/** How far a run is, for status bar, task bar and host; the end of a run that was cancelled. */
public final class RunProgress implements Progress, AutoCloseable {

    private final StatusService status;
    private final Host host;
    private final BooleanSupplier isCancelled;
    private final Consumer<String> notes;
    private final Task task;

    public RunProgress(
            String title,
            StatusService status,
            TaskService tasks,
            Host host,
            BooleanSupplier isCancelled,
            Consumer<String> notes) {
        this.status = status;
        this.host = host;
        this.isCancelled = isCancelled;
        this.notes = notes;
        this.task = tasks == null ? null : tasks.createTask(title);
        if (task != null) {
            task.start();
        }
    }

    /** A line in the status bar, while nothing can be counted. */
    public void status(String what) {
        status.showStatus(what);
        if (IJ.getInstance() != null) {
            IJ.showStatus(what); // the only one where ImageJ is the host
        }
        if (task != null) {
            task.setStatusMessage(what);
        }
    }

    @Override
    public void update(long done, long total, String what) {
        status.showStatus((int) done, (int) total, what);
        if (task != null) {
            task.setStatusMessage(what);
            task.setProgressMaximum(total);
            task.setProgressValue(done);
        }
        boolean goOn = host == null || total == 0 || host.progress((int) done, (int) total, what);
        // Last, so that no model is called after a host was told and said no.
        if (!goOn
                || isCancelled.getAsBoolean()
                || task != null && task.isCanceled()
                || IJ.escapePressed()) {
            throw new CancelledException();
        }
    }

    @Override
    public void note(String line) {
        notes.accept(line);
    }

    /** Leaves no bar half filled. */
    @Override
    public void close() {
        if (task != null) {
            task.finish();
        }
        status.showProgress(1, 1);
        status.clearStatus();
        if (IJ.getInstance() != null) {
            IJ.showProgress(1.0);
        }
    }
}

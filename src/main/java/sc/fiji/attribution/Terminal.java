/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import java.io.OutputStream;
import java.io.PrintStream;
import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.app.event.StatusEvent;
import org.scijava.event.EventHandler;
import org.scijava.event.EventService;
import org.scijava.log.LogLevel;
import org.scijava.log.LogMessage;
import org.scijava.log.LogService;
import org.scijava.log.StderrLogService;

/**
 * What the user of a terminal sees: messages on the output stream, warnings, failures and a
 * progress bar on the error stream.
 */
final class Terminal {

    private static final int WIDTH = 30;
    private static final long INTERVAL_NANOS = 200_000_000;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean interactive = System.console() != null;
    private long last;
    private boolean barShown;

    Terminal(Context context, PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
        context.service(StatusService.class);
        context.service(EventService.class).subscribe(this);
        StderrLogService log = (StderrLogService) context.service(LogService.class);
        log.setPrintStreams(level -> new PrintStream(OutputStream.nullOutputStream()));
        log.addLogListener(this::log);
    }

    private void log(LogMessage message) {
        endBar();
        switch (message.level()) {
            case LogLevel.ERROR -> err.println("Error: " + message.text());
            case LogLevel.WARN -> err.println("Warning: " + message.text());
            default -> out.println(message.text());
        }
    }

    /** Shows progress where somebody watches; a log file would fill with it. */
    @EventHandler
    void onEvent(StatusEvent event) {
        long now = System.nanoTime();
        if (!interactive || event.getProgressMaximum() <= 0 || now - last < INTERVAL_NANOS) {
            return;
        }
        last = now;
        int done = (int) ((long) WIDTH * event.getProgressValue() / event.getProgressMaximum());
        err.printf(
                "\r[%s%s] %d/%d %s",
                "=".repeat(done),
                " ".repeat(WIDTH - done),
                event.getProgressValue(),
                event.getProgressMaximum(),
                event.getStatusMessage());
        err.flush();
        barShown = true;
    }

    private void endBar() {
        if (barShown) {
            err.println();
            barShown = false;
        }
    }

    void fail(String message) {
        endBar();
        err.println("Error: " + message);
    }
}

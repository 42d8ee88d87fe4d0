/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import java.io.PrintStream;
import org.scijava.log.LogLevel;
import org.scijava.log.LogMessage;
import sc.fiji.attribution.command.host.Host;
import sc.fiji.attribution.core.text.Printable;

/**
 * What the user of a terminal sees: messages on the output stream; warnings, failures and a
 * progress bar on the error stream.
 */
final class Terminal implements Host {

    private static final int WIDTH = 30;
    private static final long INTERVAL_NANOS = 200_000_000;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean interactive = System.console() != null;
    private long last;
    private boolean barShown;

    Terminal(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public void message(LogMessage message) {
        endBar();
        switch (message.level()) {
            case LogLevel.ERROR -> err.println("Error: " + Printable.line(message.text()));
            case LogLevel.WARN -> err.println("Warning: " + Printable.lines(message.text()));
            default -> out.println(Printable.lines(message.text()));
        }
    }

    /** Shows progress where somebody watches; a log file would fill with it. */
    @Override
    public boolean progress(int done, int total, String what) {
        long now = System.nanoTime();
        if (interactive && now - last > INTERVAL_NANOS) {
            last = now;
            int bar = (int) ((long) WIDTH * done / total);
            String filled = "=".repeat(bar) + " ".repeat(WIDTH - bar);
            err.printf("\r[%s] %d/%d %s", filled, done, total, what);
            err.flush();
            barShown = true;
        }
        return true;
    }

    private void endBar() {
        if (barShown) {
            err.println();
            barShown = false;
        }
    }

    void fail(String message) {
        endBar();
        err.println("Error: " + Printable.line(message));
    }
}

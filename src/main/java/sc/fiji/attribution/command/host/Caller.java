/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.host;

import ij.ImagePlus;
import ij.WindowManager;
import ij.macro.Interpreter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.scijava.thread.ThreadService;

/**
 * The threads that asked for a command and wait for it. A command runs on a thread of SciJava's
 * pool, while ImageJ keeps what a macro's current image is, and its options, by the macro's own
 * thread.
 */
public final class Caller {

    /** How long ImageJ may take to note that its macro shall end; newer ones then wait for it. */
    private static final long ABORT_MILLIS = 200;

    private final List<Thread> threads = new ArrayList<>();

    private Caller() {}

    /** Who waits for the present thread. */
    public static Caller of(ThreadService service) {
        Caller caller = new Caller();
        Thread thread = service.getParent(Thread.currentThread());
        while (thread != null && !caller.threads.contains(thread)) {
            caller.threads.add(thread);
            thread = service.getParent(thread);
        }
        return caller;
    }

    /** Whether a macro asked. */
    boolean isMacro() {
        return threads.stream()
                .flatMap(thread -> Arrays.stream(thread.getStackTrace()))
                .anyMatch(frame -> frame.getClassName().equals(Interpreter.class.getName()));
    }

    /**
     * Makes an image that was shown the current one of those who asked. In batch mode that is their
     * own; elsewhere it is that of the window in front, and what they had of their own would hide
     * it.
     */
    public void makeCurrent(ImagePlus image) {
        boolean batch = Interpreter.isBatchMode();
        for (Thread thread : threads) {
            WindowManager.setTempCurrentImage(thread, batch ? image : null);
        }
        // A thread of the pool serves others next, who did not ask for this image.
        WindowManager.setTempCurrentImage(null);
        if (!batch && image.getWindow() != null) {
            WindowManager.setCurrentWindow(image.getWindow());
        }
    }

    /** Ends the macro that asked, as Escape does. */
    public void abortMacro() {
        if (!isMacro()) {
            return;
        }
        Thread abort = new Thread(Interpreter::abort, "end of the macro");
        abort.setDaemon(true);
        abort.start();
        try {
            abort.join(ABORT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

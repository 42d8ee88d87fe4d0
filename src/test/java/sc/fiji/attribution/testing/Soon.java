/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Work that must end soon, by its thread's own time of the processor: the clock on the wall also
 * counts what else the machine does.
 */
public final class Soon {

    /** Without any work of the processor, it waits for what never comes. */
    private static final int MOST_IDLE_SECONDS = 600;

    private Soon() {}

    /**
     * @return what the work returns; what it throws unchecked is thrown
     */
    public static <T> T within(double seconds, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "soon");
        thread.setDaemon(true);
        thread.start();
        double computed = 0;
        int idle = 0;
        while (true) {
            try {
                return task.get(1, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException unchecked) {
                    throw unchecked;
                }
                throw new AssertionError(e.getCause());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } catch (TimeoutException e) {
                double used =
                        ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId()) * 1e-9;
                idle = used > computed ? 0 : idle + 1;
                computed = Math.max(computed, used);
                if (computed > seconds || idle > MOST_IDLE_SECONDS) {
                    fail(
                            "no end after "
                                    + computed
                                    + " s of the processor: "
                                    + Arrays.toString(thread.getStackTrace()));
                }
            }
        }
    }
}

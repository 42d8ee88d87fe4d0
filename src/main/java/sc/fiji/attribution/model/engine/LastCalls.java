/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import sc.fiji.attribution.core.CancelledException;

/**
 * The process's calls of native code that have not come back. A process that ends takes its
 * libraries down, and what still computes in them crashes: so no call begins then any more, and the
 * last ones are waited for. That is what happens where a scheduler ends a job, or Fiji is closed
 * during a run.
 */
final class LastCalls {

    /** Schedulers kill what has not ended after 30 s. */
    private static final int SECONDS = 20;

    private static final LastCalls ALL = new LastCalls();

    private final Set<CompletableFuture<?>> calls = new HashSet<>();
    private boolean ending;

    private LastCalls() {
        ending = !ProcessEnd.run("attribution-last-calls", this::await);
    }

    static LastCalls all() {
        return ALL;
    }

    /**
     * Counts a call until it has ended.
     *
     * @throws CancelledException where the process ends, and nothing was begun
     */
    synchronized <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> call) {
        if (ending) {
            throw new CancelledException();
        }
        return close(call);
    }

    /** The same for one that frees what others took: the process's end waits for it. */
    <T> CompletableFuture<T> close(Supplier<CompletableFuture<T>> call) {
        CompletableFuture<T> begun;
        synchronized (this) {
            begun = call.get();
            calls.add(begun);
        }
        CompletableFuture<T> unused = begun.whenComplete((result, error) -> forget(begun));
        return begun;
    }

    /** Waits no longer for a call, as it has ended or never will. */
    synchronized void forget(CompletableFuture<?> call) {
        calls.remove(call);
        notifyAll();
    }

    private synchronized void await() {
        ending = true;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        try {
            for (long left = end - System.nanoTime(); !calls.isEmpty() && left > 0; ) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
                left = end - System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.ModelException;

/**
 * Waits for what may never come back: a model is a stranger's program. All of a model's calls run
 * one after the other in another thread. A call that takes ten minutes of a processor, or one
 * minute in which it could compute and the process computes nothing, is given up: it is asked to
 * end, the model cannot be used any more, and whoever waited goes on. Where it does not end, since
 * the opening of a pipe cannot be ended from outside, its thread stays behind. {@code
 * -Dattribution.patience=3600} waits for an hour (of seconds).
 */
public final class Watchdog {

    /** Name of the system property: seconds for a call that computes. */
    public static final String PATIENCE = "attribution.patience";

    private static final long SECONDS = 600;

    private static final AtomicBoolean ANY_GIVEN_UP = new AtomicBoolean();

    /**
     * Shared by all models, so that those that are opened and closed in turn stay in one thread. A
     * call that never ends keeps its own.
     */
    private static final Executor THREADS =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    5,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    work -> {
                        Thread made = new Thread(work, "attribution-model");
                        made.setDaemon(true);
                        return made;
                    });

    /** For a call that was asked to. */
    private static final int SECONDS_TO_END = 5;

    private final String model;
    private final Runnable interrupt;
    private CompletableFuture<?> latest = CompletableFuture.completedFuture(null);
    private volatile boolean givenUp;

    /** Whether the call that was given up did, when it was asked to. */
    private volatile boolean ended;

    /**
     * @param model its name, for messages
     */
    public Watchdog(String model) {
        this(model, () -> {});
    }

    /**
     * @param model its name, for messages
     * @param interrupt asks a call that is given up to end; must come back at once
     */
    public Watchdog(String model, Runnable interrupt) {
        this.model = model;
        this.interrupt = interrupt;
    }

    /** How long a call may compute, in seconds. */
    public static long patience() {
        return Math.max(1, Long.getLong(PATIENCE, SECONDS));
    }

    /**
     * Whether a call was given up and went on when it was asked to end. It may still run, in native
     * code that a process takes with it only when it is halted.
     */
    public static boolean hasGivenUp() {
        return ANY_GIVEN_UP.get();
    }

    /** Whether no call was given up; afterwards none is taken. */
    public boolean usable() {
        return !givenUp;
    }

    /**
     * Runs a call in the model's thread and waits for it. A closeable result that comes after it
     * was given up is closed.
     *
     * @throws ModelException where it is given up, or an earlier one was
     * @throws CancelledException where the waiting thread is interrupted, or the process ends
     */
    public <T> T run(Supplier<T> call) {
        if (givenUp) {
            throw new ModelException(
                    lost(
                            "An earlier call of model '"
                                    + model
                                    + (ended ? "' had to be ended" : "' never ended")));
        }
        return await(LastCalls.all().begin(() -> behindTheLatest(call)));
    }

    private <T> T await(CompletableFuture<T> result) {
        try {
            return result.get(1, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return watch(result);
        } catch (InterruptedException e) {
            throw interrupted(result);
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    /** Runs what nobody waits for behind all calls: where one of them never ends, never. */
    public void last(Runnable call) {
        Supplier<Void> closing =
                () -> {
                    call.run();
                    return null;
                };
        if (givenUp) {
            CompletableFuture<Void> unused = behindTheLatest(closing);
        } else {
            await(LastCalls.all().close(() -> behindTheLatest(closing)));
        }
    }

    private synchronized <T> CompletableFuture<T> behindTheLatest(Supplier<T> call) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        CompletableFuture<T> next =
                latest.handleAsync(
                        (result, error) -> {
                            Thread.currentThread().setContextClassLoader(loader);
                            try {
                                return call.get();
                            } finally {
                                Thread.currentThread().setContextClassLoader(null);
                            }
                        },
                        THREADS);
        latest = next;
        return next;
    }

    private <T> T watch(CompletableFuture<T> result) {
        Patience patience = new Patience(patience());
        Lookout lookout = new Lookout();
        while (true) {
            try {
                return result.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                Optional<String> why = patience.after(lookout.look());
                if (why.isPresent()) {
                    throw giveUp(result, why.get());
                }
            } catch (InterruptedException e) {
                throw interrupted(result);
            } catch (ExecutionException e) {
                throw cause(e);
            }
        }
    }

    private ModelException giveUp(CompletableFuture<?> result, String why) {
        givenUp = true;
        interrupt.run();
        ended = endsSoon(result);
        if (!ended) {
            ANY_GIVEN_UP.set(true);
            LastCalls.all().forget(result);
        }
        closeLater(result);
        return new ModelException(lost("Model '" + model + "' " + why));
    }

    private static boolean endsSoon(CompletableFuture<?> result) {
        try {
            result.get(Math.min(SECONDS_TO_END, patience()), TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String lost(String what) {
        return what
                + ", and is given up. Other models can be used"
                + (ended ? "" : "; what it holds is free when Fiji is closed")
                + ". For a network that takes so long, start with -D"
                + PATIENCE
                + "=3600 (seconds).";
    }

    /** The call goes on; the next one of this model waits for it. */
    private static CancelledException interrupted(CompletableFuture<?> result) {
        closeLater(result);
        Thread.currentThread().interrupt();
        return new CancelledException();
    }

    private static void closeLater(CompletableFuture<?> result) {
        CompletableFuture<Void> unused =
                result.thenAccept(
                        late -> {
                            if (late instanceof AutoCloseable closeable) {
                                try {
                                    closeable.close();
                                } catch (Exception e) {
                                    System.getLogger(Watchdog.class.getName())
                                            .log(
                                                    System.Logger.Level.WARNING,
                                                    "A model stays open.",
                                                    e);
                                }
                            }
                        });
    }

    private static RuntimeException cause(ExecutionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException known
                ? known
                : new IllegalStateException(e.getCause());
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Progress;

/**
 * Subjects one after the other: while one is computed the next is read and prepared and the one
 * before is finished and written, so that at most three are in memory.
 */
final class SubjectQueue {

    private final SubjectTask task;
    private final List<Subject> subjects;

    SubjectQueue(SubjectTask task, List<Subject> subjects) {
        this.task = task;
        this.subjects = subjects;
    }

    /**
     * @param progress told between model calls; where it ends the run, what is done stays
     */
    void run(Progress progress) {
        ExecutorService reader = Executors.newSingleThreadExecutor(SubjectQueue::daemon);
        ExecutorService writer = Executors.newSingleThreadExecutor(SubjectQueue::daemon);
        Pace pace = new Pace(subjects.size());
        try {
            Future<Boolean> written = null;
            Future<SubjectTask.Loaded> next = subjects.isEmpty() ? null : read(reader, 0);
            for (int i = 0; i < subjects.size(); i++) {
                SubjectTask.Loaded loaded = get(next);
                next = i + 1 < subjects.size() ? read(reader, i + 1) : null;
                progress.update(1000L * i, 1000L * subjects.size(), pace.line());
                if (loaded.done()) {
                    pace.known();
                    continue;
                }
                SubjectTask.Computed computed = task.compute(loaded, pace.within(progress, i));
                if (written != null) {
                    pace.took(get(written));
                }
                written = writer.submit(() -> task.write(computed));
            }
            if (written != null) {
                pace.took(get(written));
            }
            progress.update(1000L * subjects.size(), 1000L * subjects.size(), pace.line());
        } finally {
            reader.shutdownNow();
            writer.shutdown(); // what is being written will be whole
            awaitEnd(writer);
        }
    }

    private Future<SubjectTask.Loaded> read(ExecutorService reader, int i) {
        return reader.submit(() -> task.read(subjects.get(i)));
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "attribution-cohort-files");
        thread.setDaemon(true);
        return thread;
    }

    private static void awaitEnd(ExecutorService writer) {
        try {
            writer.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException("The run was interrupted; what is done stays.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** How fast it goes: {@code 37 of 300, 2 failed, 14 min left}. */
    private static final class Pace {
        private final int total;
        private final long start = System.nanoTime();
        private int done;
        private int computed;
        private int failed;

        Pace(int total) {
            this.total = total;
        }

        void known() {
            done++;
        }

        void took(boolean ok) {
            done++;
            computed++;
            failed += ok ? 0 : 1;
        }

        String line() {
            String line = done + " of " + total;
            line += failed > 0 ? ", " + failed + " failed" : "";
            if (computed > 0 && done < total) {
                double seconds = (System.nanoTime() - start) / 1e9 / computed * (total - done);
                line +=
                        seconds < 90
                                ? ", " + Math.round(seconds) + " s left"
                                : ", " + Math.round(seconds / 60) + " min left";
            }
            return line;
        }

        /** Progress of one subject as that of the whole. */
        Progress within(Progress whole, int place) {
            return (part, parts, what) ->
                    whole.update(
                            1000L * place + (parts > 0 ? 1000 * part / parts : 0),
                            1000L * total,
                            line());
        }
    }
}

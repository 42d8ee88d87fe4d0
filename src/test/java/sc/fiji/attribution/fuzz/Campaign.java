/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Many damaged files of one kind, the same in each run, tried by two processes at a time: one that
 * dies, hangs, throws what is not of the product's family, takes too long, or leaves something
 * behind is a fault.
 */
public final class Campaign {

    /** Of CPU time, for one file. */
    private static final long MOST_MILLISECONDS = 20_000;

    /** Of CPU time, without a word. */
    private static final long SILENCE_SECONDS = 60;

    /** By the clock, without a word or any work. */
    private static final long STILL_SECONDS = 600;

    /** Files of a process: starting one costs as much as a hundred of them. */
    private static final int EACH = 500;

    private static final int PROCESSES = 2;

    /** After so many it is known that something is wrong. */
    private static final int MOST_FAULTS = 20;

    private final Class<? extends Subject> subject;
    private final long seed;
    private final Path folder;
    private final List<String> faults = new ArrayList<>();
    private int used;
    private int refused;
    private long slowest;
    private long total;
    private long deadline;

    /**
     * @param folder an empty one, for the files and as temporary folder
     */
    public Campaign(Class<? extends Subject> subject, long seed, Path folder) {
        this.subject = subject;
        this.seed = seed;
        this.folder = folder;
    }

    /**
     * Tries some of a kind, for a long night or to see a fault again.
     *
     * @param arguments class of the subject, seed, number of the first and of the last file,
     *     seconds
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("campaign");
        Class<? extends Subject> subject = Class.forName(arguments[0]).asSubclass(Subject.class);
        Campaign campaign = new Campaign(subject, Long.parseLong(arguments[1]), folder);
        int first = Integer.parseInt(arguments[2]);
        campaign.run(
                        first,
                        Integer.parseInt(arguments[3]) - first + 1,
                        Double.parseDouble(arguments[4]))
                .forEach(System.out::println);
    }

    /**
     * Tries so many files, or as many as that time allows: the same first ones on any machine.
     *
     * @return what went wrong, a line each; none is as it should be
     */
    public List<String> run(int count, double seconds)
            throws InterruptedException, ExecutionException {
        return run(0, count, seconds);
    }

    private List<String> run(int start, int count, double seconds)
            throws InterruptedException, ExecutionException {
        deadline = System.nanoTime() + (long) (seconds * 1e9);
        ExecutorService pool = Executors.newFixedThreadPool(PROCESSES);
        try {
            List<Callable<Boolean>> batches = new ArrayList<>();
            for (int first = start; first < start + count; first += EACH) {
                int from = first;
                int last = Math.min(first + EACH, start + count) - 1;
                batches.add(() -> batch(from, last));
            }
            for (Future<Boolean> batch : pool.invokeAll(batches)) {
                batch.get();
            }
        } finally {
            pool.shutdownNow();
        }
        System.out.printf(
                "%s: %d of %d files, %d used, %d refused, %d faults; %.1f s CPU, at most %.1f s%n",
                subject.getSimpleName(),
                used + refused,
                count,
                used,
                refused,
                faults.size(),
                total / 1e3,
                slowest / 1e3);
        return faults;
    }

    /** How many files did not fail the test. */
    public int tried() {
        return used + refused;
    }

    private boolean late() {
        return System.nanoTime() > deadline;
    }

    /** A process that died leaves the rest of its files to another. */
    private boolean batch(int first, int last) throws IOException, InterruptedException {
        for (int next = first; next <= last && !hopeless() && !late(); ) {
            next = child(next, last);
        }
        return true;
    }

    private synchronized boolean hopeless() {
        return faults.size() >= MOST_FAULTS;
    }

    private synchronized void fault(String what) {
        faults.add(what);
    }

    /** One process; returns the number of the file with which the next one goes on. */
    private int child(int first, int last) throws IOException, InterruptedException {
        Path files = Files.createTempDirectory(folder, "files");
        Path temporary = Files.createTempDirectory(folder, "temporary");
        Path errors = Files.createTempFile(folder, "errors", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.awt.headless=true",
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path")
                                + File.pathSeparator
                                + System.getProperty("fuzz.class.path", ""),
                        Child.class.getName(),
                        subject.getName(),
                        files.toString(),
                        Long.toString(seed),
                        Integer.toString(first),
                        Integer.toString(last));
        builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
        builder.environment().put("TF_NUM_INTRAOP_THREADS", "1");
        Process process = builder.redirectError(errors.toFile()).start();
        AtomicLong heard = new AtomicLong(System.nanoTime());
        Thread watch = watch(process, heard);
        int begun = first - 1;
        int ended = first - 1;
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard.set(System.nanoTime());
                if (line.startsWith("begin ")) {
                    begun = Integer.parseInt(line.substring("begin ".length()));
                } else if (line.startsWith("end ")) {
                    ended = begun;
                    judge(line.split(" ", 4));
                    if (hopeless() || late()) {
                        process.destroy();
                        break;
                    }
                }
            }
        }
        process.waitFor();
        watch.interrupt();
        if (ended == begun && ended < last && late()) {
            return last + 1; // ended here, in the middle of its work
        }
        if (process.exitValue() != 0 || ended < last) {
            fault(
                    begun
                            + ": the process ended with "
                            + process.exitValue()
                            + ": "
                            + Files.readString(errors).lines().limit(3).toList());
            return begun + 1;
        }
        try (Stream<Path> left = Files.list(temporary)) {
            left.filter(each -> !each.getFileName().toString().startsWith("hsperfdata"))
                    .forEach(each -> fault(first + " to " + last + ": left " + each));
        }
        return last + 1;
    }

    /** Ends a process that says nothing, by what it computes: the machine may be busy. */
    private static Thread watch(Process process, AtomicLong heard) {
        Thread watch =
                new Thread(
                        () -> {
                            long last = heard.get();
                            double before = 0;
                            try {
                                while (process.isAlive()) {
                                    TimeUnit.SECONDS.sleep(1);
                                    double cpu = cpuSeconds(process);
                                    if (heard.get() != last) {
                                        last = heard.get();
                                        before = cpu;
                                    }
                                    double still = (System.nanoTime() - last) / 1e9;
                                    if (cpu - before > SILENCE_SECONDS
                                            || still > STILL_SECONDS && cpu - before < 1) {
                                        process.destroyForcibly();
                                    }
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        watch.setDaemon(true);
        watch.start();
        return watch;
    }

    private static double cpuSeconds(Process process) {
        return process.info().totalCpuDuration().map(each -> each.toMillis() / 1e3).orElse(0.0);
    }

    /**
     * @param line end, number, milliseconds, outcome
     */
    private synchronized void judge(String[] line) {
        long milliseconds = Long.parseLong(line[2]);
        slowest = Math.max(slowest, milliseconds);
        total += milliseconds;
        if (line[3].startsWith("used")) {
            used++;
        } else if (line[3].startsWith("refused ")) {
            refused++;
        } else {
            faults.add(line[1] + ": " + line[3]);
        }
        if (milliseconds > MOST_MILLISECONDS) {
            faults.add(line[1] + ": " + milliseconds + " ms CPU");
        }
    }
}

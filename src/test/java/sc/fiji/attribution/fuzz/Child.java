/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import sc.fiji.attribution.core.AttributionException;

/** Tries damaged files one after another, and says of each how it went, before the next begins. */
public final class Child {

    private Child() {}

    /**
     * @param arguments class of the subject, folder, seed, first and last number
     */
    public static void main(String[] arguments) throws Exception {
        Subject subject =
                (Subject) Class.forName(arguments[0]).getDeclaredConstructor().newInstance();
        Path folder = Path.of(arguments[1]);
        long seed = Long.parseLong(arguments[2]);
        for (int i = Integer.parseInt(arguments[3]); i <= Integer.parseInt(arguments[4]); i++) {
            Path each = Files.createDirectory(folder.resolve(Integer.toString(i)));
            Path file = subject.write(new Random(seed + i), each);
            System.out.println("begin " + i);
            long before = cpu();
            String outcome = outcome(subject, file);
            System.out.println("end " + i + " " + (cpu() - before) / 1_000_000 + " " + outcome);
            System.out.flush();
            delete(each);
        }
        System.exit(0);
    }

    private static String outcome(Subject subject, Path file) {
        try {
            subject.use(file);
            return "used";
        } catch (AttributionException e) {
            String message = String.valueOf(e.getMessage());
            boolean fine =
                    message.lines().count() == 1
                            && message.length() < 2000
                            && (Files.isDirectory(file)
                                    || message.contains(file.getFileName().toString()))
                            && !message.contains("(null)")
                            && !message.contains("Cannot invoke")
                            && !message.matches("(?s).*Index -?\\d+ out of bounds.*");
            return (fine ? "refused " : "BADMESSAGE ") + message.replaceAll("\\s+", " ");
        } catch (Throwable e) {
            StackTraceElement[] trace = e.getStackTrace();
            return "LEAK "
                    + (e + " at " + List.of(trace).subList(0, Math.min(4, trace.length)))
                            .replaceAll("\\s+", " ");
        }
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}

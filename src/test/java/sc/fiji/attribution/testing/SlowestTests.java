/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Prints where the time of a test run went, so that it is seen when a class gets slow. */
public final class SlowestTests {

    private static final Pattern SUITE =
            Pattern.compile(
                    "<testsuite [^>]*name=\"([^\"]+)\" time=\"([\\d.,]+)\" tests=\"(\\d+)\"");

    private record Suite(String name, double seconds, int tests) {

        static Optional<Suite> read(Path report) {
            try {
                Matcher suite = SUITE.matcher(Files.readString(report));
                return suite.find()
                        ? Optional.of(
                                new Suite(
                                        suite.group(1).replaceFirst(".*\\.", ""),
                                        Double.parseDouble(suite.group(2).replace(",", "")),
                                        Integer.parseInt(suite.group(3))))
                        : Optional.empty();
            } catch (IOException e) {
                throw new IllegalStateException(report.toString(), e);
            }
        }
    }

    private SlowestTests() {}

    /** Reads the reports of a folder. */
    public static void main(String... arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Suite> suites =
                    files.filter(file -> file.getFileName().toString().startsWith("TEST-"))
                            .flatMap(file -> Suite.read(file).stream())
                            .sorted(Comparator.comparingDouble(Suite::seconds).reversed())
                            .toList();
            System.out.printf(
                    Locale.ROOT,
                    "%d classes, %d tests, %.0f s; the ten slowest:%n",
                    suites.size(),
                    suites.stream().mapToInt(Suite::tests).sum(),
                    suites.stream().mapToDouble(Suite::seconds).sum());
            suites.stream()
                    .limit(10)
                    .forEach(
                            suite ->
                                    System.out.printf(
                                            Locale.ROOT,
                                            "%7.1f s %4d %s%n",
                                            suite.seconds(),
                                            suite.tests(),
                                            suite.name()));
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.OperatingSystemMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.testing.Resources;

/**
 * Every file of the collections of small cases and of hostile or broken ones, through the commands
 * themselves, one after another in one process: {@code collections.tsv} says what each must do.
 */
@Tag("long")
class CollectionsTest {

    /** Of the processor's, for one command. */
    private static final double MOST_SECONDS = 20;

    @TempDir Path folder;

    private record Row(String file, String command, String options, int code, List<String> words) {

        static Row of(String line) {
            String[] cells = line.split("\t", -1);
            return new Row(
                    cells[0],
                    cells[1],
                    cells[2],
                    Integer.parseInt(cells[3]),
                    List.of(cells[4].split(" & ")));
        }
    }

    private static List<Row> rows() throws IOException {
        return Files.readAllLines(Resources.bundled("collections.tsv")).stream()
                .filter(line -> !line.startsWith("#"))
                .map(Row::of)
                .toList();
    }

    private record Run(int code, String text, double seconds) {}

    private Run run(Row row, Path output) {
        Path shared = Resources.shared("cases").getParent();
        List<String> arguments = new ArrayList<>(List.of(row.command()));
        Stream.of(row.options().split(" (?=[a-z]+=)"))
                .map(each -> each.replace("{file}", shared.resolve(row.file()).toString()))
                .map(each -> each.replace("{cases}", shared.resolve("cases").toString()))
                .map(each -> each.replace("{out}", output.toString()))
                .forEach(arguments::add);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes);
        double before = cpuSeconds();
        int code = Main.run(arguments.toArray(String[]::new), out, out);
        return new Run(code, bytes.toString(), cpuSeconds() - before);
    }

    private static double cpuSeconds() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                * 1e-9;
    }

    /** What is not as the table says; empty where all is. */
    private List<String> faults(Row row, Run run, Path output) throws IOException {
        List<String> faults = new ArrayList<>();
        if (run.code() != row.code()) {
            faults.add("code " + run.code());
        }
        row.words().stream()
                .filter(each -> !run.text().contains(each))
                .forEach(each -> faults.add("does not say '" + each + "'"));
        List<String> errors =
                run.text().lines().filter(line -> line.startsWith("Error: ")).toList();
        if (errors.size() != row.code()) {
            faults.add(errors.size() + " lines of errors");
        }
        if (run.text()
                .matches("(?s).*(\\tat |Exception|\\(null\\)|Cannot invoke|out of bounds).*")) {
            faults.add("speaks of the program");
        }
        if (run.seconds() > MOST_SECONDS) {
            faults.add(run.seconds() + " s of the processor");
        }
        boolean map = row.options().contains("{out}");
        if (map && Files.exists(output) != (row.code() == 0)) {
            faults.add("left " + output);
        }
        List<String> others;
        try (Stream<Path> all = Files.list(folder)) {
            others = all.map(Path::getFileName).map(Path::toString).toList();
        }
        if (others.stream().anyMatch(each -> !each.endsWith(".tif"))) {
            faults.add("left some of " + others);
        }
        return faults;
    }

    @Test
    void eachDoesWhatTheTableSays() throws IOException {
        Resources.shared("edge");
        List<String> faults = new ArrayList<>();
        List<Path> before = Packages.leftovers();
        int number = 0;
        double longest = 0;
        for (Row row : rows()) {
            Path output = folder.resolve("map" + number++ + ".tif");
            Run run = run(row, output);
            longest = Math.max(longest, run.seconds());
            List<String> wrong = faults(row, run, output);
            if (!wrong.isEmpty()) {
                faults.add(row + ": " + wrong + "\n" + run.text());
            }
        }
        System.out.printf(
                "%d runs, %d faults, at most %.1f s of the processor%n",
                number, faults.size(), longest);
        assertEquals("", String.join("\n", faults));
        assertEquals(before, Packages.leftovers());
    }

    /** A file that comes to the collections comes to the table. */
    @Test
    void noFileIsForgotten() throws IOException {
        List<String> named = rows().stream().map(Row::file).toList();
        List<String> forgotten = new ArrayList<>();
        for (String collection : List.of("cases", "edge")) {
            Path root = Resources.shared(collection);
            try (Stream<Path> all = Files.walk(root)) {
                all.filter(Files::isRegularFile)
                        .filter(file -> !file.toString().matches(".*(INDEX\\.md|\\.np[yz])"))
                        .map(root.getParent()::relativize)
                        .map(Path::toString)
                        .filter(
                                file ->
                                        named.stream()
                                                .noneMatch(
                                                        each ->
                                                                file.equals(each)
                                                                        || file.startsWith(
                                                                                each + "/")))
                        .forEach(forgotten::add);
            }
        }
        assertEquals(List.of(), forgotten);
    }
}

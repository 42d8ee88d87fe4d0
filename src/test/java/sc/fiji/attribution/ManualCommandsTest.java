/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The manual's command lines, as they stand there. */
@Tag("long")
class ManualCommandsTest {

    private static final Pattern COMMAND =
            Pattern.compile("sc\\.fiji\\.attribution\\.Main (\"(?:[^\\\\\n]|\\\\\n)*)");

    private static final Pattern WORD = Pattern.compile("(?:\"[^\"]*\"|'[^']*'|[^\"'\\s\\\\])+");

    /** A name for a folder, {@code S=sample-images/scanner-study}, above a command. */
    private static final Pattern VARIABLE = Pattern.compile("(?m)^ {4}([A-Z]+)=(\\S+)$");

    /** Comparisons over so many images take minutes: the line is run as it is but for these. */
    private static final List<String> SHORT = List.of("methods=Gradient", "steps=2", "samples=2");

    static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            List<Path> pages =
                    Stream.concat(Stream.of(Path.of("README.md")), docs)
                            .filter(page -> page.toString().endsWith(".md"))
                            .sorted()
                            .toList();
            for (Path page : pages) {
                String text = Files.readString(page);
                COMMAND.matcher(text)
                        .results()
                        .map(
                                found ->
                                        expanded(
                                                found.group(1).replaceAll("\\\\\n\\s*", ""),
                                                text.substring(0, found.start())))
                        // A study of one's own, and a cluster's task number, are not here.
                        .filter(command -> !command.contains("=study/") && !command.contains("$"))
                        .forEach(commands::add);
            }
        }
        assertTrue(commands.size() > 3, commands.toString());
        return commands;
    }

    /** With the folders that were named last before it. */
    private static String expanded(String command, String before) {
        String text = command;
        Map<String, String> values = new LinkedHashMap<>();
        VARIABLE.matcher(before).results().forEach(v -> values.put(v.group(1), v.group(2)));
        for (Map.Entry<String, String> each : values.entrySet()) {
            text = text.replace("$" + each.getKey() + "/", each.getValue() + "/");
        }
        return text;
    }

    /** Except that it may replace what the last run of it wrote. */
    @ParameterizedTest
    @MethodSource("commands")
    void runs(String command) throws IOException {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            words.add(word.group().replaceAll("[\"']", ""));
        }
        boolean many = words.stream().anyMatch(each -> each.startsWith("ranks=target/ranks"));
        if (many && words.contains("Compare Methods...")) {
            String study = "target/studies/sample";
            Assumptions.assumeTrue(
                    words.stream().noneMatch(each -> each.contains(study))
                            || Files.isDirectory(Path.of(study)),
                    study + " is not there: see the command above it");
            words.removeIf(
                    each ->
                            SHORT.stream()
                                    .anyMatch(s -> each.startsWith(s.replaceAll("=.*", "="))));
            words.addAll(SHORT);
        }
        List<String> files =
                words.stream()
                        .filter(
                                each ->
                                        each.matches(
                                                "(output|overlay|table|ranks|curves|picture)=target/.*"))
                        .map(each -> each.replaceFirst(".*=", ""))
                        .toList();
        for (String file : files) {
            delete(Path.of(file));
        }
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        int code = Main.run(words.toArray(new String[0]), out, out);
        assertEquals(0, code, printed.toString(StandardCharsets.UTF_8));
        for (String file : files) {
            assertTrue(Files.size(Path.of(file)) > 0, file);
        }
    }

    /** A file, or a folder with all that is in it. */
    private static void delete(Path file) throws IOException {
        if (Files.exists(file)) {
            try (Stream<Path> all = Files.walk(file)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.scijava.log.LogMessage;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.command.host.Host;
import sc.fiji.attribution.command.input.Inputs;
import sc.fiji.attribution.command.input.MethodInputs;
import sc.fiji.attribution.command.tool.CommandRunner;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Option;

/** The reference names each key of each command, with its default, and no other. */
class ManualKeysTest {

    private static final Pattern KEY = Pattern.compile("`([a-z]+)`");

    private static String reference() throws IOException {
        return Files.readString(Path.of("docs/reference.md"));
    }

    private static final Host NOBODY =
            new Host() {
                @Override
                public void message(LogMessage message) {}

                @Override
                public boolean progress(int done, int total, String what) {
                    return true;
                }
            };

    private static TreeSet<String> keys(String command) {
        TreeSet<String> keys = new TreeSet<>();
        try (CommandRunner runner = new CommandRunner(NOBODY)) {
            for (ModuleItem<?> item : Inputs.keys(runner.module(runner.find(command)).getInfo())) {
                keys.add(item.getName());
            }
        }
        return keys;
    }

    /** The rows of the table of Attribution Map: cells by key. */
    private static Map<String, String[]> rows() throws IOException {
        Map<String, String[]> rows = new LinkedHashMap<>();
        for (String line : reference().lines().toList()) {
            String[] cells = line.strip().split("\\|");
            if (line.strip().startsWith("| `") && cells.length >= 3) {
                Matcher key = KEY.matcher(cells[1]);
                while (key.find()) {
                    rows.put(key.group(1), cells);
                }
            }
        }
        return rows;
    }

    @Test
    void theTableHasTheKeysOfAttributionMap() throws IOException {
        assertEquals(keys("Attribution Map..."), new TreeSet<>(rows().keySet()));
    }

    static List<String> otherCommands() {
        try (CommandRunner runner = new CommandRunner(NOBODY)) {
            List<String> labels = new ArrayList<>(runner.labels());
            labels.remove("Attribution Map...");
            return labels;
        }
    }

    /** Its keys, the defaults where they are said, and no other: {@code `gamma=0.7`}. */
    @ParameterizedTest
    @MethodSource("otherCommands")
    void listsItsKeysAndTheirDefaults(String command) throws IOException {
        Map<String, String> listed = new LinkedHashMap<>();
        String name = "**" + command + "**";
        String rest = reference().split(Pattern.quote(name), 2)[1];
        // To the next command's name, or the end of the list.
        String[] keys = rest.split("\\*\\*|\n\n(?! )", 2)[0].split("Keys", 2);
        Matcher key = Pattern.compile("`([a-z]+)(?:=([^`]*))?`").matcher(keys[keys.length - 1]);
        while (keys.length > 1 && key.find()) {
            listed.put(key.group(1), key.group(2));
        }
        assertEquals(keys(command), new TreeSet<>(listed.keySet()));
        try (CommandRunner runner = new CommandRunner(NOBODY)) {
            Module module = runner.module(runner.find(command));
            listed.forEach(
                    (input, value) -> {
                        if (value != null) {
                            String standard = "" + module.getInput(input);
                            assertEquals(standard.replaceFirst("\\.0$", ""), value, input);
                        }
                    });
        }
    }

    @Test
    void theDefaultsAreThoseOfTheMethods() throws IOException {
        List<String> wrong = new ArrayList<>();
        MethodInputs.all()
                .forEach(
                        (key, options) -> {
                            for (Option<?> option : options) {
                                String value = option.defaultValue().toString();
                                String shown = value.replaceFirst("\\.0$", "");
                                try {
                                    if (!defaults(rows(), key).contains(shown)) {
                                        wrong.add(key + "=" + shown);
                                    }
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            }
                        });
        assertEquals(List.of(), wrong);
    }

    /** One for the row or each of its keys, in their order; of one key "1, 2 for Method". */
    private static List<String> defaults(Map<String, String[]> rows, String key) {
        String[] cells = rows.get(key);
        String[] values = cells[3].replace("`", "").strip().split(",\\s*");
        List<String> keys = new ArrayList<>();
        Matcher each = KEY.matcher(cells[1]);
        while (each.find()) {
            keys.add(each.group(1));
        }
        if (keys.size() == 1 && values.length > 1) {
            return Stream.of(values).map(value -> value.replaceFirst(" for .*", "")).toList();
        }
        return keys.size() == values.length
                ? List.of(values[keys.indexOf(key)])
                : List.of(cells[3].replace("`", "").strip());
    }

    @Test
    void everyMethodIsNamed() throws IOException {
        String row = String.join("|", rows().get("method"));
        for (String name : AttributionMethods.names()) {
            assertTrue(row.contains("`" + name + "`"), name);
        }
    }
}

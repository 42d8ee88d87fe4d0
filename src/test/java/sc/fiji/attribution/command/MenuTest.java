/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.scijava.Context;
import org.scijava.MenuEntry;
import org.scijava.MenuPath;
import org.scijava.command.CommandInfo;
import org.scijava.command.CommandService;

/**
 * Both hosts have the same entries in the same menus. In Fiji an ImageJ 1.x entry is taken over by
 * the command of that label in that menu; one that differs by a letter would be there twice.
 */
class MenuTest {

    private static final Pattern ENTRY =
            Pattern.compile(
                    "(Plugins>[^,]+), \"([^\"]+)\", (?:sc\\.fiji\\.attribution\\.ij1\\.CommandBridge"
                            + "\\(\"([^\"]+)\"\\)|([\\w.]+))");

    /** A line for each entry, in the order of the menu: {@code Plugins>Menu>Label = class}. */
    private static List<String> inImageJ() throws IOException {
        List<String> entries = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("plugins.config"))) {
            Matcher entry = ENTRY.matcher(line);
            if (entry.matches()) {
                // All but those for macros run by the bridge.
                String name = entry.group(3) == null ? entry.group(4) : entry.group(3);
                entries.add(entry.group(1) + ">" + entry.group(2) + " = " + name);
            }
        }
        return entries;
    }

    private static List<String> inFiji() {
        try (Context context = new Context(CommandService.class)) {
            return context.service(CommandService.class).getCommands().stream()
                    .filter(info -> info.getDelegateClassName().startsWith("sc.fiji.attribution"))
                    .sorted((a, b) -> compare(a.getMenuPath(), b.getMenuPath()))
                    .map(MenuTest::entry)
                    .toList();
        }
    }

    private static int compare(MenuPath a, MenuPath b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = Double.compare(a.get(i).getWeight(), b.get(i).getWeight());
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static String entry(CommandInfo info) {
        return info.getMenuPath().stream().map(MenuEntry::getName).collect(Collectors.joining(">"))
                + " = "
                + info.getDelegateClassName();
    }

    @Test
    void theSameEntriesInTheSameOrder() throws IOException {
        assertEquals(String.join("\n", inImageJ()), String.join("\n", inFiji()));
    }

    /** One position for each entry, or Fiji would sort them as it likes. */
    @Test
    void everyEntryHasItsPlace() {
        try (Context context = new Context(CommandService.class)) {
            List<String> places =
                    context.service(CommandService.class).getCommands().stream()
                            .filter(i -> i.getDelegateClassName().startsWith("sc.fiji.attribution"))
                            .map(
                                    info ->
                                            info.getMenuPath().stream()
                                                    .map(MenuEntry::getWeight)
                                                    .toList()
                                                    .toString())
                            .toList();
            assertEquals(places.size(), places.stream().distinct().count(), places.toString());
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.help;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.OptionException;

/** The pages of the manual lead to each other, in the repository and in the plug-in. */
class ManualTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)]+)\\)");

    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    private static String written(String page) throws IOException {
        return Files.readString(Path.of(page)).replaceAll("(?ms)^```.*?^```", "");
    }

    private static List<String> links(String page) throws IOException {
        return LINK.matcher(written(page)).results().map(link -> link.group(1)).toList();
    }

    private static Path target(String page, String link) {
        return Path.of("./" + page).resolveSibling(link.replaceFirst("#.*", "")).normalize();
    }

    static List<String> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(
                            Stream.of("README.md", "CONTRIBUTING.md"),
                            docs.map(Path::toString).filter(name -> name.endsWith(".md")))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(String page) throws IOException {
        for (String link : links(page)) {
            if (!link.startsWith("http")) {
                Path file = link.startsWith("#") ? Path.of(page) : target(page, link);
                assertTrue(Files.exists(file), page + ": " + link);
                if (link.contains("#")) {
                    Matcher heading = HEADING.matcher(written(file.toString()));
                    String wanted = link.replaceFirst(".*#", "");
                    assertTrue(
                            heading.results()
                                    .anyMatch(h -> HelpPage.anchor(h.group(1)).equals(wanted)),
                            page + ": " + link);
                }
            }
        }
    }

    @Test
    void allAreReachedFromTheFirst() throws IOException {
        TreeSet<String> reached = new TreeSet<>(List.of("README.md"));
        Deque<String> next = new ArrayDeque<>(reached);
        while (!next.isEmpty()) {
            String page = next.pop();
            for (String link : links(page)) {
                String to = target(page, link).toString();
                if (Files.isDirectory(Path.of(to))) {
                    pages().stream().filter(each -> each.startsWith(to)).forEach(reached::add);
                } else if (to.endsWith(".md") && reached.add(to)) {
                    next.push(to);
                }
            }
        }
        assertTrue(reached.containsAll(pages()), reached.toString());
    }

    /** Each link in the window leads to a page or picture that the jar has, or to the web. */
    @ParameterizedTest
    @MethodSource("pages")
    void helpShowsIt(String page) throws IOException {
        assertEquals(Files.readString(Path.of(page)), Manual.page(page));
        String html = HelpPage.html(page);
        Matcher link = Pattern.compile("(?:href|src)=\"([^\"]*)\"").matcher(html);
        while (link.find()) {
            String to = link.group(1);
            assertTrue(
                    to.startsWith("http")
                            || to.startsWith("#")
                            || Manual.resolve(page, to.replaceFirst("#.*", "")).isPresent(),
                    to);
        }
        assertFalse(html.contains("<a href=\"LICENSE\">"), html);
    }

    @Test
    void headingsAreMarked() {
        assertTrue(HelpPage.html("docs/reference.md").contains("<a name=\"image-files\"></a>"));
        assertThrows(OptionException.class, () -> Manual.page("docs/none.md"));
    }
}

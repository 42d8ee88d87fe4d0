/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.help;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import sc.fiji.attribution.core.OptionException;

/**
 * The pages of the manual in Markdown: README.md and docs, as in the repository. A page is named by
 * its path there, {@code docs/tutorial.md}.
 */
public final class Manual {

    /** The page that leads to all others. */
    public static final String FIRST = "README.md";

    private static final String PLACE = "/sc/fiji/attribution/manual/";

    private Manual() {}

    /**
     * The text of a page.
     *
     * @throws OptionException if there is none of that name
     */
    public static String page(String name) {
        try (InputStream in = Manual.class.getResourceAsStream(PLACE + name)) {
            if (in != null) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
            throw new OptionException("Help has no page '" + name + "'; it begins at " + FIRST);
        } catch (IOException e) {
            throw new OptionException("Page '" + name + "' of Help cannot be read: " + e);
        }
    }

    /**
     * What a link on a page leads to, among the files of the manual.
     *
     * @param page on which the link stands
     * @param link relative to it, without its fragment
     * @return the path of the page or picture; empty where the jar has no such file
     */
    static Optional<String> resolve(String page, String link) {
        try {
            String path = URI.create("/" + page).resolve(link).normalize().getPath();
            String name = path == null ? "" : path.substring(1);
            return Optional.of(name).filter(each -> !each.isEmpty() && url(each) != null);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Where a file of the manual lies; null where there is none. */
    static URL url(String name) {
        return Manual.class.getResource(PLACE + name);
    }
}

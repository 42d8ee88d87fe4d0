/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import sc.fiji.attribution.core.AttributionException;

/**
 * The libraries of the engines, apart from all others in the process: an installation of ImageJ
 * often has an older TensorFlow, with classes of the same names.
 *
 * <p>They lie in a folder of their own beside or above the plug-in's jar. A developer has none, and
 * there they are picked from the class path, each by a file that only the right version has.
 */
public final class EngineLibraries {

    /** Name of the folder, as the build makes it. */
    public static final String FOLDER = "attribution-engine";

    /** {@code ImageJ/plugins/Attribution/plug-in.jar} may use {@code ImageJ/attribution-engine}. */
    private static final int LEVELS = 3;

    private static final String MARKERS = "engine-libraries.txt";

    /** A native library can be loaded by one class loader of a process only. */
    private static final String KEY = EngineLibraries.class.getName();

    private EngineLibraries() {}

    /**
     * The one loader of a process. ImageJ loads plug-ins anew when it refreshes its menus, so that
     * a static field would be one for each time.
     *
     * @throws AttributionException where the libraries are not installed
     */
    public static ClassLoader loader() {
        return (ClassLoader)
                System.getProperties().computeIfAbsent(KEY, key -> new LibraryLoader(urls()));
    }

    private static URL[] urls() {
        URL code = EngineLibraries.class.getProtectionDomain().getCodeSource().getLocation();
        Optional<Path> folder = folder(path(code));
        Set<URL> urls = folder.isPresent() ? jars(folder.get()) : onClassPath();
        return urls.toArray(new URL[0]);
    }

    /** The folder of a plug-in's jar, if it has one; unpacked classes never have. */
    public static Optional<Path> folder(Path code) {
        Path above = Files.isRegularFile(code) ? code.getParent() : null;
        for (int level = 0; above != null && level < LEVELS; level++) {
            // An update site may write to certain folders only, and "lib" is one.
            for (Path folder : List.of(above.resolve(FOLDER), above.resolve("lib/" + FOLDER))) {
                if (Files.isDirectory(folder)) {
                    return Optional.of(folder);
                }
            }
            above = above.getParent();
        }
        return Optional.empty();
    }

    private static Set<URL> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            Set<URL> urls = new LinkedHashSet<>();
            for (Path file : files.filter(f -> f.toString().endsWith(".jar")).sorted().toList()) {
                urls.add(file.toUri().toURL());
            }
            return urls;
        } catch (IOException e) {
            throw new AttributionException(
                    "Folder '" + folder + "' cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static Set<URL> onClassPath() {
        List<String> markers = markers();
        Set<URL> urls = new LinkedHashSet<>();
        for (String marker : markers) {
            URL found = EngineLibraries.class.getClassLoader().getResource(marker);
            if (found != null) {
                urls.add(root(found, marker));
            } else if (marker.equals(markers.get(0))) {
                throw new AttributionException(
                        "The engine's libraries are not installed: unpack the folder '"
                                + FOLDER
                                + "' of the plug-in's zip beside ImageJ's folder 'plugins'.");
            }
        }
        return urls;
    }

    private static List<String> markers() {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                EngineLibraries.class.getResourceAsStream(MARKERS),
                                StandardCharsets.UTF_8))) {
            return reader.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The jar or folder in which an entry was found. */
    static URL root(URL found, String entry) {
        String text = found.toString();
        String root = text.substring(0, text.length() - entry.length());
        try {
            return new URL(
                    root.startsWith("jar:")
                            ? root.substring(4, root.length() - "!/".length())
                            : root);
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path path(URL url) {
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            // Some loaders do not encode blanks.
            return new File(url.getPath()).toPath();
        }
    }
}

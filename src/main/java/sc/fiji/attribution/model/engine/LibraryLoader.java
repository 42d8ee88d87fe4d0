/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Loads the engines' libraries. JavaCPP asks for each native library under hundreds of names that
 * no jar has, in every jar and in the JDK's modules, which took a fifth of a start: what there is
 * is listed once.
 */
final class LibraryLoader extends URLClassLoader {

    private static final Pattern VERSION = Pattern.compile("\\.so(\\.\\d+)+$");

    static {
        registerAsParallelCapable();
    }

    /** Entries of the jars that are native libraries; empty where not all are jars. */
    private Optional<Set<String>> natives;

    LibraryLoader(URL[] urls) {
        super("attribution-libraries", urls, ClassLoader.getPlatformClassLoader());
    }

    @Override
    public URL getResource(String name) {
        return isMissing(name) ? null : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return isMissing(name) ? Collections.emptyEnumeration() : super.getResources(name);
    }

    private boolean isMissing(String name) {
        return isNative(name) && natives().map(known -> !known.contains(name)).orElse(false);
    }

    private static boolean isNative(String name) {
        return name.endsWith(".so")
                || name.endsWith(".dylib")
                || name.endsWith(".dll")
                || name.endsWith(".jnilib")
                || name.contains(".so.") && VERSION.matcher(name).find();
    }

    private synchronized Optional<Set<String>> natives() {
        if (natives == null) {
            natives = list(getURLs());
        }
        return natives;
    }

    private static Optional<Set<String>> list(URL[] urls) {
        Set<String> found = new HashSet<>();
        for (URL url : urls) {
            try {
                Path jar = Path.of(url.toURI());
                if (!Files.isRegularFile(jar)) {
                    return Optional.empty();
                }
                try (ZipFile entries = new ZipFile(jar.toFile())) {
                    entries.stream()
                            .map(ZipEntry::getName)
                            .filter(LibraryLoader::isNative)
                            .forEach(found::add);
                }
            } catch (URISyntaxException | IOException e) {
                return Optional.empty(); // whoever needs it finds out
            }
        }
        return Optional.of(found);
    }
}

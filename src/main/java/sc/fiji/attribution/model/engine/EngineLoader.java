/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Loads the plug-in's own classes that know an engine's libraries, which themselves come from
 * {@link EngineLibraries}. What engines and the rest of the plug-in share, the {@code model} port
 * and {@code core}, comes from the plug-in's own loader, and so does what neither knows.
 */
public final class EngineLoader extends URLClassLoader {

    private static final String PLUGIN = "sc.fiji.attribution.";
    private static final List<String> ENGINE_SIDE =
            List.of(PLUGIN + "engine.", PLUGIN + "graph.", PLUGIN + "importer.");

    private static EngineLoader instance;

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader libraries;

    private EngineLoader(URL[] own, ClassLoader plugin, ClassLoader libraries) {
        super("attribution-engine", own, plugin);
        this.libraries = libraries;
    }

    /**
     * The one for this plug-in.
     *
     * @throws sc.fiji.attribution.core.AttributionException where the libraries are not installed
     */
    public static synchronized EngineLoader get() {
        if (instance == null) {
            ClassLoader plugin = EngineLoader.class.getClassLoader();
            instance = new EngineLoader(own(plugin), plugin, EngineLibraries.loader());
        }
        return instance;
    }

    /** The plug-in's code, and whatever else on the class path has engines. */
    private static URL[] own(ClassLoader plugin) {
        Set<URL> urls = new LinkedHashSet<>();
        urls.add(EngineLoader.class.getProtectionDomain().getCodeSource().getLocation());
        String folder = ENGINE_SIDE.get(0).replace('.', '/');
        try {
            for (URL found : Collections.list(plugin.getResources(folder))) {
                urls.add(EngineLibraries.root(found, folder));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return urls.toArray(new URL[0]);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(PLUGIN)) {
            return ENGINE_SIDE.stream().anyMatch(name::startsWith)
                    ? own(name)
                    : getParent().loadClass(name);
        }
        try {
            return libraries.loadClass(name);
        } catch (ClassNotFoundException e) {
            return getParent().loadClass(name);
        }
    }

    private Class<?> own(String name) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : findClass(name);
        }
    }

    /** The plug-in's own first, then the libraries', then what only the plug-in's loader knows. */
    @Override
    public URL getResource(String name) {
        URL own = findResource(name);
        URL found = own != null ? own : libraries.getResource(name);
        return found != null ? found : getParent().getResource(name);
    }

    /** Those of the first that has any: services of another loader's libraries do not fit. */
    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        Enumeration<URL> found = findResources(name);
        if (!found.hasMoreElements()) {
            found = libraries.getResources(name);
        }
        return found.hasMoreElements() ? found : getParent().getResources(name);
    }
}

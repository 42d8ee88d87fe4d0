/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.bytedeco.javacpp.Loader;
import sc.fiji.attribution.core.ModelException;

/**
 * TensorFlow's native libraries, from the class path to JavaCPP's cache folder, so that DJL finds
 * them there and downloads nothing.
 */
final class TensorFlowNatives {

    private static final String FOLDER = "/org/tensorflow/internal/c_api/";
    private static final Pattern LIBRARY = Pattern.compile("\\.(dll|dylib|so(\\.\\d+)*)$");

    /**
     * No dozen lines about its build on the error stream, and no warnings of what our own messages
     * say. And oneDNN's kernels, which TensorFlow takes by itself on few processors: without them
     * volumes take two to five times as long.
     */
    private static final Map<String, String> SETTINGS =
            Map.of("TF_CPP_MIN_LOG_LEVEL", "2", "TF_ENABLE_ONEDNN_OPTS", "1");

    private static boolean prepared;

    private TensorFlowNatives() {}

    /**
     * Must run before the first use of DJL's TensorFlow engine; later calls do nothing. Sets the
     * system properties that keep DJL from calling home and from downloading.
     */
    static synchronized void prepare() {
        if (prepared) {
            return;
        }
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        if (System.getProperty("TENSORFLOW_LIBRARY_PATH") == null
                && System.getenv("TENSORFLOW_LIBRARY_PATH") == null) {
            System.setProperty("TENSORFLOW_LIBRARY_PATH", extract().toString());
        }
        settle();
        prepared = true;
    }

    /**
     * Sets what TensorFlow reads from its environment when it is loaded, unless the user did. Java
     * cannot change its environment; the C library can, and is not asked on Windows.
     */
    private static void settle() {
        if (!Platform.isWindows()) {
            CLibrary library = Native.load("c", CLibrary.class);
            SETTINGS.forEach((name, value) -> library.setenv(name, value, 0));
        }
    }

    /** The part of the C library that is needed here. */
    public interface CLibrary extends Library {
        int setenv(String name, String value, int overwrite);
    }

    private static Path extract() {
        String platform = Loader.getPlatform();
        String bridge = FOLDER + platform + "/" + System.mapLibraryName("jnitensorflow");
        URL resource = TensorFlowNatives.class.getResource(bridge);
        if (resource == null) {
            throw new ModelException(
                    "TensorFlow's native library for "
                            + platform
                            + " is not installed: add tensorflow-core-native-1.0.0-rc.1-"
                            + platform
                            + ".jar.");
        }
        try {
            for (String library : libraries(resource)) {
                Loader.cacheResource(TensorFlowNatives.class.getResource("/" + library));
            }
            return Loader.cacheResource(resource).toPath().getParent();
        } catch (IOException e) {
            throw new ModelException(
                    "TensorFlow's native library cannot be unpacked to "
                            + System.getProperty(
                                    "org.bytedeco.javacpp.cachedir", "~/.javacpp/cache")
                            + ": "
                            + e.getMessage()
                            + "; make room there or set -Dorg.bytedeco.javacpp.cachedir.",
                    e);
        }
    }

    /**
     * All libraries that lie beside the one that Java calls: TensorFlow itself, and on Windows the
     * runtimes that it needs. They must come into one folder.
     */
    private static List<String> libraries(URL bridge) throws IOException {
        JarURLConnection connection = (JarURLConnection) bridge.openConnection();
        String entry = connection.getEntryName();
        String folder = entry.substring(0, entry.lastIndexOf('/') + 1);
        return connection.getJarFile().stream()
                .map(ZipEntry::getName)
                .filter(name -> name.startsWith(folder) && LIBRARY.matcher(name).find())
                .toList();
    }
}

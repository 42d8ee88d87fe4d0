/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import sc.fiji.attribution.core.ModelException;

/**
 * TensorFlow's native libraries, from the class path to JavaCPP's cache folder, so that DJL finds
 * them there and downloads nothing.
 */
final class TensorFlowNatives {

    private static final String FOLDER = "/org/tensorflow/internal/c_api/";
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
        quieten();
        prepared = true;
    }

    /**
     * TensorFlow writes a dozen lines about its build to the error stream, unless the environment
     * says otherwise when it is loaded, and warns of what our own messages say. Java cannot change
     * its environment; the C library can.
     */
    private static void quieten() {
        if (System.getenv("TF_CPP_MIN_LOG_LEVEL") == null && !Platform.isWindows()) {
            Native.load("c", CLibrary.class).setenv("TF_CPP_MIN_LOG_LEVEL", "2", 1);
        }
    }

    /** The part of the C library that is needed here. */
    public interface CLibrary extends Library {
        int setenv(String name, String value, int overwrite);
    }

    private static Path extract() {
        String platform = Loader.getPlatform();
        Path folder = null;
        for (String library : libraries(platform)) {
            URL resource = TensorFlowNatives.class.getResource(FOLDER + platform + "/" + library);
            if (resource == null) {
                throw new ModelException(
                        "TensorFlow's native library "
                                + library
                                + " for "
                                + platform
                                + " is not installed: add"
                                + " tensorflow-core-native-1.0.0-rc.1-"
                                + platform
                                + ".jar.");
            }
            try {
                folder = Loader.cacheResource(resource).toPath().getParent();
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
        return folder;
    }

    /** All of them must lie in one folder: the first two are what the last one links to. */
    private static List<String> libraries(String platform) {
        if (platform.startsWith("windows")) {
            return List.of("tensorflow_cc.dll", "jnitensorflow.dll");
        }
        if (platform.startsWith("macosx")) {
            return List.of(
                    "libtensorflow_cc.2.dylib",
                    "libtensorflow_framework.2.dylib",
                    "libjnitensorflow.dylib");
        }
        return List.of(
                "libtensorflow_cc.so.2", "libtensorflow_framework.so.2", "libjnitensorflow.so");
    }
}

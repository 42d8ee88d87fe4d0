/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/** Unpacks TensorFlow's native libraries where DJL's engine looks for them. */
final class TensorFlowLibraries {

    private static final List<String> NAMES =
            List.of(
                    "libtensorflow_cc.so.2",
                    "libtensorflow_framework.so.2",
                    "libjnitensorflow.so",
                    "libtensorflow_cc.2.dylib",
                    "libtensorflow_framework.2.dylib",
                    "libjnitensorflow.dylib",
                    "tensorflow_cc.dll",
                    "jnitensorflow.dll");

    private TensorFlowLibraries() {}

    /** To be called before the first use of the engine. */
    static void unpack() throws IOException {
        String folder = "org/tensorflow/internal/c_api/" + Loader.getPlatform() + "/";
        for (String name : NAMES) {
            URL library = TensorFlowLibraries.class.getClassLoader().getResource(folder + name);
            if (library != null) {
                Path file = Loader.cacheResource(library).toPath();
                System.setProperty("TENSORFLOW_LIBRARY_PATH", file.getParent().toString());
            }
        }
    }
}

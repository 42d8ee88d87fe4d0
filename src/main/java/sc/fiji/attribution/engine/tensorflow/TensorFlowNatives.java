/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.bytedeco.javacpp.Loader;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.machine.Disk;
import sc.fiji.attribution.model.archive.TemporaryFolder;

/**
 * TensorFlow's native libraries, from the class path to a folder that only this user can write, so
 * that DJL finds them there and downloads nothing. A failure leaves nothing behind: the next try
 * starts anew.
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
        requireTemporarySpace();
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        Path folder = folder();
        if (System.getProperty("TENSORFLOW_LIBRARY_PATH") == null
                && System.getenv("TENSORFLOW_LIBRARY_PATH") == null) {
            System.setProperty("TENSORFLOW_LIBRARY_PATH", extract(folder).toString());
        }
        settle(folder);
        prepared = true;
    }

    /**
     * Sets what TensorFlow reads from its environment when it is loaded, unless the user did. Java
     * cannot change its environment; the C library can, and is not asked on Windows.
     */
    private static void settle(Path folder) {
        with("jna.tmpdir", folder.toString(), TensorFlowNatives::settle);
    }

    private static boolean settle() {
        if (Platform.isWindows()) {
            return false;
        }
        CLibrary library = Native.load("c", CLibrary.class);
        SETTINGS.forEach((name, value) -> library.setenv(name, value, 0));
        return true;
    }

    /** Where JavaCPP unpacks to; it is told before it looks for a place of its own. */
    private static Path folder() {
        try {
            Path wanted = PrivateFolder.choose();
            File used = with(PrivateFolder.PROPERTY, wanted.toString(), Loader::getCacheDir);
            if (!used.toPath().toAbsolutePath().equals(wanted.toAbsolutePath())) {
                throw new IOException(used + " is used in place of " + wanted);
            }
            return wanted;
        } catch (IOException e) {
            throw new ModelException(
                    "No folder can be made for TensorFlow's native libraries ("
                            + e.getMessage()
                            + "): set -D"
                            + PrivateFolder.PROPERTY
                            + " to one that only you can write.",
                    e);
        }
    }

    /** The part of the C library that is needed here. */
    public interface CLibrary extends Library {
        int setenv(String name, String value, int overwrite);
    }

    private static Path extract(Path folder) {
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
            List<Path> unpacked = new ArrayList<>();
            for (String library : libraries(resource)) {
                unpacked.add(unpack("/" + library, platform));
            }
            return unpacked.get(0).getParent();
        } catch (IOException e) {
            throw new ModelException(
                    "TensorFlow's native library cannot be unpacked to "
                            + folder
                            + ": "
                            + e.getMessage()
                            + "; make room there or set -D"
                            + PrivateFolder.PROPERTY
                            + ".",
                    e);
        }
    }

    /** Unpacks one library; one that is there and wrong is unpacked again. */
    private static Path unpack(String library, String platform) throws IOException {
        String name = platform + library.substring(library.lastIndexOf('/'));
        URL resource = TensorFlowNatives.class.getResource(library);
        Path file = cached(resource);
        if (!KnownLibraries.isRight(file, name)) {
            Files.deleteIfExists(file);
            file = cached(resource);
            if (!KnownLibraries.isRight(file, name)) {
                Files.deleteIfExists(file);
                throw new ModelException(
                        "TensorFlow's native library '"
                                + name
                                + "' is not the one that belongs to this plug-in, or is damaged:"
                                + " install the plug-in's folder 'attribution-engine' again.");
            }
        }
        return file;
    }

    private static Path cached(URL resource) throws IOException {
        File file = Loader.cacheResource(resource);
        if (file == null) {
            throw new IOException("nothing can be written");
        }
        return file.toPath();
    }

    /** A property for as long as a class needs it to start. */
    private static <T> T with(String property, String value, Callable<T> start) {
        String before = System.getProperty(property);
        System.setProperty(property, value);
        try {
            return start.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ModelException("TensorFlow cannot be prepared: " + e + ".", e);
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
    }

    /** Several libraries unpack themselves there, and cannot start again where they failed once. */
    private static void requireTemporarySpace() {
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            Files.write(folder.path().resolve("trial"), new byte[1 << 20]);
        } catch (IOException e) {
            throw Disk.temporary("TensorFlow cannot write to", e);
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

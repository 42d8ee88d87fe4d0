/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.Main;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.engine.tensorflow.TensorFlowModels;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.engine.EngineLibraries;
import sc.fiji.attribution.model.engine.EngineLoader;
import sc.fiji.attribution.model.engine.Engines;

/**
 * Maps in a Fiji with StarDist, whose TensorFlow 1.12 and protobuf 3.5 stand first on the class
 * path. Each in a process of its own.
 */
@Tag("long")
class EngineIsolationTest {

    private static final String IMAGE = "sample-images/brain-lesions-1.tif";
    private static final String MODEL = "sample-images/lesion-classifier";
    private static final List<String> FIJI =
            List.of("/net/imagej/", "/net/imglib2/", "/org/scijava/", "/org/yaml/");

    /** A blank and a letter beyond ASCII, as folders of users have. */
    @TempDir static Path folder;

    private static Path app;
    private static Path plugin;

    @BeforeAll
    static void install() throws IOException, URISyntaxException {
        app = folder.resolve("Fiji für alle.app");
        plugin = Files.createDirectories(app.resolve("jars")).resolve("fiji-attribution.jar");
        int code =
                ToolProvider.findFirst("jar")
                        .orElseThrow()
                        .run(
                                System.out,
                                System.err,
                                "--create",
                                "--file=" + plugin,
                                "-C",
                                "target/classes",
                                ".");
        assertEquals(0, code);
        Path engine = Files.createDirectories(app.resolve(EngineLibraries.FOLDER));
        for (URL url : ((URLClassLoader) EngineLibraries.loader()).getURLs()) {
            Path jar = Path.of(url.toURI());
            Files.createSymbolicLink(engine.resolve(jar.getFileName()), jar);
        }
    }

    /** JUnit warns of each link that it deletes. */
    @AfterAll
    static void unlink() throws IOException {
        try (Stream<Path> links = Files.list(app.resolve(EngineLibraries.FOLDER))) {
            for (Path link : links.toList()) {
                Files.delete(link);
            }
        }
    }

    private static List<String> classPath() {
        return Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
    }

    private static List<String> fijisLibraries() {
        return classPath().stream()
                .filter(entry -> FIJI.stream().anyMatch(entry.replace('\\', '/')::contains))
                .toList();
    }

    /** What StarDist brings. */
    private static List<String> olderTensorFlow() throws IOException {
        try (Stream<Path> jars = Files.list(Path.of("target/older-tensorflow"))) {
            List<String> names = jars.map(Path::toString).toList();
            assertEquals(3, names.size());
            return names;
        }
    }

    @SafeVarargs
    private static List<String> join(List<String>... parts) {
        return Stream.of(parts).flatMap(List::stream).toList();
    }

    private static int java(List<String> path, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(List.of("-cp", String.join(File.pathSeparator, path), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile())
                .start()
                .waitFor();
    }

    private static String printed() throws IOException {
        return Files.readString(folder.resolve("output.txt"));
    }

    private static void assertMapIsTheUsualOne(List<String> path)
            throws IOException, InterruptedException {
        Path saved = folder.resolve("map.tif");
        int code =
                java(
                        path,
                        Main.class,
                        "Attribution Map...",
                        "input=" + IMAGE,
                        "model=" + MODEL,
                        "target=lesions",
                        "steps=4",
                        "overwrite=true",
                        "output=" + saved);
        assertEquals(0, code, printed());
        assertTrue(printed().contains("Class: lesions"), printed());
        ImagePlus map = IJ.openImage(saved.toString());
        try (Classifier classifier = Engines.open(Path.of(MODEL), ModelOptions.NONE)) {
            ImagePlus usual =
                    new AttributionTool(classifier)
                            .options(Map.of("steps", "4"))
                            .target("lesions")
                            .run(ImageFile.open(IMAGE), Progress.NONE)
                            .image();
            double largest = 0;
            for (int z = 1; z <= usual.getStackSize(); z++) {
                float[] a = (float[]) usual.getStack().getPixels(z);
                float[] b = (float[]) map.getStack().getPixels(z);
                for (int i = 0; i < a.length; i++) {
                    assertEquals(a[i], b[i], 1e-5);
                    largest = Math.max(largest, Math.abs(b[i]));
                }
            }
            assertTrue(largest > 1e-3, "the map is not empty");
        }
    }

    @Test
    void installedInAFijiWithAnOlderTensorFlow() throws IOException, InterruptedException {
        assertMapIsTheUsualOne(
                join(olderTensorFlow(), List.of(plugin.toString()), fijisLibraries()));
    }

    @Test
    void anOlderTensorFlowFirstOnADevelopersClassPath() throws IOException, InterruptedException {
        assertMapIsTheUsualOne(join(olderTensorFlow(), classPath()));
    }

    /** The engine by the process' own class loader, past the plug-in's. */
    public static final class NotIsolated {
        public static void main(String[] arguments) {
            try (Classifier classifier =
                    new TensorFlowModels().open(Path.of(arguments[0]), ModelOptions.NONE)) {
                System.exit(classifier.spec().classes() == 2 ? 0 : 2);
            }
        }
    }

    @Test
    void withoutIsolationTheOlderTensorFlowBreaksTheEngine()
            throws IOException, InterruptedException {
        assertEquals(0, java(classPath(), NotIsolated.class, MODEL), printed());
        assertNotEquals(0, java(join(olderTensorFlow(), classPath()), NotIsolated.class, MODEL));
        assertTrue(printed().contains("Error: "), printed());
    }

    /** Loads the plug-in twice, as plain ImageJ does when it refreshes its menus. */
    public static final class LoadedTwice {
        public static void main(String[] arguments) throws Exception {
            URL[] jar = {Path.of(arguments[0]).toUri().toURL()};
            for (int time = 0; time < 2; time++) {
                ClassLoader loader = new URLClassLoader(jar, LoadedTwice.class.getClassLoader());
                Class<?> options = loader.loadClass("sc.fiji.attribution.model.ModelOptions");
                Object model =
                        loader.loadClass("sc.fiji.attribution.model.engine.Engines")
                                .getMethod("open", Path.class, options)
                                .invoke(
                                        null,
                                        Path.of(arguments[1]),
                                        options.getField("NONE").get(null));
                System.out.println(model.getClass().getClassLoader() == loader);
                ((AutoCloseable) model).close();
            }
            System.exit(0);
        }
    }

    @Test
    void nativeLibrariesServeAPlugInThatIsLoadedAgain() throws IOException, InterruptedException {
        // Only the program's classes, not the plug-in's: those come from the jar.
        Path alone = Files.createDirectories(folder.resolve("alone"));
        String file = LoadedTwice.class.getName().replace('.', '/') + ".class";
        Files.createDirectories(alone.resolve(file).getParent());
        Files.copy(Path.of("target/test-classes", file), alone.resolve(file));
        int code =
                java(
                        join(List.of(alone.toString()), fijisLibraries()),
                        LoadedTwice.class,
                        plugin.toString(),
                        MODEL);
        assertEquals(0, code, printed());
        assertEquals(List.of("true", "true"), printed().lines().toList());
    }

    @Test
    void withoutTheFolderAMessageSaysWhatToDo() throws IOException, InterruptedException {
        Path alone = Files.createDirectories(folder.resolve("ImageJ/plugins")).resolve("A_.jar");
        Files.copy(plugin, alone);
        assertEquals(
                1,
                java(
                        join(olderTensorFlow(), List.of(alone.toString()), fijisLibraries()),
                        Main.class,
                        "Classify...",
                        "input=" + IMAGE,
                        "model=" + MODEL));
        assertTrue(printed().contains("The engine's libraries are not installed"), printed());
        // What read the image, and what failed.
        assertEquals(2, printed().lines().count(), printed());
    }

    @Test
    void folderBesideTheJarOrAbove() throws IOException {
        assertEquals(
                Optional.of(app.resolve("attribution-engine")), EngineLibraries.folder(plugin));
        Path deep = Files.createDirectories(app.resolve("plugins/Analyze")).resolve("A_.jar");
        Files.writeString(deep, "");
        assertEquals(Optional.of(app.resolve("attribution-engine")), EngineLibraries.folder(deep));
        assertEquals(Optional.empty(), EngineLibraries.folder(app.resolve("jars")));
    }

    @Test
    void onlyTheEnginesSideIsLoadedApart() throws ClassNotFoundException {
        EngineLoader loader = EngineLoader.get();
        assertSame(loader, EngineLoader.get());
        assertSame(Engine.class, loader.loadClass(Engine.class.getName()));
        assertSame(ImagePlus.class, loader.loadClass(ImagePlus.class.getName()));
        Class<?> models = loader.loadClass(TensorFlowModels.class.getName());
        assertNotSame(TensorFlowModels.class, models);
        assertSame(EngineLibraries.loader(), loader.loadClass("ai.djl.Model").getClassLoader());
    }

    /** DJL looks for its parts with the thread's class loader, in whichever thread it is called. */
    @Test
    void aThreadsOwnClassLoaderStays() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader other = new URLClassLoader(new URL[0], null);
        thread.setContextClassLoader(other);
        try (Classifier classifier = Engines.open(Path.of(MODEL), ModelOptions.NONE)) {
            assertTrue(classifier.gradients().isPresent());
            assertSame(other, thread.getContextClassLoader());
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}

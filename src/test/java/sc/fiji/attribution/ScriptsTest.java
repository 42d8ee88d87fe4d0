/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import groovy.lang.Binding;
import groovy.lang.GroovyShell;
import ij.ImagePlus;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.scijava.Context;
import org.scijava.console.ConsoleService;
import org.scijava.script.ScriptModule;
import org.scijava.script.ScriptService;
import org.scijava.startup.StartupService;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** The scripts in macros/, as they are, and the tool from a script of one's own. */
@Tag("long")
class ScriptsTest {

    private static final Path MODEL = Path.of("sample-images/lesion-classifier").toAbsolutePath();
    private static final Path BRAIN = Path.of("sample-images/brain-lesions-1.tif").toAbsolutePath();
    private static final File GROOVY = new File("macros/attribution-map.groovy");

    private static ImagePlus expected;

    @TempDir Path folder;

    /** What all of them make. */
    @BeforeAll
    static void makeMap() {
        try (Classifier classifier = Engines.open(MODEL, ModelOptions.NONE)) {
            expected =
                    new AttributionTool(classifier)
                            .options(Map.of("steps", "20"))
                            .target("lesions")
                            .run(ImageFile.open(BRAIN.toString()), Progress.NONE)
                            .image();
        }
    }

    private static void assertSame(ImagePlus expected, ImagePlus map) {
        assertEquals(expected.getStackSize(), map.getStackSize());
        for (int z = 1; z <= expected.getStackSize(); z++) {
            assertArrayEquals(
                    (float[]) expected.getStack().getPixels(z),
                    (float[]) map.getStack().getPixels(z),
                    1e-5f);
        }
    }

    @Test
    void groovyWithParameters() throws Exception {
        Path saved = folder.resolve("map.tif");
        try (Context context = FijiLauncher.context()) {
            ScriptModule script =
                    context.service(ScriptService.class)
                            .run(
                                    GROOVY,
                                    true,
                                    "image",
                                    BRAIN.toFile(),
                                    "model",
                                    MODEL.toFile(),
                                    "target",
                                    "lesions",
                                    "output",
                                    saved.toFile())
                            .get();
            assertSame(expected, (ImagePlus) script.getOutput("map"));
        }
        assertSame(expected, ImageFile.open(saved.toString()));
    }

    /** As in the comment that heads the script. */
    @Test
    void groovyFromTheCommandLine() {
        Path saved = folder.resolve("map.tif");
        String parameters =
                String.format(
                        "image=\"%s\",model=\"%s\",target=\"lesions\",output=\"%s\"",
                        BRAIN, MODEL, saved);
        try (Context context = FijiLauncher.context()) {
            context.service(ConsoleService.class)
                    .processArgs("--headless", "--run", GROOVY.getPath(), parameters);
            context.service(StartupService.class).executeOperations();
        }
        assertSame(expected, ImageFile.open(saved.toString()));
    }

    /** No context, no host, and nothing shared: two at once make what each makes alone. */
    @Test
    void theToolInPlainGroovy() {
        String script =
                """
                import sc.fiji.attribution.core.CancelledException
                import sc.fiji.attribution.core.Progress
                import sc.fiji.attribution.fiji.AttributionTool
                import sc.fiji.attribution.fiji.file.ImageFile
                import sc.fiji.attribution.model.engine.Engines
                import sc.fiji.attribution.model.ModelOptions
                import java.nio.file.Path

                map = { target, progress ->
                    Engines.open(Path.of(model), ModelOptions.NONE).withCloseable { classifier ->
                        new AttributionTool(classifier)
                                .options([steps: "20"])
                                .target(target)
                                .run(ImageFile.open(image), progress)
                                .image()
                    }
                }
                heard = []
                other = null
                thread = Thread.start { other = map("healthy - lesions", Progress.NONE) }
                mine = map("lesions", { done, total, what -> heard << [done, total] } as Progress)
                thread.join()

                stopped = false
                try {
                    map("lesions", { done, total, what -> throw new CancelledException() } as Progress)
                } catch (CancelledException e) {
                    stopped = true
                }
                """;
        Binding binding = new Binding();
        binding.setVariable("image", BRAIN.toString());
        binding.setVariable("model", MODEL.toString());
        new GroovyShell(binding).evaluate(script);
        assertSame(expected, (ImagePlus) binding.getVariable("mine"));
        // f = healthy - lesions, whose sum is that of its record.
        ImagePlus other = (ImagePlus) binding.getVariable("other");
        assertEquals("healthy - lesions", other.getProp("attribution.target"));
        assertTrue(((List<?>) binding.getVariable("heard")).size() > 1);
        assertEquals(true, binding.getVariable("stopped"));
    }

    /**
     * Runs a shell script of macros/ on a folder with a brain, the same as NIfTI, a text, and a
     * file that is no image, and again without the latter.
     */
    private String run(String script, String name, String value)
            throws IOException, InterruptedException {
        Path images = Files.createDirectories(folder.resolve("my images"));
        Files.copy(BRAIN, images.resolve(BRAIN.getFileName()));
        ImageFile.save(
                ImageFile.open(BRAIN.toString()), images.resolve("packed.nii.gz").toString());
        Files.writeString(images.resolve("readme.txt"), "no image either");
        Path broken = Files.writeString(images.resolve("a-broken.tif"), "no image");
        String first = run(1, script, Map.of(name, value));
        assertTrue(first.contains("2 maps made, 0 were there, 1 failed."), first);
        assertTrue(first.contains("No map of " + broken), first);
        for (String made : List.of("brain-lesions-1.tif", "packed.nii.gz")) {
            assertSame(expected, ImageFile.open(folder.resolve("maps").resolve(made).toString()));
        }
        Files.delete(broken);
        String second = run(0, script, Map.of(name, value));
        assertTrue(second.contains("0 maps made, 2 were there, 0 failed."), second);
        return first;
    }

    private String run(int code, String script, Map<String, String> added)
            throws IOException, InterruptedException {
        Path printed = folder.resolve("printed.txt");
        List<String> line =
                List.of(
                        Path.of("macros", script).toString(),
                        MODEL.toString(),
                        folder.resolve("my images").toString(),
                        folder.resolve("maps").toString(),
                        "lesions");
        ProcessBuilder builder = new ProcessBuilder(line);
        Map<String, String> environment = builder.environment();
        environment.merge(
                "PATH",
                Path.of(System.getProperty("java.home"), "bin").toString(),
                (path, java) -> java + File.pathSeparator + path);
        environment.putAll(added);
        int ended =
                builder.redirectErrorStream(true)
                        .redirectOutput(printed.toFile())
                        .start()
                        .waitFor();
        assertEquals(code, ended, Files.readString(printed));
        return Files.readString(printed);
    }

    private List<String> maps() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("maps"))) {
            return new ArrayList<>(files.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void folderByAHeadlessFiji() throws IOException, InterruptedException {
        Path fiji = folder.resolve("fiji");
        Files.writeString(
                fiji,
                String.format(
                        "#!/bin/sh\nexec java -cp '%s' %s \"$@\"\n",
                        System.getProperty("java.class.path"), FijiLauncher.class.getName()));
        assertTrue(fiji.toFile().setExecutable(true));
        run("fiji-headless.sh", "FIJI", fiji.toString());
        assertEquals(List.of("brain-lesions-1.tif", "finished.txt", "packed.nii.gz"), maps());
    }

    @Test
    void folderWithoutFiji() throws IOException, InterruptedException {
        String printed = run("headless.sh", "CLASSPATH", System.getProperty("java.class.path"));
        assertTrue(printed.contains("brain-lesions-1.tif: lesions (probability 0.94"), printed);
        assertEquals(
                List.of(
                        "brain-lesions-1.csv",
                        "brain-lesions-1.png",
                        "brain-lesions-1.tif",
                        "finished.txt",
                        "packed.csv",
                        "packed.nii.gz",
                        "packed.png"),
                maps());
    }

    /** Of jars alone the JVM makes an archive of what it read, and takes it the next time. */
    @Tag("long")
    @Test
    void classesAreKeptForTheNextStart() throws IOException, InterruptedException {
        Path jar = folder.resolve("attribution.jar");
        Path classes = Path.of("target/classes");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
        String libraries =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> entry.endsWith(".jar"))
                        .collect(Collectors.joining(File.pathSeparator));
        Path cache = folder.resolve("my cache");
        Map<String, String> environment =
                Map.of(
                        "CLASSPATH",
                        jar + File.pathSeparator + libraries,
                        "XDG_CACHE_HOME",
                        cache.toString());
        Files.createDirectories(folder.resolve("my images"));
        Files.copy(BRAIN, folder.resolve("my images").resolve(BRAIN.getFileName()));
        String first = run(0, "headless.sh", environment);
        assertTrue(first.contains("1 maps made"), first);
        assertFalse(first.contains("[cds]"), first);
        List<Path> archives;
        try (Stream<Path> files = Files.list(cache.resolve("fiji-attribution"))) {
            archives = files.toList();
        }
        assertEquals(1, archives.size(), archives.toString());
        FileTime made = Files.getLastModifiedTime(archives.get(0));
        Files.delete(folder.resolve("maps/finished.txt"));
        // The user's own collector is the only one: with two the JVM does not start.
        Map<String, String> collector = new HashMap<>(environment);
        collector.put("JDK_JAVA_OPTIONS", "-XX:+UseParallelGC");
        String second = run(0, "headless.sh", collector);
        assertTrue(second.contains("1 maps made"), second);
        assertEquals(made, Files.getLastModifiedTime(archives.get(0)));
        assertSame(expected, ImageFile.open(folder.resolve("maps/brain-lesions-1.tif").toString()));
    }
}

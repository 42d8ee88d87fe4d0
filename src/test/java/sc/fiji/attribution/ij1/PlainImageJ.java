/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * ImageJ 1.x in a process of its own on a virtual screen, since its menu needs a display, with the
 * plug-in's jar in its plugins folder.
 */
final class PlainImageJ implements AutoCloseable {

    private final Path folder;
    private final Process screen;
    private final String display;

    private PlainImageJ(Path folder, Process screen, String display) {
        this.folder = folder;
        this.screen = screen;
        this.display = display;
    }

    /** Opens the screen; the test is skipped where there is no Xvfb. */
    static PlainImageJ in(Path folder) throws IOException {
        Process screen = null;
        try {
            screen =
                    new ProcessBuilder("Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            Assumptions.abort("skipped: needs Xvfb (apt-get install xvfb)");
        }
        BufferedReader reader = screen.inputReader();
        String display = ":" + reader.readLine();
        // ImageJ scans jars with an underscore in their names.
        Path plugins = Files.createDirectories(folder.resolve("plugins"));
        String jar = "--file=" + plugins.resolve("Attribution_.jar");
        int code =
                ToolProvider.findFirst("jar")
                        .orElseThrow()
                        .run(System.out, System.err, "--create", jar, "-C", "target/classes", ".");
        assertEquals(0, code);
        return new PlainImageJ(folder, screen, display);
    }

    /** Runs a macro to its end; returns what it printed to {@code report}. */
    List<String> run(String macro) throws IOException, InterruptedException {
        Path file = folder.resolve("macro.ijm");
        Path log = folder.resolve("log.txt");
        Files.deleteIfExists(log);
        Files.writeString(file, "report = '" + log + "';\n" + macro);
        start(List.of("ij.ImageJ", "-batch", file.toString()), List.of());
        assertTrue(Files.exists(log), printed());
        return Files.readAllLines(log);
    }

    /** Runs a class of the tests, to its end, beside ImageJ. */
    void drive(Class<?> driver, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(driver.getName()));
        command.addAll(List.of(arguments));
        int code = start(command, List.of("target/test-classes"));
        assertEquals(0, code, printed());
        assertFalse(printed().contains("Exception in thread"), printed());
    }

    private int start(List<String> main, List<String> classes)
            throws IOException, InterruptedException {
        // Not the plug-in's own classes: those come from the jar, by ImageJ's loader.
        Stream<String> libraries =
                Stream.of(System.getProperty("java.class.path").split(":"))
                        .filter(entry -> entry.endsWith(".jar"));
        List<String> path = Stream.concat(classes.stream(), libraries).toList();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command =
                new ArrayList<>(
                        List.of(
                                java,
                                "-XX:TieredStopAtLevel=1",
                                "-Dplugins.dir=" + folder,
                                "-Duser.home=" + folder,
                                "-Djava.io.tmpdir=" + folder,
                                "-Dorg.bytedeco.javacpp.cachedir=" + nativeCache(),
                                "-cp",
                                String.join(":", path)));
        command.addAll(main);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("DISPLAY", display);
        Process process =
                builder.redirectOutput(folder.resolve("out.txt").toFile())
                        .redirectErrorStream(true)
                        .start();
        if (!process.waitFor(300, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            fail("ImageJ did not end; does it wait at a dialog? It printed: " + printed());
        }
        return process.exitValue();
    }

    /** ImageJ keeps its preferences in the user's home, so that is another one; natives are not. */
    private static String nativeCache() {
        String chosen = System.getProperty("org.bytedeco.javacpp.cachedir");
        return chosen != null
                ? chosen
                : Path.of(System.getProperty("user.home"), ".javacpp", "cache").toString();
    }

    /** What the last run printed; in batch mode there is no log window. */
    String printed() throws IOException {
        return Files.readString(folder.resolve("out.txt"));
    }

    @Override
    public void close() {
        screen.destroy();
    }
}

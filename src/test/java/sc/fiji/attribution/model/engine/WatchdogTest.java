/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.testing.Resources;

/** What never comes back is given up, and everything else goes on. */
class WatchdogTest {

    private static final Path SAMPLE = Path.of("sample-images/lesion-classifier");

    @TempDir Path folder;

    private final AtomicBoolean end = new AtomicBoolean();

    @BeforeEach
    void impatient() {
        System.setProperty(Watchdog.PATIENCE, "3");
    }

    @AfterEach
    void patient() {
        System.clearProperty(Watchdog.PATIENCE);
        end.set(true);
    }

    private static String givenUp(Runnable call) {
        String message = assertThrows(ModelException.class, call::run).getMessage();
        assertEquals(1, message.lines().count());
        return message;
    }

    private static void assertOthersWork() {
        System.clearProperty(Watchdog.PATIENCE);
        try (Classifier other = Engines.open(SAMPLE, ModelOptions.NONE)) {
            int[] shape = other.spec().shape().clone();
            for (int i = 0; i < shape.length; i++) {
                shape[i] = shape[i] > 0 ? shape[i] : 1;
            }
            Tensor image = Tensor.zeros(other.spec().axes(), shape);
            assertEquals(2, other.logits(image)[0].length);
        }
    }

    @Test
    void callsThatEndAreAsWithout() {
        Watchdog watchdog = new Watchdog("m");
        assertEquals(7, watchdog.run(() -> 7));
        IllegalArgumentException thrown = new IllegalArgumentException("why");
        assertEquals(
                thrown,
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                watchdog.run(
                                        () -> {
                                            throw thrown;
                                        })));
        assertThrows(
                OutOfMemoryError.class,
                () ->
                        watchdog.run(
                                () -> {
                                    throw new OutOfMemoryError("small");
                                }));
    }

    @Test
    void aCallThatComputesForEver() {
        Watchdog watchdog = new Watchdog("m");
        Runnable endless =
                () ->
                        watchdog.run(
                                () -> {
                                    long i = 0;
                                    while (!end.get()) {
                                        i++;
                                    }
                                    return i;
                                });
        assertTrue(givenUp(endless).contains("'m' has computed for 3 s without an end"));
        assertTrue(givenUp(endless).contains("never ended"), "no second wait");
    }

    /** What comes too late is closed, since nobody has it. */
    @Test
    void aCallThatWaits() throws InterruptedException {
        Watchdog watchdog = new Watchdog("m");
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        AutoCloseable late = closed::countDown;
        Runnable waiting =
                () ->
                        watchdog.run(
                                () -> {
                                    try {
                                        go.await();
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                    return late;
                                });
        // Other tests of this process may compute meanwhile.
        assertTrue(givenUp(waiting).matches(".*(computed nothing|without an end).*"));
        go.countDown();
        closed.await();
    }

    @Test
    void whoeverIsInterruptedGoes() {
        Watchdog watchdog = new Watchdog("m");
        CountDownLatch go = new CountDownLatch(1);
        Thread.currentThread().interrupt();
        assertThrows(
                CancelledException.class,
                () ->
                        watchdog.run(
                                () -> {
                                    try {
                                        go.await();
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                    return 1;
                                }));
        assertTrue(Thread.interrupted());
        go.countDown();
        assertEquals(2, watchdog.run(() -> 2), "behind the first call");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void pipesBesideAModel() throws Exception {
        for (String name : List.of("labels.txt", "attribution.yaml", "saved_model.pb")) {
            Path model = Files.createDirectories(folder.resolve(name + " model"));
            copy(SAMPLE, model);
            Path pipe = model.resolve(name);
            Files.deleteIfExists(pipe);
            assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
            try (Classifier opened = Engines.open(model, ModelOptions.NONE)) {
                assertEquals(2, opened.spec().classes(), "not read");
            } catch (ModelException e) {
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
        }
        assertOthersWork();
    }

    /** The image is in the loop, so that nobody can know beforehand. */
    @Tag("long")
    @Test
    void aLoopThatNeverEnds() throws IOException, InterruptedException {
        Path from = Resources.shared("models/generated/while_loop_fixed3/saved_model");
        Path model = folder.resolve("endless");
        copy(from, model);
        SavedModel.Builder graph =
                SavedModel.parseFrom(Files.readAllBytes(from.resolve("saved_model.pb")))
                        .toBuilder();
        for (FunctionDef.Builder function :
                graph.getMetaGraphsBuilder(0)
                        .getGraphDefBuilder()
                        .getLibraryBuilder()
                        .getFunctionBuilderList()) {
            for (NodeDef.Builder node : function.getNodeDefBuilderList()) {
                if (node.getName().matches("while/add(_2)?/y")) {
                    node.putAttr(
                            "value",
                            node.getAttrOrThrow("value").toBuilder()
                                    .setTensor(
                                            node.getAttrOrThrow("value").getTensor().toBuilder()
                                                    .clearTensorContent()
                                                    .clearIntVal()
                                                    .addIntVal(0))
                                    .build());
                }
            }
        }
        Files.delete(model.resolve("saved_model.pb"));
        Files.write(model.resolve("saved_model.pb"), graph.build().toByteArray());
        // In a process of its own: one cannot be ended in peace while native code runs in it.
        Path printed = folder.resolve("printed.txt");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WatchdogTest.class.getName(),
                                model.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(printed.toFile())
                        .start();
        assertEquals(0, process.waitFor(), () -> text(printed));
    }

    /** Runs a model whose loop never ends, and another one afterwards. */
    public static void main(String[] arguments) {
        int code = 1;
        // TensorFlow itself ends the loop, two minutes after it began.
        System.setProperty(Watchdog.PATIENCE, "60");
        try (Classifier loop = Engines.open(Path.of(arguments[0]), ModelOptions.NONE)) {
            System.setProperty(Watchdog.PATIENCE, "3");
            int[] shape = loop.spec().shape().clone();
            for (int i = 0; i < shape.length; i++) {
                shape[i] = shape[i] > 0 ? shape[i] : loop.spec().axes().indexOf('b') == i ? 1 : 32;
            }
            Tensor image = Tensor.zeros(loop.spec().axes(), shape);
            givenUp(() -> loop.logits(image));
            assertOthersWork();
            assertFalse(Watchdog.hasGivenUp(), "it was ended");
            code = 0;
        } catch (AssertionError | RuntimeException e) {
            System.out.println(e);
        }
        Runtime.getRuntime().halt(code);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path there = to.resolve(from.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(there);
                } else {
                    Files.copy(each, there);
                }
            }
        }
    }
}

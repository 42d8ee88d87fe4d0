/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.awt.event.KeyEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.scijava.Cancelable;
import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.command.CommandInfo;
import org.scijava.command.CommandService;
import org.scijava.event.EventHandler;
import org.scijava.event.EventService;
import org.scijava.log.LogMessage;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;
import org.scijava.module.event.ModuleExecutingEvent;
import org.scijava.task.TaskService;
import org.scijava.task.event.TaskEvent;
import sc.fiji.attribution.command.host.Host;
import sc.fiji.attribution.command.tool.CommandRunner;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.testing.ClassifierAround;

/**
 * A run that is cancelled ends before the model is called again, leaves no image, and closes the
 * model, which frees its native memory.
 */
class CancelTest {

    /** At which call of the model the user cancels; the method would make a hundred. */
    private static final int PATIENCE = 3;

    /** By the empty image's scores, which are 0 here and say nothing, the range is judged. */
    private static final int JUDGED = 1;

    private static int calls;
    private static boolean open;

    /** The command, with a look at what it does with its model. */
    public static class Watched extends AttributionMap {
        @Override
        protected Classifier open(String model, ModelOptions options) {
            open = true;
            return new Counted(super.open(model, options));
        }
    }

    private record Counted(Classifier network) implements ClassifierAround {

        @Override
        public void before(Tensor batch) {
            calls++;
        }

        @Override
        public void close() {
            network.close();
            open = false;
        }
    }

    @TempDir Path folder;
    private String model;
    private ImagePlus image;

    @BeforeEach
    void makeModel() throws IOException {
        model = Packages.network(folder.resolve("net"), -1, 8, 8, 2).toString();
        image = IJ.createHyperStack("image", 8, 8, 2, 1, 1, 32);
        image.getStack().getProcessor(1).setf(2, 3, 7);
        calls = 0;
        open = false;
    }

    /** Asked before each call; the first one scores the image, the second one the baseline. */
    private static boolean isEnough() {
        return calls >= PATIENCE;
    }

    /** As the Cancel of Fiji's dialogs and task bar. */
    public static final class Impatient {
        private final boolean byTask;
        private Module running;

        Impatient(boolean byTask) {
            this.byTask = byTask;
        }

        @EventHandler
        void onEvent(ModuleExecutingEvent event) {
            running = event.getModule();
        }

        @EventHandler
        void onEvent(TaskEvent event) {
            if (isEnough() && !event.getTask().isCanceled()) {
                if (byTask) {
                    event.getTask().cancel("enough");
                } else {
                    ((Cancelable) running).cancel("enough");
                }
            }
        }
    }

    private void cancelInFiji(boolean byTask) throws InterruptedException, ExecutionException {
        try (Context context =
                new Context(CommandService.class, StatusService.class, TaskService.class)) {
            Impatient user = new Impatient(byTask);
            context.service(EventService.class).subscribe(user);
            Module module =
                    context.service(ModuleService.class)
                            .run(
                                    new CommandInfo(Watched.class),
                                    true,
                                    Map.of(
                                            "input", image, "model", model, "steps", "100", "batch",
                                            "1"))
                            .get();
            assertNull(module.getOutput("map"));
            assertTrue(((Cancelable) module).isCanceled());
        }
        assertEquals(PATIENCE, calls);
        assertEquals(false, open);
    }

    @Test
    void byTheTaskBar() throws InterruptedException, ExecutionException {
        cancelInFiji(true);
    }

    @Test
    void byTheCommandsOwnCancel() throws InterruptedException, ExecutionException {
        cancelInFiji(false);
    }

    private Optional<Map<String, Object>> runInImageJ(boolean escape, boolean goOn) {
        Host listener =
                new Host() {
                    @Override
                    public void message(LogMessage message) {}

                    @Override
                    public boolean progress(int done, int total, String what) {
                        if (escape && isEnough()) {
                            IJ.setKeyDown(KeyEvent.VK_ESCAPE);
                        }
                        return goOn || !isEnough();
                    }
                };
        try (CommandRunner runner = new CommandRunner(listener)) {
            return runner.run(
                    new CommandInfo(Watched.class),
                    Map.of("input", "it", "model", model, "steps", "100", "batch", "1"),
                    (name, series) -> image);
        }
    }

    @Test
    void byTheEscapeKeyOfImageJ() {
        assertEquals(Optional.empty(), runInImageJ(true, true));
        assertEquals(PATIENCE, calls);
        assertEquals(false, open);
    }

    @Test
    void byTheHost() {
        assertEquals(Optional.empty(), runInImageJ(false, false));
        assertEquals(PATIENCE, calls);
        assertEquals(false, open);
    }

    @Test
    void notAtAll() {
        assertTrue(runInImageJ(false, true).isPresent());
        assertEquals(102 + JUDGED, calls);
        assertEquals(false, open);
    }
}

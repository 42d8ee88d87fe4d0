/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.scijava.Context;
import org.scijava.command.CommandService;
import org.scijava.log.LogMessage;
import sc.fiji.attribution.command.tool.CommandRunner;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.LoadedModels;

/** Models stay loaded between runs of commands, and are closed with the context. */
class ModelServiceTest {

    private static final String MODEL = "sample-images/lesion-classifier";

    private final ImagePlus image = ImageFile.open("sample-images/brain-lesions-1.tif");

    @BeforeEach
    void nothingIsLoaded() {
        LoadedModels.SHARED.close();
    }

    /** Seconds from the choice of the command to the first model call of its method. */
    private double secondsToStart() {
        long begin = System.nanoTime();
        long[] started = new long[1];
        Host listener =
                new Host() {
                    @Override
                    public void message(LogMessage message) {}

                    @Override
                    public boolean progress(int done, int total, String what) {
                        started[0] = started[0] == 0 ? System.nanoTime() : started[0];
                        return true;
                    }
                };
        // As the bridge to plain ImageJ does: a context for each run.
        try (CommandRunner runner = new CommandRunner(listener)) {
            assertTrue(
                    runner.run(
                                    runner.find("Attribution Map..."),
                                    Map.of("model", MODEL, "method", "Gradient", "input", ""),
                                    (text, series) -> image)
                            .isPresent());
        }
        return (started[0] - begin) / 1e9;
    }

    /** Seconds depend on what else the machine does; that nothing is read again does not. */
    @Test
    void aSecondRunReadsNothingAgain() {
        long before = LoadedModels.SHARED.opened();
        double first = secondsToStart();
        assertEquals(1, LoadedModels.SHARED.size());
        double second = Double.POSITIVE_INFINITY;
        for (int time = 0; time < 5; time++) {
            second = Math.min(second, secondsToStart());
        }
        System.out.printf("a run starts after %.3f s, the next after %.3f s%n", first, second);
        assertEquals(before + 1, LoadedModels.SHARED.opened());
        assertEquals(1, LoadedModels.SHARED.size());
    }

    @Test
    void closedWithTheContext() {
        try (Context context = new Context(CommandService.class, ModelService.class)) {
            ModelService service = context.service(ModelService.class);
            service.open(Path.of(MODEL), ModelOptions.NONE).close();
            assertEquals(1, LoadedModels.SHARED.size());
        }
        assertEquals(0, LoadedModels.SHARED.size());
    }

    /** Fiji's context has all services that are on the class path. */
    @Test
    void isFoundByFiji() {
        try (Context context = new Context()) {
            assertTrue(context.getService(ModelService.class) != null);
        }
    }
}

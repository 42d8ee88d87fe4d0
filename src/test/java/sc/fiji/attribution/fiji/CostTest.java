/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.ClassifierAround;

/** What a run costs is said before a long one starts, and refused above the user's limit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CostTest {

    @TempDir static Path folder;

    private Classifier network;

    /** Its first calls are slow, so that a run that looks long is over soon. */
    private static final class Slow implements ClassifierAround {

        private static final int SLOW_CALLS = 4;

        private final Classifier network;
        private final long millis;
        private int calls;

        Slow(Classifier network, long millis) {
            this.network = network;
            this.millis = millis;
        }

        @Override
        public Classifier network() {
            return network;
        }

        @Override
        public void before(Tensor batch) {
            calls++;
            try {
                Thread.sleep(calls <= SLOW_CALLS ? millis : 0);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @BeforeAll
    void open() throws IOException {
        NetworkWriter layers =
                new NetworkWriter(-1, 12, 12, 1).constantTimes(0.5f).globalMean().dense(2);
        network = Engines.open(layers.write(folder.resolve("net")), ModelOptions.NONE);
    }

    @AfterAll
    void close() {
        network.close();
    }

    private static ImagePlus image(int frames) {
        return Specimens.image(32, 12, 12, 1, 1, frames, p -> 1 + (5 * p[0] + p[1]) % 7 * p[4]);
    }

    private static AttributionTool tool(Classifier classifier, String method, String options) {
        Map<String, String> texts = new HashMap<>();
        for (String option : options.split(" ")) {
            texts.put(option.split("=")[0], option.split("=")[1]);
        }
        AttributionTool tool =
                new AttributionTool(classifier).method(method).options(texts).target("0");
        return AttributionMethods.named(method).declaration().usesRegions()
                ? tool.regions(RegionChoice.named("supervoxels 3", "regions", null))
                : tool;
    }

    /** Notes, and how often the model was called before each. */
    private record Notes(Slow model, List<String> lines, List<Integer> calls) implements Progress {

        Notes(Slow model) {
            this(model, new ArrayList<>(), new ArrayList<>());
        }

        @Override
        public void update(long done, long total, String what) {}

        @Override
        public void note(String line) {
            // Each run says first what goes in.
            if (!line.startsWith("image ")) {
                lines.add(line);
                calls.add(model.calls);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RISE, masks=2000 cell=4, 2001",
        "Occlusion, window=2 stride=1 computation=plain, 122",
        "KernelSHAP, coalitions=500, 502",
        "Shapley Sampling, permutations=40 tolerance=0, 602",
        "Extremal Mask, iterations=300 cell=4, 303"
    })
    void saidBeforeALongRun(String method, String options, long passes) {
        Slow slow = new Slow(network, 12000 / passes + 20);
        Notes notes = new Notes(slow);
        AttributionTool tool = tool(slow, method, options);
        assertEquals(passes, tool.run(image(1), notes).attributions().get(0).passes());
        assertEquals(1, notes.lines().size(), notes.lines().toString());
        String line = notes.lines().get(0);
        System.out.println(line);
        assertTrue(line.startsWith(method + ": " + passes + " passes, up to about "), line);
        // The image's score, and two passes to time one.
        assertEquals(3, notes.calls().get(0));
    }

    @Test
    void framesCountTogether() {
        Slow slow = new Slow(network, 50);
        Notes notes = new Notes(slow);
        tool(slow, "RISE", "masks=150 cell=4").run(image(3), notes);
        assertEquals(1, notes.lines().size(), notes.lines().toString());
        assertTrue(notes.lines().get(0).startsWith("RISE: 453 passes"), notes.lines().get(0));
    }

    @Test
    void notAShortRun() {
        Slow fast = new Slow(network, 0);
        Notes notes = new Notes(fast);
        tool(fast, "RISE", "masks=100 cell=4").run(image(1), notes);
        assertEquals(List.of(), notes.lines());
    }

    /** Over all frames, whose supervoxels differ in number. */
    @Test
    void refusedAboveTheLimit() {
        Slow slow = new Slow(network, 0);
        AttributionTool tool = tool(slow, "Feature Ablation", "limit=0");
        AttributionTool.Result result = tool.run(image(2), Progress.NONE);
        long first = result.attributions().get(0).passes();
        long all = first + result.attributions().get(1).passes();
        assertTrue(all != 2 * first, "frames alike");
        slow.calls = 0;
        tool.options(Map.of("limit", "" + (all - 1)));
        OptionException e =
                assertThrows(OptionException.class, () -> tool.run(image(2), Progress.NONE));
        assertTrue(e.getMessage().contains("would take " + all + " passes"), e.getMessage());
        assertEquals(0, slow.calls);
        tool.options(Map.of("limit", "" + all)).run(image(2), Progress.NONE);
    }

    /** Also while the time of a pass is taken. */
    @Test
    void cancelledBeforeItStarts() {
        Slow slow = new Slow(network, 0);
        Progress impatient =
                (done, total, what) -> {
                    throw new CancelledException();
                };
        AttributionTool tool = tool(slow, "RISE", "masks=100 cell=4");
        assertThrows(CancelledException.class, () -> tool.run(image(1), impatient));
        assertEquals(0, slow.calls);
    }
}

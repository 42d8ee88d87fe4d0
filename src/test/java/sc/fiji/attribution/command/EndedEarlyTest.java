/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.macro.Interpreter;
import java.awt.event.KeyEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.scijava.command.CommandInfo;
import org.scijava.log.LogMessage;
import sc.fiji.attribution.command.host.Host;
import sc.fiji.attribution.command.tool.CommandRunner;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Packages;

/** Maps that are judged until the user ends it: what was found is kept, and nothing comes after. */
public class EndedEarlyTest {

    private static final CommandInfo COMMAND = new CommandInfo(CompareMethods.class);

    /** What a macro of these tests did. */
    private static final List<String> DONE = new ArrayList<>();

    private static EndedEarlyTest running;

    @TempDir Path folder;

    private final List<String> messages = new ArrayList<>();
    private int steps;
    private int patience = Integer.MAX_VALUE;
    private boolean escape;

    @BeforeEach
    void makeModel() throws IOException {
        Packages.network(folder.resolve("net"), -1, 8, 8, 2);
        for (String name : List.of("a", "b")) {
            ImagePlus image = IJ.createHyperStack(name, 8, 8, 2, 1, 1, 32);
            for (int i = 0; i < 64; i++) {
                image.getStack().getProcessor(1).setf(i, (i * 37) % 64);
                image.getStack().getProcessor(2).setf(i, (i * 23) % 64);
            }
            ImageFile.save(image, folder.resolve(name + ".tif").toString());
        }
        running = this;
        DONE.clear();
    }

    @AfterEach
    void release() {
        IJ.resetEscape();
        running = null;
    }

    private Optional<Map<String, Object>> compare(String table) {
        Host host =
                new Host() {
                    @Override
                    public void message(LogMessage message) {
                        messages.add(message.text());
                    }

                    @Override
                    public boolean progress(int done, int total, String what) {
                        boolean enough = ++steps >= patience;
                        if (enough && escape) {
                            IJ.setKeyDown(KeyEvent.VK_ESCAPE);
                        }
                        return !enough || escape;
                    }
                };
        steps = 0;
        try (CommandRunner runner = new CommandRunner(host)) {
            return runner.run(
                    COMMAND,
                    Map.of(
                            "input",
                            folder + "/a.tif",
                            "images",
                            folder + "/*.tif",
                            "model",
                            folder + "/net",
                            "target",
                            "1",
                            "methods",
                            "Gradient",
                            "metrics",
                            "Deletion, Insertion, Sparseness",
                            "steps",
                            "4",
                            "output",
                            folder + "/" + table),
                    ImageFile::open);
        }
    }

    /** Lines of figures, without the heading. */
    private int rows(String table) throws IOException {
        return Files.readAllLines(folder.resolve(table)).size() - 1;
    }

    /** Not as if it were whole: a pipeline has to see that. */
    @Test
    void byTheHost() throws IOException {
        assertTrue(compare("whole.csv").isPresent());
        // One method and two null rows, of two images and their means.
        assertEquals((1 + 2) * 3 * 3, rows("whole.csv"));
        assertFalse(messages.toString().contains("Ended early"), messages::toString);
        patience = steps * 3 / 4;
        assertEquals(Optional.empty(), compare("part.csv"));
        assertTrue(rows("part.csv") > 3 && rows("part.csv") < rows("whole.csv"));
        assertTrue(
                messages.toString().contains("until then are kept (and saved"), messages::toString);
    }

    /** Called by the macro. */
    public static void run() {
        boolean whole = running.compare("macro.csv").isPresent();
        DONE.add(whole ? "whole" : "part");
    }

    /** Called by the macro. */
    public static void next() {
        DONE.add("next");
    }

    private void runMacro() {
        String call = "call('" + EndedEarlyTest.class.getName() + ".%s');\n";
        new Interpreter().run(String.format(call, "run") + String.format(call, "next"));
    }

    /** In a macro over many images no further one is begun. */
    @Test
    void byEscapeInAMacro() throws IOException {
        runMacro();
        assertEquals(List.of("whole", "next"), DONE);
        int all = rows("macro.csv");
        Files.delete(folder.resolve("macro.csv"));
        DONE.clear();
        patience = steps * 3 / 4;
        escape = true;
        runMacro();
        assertEquals(List.of("part"), DONE);
        assertTrue(rows("macro.csv") > 3 && rows("macro.csv") < all);
    }
}

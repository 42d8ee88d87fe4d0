/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import ij.macro.Interpreter;
import ij.measure.ResultsTable;
import ij.plugin.filter.Analyzer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.scijava.Context;
import org.scijava.Contextual;
import org.scijava.ItemVisibility;
import org.scijava.Priority;
import org.scijava.app.StatusService;
import org.scijava.command.CommandInfo;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;
import org.scijava.module.process.AbstractPostprocessorPlugin;
import org.scijava.module.process.AbstractPreprocessorPlugin;
import org.scijava.module.process.PostprocessorPlugin;
import org.scijava.module.process.PreprocessorPlugin;
import org.scijava.plugin.PluginInfo;
import org.scijava.plugin.PluginService;
import sc.fiji.attribution.command.dialog.Asker;
import sc.fiji.attribution.command.dialog.Page;
import sc.fiji.attribution.command.tool.ToolCommand;
import sc.fiji.attribution.model.Packages;

/**
 * The commands in a host like Fiji: what its macro preprocessor finds, what its recorder writes,
 * and what somebody before the dialogs is asked page by page. Those are not to be had without a
 * display, so they are stood in for by processors of the same priorities that do the same.
 */
class FijiHostTest {

    /** As imagej-legacy's: sets the inputs that the module has at that moment. */
    public static final class MacroKeys extends AbstractPreprocessorPlugin {
        static final Map<String, String> KEYS = new LinkedHashMap<>();

        /** A macro's line, which ImageJ keeps for the thread; empty where KEYS say it. */
        static String line = "";

        @Override
        public void process(Module module) {
            if (!line.isEmpty()) {
                Thread.currentThread().setName("Run$_" + Thread.currentThread().getName());
                Macro.setOptions(line);
            }
            for (ModuleItem<?> input : module.getInfo().inputs()) {
                String key = input.getName();
                String value = line.isEmpty() ? KEYS.get(key) : Macro.getValue(line, key, null);
                if (value != null) {
                    module.setInput(input.getName(), value);
                    module.resolveInput(input.getName());
                }
            }
        }
    }

    /** Somebody before the dialogs. A page is answered by the next of the answers. */
    public static final class User implements Asker {
        static final Deque<Map<String, Object>> ANSWERS = new ArrayDeque<>();
        static final List<List<String>> ASKED = new ArrayList<>();
        static final List<String> MISTAKES = new ArrayList<>();
        static final Map<String, ModuleItem<?>> ITEMS = new LinkedHashMap<>();
        static final Map<String, Object> SHOWN = new LinkedHashMap<>();
        static Page page;

        /** An answer that goes back instead of on. */
        static final Map<String, Object> BACK = Map.of("<", "back");

        @Override
        public boolean isThere() {
            return true;
        }

        @Override
        public Answer ask(Question question) {
            page = question.page();
            List<String> keys = question.items().stream().map(ModuleItem::getName).toList();
            ASKED.add(keys);
            MISTAKES.add(question.mistake());
            question.items().forEach(item -> ITEMS.put(item.getName(), item));
            SHOWN.clear();
            SHOWN.putAll(question.values());
            Map<String, Object> answers = ANSWERS.poll();
            if (answers == null) {
                return new Cancelled();
            }
            Map<String, Object> values = new LinkedHashMap<>(question.values());
            if (answers == BACK) {
                assertTrue(question.hasBefore());
                return new Back(values);
            }
            assertTrue(keys.containsAll(answers.keySet()), answers + " but asked " + keys);
            values.putAll(answers);
            return new Given(values);
        }
    }

    /** As imagej-legacy's: all visible inputs that have a value. */
    public static final class Recorder extends AbstractPostprocessorPlugin {
        static final Map<String, String> RECORDED = new LinkedHashMap<>();

        @Override
        public void process(Module module) {
            if (module.getInfo().is("no-record")) {
                return;
            }
            for (ModuleItem<?> input : module.getInfo().inputs()) {
                Object value = module.getInput(input.getName());
                if (input.getVisibility() != ItemVisibility.INVISIBLE
                        && value != null
                        && !(value instanceof Contextual)
                        && !(value instanceof Context)) {
                    RECORDED.put(input.getName(), value.toString());
                }
            }
        }
    }

    @TempDir Path folder;

    private final Context context = new Context(CommandService.class, StatusService.class);
    private String model;
    private ImagePlus image;

    @BeforeEach
    void openHost() throws IOException {
        model = Packages.network(folder.resolve("net"), -1, 8, 8, 2).toString();
        image = IJ.createHyperStack("image", 8, 8, 2, 1, 1, 32);
        image.getStack().getProcessor(1).setf(2, 3, 7);
        MacroKeys.KEYS.clear();
        MacroKeys.line = "";
        User.ANSWERS.clear();
        User.ASKED.clear();
        User.MISTAKES.clear();
        Recorder.RECORDED.clear();
        add(MacroKeys.class, PreprocessorPlugin.class, 2 * Priority.VERY_HIGH);
        add(Recorder.class, PostprocessorPlugin.class, Priority.VERY_LOW);
    }

    private <T extends org.scijava.plugin.SciJavaPlugin> void add(
            Class<? extends T> type, Class<T> kind, double priority) {
        PluginInfo<T> info = new PluginInfo<>(type, kind);
        info.setPriority(priority);
        context.service(PluginService.class).addPlugin(info);
    }

    @AfterEach
    void closeHost() {
        context.close();
    }

    private void showDialogs() {
        add(User.class, Asker.class, Priority.VERY_HIGH);
    }

    private Module run(Class<? extends ToolCommand> command, Object... inputs)
            throws InterruptedException, ExecutionException {
        CommandInfo info = context.service(CommandService.class).getCommand(command);
        return context.service(ModuleService.class).run(info, true, inputs).get();
    }

    private static ImagePlus map(Module module) {
        return (ImagePlus) module.getOutput("map");
    }

    @Test
    void aMacrosKeysReachTheOptionsOfTheMethod() throws InterruptedException, ExecutionException {
        MacroKeys.KEYS.putAll(Map.of("model", model, "steps", "3", "rule", "middle"));
        ImagePlus map = map(run(AttributionMap.class, "input", image));
        assertEquals("3", map.getProp("attribution.option.steps"));
        assertEquals("middle", map.getProp("attribution.option.rule"));
    }

    /** Fiji takes the first {@code steps=} of a line, in whatever brackets it stands. */
    @Test
    void whatStandsInAnothersBracketsIsNoKey() throws InterruptedException, ExecutionException {
        MacroKeys.line = "model=[" + model + "] labels=[in steps=9), class 1] ";
        ImagePlus map = map(run(AttributionMap.class, "input", image));
        assertEquals("50", map.getProp("attribution.option.steps"));
        MacroKeys.line += "steps=3 rule=middle ";
        map = map(run(AttributionMap.class, "input", image));
        assertEquals("3", map.getProp("attribution.option.steps"));
        assertEquals("middle", map.getProp("attribution.option.rule"));
    }

    @Test
    void aScriptsNumbersReachThem() throws InterruptedException, ExecutionException {
        Module module = run(AttributionMap.class, "input", image, "model", model, "steps", 4);
        assertEquals("4", map(module).getProp("attribution.option.steps"));
    }

    @Test
    void twoPagesAndTheRecordOfWhatDiffersFromTheDefaults()
            throws InterruptedException, ExecutionException {
        showDialogs();
        User.ANSWERS.add(Map.of("model", model, "method", "SmoothGrad"));
        User.ANSWERS.add(Map.of("samples", 3, "target", "class 1"));
        ImagePlus map = map(run(AttributionMap.class, "input", image));
        assertEquals(List.of("input", "model", "method", "advanced"), User.ASKED.get(0));
        assertEquals(
                List.of("target", "samples", "noise", "gradient", "seed", "batch"),
                User.ASKED.get(1));
        assertEquals(2, User.ASKED.size());
        assertEquals("3", map.getProp("attribution.option.samples"));
        assertEquals("class 1", map.getProp("attribution.target"));
        assertEquals(
                Map.of(
                        "input", image.toString(),
                        "model", model,
                        "method", "SmoothGrad",
                        "target", "class 1",
                        "samples", "3"),
                Recorder.RECORDED);
    }

    @Test
    void fieldsHaveTypesBoundsAndTheClassesByName()
            throws InterruptedException, ExecutionException {
        showDialogs();
        User.ANSWERS.add(Map.of("model", model));
        run(AttributionMap.class, "input", image);
        assertEquals(Integer.class, User.ITEMS.get("steps").getType());
        assertEquals(1, User.ITEMS.get("steps").getMinimumValue());
        assertEquals(50, User.SHOWN.get("steps"));
        assertEquals("gradients along the path", User.ITEMS.get("steps").getDescription());
        assertEquals(Double.class, User.ITEMS.get("tolerance").getType());
        assertTrue(User.ITEMS.get("rule").getChoices().contains("trapezoid"));
        assertEquals(
                List.of(
                        "predicted",
                        "all",
                        "class 0",
                        "class 1",
                        "class 0 - class 1",
                        "class 1 - class 0"),
                User.ITEMS.get("target").getChoices());
    }

    @Test
    void rarelyNeededThingsOnRequest() throws InterruptedException, ExecutionException {
        showDialogs();
        User.ANSWERS.add(Map.of("model", model, "method", "Gradient", "advanced", true));
        User.ANSWERS.add(Map.of("labels", "healthy,lesions"));
        User.ANSWERS.add(Map.of("target", "lesions", "colours", "dark"));
        assertNotNull(map(run(AttributionMap.class, "input", image)));
        assertEquals(
                List.of(
                        "axes",
                        "grey",
                        "labels",
                        "head",
                        "signature",
                        "scores",
                        "feed",
                        "constants",
                        "inputs",
                        "trust"),
                User.ASKED.get(1));
        assertEquals(
                List.of("target", "channels", "colours", "output", "overlay"), User.ASKED.get(2));
        assertFalse(Recorder.RECORDED.containsKey("advanced"));
        assertEquals("dark", Recorder.RECORDED.get("colours"));
    }

    @Test
    void aMistakeBringsThePageBackWithTheAnswers() throws InterruptedException, ExecutionException {
        showDialogs();
        User.ANSWERS.add(Map.of("model", "/nowhere", "method", "Gradient"));
        User.ANSWERS.add(Map.of("model", model));
        User.ANSWERS.add(Map.of());
        assertNotNull(map(run(AttributionMap.class, "input", image)));
        assertEquals(3, User.ASKED.size());
        assertEquals(User.ASKED.get(0), User.ASKED.get(1));
        assertTrue(User.MISTAKES.get(1).contains("'/nowhere' does not exist"), "" + User.MISTAKES);
        assertEquals("Gradient", Recorder.RECORDED.get("method"));
    }

    @Test
    void cancelledOnTheSecondPage() throws InterruptedException, ExecutionException {
        showDialogs();
        User.ANSWERS.add(Map.of("model", model));
        Module module = run(AttributionMap.class, "input", image);
        assertEquals(2, User.ASKED.size());
        assertNull(map(module));
        assertTrue(((ToolCommand) module).isCanceled());
        assertEquals(Map.of(), Recorder.RECORDED);
    }

    @Test
    void whatAScriptSaysIsNotAsked() throws InterruptedException, ExecutionException {
        showDialogs();
        Module module =
                run(
                        AttributionMap.class,
                        "input",
                        image,
                        "model",
                        model,
                        "method",
                        "Gradient",
                        "advanced",
                        false);
        assertNotNull(map(module));
        assertEquals(List.of(), User.ASKED);
    }

    private String failure(Class<? extends ToolCommand> command, Object... inputs)
            throws InterruptedException, ExecutionException {
        Module module = run(command, inputs);
        assertTrue(((ToolCommand) module).isCanceled());
        return ((ToolCommand) module).getCancelReason();
    }

    @Test
    void aMisspeltKeyIsRefusedWithTheNearOne() throws InterruptedException, ExecutionException {
        assertEquals(
                "Unknown option metod; did you mean method?",
                failure(AttributionMap.class, "input", image, "model", model, "metod", "Gradient"));
        assertTrue(
                failure(AttributionMap.class, "input", image, "model", model, "method", "gradcam")
                        .contains("did you mean Grad-CAM?"));
    }

    /** SciJava would end it without a word. */
    @Test
    void whatIsMissingIsNamed() throws InterruptedException, ExecutionException {
        assertEquals("Missing: model=", failure(Classify.class, "input", image));
    }

    @Test
    void backShowsThePageBeforeWithItsAnswers() throws InterruptedException, ExecutionException {
        showDialogs();
        User.ANSWERS.add(Map.of("model", model, "method", "Gradient"));
        User.ANSWERS.add(User.BACK);
        User.ANSWERS.add(Map.of("method", "SmoothGrad"));
        User.ANSWERS.add(Map.of("samples", 3));
        ImagePlus map = map(run(AttributionMap.class, "input", image));
        assertEquals(User.ASKED.get(0), User.ASKED.get(2));
        assertEquals("3", map.getProp("attribution.option.samples"));
    }

    @Test
    void fieldsFollowTheirChoiceAndThePageSaysWhatTheModelSees()
            throws InterruptedException, ExecutionException {
        showDialogs();
        User.ANSWERS.add(Map.of("model", model, "method", "Integrated Gradients"));
        run(AttributionMap.class, "input", image);
        assertFalse(User.page.applies("sigma", Map.of("baseline", "zero")));
        assertTrue(User.page.applies("sigma", Map.of("baseline", "blurred")));
        assertTrue(User.page.applies("references", Map.of("baseline", "images")));
        assertFalse(User.page.applies("tolerance", Map.of("rule", "left")));
        assertTrue(User.page.applies("steps", Map.of("rule", "left")));
        String head = User.page.introduction();
        assertTrue(head.contains("Image: x 8, y 8, 2 channels\n"), head);
        assertTrue(head.contains("Prediction: class 0 0.55"), head);
    }

    /** The next dialog for this model begins with what worked the last time. */
    @Test
    void settingsAreRememberedForEachModel() throws InterruptedException, ExecutionException {
        showDialogs();
        User.ANSWERS.add(Map.of("model", model, "method", "SmoothGrad"));
        User.ANSWERS.add(Map.of("samples", 3));
        run(AttributionMap.class, "input", image);
        User.ANSWERS.add(Map.of("model", model, "method", "SmoothGrad"));
        run(AttributionMap.class, "input", image);
        assertEquals("3", User.SHOWN.get("samples").toString());
    }

    /**
     * Fiji has no display for ImageJ's tables: whatever a command makes is shown, or refused with a
     * reason, before Fiji's own display is asked. A macro without a display stands in for a host.
     */
    @Test
    void noTableIsLeftToTheHost() throws InterruptedException, ExecutionException {
        Interpreter.batchMode = true;
        try {
            Module module = run(Classify.class, "input", image, "model", model);
            ResultsTable table = (ResultsTable) module.getOutput("table");
            assertTrue(module.isOutputResolved("table"));
            assertSame(table, Analyzer.getResultsTable());
            Module other = run(ModelInfo.class, "model", model);
            assertTrue(other.isOutputResolved("layers"));
            assertSame(other.getOutput("layers"), Analyzer.getResultsTable());
            Module map = run(AttributionMap.class, "input", image, "model", model, "steps", "2");
            assertSame(map(map), WindowManager.getImage(map(map).getID()));
        } finally {
            Interpreter.batchMode = false;
            Analyzer.setResultsTable(new ResultsTable());
        }
    }

    /** All outputs are of the kinds that {@code ShowOutputs} shows. */
    @Test
    void everyOutputOfEveryCommandIsShown() {
        for (CommandInfo info : context.service(CommandService.class).getCommands()) {
            if (info.getDelegateClassName().startsWith("sc.fiji.attribution.command.")) {
                for (ModuleItem<?> output : info.outputs()) {
                    assertTrue(
                            output.getType() == ImagePlus.class
                                    || output.getType() == ResultsTable.class,
                            info.getTitle() + ": " + output);
                }
            }
        }
    }

    /**
     * As in Fiji a macro's thread waits, with a current image of its own, for a command that runs
     * in the pool.
     */
    @Test
    void theResultIsCurrentForTheThreadThatAsked() throws InterruptedException, ExecutionException {
        Interpreter.batchMode = true;
        try {
            WindowManager.setTempCurrentImage(image);
            Module module = run(AttributionMap.class, "input", image, "model", model, "steps", "2");
            assertSame(map(module), WindowManager.getCurrentImage());
        } finally {
            WindowManager.setTempCurrentImage(null);
            Interpreter.batchMode = false;
        }
    }
}

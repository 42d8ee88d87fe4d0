/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import ij.macro.Interpreter;
import ij.plugin.PlugIn;
import ij.plugin.frame.Recorder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.scijava.command.CommandInfo;
import org.scijava.log.LogLevel;
import org.scijava.log.LogMessage;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.command.dialog.CommandDialog;
import sc.fiji.attribution.command.dialog.Explanation;
import sc.fiji.attribution.command.host.Host;
import sc.fiji.attribution.command.input.Inputs;
import sc.fiji.attribution.command.input.MacroKeys;
import sc.fiji.attribution.command.tool.CommandRunner;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.OpenImages;
import sc.fiji.attribution.fiji.format.Series;

/**
 * Runs a SciJava command as a plug-in of ImageJ 1.x: {@code plugins.config} calls it with the
 * command's class name. In a macro the options are the command's keys; otherwise there is a dialog,
 * whose values are recorded. In Fiji the command itself takes the menu entry over.
 */
public final class CommandBridge implements PlugIn {

    @Override
    public void run(String className) {
        withOwnLoader(
                () -> {
                    runCommand(className);
                    return null;
                });
        IJ.showStatus("");
        IJ.showProgress(1.0);
    }

    /** SciJava looks for its services by the thread, and ImageJ has a loader for plug-ins. */
    static <T> T withOwnLoader(Supplier<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(CommandBridge.class.getClassLoader());
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static void runCommand(String className) {
        try (CommandRunner runner = new CommandRunner(new Log())) {
            CommandInfo info = runner.find(className);
            Optional<Map<String, Object>> outputs =
                    Macro.getOptions() != null
                            ? run(runner, info, Macro.getOptions())
                            : runner.ask(info, new CommandDialog(), CommandBridge::record);
            if (outputs.isEmpty()) {
                abort();
            }
        } catch (AttributionException e) {
            complain(e.getMessage());
            abort();
        }
    }

    /** Runs what a macro says; {@code input} is the active image unless it is named. */
    static Optional<Map<String, Object>> run(
            CommandRunner runner, CommandInfo info, String options) {
        List<ModuleItem<?>> items = Inputs.keys(runner.module(info).getInfo());
        MacroKeys.requireKnown(options, items);
        Map<String, String> texts = new LinkedHashMap<>(MacroKeys.of(options));
        for (ModuleItem<?> item : items) {
            if (item.getType() == ImagePlus.class && item.isRequired()) {
                texts.putIfAbsent(item.getName(), "");
            }
        }
        return runner.run(info, texts, CommandBridge::image);
    }

    /**
     * The image of that title, ID or path; the active one where the text is empty.
     *
     * @throws ImageException where there is none
     */
    static ImagePlus image(String text) {
        return image(text, Series.ANY);
    }

    /** As {@link #image(String)}; of a file with several images the chosen one. */
    static ImagePlus image(String text, Series series) {
        if (text.isBlank()) {
            ImagePlus active = WindowManager.getCurrentImage();
            if (active == null) {
                throw new ImageException("No image is open: open one, or name a file (input=…).");
            }
            return active;
        }
        Optional<ImagePlus> byTitle = OpenImages.titled(text);
        if (byTitle.isPresent()) {
            return byTitle.get();
        }
        ImagePlus byId =
                text.matches("-\\d{1,9}") ? WindowManager.getImage(Integer.parseInt(text)) : null;
        return byId != null ? byId : ImageFile.open(text, series);
    }

    /** What a macro needs to do the same again. */
    private static void record(Map<String, Object> inputs) {
        if (Recorder.record) {
            inputs.forEach(
                    (key, value) -> {
                        String text =
                                value instanceof ImagePlus image
                                        ? image.getTitle()
                                        : value instanceof Number number
                                                ? Explanation.plain(number)
                                                : value.toString();
                        // Doubles the backslashes of a path under Windows.
                        Recorder.recordPath(key, text);
                    });
        }
    }

    /** A dialog, or a line on the log where nobody may be there to close a dialog. */
    static void complain(String message) {
        if (Interpreter.isBatchMode()) {
            IJ.log("Error: " + message);
        } else {
            IJ.error("Attribution", message);
        }
    }

    /** Ends the macro, if one is running; the message has been shown. */
    private static void abort() {
        if (IJ.isMacro()) {
            Interpreter.abort();
        }
    }

    /** ImageJ's log, error dialog, progress bar and Escape key. */
    private static final class Log implements Host {

        @Override
        public void message(LogMessage message) {
            if (message.level() == LogLevel.ERROR) {
                complain(message.text());
            } else {
                IJ.log(message.text());
            }
        }

        @Override
        public boolean progress(int done, int total, String what) {
            IJ.showStatus(what);
            IJ.showProgress(done, total);
            return true; // the command itself looks at the Escape key
        }
    }
}

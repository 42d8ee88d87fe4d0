/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import ij.macro.Interpreter;
import java.awt.GraphicsEnvironment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.scijava.ItemVisibility;
import org.scijava.MenuPath;
import org.scijava.app.StatusService;
import org.scijava.command.DynamicCommand;
import org.scijava.command.DynamicCommandInfo;
import org.scijava.convert.ConvertService;
import org.scijava.log.LogService;
import org.scijava.module.MethodCallException;
import org.scijava.module.ModuleItem;
import org.scijava.module.MutableModuleItem;
import org.scijava.plugin.Parameter;
import org.scijava.task.Task;
import org.scijava.task.TaskService;
import org.scijava.ui.UIService;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Progress;

/**
 * A command that calls a tool. Its dialog has pages; where somebody is there to answer them, a
 * mistake brings the page back. Elsewhere what a user can mend is reported once, as the reason of
 * the cancel: a line on the log, and a dialog where there is a display.
 */
abstract class ToolCommand extends DynamicCommand {

    @Parameter private StatusService status;

    @Parameter private LogService log;

    @Parameter private ConvertService convert;

    @Parameter(required = false)
    private TaskService tasks;

    @Parameter(required = false)
    private UIService ui;

    private Map<String, Object> defaults;
    private final Set<String> asked = new HashSet<>();
    private Asker asker;
    private CommandRunner.Listener host;
    private Task task;

    /** Does the work. May be called again after it failed. */
    abstract void execute();

    /** Adds inputs that no field declares. */
    void addInputs(DynamicCommandInfo info) {}

    /** Sets inputs that nobody gave to what a dialog should show at first. */
    void suggest() {}

    /** The pages of the dialog; a host asks the first one with its own means. */
    List<Page> pages() {
        return List.of(() -> CommandRunner.inputs(getInfo()));
    }

    /** Frees what {@link #execute()} and the pages opened. */
    void close() {}

    /** Macros and scripts set inputs before any initializer is called, so all are there at once. */
    @Override
    public DynamicCommandInfo getInfo() {
        DynamicCommandInfo info = super.getInfo();
        if (defaults == null) {
            defaults = new HashMap<>();
            addInputs(info);
            for (ModuleItem<?> item : CommandRunner.inputs(info)) {
                defaults.put(item.getName(), getInput(item.getName()));
            }
        }
        return info;
    }

    /** The label in the menu. */
    String title() {
        MenuPath menu = getInfo().getMenuPath();
        String name = menu.isEmpty() ? getClass().getSimpleName() : menu.getLeaf().getName();
        return name.replace("...", "");
    }

    /** The inputs of those keys, in that order. */
    final List<ModuleItem<?>> items(String... keys) {
        List<ModuleItem<?>> items = new ArrayList<>();
        Arrays.stream(keys).forEach(key -> items.add(getInfo().getInput(key)));
        return items;
    }

    /** Sets an input from a value of its type or from a text. */
    final void setText(String key, Object value) {
        setInput(key, CommandRunner.value(convert, getInfo().getInput(key), value));
    }

    /**
     * Has the host told how far it is before each call of the model. Not by SciJava's events: those
     * come later, and on a thread that a headless run does not need otherwise.
     */
    final void tell(CommandRunner.Listener listener) {
        this.host = listener;
    }

    /** Has all pages asked there; without it, by the host that shows the first one. */
    final void askBy(Asker host) {
        this.asker = host;
        getInfo(); // what is suggested is no default
        suggest();
        for (ModuleItem<?> item : CommandRunner.inputs(getInfo())) {
            // Not before the pages are answered, and then the command itself says what is missing.
            ((MutableModuleItem<?>) item).setRequired(false);
        }
    }

    /**
     * Leaves the first page to whatever asks for inputs in this host. A macro with options has said
     * what it wants; the rest is at its default.
     */
    @Override
    public void initialize() throws MethodCallException {
        super.initialize();
        Set<String> first = new HashSet<>();
        if (Macro.getOptions() == null && !GraphicsEnvironment.isHeadless()) {
            getInfo(); // what is suggested is no default
            suggest();
        }
        if (Macro.getOptions() == null) {
            pages().get(0).items().forEach(item -> first.add(item.getName()));
        }
        for (ModuleItem<?> item : CommandRunner.inputs(getInfo())) {
            String key = item.getName();
            if (!isInputResolved(key)) {
                if (first.contains(key)) {
                    asked.add(key);
                } else {
                    resolveInput(key);
                }
            }
        }
    }

    /** Somebody answered the first page: what was open is settled now. */
    private boolean isAnswered() {
        return !asked.isEmpty() && asked.stream().allMatch(this::isInputResolved);
    }

    @Override
    public final void run() {
        IJ.resetEscape();
        task = tasks == null ? null : tasks.createTask(title());
        try {
            if (task != null) {
                task.start();
            }
            if (work()) {
                hideDefaults();
                showInMacro();
            } else {
                cancel("");
            }
        } catch (CancelledException e) {
            log.info(e.getMessage());
            cancel(isCanceled() ? getCancelReason() : "");
        } catch (AttributionException e) {
            log.error(e.getMessage());
            log.debug(e);
            cancel(e.getMessage());
        } finally {
            if (task != null) {
                task.finish();
            }
            close();
            status.clearStatus();
        }
    }

    private boolean work() {
        if (asker != null) {
            return new Conversation(this, asker).hold(0);
        }
        if (isAnswered()) {
            return new Conversation(this, new HarvestedPages(moduleService, convert)).hold(1);
        }
        execute();
        return true;
    }

    /**
     * The inputs that differ from their defaults, by key, for a recorder; where none does, one that
     * does not, since a macro line without keys opens the dialog again.
     */
    final Map<String, Object> changed() {
        Map<String, Object> changed = new LinkedHashMap<>();
        Map<String, Object> same = new LinkedHashMap<>();
        long images =
                CommandRunner.inputs(getInfo()).stream()
                        .filter(item -> item.getType() == ImagePlus.class)
                        .count();
        for (ModuleItem<?> item : CommandRunner.inputs(getInfo())) {
            Object value = getInput(item.getName());
            boolean isDefault =
                    value == null
                            || value instanceof String text && text.isBlank()
                            || Objects.equals(value, defaults.get(item.getName()))
                            // The image is the active one when the macro runs, too; of two images
                            // it is not said which.
                            || images == 1 && value == WindowManager.getCurrentImage();
            if (item.getVisibility() != ItemVisibility.INVISIBLE) {
                (isDefault ? same : changed).put(item.getName(), value);
            }
        }
        same.values().removeIf(value -> value == null || value instanceof ImagePlus);
        if (changed.isEmpty() && !same.isEmpty()) {
            Map.Entry<String, Object> any = same.entrySet().iterator().next();
            changed.put(any.getKey(), any.getValue());
        }
        return changed;
    }

    /** Fiji records every visible input when the command has run. */
    private void hideDefaults() {
        Set<String> changed = changed().keySet();
        for (ModuleItem<?> item : CommandRunner.inputs(getInfo())) {
            if (!changed.contains(item.getName())) {
                ((MutableModuleItem<?>) item).setVisibility(ItemVisibility.INVISIBLE);
            }
        }
    }

    /** Without a display nobody else hands an image to the macro that made it. */
    private void showInMacro() {
        boolean macro = Interpreter.isBatchMode() || IJ.isMacro();
        if (macro && GraphicsEnvironment.isHeadless()) {
            for (Object output : getOutputs().values()) {
                if (output instanceof ImagePlus image) {
                    image.show();
                }
            }
        }
    }

    /** Feeds status and task bar; stops where the command was cancelled or Escape was pressed. */
    Progress progress() {
        return new Progress() {
            @Override
            public void update(long done, long total, String what) {
                report(done, total, what);
            }

            @Override
            public void note(String line) {
                say(line);
            }
        };
    }

    private void report(long done, long total, String what) {
        status.showStatus((int) done, (int) total, what);
        if (task != null) {
            task.setStatusMessage(what);
            task.setProgressMaximum(total);
            task.setProgressValue(done);
        }
        boolean goOn = host == null || total == 0 || host.progress((int) done, (int) total, what);
        // Last, so that no model is called after a host was told and said no.
        if (!goOn || isCanceled() || task != null && task.isCanceled() || IJ.escapePressed()) {
            throw new CancelledException();
        }
    }

    /** Does something with the path of a file, such as checking it, where the user named one. */
    static void ifNamed(String path, Consumer<String> action) {
        if (!Models.text(path).isEmpty()) {
            action.accept(path);
        }
    }

    /**
     * Saves a result where the user named a file for it, and says so.
     *
     * @param what it is, for people: {@code "Map"}
     */
    final void save(String what, String path, Consumer<String> writer) {
        ifNamed(path, writer.andThen(saved -> say(what + ": " + saved)));
    }

    /** A line for the user: in Fiji's Log window, elsewhere where the host puts it. */
    void say(String line) {
        if (ui != null && ui.isVisible()) {
            IJ.log(line);
        } else {
            log.info(line);
        }
    }

    void warn(String line) {
        if (ui != null && ui.isVisible()) {
            IJ.log("Warning: " + line);
        } else {
            log.warn(line);
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.tool;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import java.awt.GraphicsEnvironment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.scijava.Cancelable;
import org.scijava.MenuPath;
import org.scijava.app.StatusService;
import org.scijava.command.DynamicCommand;
import org.scijava.command.DynamicCommandInfo;
import org.scijava.convert.ConvertService;
import org.scijava.log.LogService;
import org.scijava.module.MethodCallException;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.MutableModuleItem;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.PluginService;
import org.scijava.task.TaskService;
import org.scijava.thread.ThreadService;
import org.scijava.ui.UIService;
import sc.fiji.attribution.command.dialog.Asker;
import sc.fiji.attribution.command.dialog.Conversation;
import sc.fiji.attribution.command.dialog.Page;
import sc.fiji.attribution.command.dialog.Pages;
import sc.fiji.attribution.command.dialog.ReplacePage;
import sc.fiji.attribution.command.host.Caller;
import sc.fiji.attribution.command.host.Host;
import sc.fiji.attribution.command.host.RunProgress;
import sc.fiji.attribution.command.input.FileKeys;
import sc.fiji.attribution.command.input.Inputs;
import sc.fiji.attribution.command.input.MacroKeys;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.Outputs;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.Source;

/**
 * A command that calls a tool. Its dialog has pages; where somebody is there to answer them, a
 * mistake brings the page back. Elsewhere what a user can mend is reported once, as the reason of
 * the cancel: a line on the log, a dialog where there is a display, and the end of the macro that
 * asked.
 */
public abstract class ToolCommand extends DynamicCommand {

    @Parameter private StatusService status;

    @Parameter private LogService log;

    @Parameter private ConvertService convert;

    @Parameter private PluginService plugins;

    @Parameter private ThreadService threads;

    @Parameter(required = false)
    private TaskService tasks;

    @Parameter(required = false)
    private UIService ui;

    @Parameter(
            label = "Series",
            required = false,
            persist = false,
            description = "of a file with several images: which, by number or name")
    private String series;

    @Parameter(
            label = "Replace files",
            required = false,
            persist = false,
            description = "replace files of these names that are there already")
    private boolean overwrite;

    private Map<String, Object> defaults;
    private final List<String> required = new ArrayList<>();
    private final List<String> strangers = new ArrayList<>();
    private Asker asker;
    private Host host;
    private RunProgress progress;
    private boolean endedEarly;

    /**
     * Does the work. May be called again after it failed.
     *
     * @throws AttributionException for what a user can mend
     */
    protected abstract void execute();

    /** Adds inputs that no field declares. */
    protected void addInputs(DynamicCommandInfo info) {}

    /** Sets inputs that nobody gave to what a dialog should show at first. */
    protected void suggest() {}

    /** The pages of the dialog. */
    protected List<Page> pages() {
        return List.of(() -> FileKeys.without(Inputs.of(getInfo())));
    }

    /** Remembers what somebody chose in the dialog, once it worked. */
    protected void remember() {}

    /**
     * Shows, to somebody who answered the dialog, what is no output: before the outputs, which are
     * the active images afterwards.
     */
    protected void showBeside() {}

    /** Images besides the outputs, of which there may be any number; shown before those. */
    protected List<ImagePlus> furtherImages() {
        return List.of();
    }

    /** Whether somebody answered a dialog. */
    final boolean isAsked() {
        return asker != null;
    }

    /** Frees what {@link #execute()} and the pages opened. */
    protected void close() {}

    /** Macros and scripts set inputs before any initializer is called, so all are there at once. */
    @Override
    public DynamicCommandInfo getInfo() {
        DynamicCommandInfo info = super.getInfo();
        if (defaults == null) {
            defaults = new HashMap<>();
            addInputs(info);
            FileKeys.leaveOutUnused(info);
            for (ModuleItem<?> item : Inputs.of(info)) {
                defaults.put(item.getName(), getInput(item.getName()));
                if (item.isRequired()) {
                    required.add(item.getName());
                }
            }
        }
        return info;
    }

    /** SciJava hands on keys that are none of the command's, with a warning that few see. */
    @Override
    public void setInput(String name, Object value) {
        boolean hidden = name.startsWith("."); // SciJava's own
        if (getInfo().getInput(name) == null && !hidden) {
            strangers.add(name);
        }
        super.setInput(name, value);
    }

    /** The label in the menu. */
    protected final String title() {
        MenuPath menu = getInfo().getMenuPath();
        String name = menu.isEmpty() ? getClass().getSimpleName() : menu.getLeaf().getName();
        return name.replace("...", "");
    }

    /** The inputs of those keys, in that order. */
    protected final List<ModuleItem<?>> items(String... keys) {
        List<ModuleItem<?>> items = new ArrayList<>();
        Arrays.stream(keys).forEach(key -> items.add(getInfo().getInput(key)));
        return items;
    }

    /** The text under a key, without blanks around it; empty where there is none. */
    protected final String text(String key) {
        Object value = getInput(key);
        return value == null ? "" : value.toString().strip();
    }

    /** Whether nobody set an input to another value than it has by itself. */
    protected final boolean isDefault(String key) {
        return getInput(key) == null || getInput(key).equals(defaults.get(key));
    }

    /** Says what is going on while nothing can be counted. */
    protected final void status(String what) {
        if (progress != null) {
            progress.status(what);
        }
    }

    /** Sets an input from a value of its type or from a text. */
    protected final void setText(String key, Object value) {
        setInput(key, Inputs.value(convert, getInfo().getInput(key), value));
    }

    /**
     * Has the host told how far it is before each call of the model. Not by SciJava's events: those
     * come later, and on a thread that a headless run does not need otherwise.
     */
    final void tell(Host listener) {
        this.host = listener;
    }

    /** Has the pages asked there. */
    final void askBy(Asker chosen) {
        getInfo(); // what is suggested is no default
        suggest();
        this.asker = chosen;
        letPass();
    }

    /** What is missing the command says itself; SciJava would end it without a word. */
    private void letPass() {
        for (ModuleItem<?> item : Inputs.of(getInfo())) {
            ((MutableModuleItem<?>) item).setRequired(false);
        }
    }

    /**
     * Takes the inputs out of the hands of the host: what it did not say is asked for by the
     * command's own pages, or is at its default. A macro with options has said what it wants.
     */
    @Override
    public void initialize() throws MethodCallException {
        super.initialize();
        boolean open =
                Macro.getOptions() == null
                        && pages().get(0).items().stream()
                                .anyMatch(item -> !isInputResolved(item.getName()));
        if (open && asker == null) {
            presentAsker().ifPresent(this::askBy);
        }
        for (ModuleItem<?> item : Inputs.of(getInfo())) {
            resolveInput(item.getName());
        }
        letPass();
    }

    private Optional<Asker> presentAsker() {
        return plugins.createInstancesOfType(Asker.class).stream()
                .filter(Asker::isThere)
                .findFirst();
    }

    @Override
    public final void run() {
        IJ.resetEscape();
        progress = new RunProgress(title(), status, tasks, host, this::isCanceled, this::say);
        try {
            takeKeys();
            if (work()) {
                if (asker != null) {
                    remember();
                }
                new Recorded(this, defaults).hideDefaults();
                if (isCanceled()) { // SciJava shows nothing of it
                    endMacroIfEndedEarly();
                }
            } else {
                cancel("");
            }
        } catch (CancelledException e) {
            log.info(e.getMessage());
            cancel(isCanceled() ? getCancelReason() : "");
            abortMacro();
        } catch (AttributionException e) {
            log.error(e.getMessage());
            log.debug(e);
            cancel(e.getMessage());
            abortMacro();
        } finally {
            progress.close();
            close();
        }
    }

    /** Notes that the user ended the run, and that what was found until then is its result. */
    protected final void endEarly() {
        endedEarly = true;
    }

    /** Whether a command came to its end: it neither failed nor was ended before. */
    static boolean isWhole(Module module) {
        return !(module instanceof Cancelable command && command.isCanceled())
                && !(module instanceof ToolCommand tool && tool.endedEarly);
    }

    /** After what was found is shown, which the end of a macro in batch mode would hide. */
    final void endMacroIfEndedEarly() {
        if (endedEarly) {
            abortMacro();
        }
    }

    private void abortMacro() {
        if (host == null || host.endsMacro()) {
            Caller.of(threads).abortMacro();
        }
    }

    /**
     * The keys of a macro's line, which Fiji's preprocessor reads in its own way. One that is
     * misspelt would leave its option at the default, without a word.
     */
    private void takeKeys() {
        List<ModuleItem<?>> items = Inputs.keys(getInfo());
        String line = Macro.getOptions();
        if (line != null) {
            MacroKeys.requireKnown(line, items);
            MacroKeys.misread(line, items)
                    .forEach(
                            (key, meant) ->
                                    meant.ifPresentOrElse(
                                            text -> setText(key, text),
                                            () -> setInput(key, defaults.get(key))));
        }
        if (!strangers.isEmpty()) {
            throw Inputs.unknown(
                    strangers.get(0), items.stream().map(ModuleItem::getName).toList());
        }
    }

    /** Whether files that are there already may be replaced. */
    protected final boolean isReplacing() {
        return overwrite;
    }

    private boolean work() {
        if (asker != null) {
            return new Conversation(new Own(), asker).hold();
        }
        requireInputs();
        openSeries();
        Outputs outputs = FileKeys.outputs(getInfo(), this::getInput);
        outputs.requireApart();
        if (!overwrite) {
            outputs.requireNew();
        }
        executeAnew();
        return true;
    }

    private void executeAnew() {
        if (endedEarly) {
            IJ.resetEscape();
            endedEarly = false;
        }
        tellSources();
        execute();
    }

    /** A host opened the file by its own means, the first image of several. */
    private void openSeries() {
        if (series != null && !series.isBlank()) {
            setInput(
                    FileKeys.IMAGE,
                    ImageFile.reopen((ImagePlus) getInput(FileKeys.IMAGE), new Series(series)));
        }
    }

    /** What read the images, and what is to be known of the reading. */
    private void tellSources() {
        List<ImagePlus> told = new ArrayList<>();
        for (ModuleItem<?> item : Inputs.of(getInfo())) {
            if (getInput(item.getName()) instanceof ImagePlus image && !told.contains(image)) {
                tellSource(image);
                told.add(image);
            }
        }
    }

    /** What read an image, and what is to be known of the reading. */
    protected final void tellSource(ImagePlus image) {
        Source.of(image)
                .ifPresent(
                        source -> {
                            say(image.getTitle() + ": read by " + source.reader() + ".");
                            source.notes().forEach(this::warn);
                        });
    }

    private void requireInputs() {
        List<String> missing = new ArrayList<>();
        for (String key : required) {
            if (text(key).isEmpty()) {
                missing.add(key + "=");
            }
        }
        if (!missing.isEmpty()) {
            throw new OptionException("Missing: " + String.join(", ", missing));
        }
    }

    /** The command as a conversation sees it. */
    private final class Own implements Pages {

        @Override
        public String title() {
            return ToolCommand.this.title();
        }

        @Override
        public List<Page> pages() {
            List<Page> pages = new ArrayList<>(ToolCommand.this.pages());
            if (getInfo().getInput(FileKeys.OVERWRITE) != null) {
                pages.add(new ReplacePage(getInfo(), ToolCommand.this::getInput));
            }
            return pages;
        }

        @Override
        public Object value(String key) {
            return getInput(key);
        }

        @Override
        public void answer(ModuleItem<?> item, Object value) {
            boolean isText = getInfo().getInput(item.getName()).getType() == String.class;
            setText(item.getName(), value == null && !isText ? item.getDefaultValue() : value);
        }

        @Override
        public void work() {
            requireInputs();
            openSeries();
            FileKeys.outputs(getInfo(), ToolCommand.this::getInput).requireApart();
            executeAnew();
        }
    }

    /**
     * The inputs that differ from their defaults, by key, for a recorder; see {@link
     * Recorded#changed()}.
     */
    final Map<String, Object> changed() {
        return new Recorded(this, defaults).changed();
    }

    /** Feeds status and task bar; stops where the command was cancelled or Escape was pressed. */
    protected final Progress progress() {
        return progress;
    }

    /** Does something with the path of a file, such as checking it, where the user named one. */
    protected static void ifNamed(String path, Consumer<String> action) {
        if (path != null && !path.isBlank()) {
            action.accept(path.strip());
        }
    }

    /**
     * Saves a result where the user named a file for it, and says so.
     *
     * @param what it is, for people: {@code "Map"}
     */
    protected final void save(String what, String path, Consumer<String> writer) {
        ifNamed(path, writer.andThen(saved -> say(what + ": " + saved)));
    }

    /** A line for the user: in Fiji's Log window, elsewhere where the host puts it. */
    protected final void say(String line) {
        if (ui != null && ui.isVisible() && !GraphicsEnvironment.isHeadless()) {
            IJ.log(line);
        } else {
            log.info(line);
        }
    }

    protected final void warn(String line) {
        if (ui != null && ui.isVisible() && !GraphicsEnvironment.isHeadless()) {
            IJ.log("Warning: " + line);
        } else {
            log.warn(line);
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.scijava.Cancelable;
import org.scijava.Context;
import org.scijava.Contextual;
import org.scijava.ItemVisibility;
import org.scijava.MenuEntry;
import org.scijava.app.StatusService;
import org.scijava.command.CommandInfo;
import org.scijava.command.CommandService;
import org.scijava.convert.ConvertService;
import org.scijava.log.LogMessage;
import org.scijava.log.LogService;
import org.scijava.log.StderrLogService;
import org.scijava.module.Module;
import org.scijava.module.ModuleInfo;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;
import org.scijava.task.TaskService;
import org.scijava.util.Types;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.OptionException;

/**
 * Runs this plug-in's commands by label with inputs as text, for hosts that are not SciJava's own:
 * a terminal, and ImageJ 1.x. Closing it closes its context.
 */
public final class CommandRunner implements AutoCloseable {

    /** What a host hears of while a command runs, on the command's thread. */
    public interface Listener {
        /** A line for the user; {@link org.scijava.log.LogLevel} says how bad it is. */
        void message(LogMessage message);

        /**
         * How far it is.
         *
         * @return whether to go on
         */
        boolean progress(int done, int total, String what);
    }

    private final Context context =
            new Context(
                    CommandService.class,
                    ConvertService.class,
                    StatusService.class,
                    TaskService.class,
                    LogService.class);
    private final Listener listener;

    public CommandRunner(Listener listener) {
        this.listener = listener;
        StderrLogService log = (StderrLogService) context.service(LogService.class);
        log.setPrintStreams(level -> new PrintStream(OutputStream.nullOutputStream()));
        log.addLogListener(listener::message);
    }

    /** The labels of all commands, in the order of the menu. */
    public List<String> labels() {
        return commands().stream().map(CommandRunner::label).toList();
    }

    private List<CommandInfo> commands() {
        return context.service(CommandService.class).getCommands().stream()
                .filter(CommandRunner::isOurs)
                .sorted((a, b) -> Arrays.compare(places(a), places(b)))
                .toList();
    }

    /** Where it stands in the menu, and in its submenu. */
    private static double[] places(CommandInfo info) {
        return info.getMenuPath().stream().mapToDouble(MenuEntry::getWeight).toArray();
    }

    /** Elsewhere are commands that only make sense in another host. */
    static boolean isOurs(CommandInfo info) {
        String commands = CommandRunner.class.getPackageName() + ".";
        return info.getDelegateClassName().startsWith(commands);
    }

    private static String label(CommandInfo info) {
        return info.getMenuPath().getLeaf().getName();
    }

    /**
     * Finds a command.
     *
     * @param name its label or class name
     * @throws OptionException where there is none; the message lists all
     */
    public CommandInfo find(String name) {
        return commands().stream()
                .filter(info -> label(info).equalsIgnoreCase(name) || isClass(info, name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new OptionException(
                                        "There is no command '" + name + "'; there are " + list()));
    }

    private static boolean isClass(CommandInfo info, String name) {
        return info.getDelegateClassName().equals(name);
    }

    private String list() {
        return labels().stream().map(label -> '"' + label + '"').collect(Collectors.joining(", "));
    }

    /** A module of the command with its defaults, to look at or to run. */
    public Module module(CommandInfo info) {
        return context.service(ModuleService.class).createModule(info);
    }

    /** What the user may set, in the order of the declaration, without SciJava's services. */
    public static List<ModuleItem<?>> inputs(ModuleInfo info) {
        List<ModuleItem<?>> items = new ArrayList<>();
        for (ModuleItem<?> item : info.inputs()) {
            if (!Contextual.class.isAssignableFrom(item.getType())
                    && item.getType() != Context.class) {
                items.add(item);
            }
        }
        return items;
    }

    /** The inputs that a macro may set, in order: those of a dialog alone are left out. */
    public static List<ModuleItem<?>> keys(Module module) {
        List<ModuleItem<?>> items = new ArrayList<>(inputs(module.getInfo()));
        items.removeIf(item -> item.getVisibility() == ItemVisibility.INVISIBLE);
        return items;
    }

    /**
     * Runs a command to its end.
     *
     * @param texts inputs by key
     * @param images finds the image that a text names
     * @return the outputs, or empty where the command failed and said why to the listener
     * @throws OptionException where an input is unknown, missing or not what it should be
     */
    public Optional<Map<String, Object>> run(
            CommandInfo info, Map<String, String> texts, Function<String, ImagePlus> images) {
        Module module = module(info);
        List<ModuleItem<?>> items = keys(module);
        texts.forEach(
                (key, text) -> {
                    ModuleItem<?> item = item(items, key);
                    boolean image = item.getType() == ImagePlus.class;
                    module.setInput(key, image ? images.apply(text) : value(item, text));
                });
        String missing =
                items.stream()
                        .filter(item -> item.isRequired() && isEmpty(module, item))
                        .map(item -> item.getName() + "=")
                        .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new OptionException("Missing: " + missing);
        }
        return run(module);
    }

    /**
     * Has a command's pages asked, and runs it to its end.
     *
     * @param recorder takes the inputs that differ from the defaults, by key, where it worked
     * @return the outputs, or empty where it was cancelled or failed
     */
    public Optional<Map<String, Object>> ask(
            CommandInfo info, Asker asker, Consumer<Map<String, Object>> recorder) {
        ToolCommand module = (ToolCommand) module(info);
        module.askBy(asker);
        Optional<Map<String, Object>> outputs = run(module);
        outputs.ifPresent(made -> recorder.accept(module.changed()));
        return outputs;
    }

    private Optional<Map<String, Object>> run(Module module) {
        inputs(module.getInfo()).forEach(item -> module.resolveInput(item.getName()));
        ((ToolCommand) module).tell(listener);
        try {
            context.service(ModuleService.class).run(module, true).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AttributionException("Interrupted.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        boolean cancelled = module instanceof Cancelable command && command.isCanceled();
        return cancelled ? Optional.empty() : Optional.of(module.getOutputs());
    }

    private static boolean isEmpty(Module module, ModuleItem<?> item) {
        Object value = module.getInput(item.getName());
        return value == null || value instanceof String text && text.isBlank();
    }

    private static ModuleItem<?> item(List<ModuleItem<?>> items, String key) {
        return items.stream()
                .filter(item -> item.getName().equals(key))
                .findFirst()
                .orElseThrow(
                        () ->
                                new OptionException(
                                        "Unknown option "
                                                + key
                                                + "; this command reads "
                                                + items.stream()
                                                        .map(ModuleItem::getName)
                                                        .collect(Collectors.joining(", "))
                                                + "."));
    }

    private Object value(ModuleItem<?> item, Object value) {
        return value(context.service(ConvertService.class), item, value);
    }

    /**
     * A value of the item's type.
     *
     * @param value one, or a text
     * @throws OptionException where the text is none
     */
    static Object value(ConvertService convert, ModuleItem<?> item, Object value) {
        if (value == null || item.getType().isInstance(value)) {
            return value;
        }
        boolean number = Number.class.isAssignableFrom(Types.box(item.getType()));
        Object converted =
                // SciJava turns text that is no number into 0 without a word.
                number && !isNumber(value.toString())
                        ? null
                        : convert.convert(value, item.getType());
        if (converted == null) {
            throw new OptionException(
                    item.getName()
                            + "="
                            + value
                            + ": expected "
                            + (number ? "a number" : item.getType().getSimpleName())
                            + ".");
        }
        return converted;
    }

    private static boolean isNumber(String text) {
        try {
            return Double.isFinite(Double.parseDouble(text.strip()));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    @Override
    public void close() {
        context.close();
    }
}

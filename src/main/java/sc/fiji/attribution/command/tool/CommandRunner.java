/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.tool;

import ij.ImagePlus;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.scijava.Context;
import org.scijava.MenuEntry;
import org.scijava.app.StatusService;
import org.scijava.command.CommandInfo;
import org.scijava.command.CommandService;
import org.scijava.convert.ConvertService;
import org.scijava.log.LogService;
import org.scijava.log.StderrLogService;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;
import org.scijava.task.TaskService;
import sc.fiji.attribution.command.dialog.Asker;
import sc.fiji.attribution.command.host.Host;
import sc.fiji.attribution.command.input.FileKeys;
import sc.fiji.attribution.command.input.Inputs;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.text.Spelling;
import sc.fiji.attribution.fiji.file.ChannelFiles;
import sc.fiji.attribution.fiji.format.Series;

/**
 * Runs this plug-in's commands by label with inputs as text, for hosts that are not SciJava's own:
 * a terminal, and ImageJ 1.x. Closing it closes its context.
 */
public final class CommandRunner implements AutoCloseable {

    /** Finds the image that a text names, and of a file with several the chosen one. */
    @FunctionalInterface
    public interface Images {
        ImagePlus find(String text, Series series);
    }

    private final Context context =
            new Context(
                    CommandService.class,
                    ConvertService.class,
                    StatusService.class,
                    TaskService.class,
                    LogService.class);
    private final Host host;

    public CommandRunner(Host host) {
        this.host = host;
        StderrLogService log = (StderrLogService) context.service(LogService.class);
        log.setPrintStreams(level -> new PrintStream(OutputStream.nullOutputStream()));
        log.addLogListener(host::message);
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
        String room = CommandRunner.class.getPackageName();
        String commands = room.substring(0, room.lastIndexOf('.') + 1);
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
                                        "There is no command '"
                                                + name
                                                + "'"
                                                + Spelling.nearest(name, labels())
                                                        .map(
                                                                near ->
                                                                        "; did you mean \""
                                                                                + near
                                                                                + "\"?")
                                                        .orElseGet(() -> "; there are " + list())));
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

    /**
     * Runs a command to its end.
     *
     * @param texts inputs by key
     * @param images finds the images that texts name
     * @return the outputs, or empty where the command failed or was ended before its end, and said
     *     so to the listener
     * @throws OptionException where an input is unknown, missing or not what it should be
     */
    public Optional<Map<String, Object>> run(
            CommandInfo info, Map<String, String> texts, Images images) {
        Module module = module(info);
        Series series = new Series(texts.get(FileKeys.SERIES));
        List<ModuleItem<?>> items = Inputs.keys(module.getInfo());
        texts.forEach(
                (key, text) -> {
                    ModuleItem<?> item = item(items, key);
                    boolean image = item.getType() == ImagePlus.class;
                    Series which = key.equals(FileKeys.IMAGE) ? series : Series.ANY;
                    module.setInput(
                            key,
                            image
                                    ? ChannelFiles.of(text, name -> images.find(name, which))
                                    : Inputs.value(
                                            context.service(ConvertService.class), item, text));
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
     * @return the outputs, or empty where it was cancelled, ended before its end, or failed
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
        Inputs.of(module.getInfo()).forEach(item -> module.resolveInput(item.getName()));
        ((ToolCommand) module).tell(host);
        try {
            context.service(ModuleService.class).run(module, true).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AttributionException("Interrupted.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return ToolCommand.isWhole(module) ? Optional.of(module.getOutputs()) : Optional.empty();
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
                                Inputs.unknown(
                                        key, items.stream().map(ModuleItem::getName).toList()));
    }

    @Override
    public void close() {
        context.close();
    }
}

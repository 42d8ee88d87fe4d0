/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import ij.ImagePlus;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.scijava.Cancelable;
import org.scijava.Context;
import org.scijava.Contextual;
import org.scijava.app.StatusService;
import org.scijava.command.CommandInfo;
import org.scijava.command.CommandService;
import org.scijava.convert.ConvertService;
import org.scijava.log.LogService;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.ImageFile;

/**
 * Runs a command of {@code Plugins > Attribution} without Fiji: its label, then the same {@code
 * key=value} pairs as in a macro.
 *
 * <pre>{@code
 * java … sc.fiji.attribution.Main "Attribution Map..." input=a.tif model=folder output=map.tif
 * }</pre>
 *
 * Exits with 0, or with 1 and one line on the error stream.
 */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        // Without a logging framework on the class path SLF4J would print three lines about that.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.exit(run(arguments, System.out, System.err));
    }

    /**
     * Runs one command.
     *
     * @return the exit code
     */
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        try (Context context =
                new Context(
                        CommandService.class,
                        ConvertService.class,
                        StatusService.class,
                        LogService.class)) {
            Terminal terminal = new Terminal(context, out, err);
            try {
                return execute(context, arguments) ? 0 : 1;
            } catch (AttributionException e) {
                terminal.fail(e.getMessage());
                return 1;
            } catch (ExecutionException e) {
                terminal.fail("Unexpected " + e.getCause());
                e.getCause().printStackTrace(err);
                return 1;
            }
        }
    }

    /** Whether the command ran to its end; where not, it has said why on the log. */
    private static boolean execute(Context context, String[] arguments) throws ExecutionException {
        CommandService commands = context.service(CommandService.class);
        if (arguments.length == 0) {
            throw new OptionException("Name a command: " + String.join(", ", labels(commands)));
        }
        CommandInfo info = command(commands, arguments[0]);
        Map<String, Object> inputs =
                inputs(context.service(ConvertService.class), info, pairs(arguments));
        try {
            Module module = context.service(ModuleService.class).run(info, true, inputs).get();
            return !(module instanceof Cancelable command && command.isCanceled());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AttributionException("Interrupted.", e);
        }
    }

    private static List<CommandInfo> ours(CommandService commands) {
        return commands.getCommands().stream()
                .filter(info -> info.getDelegateClassName().startsWith("sc.fiji.attribution."))
                .toList();
    }

    private static List<String> labels(CommandService commands) {
        return ours(commands).stream()
                .map(info -> '"' + info.getMenuPath().getLeaf().getName() + '"')
                .toList();
    }

    private static CommandInfo command(CommandService commands, String label) {
        return ours(commands).stream()
                .filter(
                        info ->
                                info.getMenuPath().getLeaf().getName().equalsIgnoreCase(label)
                                        || info.getDelegateClassName().equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new OptionException(
                                        "There is no command '"
                                                + label
                                                + "'; there are "
                                                + String.join(", ", labels(commands))
                                                + "."));
    }

    private static Map<String, String> pairs(String[] arguments) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 1; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            if (equals < 1) {
                throw new OptionException(
                        "'" + arguments[i] + "' is no option: write key=value, such as steps=50.");
            }
            pairs.put(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
        }
        return pairs;
    }

    private static Map<String, Object> inputs(
            ConvertService convert, CommandInfo info, Map<String, String> texts) {
        Map<String, ModuleItem<?>> items = new LinkedHashMap<>();
        for (ModuleItem<?> item : info.inputs()) {
            // Services are filled in by the context.
            if (!Contextual.class.isAssignableFrom(item.getType())
                    && item.getType() != Context.class) {
                items.put(item.getName(), item);
            }
        }
        Map<String, Object> inputs = new HashMap<>();
        texts.forEach(
                (key, text) -> {
                    if (!items.containsKey(key)) {
                        throw new OptionException(
                                "Unknown option "
                                        + key
                                        + "; this command reads "
                                        + String.join(", ", items.keySet())
                                        + ".");
                    }
                    inputs.put(key, value(convert, items.get(key), text));
                });
        String missing =
                items.values().stream()
                        .filter(item -> item.isRequired() && !inputs.containsKey(item.getName()))
                        .filter(item -> item.getDefaultValue() == null && isUnset(item))
                        .map(item -> item.getName() + "=")
                        .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new OptionException("Missing: " + missing);
        }
        return inputs;
    }

    private static boolean isUnset(ModuleItem<?> item) {
        return List.of("input", "model").contains(item.getName());
    }

    private static Object value(ConvertService convert, ModuleItem<?> item, String text) {
        if (item.getType() == ImagePlus.class) {
            return ImageFile.open(text);
        }
        Object value = convert.convert(text, item.getType());
        boolean number = Number.class.isAssignableFrom(boxed(item.getType()));
        if (value == null || number && !isNumber(text)) {
            throw new OptionException(
                    item.getName()
                            + "="
                            + text
                            + ": expected "
                            + (number ? "a number" : item.getType().getSimpleName())
                            + ".");
        }
        return value;
    }

    private static Class<?> boxed(Class<?> type) {
        return org.scijava.util.Types.box(type);
    }

    /** SciJava turns any other text into 0 without a word. */
    private static boolean isNumber(String text) {
        try {
            return Double.isFinite(Double.parseDouble(text.strip()));
        } catch (NumberFormatException e) {
            return false;
        }
    }
}

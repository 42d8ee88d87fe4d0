/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import ij.ImagePlus;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.scijava.command.CommandInfo;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.command.input.FileKeys;
import sc.fiji.attribution.command.tool.CommandRunner;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.engine.Watchdog;

/**
 * Runs commands of {@code Plugins > Attribution} without Fiji: a label, then the same {@code
 * key=value} pairs as in a macro. Several commands stand behind one another, with {@code --} in
 * between, and {@code input} may be several images (see {@link Batch}): the JVM starts, and the
 * model loads, once for all of them.
 *
 * <pre>{@code
 * java … sc.fiji.attribution.Main "Attribution Map..." input=a.tif model=folder output=map.tif
 * java … sc.fiji.attribution.Main "Attribution Map..." input=images/ model=folder output={name}.tif
 * }</pre>
 *
 * Exits with 0, or with 1 and one line on the error stream for each image that failed.
 */
public final class Main {

    /** Held, since the level goes with it. */
    private static final Logger PREFERENCES = Logger.getLogger("java.util.prefs");

    private Main() {}

    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        // Without a logging framework on the class path SLF4J would print three lines about that.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        // Several runs at once warn that they cannot lock preferences, which none of them needs.
        PREFERENCES.setLevel(Level.OFF);
        int code = run(arguments, System.out, System.err);
        if (Watchdog.hasGivenUp()) {
            Runtime.getRuntime().halt(code);
        }
        System.exit(code);
    }

    /**
     * Runs commands.
     *
     * @return the exit code
     */
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        Terminal terminal = new Terminal(out, err);
        try (CommandRunner runner = new CommandRunner(terminal)) {
            if (arguments.length == 0) {
                throw new OptionException(
                        runner.labels().stream()
                                .map(label -> '"' + label + '"')
                                .collect(
                                        Collectors.joining(
                                                ", ", "Name a command: ", "; --help explains.")));
            }
            Set<String> failed = new LinkedHashSet<>();
            int images = 0;
            for (List<String> line : lines(arguments)) {
                if (Usage.isAsked(line)) {
                    out.print(help(runner, line));
                    continue;
                }
                CommandInfo command = runner.find(line.get(0));
                Batch batch =
                        Batch.of(
                                line.subList(1, line.size()),
                                key -> FileKeys.isOutput(command.getInput(key)));
                requireKept(command, batch.runs().get(0));
                images = Math.max(images, batch.runs().size());
                for (Map<String, String> run : batch.runs()) {
                    String image = run.getOrDefault(FileKeys.IMAGE, "");
                    if (!failed.contains(image) && !run(runner, command, run, terminal)) {
                        failed.add(image);
                    }
                }
            }
            if (images > 1) {
                out.printf("%d of %d images done.%n", images - failed.size(), images);
            }
            return failed.isEmpty() ? 0 : 1;
        } catch (AttributionException e) {
            terminal.fail(e.getMessage());
            return 1;
        }
    }

    /** Of the command that the line begins with, or of all. */
    private static String help(CommandRunner runner, List<String> line) {
        return Usage.isAsked(line.subList(0, 1))
                ? Usage.of(runner.labels())
                : Usage.of(runner.module(runner.find(line.get(0))).getInfo());
    }

    /** What is only shown elsewhere would be computed and lost here. */
    private static void requireKept(CommandInfo command, Map<String, String> inputs) {
        List<String> files = new ArrayList<>();
        command.inputs().forEach(item -> files.add(FileKeys.isOutput(item) ? item.getName() : ""));
        files.removeIf(String::isEmpty);
        boolean shown = false;
        boolean printed = false;
        for (ModuleItem<?> item : command.outputs()) {
            shown |= item.getType() == ImagePlus.class;
            // Tables of some runs only are no reason for it.
            printed |= item.getType() != ImagePlus.class && item.isRequired();
        }
        if (shown
                && !printed
                && !files.isEmpty()
                && files.stream().noneMatch(inputs::containsKey)) {
            throw new OptionException(
                    "There is no window here to show the result of "
                            + command.getMenuPath().getLeaf().getName()
                            + " in: name a file for it, "
                            + String.join("=… or ", files)
                            + "=….");
        }
    }

    /** Whether it worked; what went wrong was said. */
    private static boolean run(
            CommandRunner runner,
            CommandInfo command,
            Map<String, String> inputs,
            Terminal terminal) {
        try {
            return runner.run(command, inputs, ImageFile::open).isPresent();
        } catch (AttributionException e) {
            terminal.fail(e.getMessage());
            return false;
        }
    }

    /** A command and its pairs each. */
    private static List<List<String>> lines(String[] arguments) {
        List<List<String>> lines = new ArrayList<>(List.of(new ArrayList<>()));
        for (String argument : arguments) {
            if (argument.equals("--")) {
                lines.add(new ArrayList<>());
            } else {
                lines.get(lines.size() - 1).add(argument);
            }
        }
        if (lines.stream().anyMatch(List::isEmpty)) {
            throw new OptionException("--: a command stands before and behind it.");
        }
        return lines;
    }
}

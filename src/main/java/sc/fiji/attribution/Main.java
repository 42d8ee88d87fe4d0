/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import sc.fiji.attribution.command.tool.CommandRunner;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.ImageFile;

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
        Terminal terminal = new Terminal(out, err);
        try (CommandRunner runner = new CommandRunner(terminal)) {
            if (arguments.length == 0) {
                throw new OptionException(
                        runner.labels().stream()
                                .map(label -> '"' + label + '"')
                                .collect(Collectors.joining(", ", "Name a command: ", ".")));
            }
            return runner.run(runner.find(arguments[0]), pairs(arguments), ImageFile::open)
                            .isPresent()
                    ? 0
                    : 1;
        } catch (AttributionException e) {
            terminal.fail(e.getMessage());
            return 1;
        }
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
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import java.util.List;
import org.scijava.command.CommandInfo;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.command.input.Inputs;

/** What the runner says of itself and of a command where it is asked for help. */
final class Usage {

    private static final List<String> HELP = List.of("--help", "-help", "-h", "help");

    private Usage() {}

    static boolean isAsked(List<String> line) {
        return line.stream().anyMatch(HELP::contains);
    }

    /** All commands, and how one is run. */
    static String of(List<String> labels) {
        StringBuilder text = new StringBuilder();
        text.append("A command, and key=value as in a macro:\n\n");
        text.append("  \"Attribution Map...\" input=a.tif model=folder output=map.tif\n\n");
        text.append("Several commands with -- between them; --help behind one lists its keys.\n");
        text.append("Commands:\n");
        labels.forEach(label -> text.append("  \"").append(label).append("\"\n"));
        return text.toString();
    }

    /** The keys of a command, what they mean and where they start. */
    static String of(CommandInfo command) {
        StringBuilder text = new StringBuilder();
        text.append('"').append(command.getMenuPath().getLeaf().getName()).append("\"\n");
        for (ModuleItem<?> item : Inputs.keys(command)) {
            text.append("  ").append(item.getName()).append("=   ").append(item.getLabel());
            if (item.getDescription() != null && !item.getDescription().isBlank()) {
                text.append(": ").append(item.getDescription());
            }
            if (!Inputs.choices(item).isEmpty()) {
                List<String> choices =
                        Inputs.choices(item).stream().filter(each -> !each.isBlank()).toList();
                text.append(" (").append(String.join(", ", choices)).append(')');
            }
            text.append('\n');
        }
        if (Inputs.keys(command).stream().anyMatch(item -> item.getName().startsWith("method"))) {
            text.append("  and the options of the chosen method, such as steps= or window=\n");
        }
        return text.toString();
    }
}

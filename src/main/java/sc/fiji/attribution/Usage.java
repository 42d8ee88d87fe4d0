/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import java.util.List;
import org.scijava.module.ModuleInfo;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.command.dialog.Explanation;
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

    /** The keys of a command, those of methods among them: what they mean and may be. */
    static String of(ModuleInfo command) {
        StringBuilder text = new StringBuilder();
        text.append('"').append(command.getMenuPath().getLeaf().getName()).append("\"\n");
        for (ModuleItem<?> item : Inputs.keys(command)) {
            text.append("  ").append(item.getName()).append("=   ").append(item.getLabel());
            String explanation = Explanation.of(item).replace('\u00a0', ' ');
            if (!explanation.isBlank()) {
                text.append(": ").append(explanation);
            }
            List<String> choices =
                    Inputs.choices(item).stream().filter(each -> !each.isBlank()).toList();
            if (!choices.isEmpty()) {
                text.append(" (").append(String.join(", ", choices)).append(')');
            }
            text.append('\n');
        }
        return text.toString();
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.dialog.ToolCommand;
import sc.fiji.attribution.fiji.file.SampleData;

/** The manual in the log, without looking for it on the network. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Help", weight = 30)
        },
        headless = true)
public class Help extends ToolCommand {

    @Override
    protected void execute() {
        SampleData.manual().forEach(this::say);
    }
}

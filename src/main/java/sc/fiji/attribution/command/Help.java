/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.IJ;
import java.awt.GraphicsEnvironment;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.help.HelpWindow;
import sc.fiji.attribution.command.help.Manual;
import sc.fiji.attribution.command.tool.ToolCommand;

/** The manual as pages in a window or, without a display, its first page in the log. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Attribution Help", weight = 60)
        },
        headless = true)
public class Help extends ToolCommand {

    @Override
    protected void execute() {
        if (GraphicsEnvironment.isHeadless() || IJ.getInstance() == null) {
            Manual.page(Manual.FIRST).lines().forEach(this::say);
        } else {
            HelpWindow.open(Manual.FIRST);
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.IJ;
import ij.gui.HTMLDialog;
import java.awt.GraphicsEnvironment;
import java.util.List;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.dialog.ToolCommand;
import sc.fiji.attribution.fiji.file.SampleData;

/** The manual as a page in a window or, without a display, as text in the log. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Attribution Help", weight = 30)
        },
        headless = true)
public class Help extends ToolCommand {

    @Override
    protected void execute() {
        List<String> manual = SampleData.manual();
        if (GraphicsEnvironment.isHeadless() || IJ.getInstance() == null) {
            manual.forEach(this::say);
        } else {
            new HTMLDialog("Attribution Help", HelpPage.html(String.join("\n", manual)), false);
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import ij.IJ;
import ij.macro.Functions;
import ij.macro.Interpreter;
import ij.plugin.PlugIn;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Plugin;

/**
 * Gives the running macro the functions {@code Ext.…} of {@link MacroFunctions}: {@code
 * run("Attribution Extensions")}. Both hosts run this class, Fiji as a command and ImageJ 1.x as a
 * plug-in.
 */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Attribution Extensions", weight = 55)
        },
        headless = true)
public final class AttributionExtensions implements Command, PlugIn {

    @Override
    public void run(String argument) {
        run();
    }

    /** Who chooses this in the menu is told what it is for. */
    @Override
    public void run() {
        MacroFunctions functions = new MacroFunctions();
        if (Interpreter.getInstance() != null) {
            Functions.registerExtensions(functions);
        } else {
            IJ.showMessage(
                    "Attribution Extensions",
                    "For macros: after run(\"Attribution Extensions\"); there are\n \n"
                            + String.join("\n", functions.help()));
        }
    }
}

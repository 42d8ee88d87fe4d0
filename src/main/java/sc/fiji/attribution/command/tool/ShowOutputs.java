/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.tool;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.StackWindow;
import ij.macro.Interpreter;
import ij.measure.ResultsTable;
import java.awt.GraphicsEnvironment;
import org.scijava.Priority;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.process.AbstractPostprocessorPlugin;
import org.scijava.module.process.PostprocessorPlugin;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import org.scijava.thread.ThreadService;
import org.scijava.ui.UIService;
import sc.fiji.attribution.command.host.Caller;
import sc.fiji.attribution.command.host.Placement;
import sc.fiji.attribution.command.host.ShownTables;
import sc.fiji.attribution.command.view.Zoom;

/**
 * Shows what commands of this plug-in made, in every host, before the host's own display would:
 * Fiji has none for ImageJ's tables, shows images behind the back of the macro that asked, and none
 * at all in a macro without a display. Tables are named by the label of the output.
 */
@Plugin(type = PostprocessorPlugin.class, priority = Priority.HIGH)
public final class ShowOutputs extends AbstractPostprocessorPlugin {

    @Parameter private ThreadService threads;

    @Parameter(required = false)
    private UIService ui;

    @Override
    public void process(Module module) {
        if (module.getDelegateObject() instanceof ToolCommand command) {
            if (isSeen()) {
                show(module, command);
            }
            command.endMacroIfEndedEarly();
        }
    }

    private void show(Module module, ToolCommand command) {
        boolean looking =
                command.isAsked() && !command.isCanceled() && !GraphicsEnvironment.isHeadless();
        if (looking) {
            command.showBeside();
        }
        int enough = looking ? Zoom.READABLE : Zoom.RECOGNISABLE;
        command.furtherImages().forEach(image -> show(image, enough));
        for (ModuleItem<?> item : module.getInfo().outputs()) {
            Object output = module.getOutput(item.getName());
            if (output instanceof ImagePlus image) {
                show(image, enough);
                module.resolveOutput(item.getName());
            } else if (output instanceof ResultsTable table) {
                if (!ShownTables.show(table, item.getLabel())) {
                    command.warn(
                            "'"
                                    + item.getLabel()
                                    + "' is not shown: without a display ImageJ has one table"
                                    + " only, and that has other results in it; save it by its key,"
                                    + " or call run(\"Clear Results\") first.");
                }
                module.resolveOutput(item.getName());
            }
        }
    }

    /** Whether there are windows, or a macro that asks for what would be in them. */
    private boolean isSeen() {
        boolean macro = IJ.isMacro() || Interpreter.isBatchMode();
        boolean windows =
                !GraphicsEnvironment.isHeadless()
                        && (IJ.getInstance() != null || ui != null && ui.isVisible());
        return macro || windows;
    }

    private void show(ImagePlus image, int enough) {
        image.show();
        if (image.getWindow() instanceof StackWindow window) {
            // ImageJ leaves the sliders at the first slice, whichever is shown.
            window.updateSliceSelector();
        }
        if (image.getWindow() != null) {
            if (!IJ.isMacro()) {
                Zoom.enlarge(image.getWindow(), enough);
            }
            Placement.place(image.getWindow());
        }
        Caller.of(threads).makeCurrent(image);
    }
}

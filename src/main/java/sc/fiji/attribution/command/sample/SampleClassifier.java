/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.sample;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.input.Models;
import sc.fiji.attribution.command.tool.ToolCommand;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.SampleData;

/** Writes the sample classifier to a folder, and offers it to the next dialog that asks for one. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Sample Data", weight = 1.1),
            @Menu(label = "Lesion Classifier...", weight = 1.15)
        },
        headless = true)
public class SampleClassifier extends ToolCommand {

    @Parameter(
            label = "Folder",
            style = "directory, fill",
            persist = false,
            description = "the classifier goes into a folder lesion-classifier in it")
    private String output;

    @Override
    protected void execute() {
        if (Models.text(output).isEmpty()) {
            throw new OptionException("output: choose a folder to write the classifier to.");
        }
        try {
            Path model = SampleData.unpackClassifier(Path.of(Models.text(output)), isReplacing());
            Models.suggest(model.toString());
            say("Model: " + model);
        } catch (InvalidPathException e) {
            throw new OptionException("output=" + output + " is no path: " + e.getMessage());
        }
    }
}

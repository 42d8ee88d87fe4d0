/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.measure.ResultsTable;
import java.util.List;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.tool.ModelCommand;
import sc.fiji.attribution.fiji.ModelReport;
import sc.fiji.attribution.fiji.file.TableFile;

/** What there is to know of a model: a report in the log, and a row per layer in a table. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Model Info...", weight = 1.6)
        },
        headless = true)
public class ModelInfo extends ModelCommand {

    @Parameter(
            label = "Run its tests",
            required = false,
            persist = false,
            description = "the test arrays that a packaged model brings along")
    private boolean tests;

    @Parameter(
            label = "Save layers as",
            style = "save",
            required = false,
            persist = false,
            description = "CSV file; empty = only show")
    private String output;

    @Parameter(type = ItemIO.OUTPUT, label = "Layers")
    private ResultsTable layers;

    @Override
    protected List<String> rarelyNeeded() {
        return List.of("output");
    }

    @Override
    protected void execute() {
        ifNamed(output, TableFile::checkWritable);
        ModelReport report = new ModelReport(classifier());
        report.lines(tests).forEach(this::say);
        layers = report.layerTable();
        save("Table", output, path -> TableFile.save(layers, path));
    }
}

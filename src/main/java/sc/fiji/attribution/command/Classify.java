/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.util.List;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.tool.ModelCommand;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.file.TableFile;
import sc.fiji.attribution.fiji.input.ModelInput;

/** Which class a model sees in an image: a row per image in a results table. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Classify...", weight = 1.2)
        },
        headless = true)
public class Classify extends ModelCommand {

    @Parameter(label = "Image", persist = false)
    private ImagePlus input;

    @Parameter(
            label = "Save table as",
            style = "save",
            required = false,
            persist = false,
            description = "CSV file; empty = only show")
    private String output;

    @Parameter(type = ItemIO.OUTPUT, label = "Classification")
    private ResultsTable table;

    @Override
    protected List<String> rarelyNeeded() {
        return List.of("output");
    }

    @Override
    protected void execute() {
        ifNamed(output, TableFile::checkWritable);
        ImagePlus all = joined(input);
        String goesIn = ModelInput.of(classifier().spec(), all).summary();
        say(goesIn + ".");
        ResultsTable rows = new ResultsTable();
        rows.setPrecision(6);
        for (Classification row : Classification.of(classifier(), all, this::warn)) {
            row.addTo(rows);
            rows.addValue("Input", goesIn);
            say(row.image() + ": " + row.summary());
        }
        if (classifier().spec().map().isPresent()) {
            say("The model scores each place: Segment... shows the labels and probabilities.");
        }
        save("Table", output, path -> TableFile.save(rows, path));
        table = rows;
    }
}

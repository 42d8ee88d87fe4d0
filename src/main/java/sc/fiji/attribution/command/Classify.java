/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.TableFile;
import sc.fiji.attribution.model.Classifier;

/** Which class a model sees in an image: a row per image in a results table. */
@Plugin(type = Command.class, menuPath = "Plugins>Attribution>Classify...", headless = true)
public class Classify extends ToolCommand {

    @Parameter(label = "Image", persist = false)
    private ImagePlus input;

    @Parameter(
            label = "Model",
            style = "directory",
            persist = false,
            description = "TensorFlow SavedModel or bioimage.io package, folder or zip")
    private String model;

    @Parameter(
            label = "Save table as",
            style = "save",
            required = false,
            persist = false,
            description = "CSV file; empty = only show")
    private String output;

    @Parameter(
            label = "Axes",
            required = false,
            persist = false,
            description = "order of the model's input axes, such as bzyxc; empty = from the model")
    private String axes;

    @Parameter(
            label = "Class names",
            required = false,
            persist = false,
            description = "separated by commas; empty = from the model")
    private String labels;

    @Parameter(
            label = "Signature",
            required = false,
            persist = false,
            description = "which signature of the model; empty = the usual one")
    private String signature;

    @Parameter(
            label = "Scores",
            required = false,
            persist = false,
            description = "which output of the model; empty = the one with class scores")
    private String scores;

    @Parameter(
            label = "Constants",
            required = false,
            persist = false,
            description = "values of the model's other inputs, such as age=0.4,weight=71")
    private String constants;

    @Parameter(
            label = "Trust the model",
            required = false,
            persist = false,
            description = "run it even if it may do more than compute, such as write files")
    private boolean trust;

    @Parameter(type = ItemIO.OUTPUT, label = "Classification")
    private ResultsTable table;

    @Override
    void execute() {
        if (!Models.text(output).isEmpty()) {
            TableFile.checkWritable(output);
        }
        try (Classifier classifier =
                Models.open(model, axes, labels, signature, scores, constants, trust)) {
            ResultsTable rows = new ResultsTable();
            rows.setPrecision(6);
            for (Classification row : Classification.of(classifier, input, this::warn)) {
                row.addTo(rows);
                say(row.image() + ": " + row.summary());
            }
            if (!Models.text(output).isEmpty()) {
                TableFile.save(rows, output);
            }
            table = rows;
        }
    }
}

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
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.TableFile;
import sc.fiji.attribution.fiji.segmentation.SegmentTool;

/** What a model that puts out a map sees at each voxel: labels, probabilities and components. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Segment...", weight = 1.4)
        },
        headless = true)
public class Segment extends ModelCommand {

    @Parameter(label = "Image", persist = false)
    private ImagePlus input;

    @Parameter(
            label = "Save labels as",
            style = "save",
            required = false,
            persist = false,
            description = "TIFF or NIfTI file; empty = only show")
    private String output;

    @Parameter(
            label = "Save probabilities as",
            style = "save",
            required = false,
            persist = false,
            description = "TIFF or NIfTI file with a channel for each class; empty = only show")
    private String probabilities;

    @Parameter(
            label = "Save table as",
            style = "save",
            required = false,
            persist = false,
            description = "CSV file with a row for each component; empty = only show")
    private String table;

    @Parameter(type = ItemIO.OUTPUT, required = false, label = "Labels")
    private ImagePlus segmented;

    @Parameter(type = ItemIO.OUTPUT, label = "Probabilities")
    private ImagePlus values;

    @Parameter(type = ItemIO.OUTPUT, label = "Components")
    private ResultsTable components;

    @Override
    protected List<String> rarelyNeeded() {
        return List.of("output", "probabilities", "table");
    }

    private void refuseLabels() {
        throw new OptionException(
                "output: model '"
                        + classifier().spec().name()
                        + "' gives numbers for each place, and no labels: save those"
                        + " (probabilities=…), or say head=classes if they are logits.");
    }

    @Override
    protected void execute() {
        ifNamed(output, ImageFile::checkWritable);
        ifNamed(output, path -> ImageFile.requireOther(path, input));
        ifNamed(probabilities, ImageFile::checkWritable);
        ifNamed(probabilities, path -> ImageFile.requireOther(path, input));
        ifNamed(table, TableFile::checkWritable);
        if (!SegmentTool.isLabelled(classifier().spec())) {
            ifNamed(output, path -> refuseLabels());
        }
        SegmentTool.Result result = new SegmentTool(classifier()).run(joined(input), progress());
        result.warnings().forEach(this::warn);
        result.summary().forEach(this::say);
        values = result.values();
        components = result.table();
        result.labels().ifPresent(found -> segmented = found);
        if (segmented != null) {
            save("Labels", output, path -> ImageFile.save(segmented, path));
        }
        save("Probabilities", probabilities, path -> ImageFile.save(values, path));
        save("Table", table, path -> TableFile.save(components, path));
    }
}

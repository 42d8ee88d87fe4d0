/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.tool.ThresholdCommand;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.TableFile;
import sc.fiji.attribution.fiji.region.MapObjects;
import sc.fiji.attribution.fiji.region.MapThreshold;

/** The objects above a threshold of a map, in three dimensions: labels and a table. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Attribution Objects...", weight = 20.6)
        },
        headless = true)
public class AttributionObjects extends ThresholdCommand {

    @Parameter(
            label = "Smallest",
            persist = false,
            min = "1",
            description = "voxels of the smallest object")
    private int smallest = 2;

    @Parameter(
            label = "Neighbours",
            persist = false,
            choices = {"6", "18", "26"},
            description = "of a voxel: across faces; edges too; corners too")
    private String neighbours = "26";

    @Parameter(
            label = "Save labels as",
            style = "save",
            required = false,
            persist = false,
            description = "TIFF or NIfTI file; empty = only show")
    private String output;

    @Parameter(
            label = "Save table as",
            style = "save",
            required = false,
            persist = false,
            description = "CSV file; empty = only show")
    private String table;

    @Parameter(type = ItemIO.OUTPUT, label = "Objects")
    private ImagePlus labels;

    @Parameter(type = ItemIO.OUTPUT, label = "Attribution objects")
    private ResultsTable objects;

    @Override
    protected void execute() {
        if (output != null && output.endsWith(".csv")) {
            throw new OptionException(
                    "output=" + output + " is for the image of the labels: say table= instead.");
        }
        ifNamed(output, ImageFile::checkWritable);
        ifNamed(output, path -> ImageFile.requireOther(path, map()));
        ifNamed(table, TableFile::checkWritable);
        MapThreshold strong = strong();
        int reach = neighbours.matches("\\d{1,2}") ? Integer.parseInt(neighbours) : 0;
        MapObjects found = MapObjects.of(map(), strong, smallest, reach, progress());
        labels = found.labels();
        objects = found.table();
        say(
                objects.size()
                        + (objects.size() == 1 ? " object, " : " objects, ")
                        + strong.description());
        save("Labels", output, path -> ImageFile.save(labels, path));
        save("Table", table, path -> TableFile.save(objects, path));
    }
}

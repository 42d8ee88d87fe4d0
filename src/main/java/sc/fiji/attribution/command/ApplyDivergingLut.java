/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.tool.ToolCommand;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.MapDisplay;

/** Shows a 32-bit image as maps are shown: diverging colours, and zero neutral. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Diverging LUT", weight = 20.9)
        },
        headless = true)
public class ApplyDivergingLut extends ToolCommand {

    @Parameter(label = "Image", persist = false)
    private ImagePlus input;

    @Parameter(
            label = "Colours",
            persist = false,
            choices = {"light", "dark"},
            description = "neutral is white (for reading) or black (for rendering)")
    private String colours = "light";

    @Parameter(
            label = "Percentile",
            persist = false,
            min = "0",
            max = "100",
            description = "of the absolute values, ends the range")
    private double percentile = 100;

    @Parameter(
            label = "Limit",
            persist = false,
            min = "0",
            description = "the range is from -limit to limit; 0 = from the percentile")
    private double limit;

    @Parameter(
            label = "Save image as",
            style = "save",
            required = false,
            persist = false,
            description = "TIFF file; empty = only show")
    private String output;

    @Override
    protected void execute() {
        MapDisplay.requireMap(input);
        if (!(limit >= 0 && limit < Double.POSITIVE_INFINITY)) {
            throw new OptionException("limit=" + limit + ": expected a number from 0.");
        }
        ifNamed(output, ImageFile::checkWritable);
        ifNamed(output, path -> ImageFile.requireOther(path, input));
        double end = limit > 0 ? limit : MapDisplay.limit(input, percentile);
        MapDisplay.show(input, DivergingLut.named(colours), end);
        input.updateAndDraw();
        save("Image", output, path -> ImageFile.save(input, path));
    }
}

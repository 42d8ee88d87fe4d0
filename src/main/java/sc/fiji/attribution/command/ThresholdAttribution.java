/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.tool.ThresholdCommand;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.region.MapThreshold;

/** What of a map is strong, of either sign, as a mask. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Threshold Attribution...", weight = 20.4)
        },
        headless = true)
public class ThresholdAttribution extends ThresholdCommand {

    @Parameter(
            label = "Save mask as",
            style = "save",
            required = false,
            persist = false,
            description = "TIFF or NIfTI file; empty = only show")
    private String output;

    @Parameter(type = ItemIO.OUTPUT, label = "Mask")
    private ImagePlus mask;

    @Override
    protected void execute() {
        ifNamed(output, ImageFile::checkWritable);
        ifNamed(output, path -> ImageFile.requireOther(path, map()));
        MapThreshold strong = strong();
        mask = strong.mask(map());
        say("Threshold: " + strong.description());
        save("Mask", output, path -> ImageFile.save(mask, path));
    }
}

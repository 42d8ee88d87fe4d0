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
import sc.fiji.attribution.command.tool.ToolCommand;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.SampleData;
import sc.fiji.attribution.fiji.tissue.TissueMapsTool;

/** White matter, grey matter and fluid of a T1 image as the channels of a hyperstack. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Tissue Maps...", weight = 40)
        },
        headless = true)
public class TissueMaps extends ToolCommand {

    @Parameter(label = "T1 image", persist = false)
    private ImagePlus input;

    @Parameter(
            label = "Priors",
            style = "file",
            required = false,
            persist = false,
            description =
                    "title or path of an image with the channels WM, GM, CSF; empty = those"
                            + " of the ICBM template, whose space the image must lie in")
    private String priors;

    @Parameter(
            label = "Bias field",
            persist = false,
            min = "0",
            max = "6",
            description = "degree of its polynomial; 0 = there is none")
    private int bias = 3;

    @Parameter(
            label = "Save maps as",
            style = "save",
            required = false,
            persist = false,
            description = "TIFF or NIfTI file; empty = only show")
    private String output;

    @Parameter(type = ItemIO.OUTPUT, label = "Tissue maps")
    private ImagePlus maps;

    @Override
    protected void execute() {
        ifNamed(output, ImageFile::checkWritable);
        ifNamed(output, path -> ImageFile.requireOther(path, input));
        ImagePlus where =
                priors == null || priors.isBlank()
                        ? SampleData.open("brain-reference.tif")
                        : ImageFile.openOrFind(priors.strip());
        maps = TissueMapsTool.run(input, where, bias, progress());
        save("Maps", output, path -> ImageFile.save(maps, path));
    }
}

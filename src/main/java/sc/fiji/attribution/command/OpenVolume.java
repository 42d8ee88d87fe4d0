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
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.ImageFile;

/**
 * Opens an image as all commands here read it. ImageJ alone opens no NIfTI, NRRD or MGH, and what
 * else opens them may lose scaling and place.
 */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Open Volume...", weight = 1)
        },
        headless = true)
public class OpenVolume extends ToolCommand {

    @Parameter(
            label = "File",
            style = "open",
            persist = false,
            description = "NIfTI, DICOM (or its folder), NRRD, MetaImage, MGH, Analyze, TIFF, …")
    private String file;

    @Parameter(type = ItemIO.OUTPUT, label = "Image")
    private ImagePlus image;

    @Override
    protected void execute() {
        if (text("file").isEmpty()) {
            throw new OptionException("file: choose an image.");
        }
        image = ImageFile.open(text("file"));
        tellSource(image);
        // The first slice of a volume is mostly empty.
        image.setPosition(1, (image.getNSlices() + 1) / 2, 1);
    }
}

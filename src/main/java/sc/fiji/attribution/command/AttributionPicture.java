/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import java.awt.image.BufferedImage;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.tool.OverlayCommand;
import sc.fiji.attribution.fiji.file.PictureFile;
import sc.fiji.attribution.fiji.overlay.OverlayPicture;

/** A picture of a map for documents: planes through its peak, its strongest slices, a scale. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Attribution Picture...", weight = 20.2)
        },
        headless = true)
public class AttributionPicture extends OverlayCommand {

    @Parameter(
            label = "Slices",
            persist = false,
            min = "1",
            description = "how many at most; the strongest")
    private int slices = 8;

    @Parameter(
            label = "Convention",
            persist = false,
            choices = {"radiological", "neurological"},
            description = "the patient's right, or left, is on the left of the picture")
    private String convention = "radiological";

    @Parameter(
            label = "Save picture as",
            style = "save",
            required = false,
            persist = false,
            description = "PNG file; empty = only show")
    private String output;

    @Parameter(type = ItemIO.OUTPUT, label = "Picture")
    private ImagePlus picture;

    @Override
    protected void execute() {
        ifNamed(output, PictureFile::checkWritable);
        ifNamed(output, this::requireOther);
        BufferedImage drawn =
                OverlayPicture.of(overlay()).slices(slices).convention(convention).draw();
        picture = PictureFile.image(title(), drawn);
        save("Picture", output, path -> PictureFile.save(drawn, path));
    }
}

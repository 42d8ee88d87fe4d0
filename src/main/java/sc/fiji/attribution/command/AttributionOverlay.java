/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.IJ;
import ij.ImagePlus;
import java.awt.GraphicsEnvironment;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.tool.OverlayCommand;
import sc.fiji.attribution.command.view.OverlayView;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.overlay.OverlayImage;

/** A map in colour over the image that it was made of, slice by slice. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Attribution Overlay...", weight = 20)
        },
        headless = true)
public class AttributionOverlay extends OverlayCommand {

    private static final String WINDOW = "window";

    @Parameter(
            label = "Type",
            persist = false,
            choices = {"rgb", "composite", WINDOW},
            description =
                    "mixed colours; two channels with their values; or a window to look at, with"
                            + " opacity, threshold and outline to adjust")
    private String type = "rgb";

    @Parameter(
            label = "Save overlay as",
            style = "save",
            required = false,
            persist = false,
            description = "TIFF file; empty = only show")
    private String output;

    @Parameter(type = ItemIO.OUTPUT, required = false, label = "Overlay")
    private ImagePlus overlay;

    @Override
    protected void execute() {
        if (WINDOW.equals(type)) {
            if (GraphicsEnvironment.isHeadless() || IJ.getInstance() == null) {
                throw new OptionException(
                        "type=window: there is no display; choose rgb or composite.");
            }
            ifNamed(
                    output,
                    path -> {
                        throw new OptionException(
                                "output: a window is not saved; choose type=rgb or composite.");
                    });
            OverlayView.open(overlay());
            return;
        }
        ifNamed(
                output,
                path -> {
                    ImageFile.checkWritable(path, ".tif", ".tiff");
                    requireOther(path);
                });
        overlay = OverlayImage.of(overlay(), OverlayImage.Type.named(type));
        save("Overlay", output, path -> ImageFile.save(overlay, path));
    }
}

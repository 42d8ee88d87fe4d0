/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.tool;

import ij.ImagePlus;
import ij.WindowManager;
import org.scijava.plugin.Parameter;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.OpenImages;
import sc.fiji.attribution.fiji.map.Provenance;
import sc.fiji.attribution.fiji.overlay.Overlay;

/** A command that shows a map over the image that it was made of. */
public abstract class OverlayCommand extends ToolCommand {

    @Parameter(label = "Map", persist = false)
    private ImagePlus map;

    @Parameter(
            label = "Image",
            required = false,
            persist = false,
            autoFill = false,
            description = "that the map was made of")
    private ImagePlus input;

    @Parameter(
            label = "Channel",
            persist = false,
            min = "1",
            description = "of the image, shown in grey")
    private int channel = 1;

    @Parameter(
            label = "Map channel",
            persist = false,
            min = "0",
            description = "0 = the sum of all")
    private int mapchannel;

    @Parameter(
            label = "Percentile",
            persist = false,
            min = "0",
            max = "100",
            description = "of the absolute values, has full colour")
    private double percentile = 99.9;

    @Parameter(
            label = "Limit",
            persist = false,
            min = "0",
            description = "value of full colour; 0 = from the percentile")
    private double limit;

    @Parameter(
            label = "Gamma",
            persist = false,
            min = "0",
            description = "opacity is (|value| / limit) to this power")
    private double gamma = 0.7;

    @Parameter(
            label = "Threshold",
            persist = false,
            min = "0",
            description = "smaller absolute values are not drawn")
    private double threshold;

    /** Looked for once, since it may have to be read. */
    private ImagePlus image;

    /** The active image is either of the two. */
    @Override
    protected void suggest() {
        ImagePlus active = map == null ? WindowManager.getCurrentImage() : map;
        if (active != null && input == null) {
            OpenImages.Pair both = OpenImages.pair(active);
            map = both.map();
            input = both.image().orElse(null);
        }
    }

    /** The two as the inputs say. */
    protected final Overlay overlay() {
        return Overlay.of(image(), map)
                .channel(channel)
                .mapChannel(mapchannel)
                .percentile(percentile)
                .limit(limit)
                .gamma(gamma)
                .threshold(threshold);
    }

    /** Refuses a path on which one of the two lies. */
    protected final void requireOther(String path) {
        ImageFile.requireOther(path, image());
        ImageFile.requireOther(path, map);
    }

    private ImagePlus image() {
        if (image != null) {
            return image;
        }
        image = input == null ? OpenImages.requireSourceOf(map) : input;
        String madeOf = map.getProp(Provenance.IMAGE);
        if (madeOf != null && !madeOf.equals(image.getTitle())) {
            warn("The map was made of '" + madeOf + "', and lies over '" + image.getTitle() + "'.");
        } else if (!Provenance.hasValuesOf(image, map)) {
            warn(
                    "'"
                            + image.getTitle()
                            + "' has other values than the image of that name that the map was made"
                            + " of.");
        }
        return image;
    }
}

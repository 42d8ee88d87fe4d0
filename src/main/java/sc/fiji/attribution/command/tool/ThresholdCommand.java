/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.tool;

import ij.ImagePlus;
import ij.WindowManager;
import org.scijava.plugin.Parameter;
import sc.fiji.attribution.fiji.file.OpenImages;
import sc.fiji.attribution.fiji.region.MapThreshold;

/** A command that asks what of a map is strong. */
public abstract class ThresholdCommand extends ToolCommand {

    @Parameter(label = "Map", persist = false)
    private ImagePlus map;

    @Parameter(
            label = "Sign",
            persist = false,
            choices = {"both", "for", "against"},
            description = "of evidence that counts")
    private String sign = "both";

    @Parameter(
            label = "Percentile",
            persist = false,
            min = "0",
            max = "100",
            description = "of the absolute values that are not zero: smaller ones do not count")
    private double percentile = 99;

    @Parameter(
            label = "Threshold",
            persist = false,
            min = "0",
            description = "an absolute value instead; 0 = from the percentile")
    private double threshold;

    /** The active image may be what the map was made of. */
    @Override
    protected void suggest() {
        ImagePlus active = map == null ? WindowManager.getCurrentImage() : map;
        if (active != null) {
            map = OpenImages.isMap(active) ? active : OpenImages.mapFor(active).orElse(active);
        }
    }

    protected final ImagePlus map() {
        return map;
    }

    protected final MapThreshold strong() {
        if (threshold == 0 && percentile > 0 && percentile < 1) {
            warn(
                    "percentile="
                            + percentile
                            + " leaves nearly all; 99 leaves the strongest hundredth.");
        }
        return MapThreshold.of(map, percentile, threshold, MapThreshold.Sign.named(sign));
    }
}

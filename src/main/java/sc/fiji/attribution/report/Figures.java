/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import ij.ImagePlus;
import sc.fiji.attribution.cohort.run.Cohort;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.overlay.Overlay;
import sc.fiji.attribution.fiji.overlay.OverlayPicture;

/** Rows of slices of maps over a subject's image. */
record Figures(Cohort cohort) {

    /** The image of the first subject on the grid of a group's map, in one channel. */
    ImagePlus background(ImagePlus grid) {
        for (Cohort.Member member : cohort.asked()) {
            try {
                ImagePlus image =
                        ImageFile.open(
                                member.subject().images().values().iterator().next().toString());
                if (ImageGeometry.sameGrid(image, grid)) {
                    return image;
                }
            } catch (AttributionException e) {
                continue; // it was there when the maps were made; the next will do
            }
        }
        return null;
    }

    /** A map over an image, with the name of its file below. */
    String over(ImagePlus background, ImagePlus map, boolean argues, String title, String file) {
        return new StringBuilder("<figure>")
                .append(
                        Volumes.picture(
                                OverlayPicture.of(Overlay.of(background, map))
                                        .slices(6)
                                        .argues(argues)
                                        .caption(title)
                                        .draw(),
                                title))
                .append(Html.tag("figcaption", title + " (" + file + ")"))
                .append("</figure>\n")
                .toString();
    }
}

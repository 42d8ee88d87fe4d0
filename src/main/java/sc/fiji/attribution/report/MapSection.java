/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import ij.ImagePlus;
import java.util.LinkedHashMap;
import java.util.Map;
import sc.fiji.attribution.cohort.run.Cohort;
import sc.fiji.attribution.cohort.run.CohortResult;
import sc.fiji.attribution.fiji.file.ImageFile;

/** Groups' maps, as rows of slices and to look around in. */
final class MapSection {

    private final CohortResult result;
    private final Cohort cohort;
    private final Figures figures;
    private final StringBuilder page = new StringBuilder();

    private MapSection(CohortResult result) {
        this.result = result;
        this.cohort = result.cohort();
        this.figures = new Figures(result.cohort());
    }

    static String of(CohortResult result) {
        MapSection section = new MapSection(result);
        section.maps();
        return section.page.toString();
    }

    private void maps() {
        page.append(Html.tag("h2", "Maps over subjects"));
        result.notes().forEach(note -> page.append(Html.tag("p", note)));
        if (result.images().isEmpty()) {
            return;
        }
        page.append(
                Html.tag(
                        "p",
                        red()
                                + ", over the first subject's image. Maps are "
                                + (cohort.settings().normalise()
                                        ? "divided by their total absolute value each."
                                        : "signed and not scaled.")
                                + " Differences and t are those of the first group named minus"
                                + " the second."));
        ImagePlus background = first();
        Map<String, ImagePlus> shown = new LinkedHashMap<>();
        for (Map.Entry<String, String> image : result.images().entrySet()) {
            String title = image.getKey();
            boolean p = title.matches(".*, p( of TFCE)?");
            if (p || title.endsWith(", standard deviation")) {
                continue;
            }
            ImagePlus map =
                    ImageFile.open(result.folder().path().resolve(image.getValue()).toString());
            shown.put(title, map);
            if (background != null) {
                boolean argues =
                        !cohort.outcome().isNumber() && !title.matches(".*, (difference|t)");
                page.append(figures.over(background, map, argues, title, image.getValue()));
            }
        }
        if (background != null) {
            page.append(Html.tag("h3", "Look around"));
            page.append(Volumes.viewer(background, shown, result.atlas(background)));
        }
    }

    private String red() {
        return cohort.outcome().isNumber()
                ? "Red raises " + cohort.classes().get(0) + ", blue lowers it"
                : "Red argues for the target, blue against it";
    }

    private ImagePlus first() {
        return figures.background(
                ImageFile.open(
                        result.folder()
                                .path()
                                .resolve(result.images().values().iterator().next())
                                .toString()));
    }
}

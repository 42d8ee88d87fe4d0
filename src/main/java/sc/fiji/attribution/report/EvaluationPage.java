/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * Whether the maps can be believed: the page of {@code Compare Methods...}, where it was saved into
 * the run's folder. It is a run of its own, since it asks the network thousands of times for each
 * image, and a cohort has many.
 */
final class EvaluationPage {

    static final String PICTURE = "evaluation.png";
    static final String TABLE = "evaluation.csv";

    private EvaluationPage() {}

    /** A section, or how to come to one. */
    static String in(Path folder) {
        StringBuilder page = new StringBuilder(Html.tag("h2", "Can these maps be believed?"));
        BufferedImage picture = read(folder.resolve(PICTURE));
        if (picture == null) {
            return page.append(
                            Html.tag(
                                    "p",
                                    "Methods were not compared on this network. Run Compare"
                                            + " Methods... on some of the subjects with the picture"
                                            + " saved as "
                                            + PICTURE
                                            + " and the table as "
                                            + TABLE
                                            + " in this folder, and the cohort once more: what is"
                                            + " done is not done again."))
                    .toString();
        }
        page.append("<figure><div class=\"scroll wide\">")
                .append(Volumes.picture(picture, "methods by metrics"))
                .append("</div>");
        page.append("<figcaption>").append(PICTURE);
        if (Files.isRegularFile(folder.resolve(TABLE))) {
            page.append(", <a href=\"").append(TABLE).append("\">").append(TABLE).append("</a>");
        }
        return page.append("</figcaption></figure>\n").toString();
    }

    private static BufferedImage read(Path file) {
        try {
            return Files.isRegularFile(file) ? ImageIO.read(file.toFile()) : null;
        } catch (IOException e) {
            return null; // a picture that cannot be read is as good as none
        }
    }
}

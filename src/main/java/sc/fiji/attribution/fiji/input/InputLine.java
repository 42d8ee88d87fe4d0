/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.model.ModelSpec;

/** What goes into a model, in one line. */
record InputLine(ModelSpec spec, ColourFit colours) {

    /**
     * See {@link ModelInput#summary}.
     *
     * @param range of the image's values
     */
    String of(ImageRange range, boolean resampled) {
        ImageView view = colours.view();
        int frames = view.size('t');
        boolean own = spec.parts().stream().anyMatch(InputPart::hasOwnGrid);
        StringBuilder line =
                new StringBuilder(own ? ownGrids() : "image " + ModelFit.extents(view));
        int channels = (int) IntStream.range(0, view.size('c')).filter(this::isOfImage).count();
        line.append(", ").append(ModelFit.count(channels, "channel"));
        if (frames > 1) {
            line.append(", ").append(ModelFit.count(frames, "frame"));
        }
        range.text().ifPresent(text -> line.append(", ").append(text));
        line.append(" → model ").append(spec.axes()).append(' ');
        String separator = "";
        for (char axis : spec.axes().order().toCharArray()) {
            if ("xyz".indexOf(axis) >= 0) {
                line.append(separator).append(spec.extent(axis, view.size(axis)));
                separator = "×";
            }
        }
        if (resampled) {
            line.append(", resampled");
        }
        if (colours.repeats() > 1) {
            line.append(", grey in ").append(colours.repeats()).append(" channels");
        } else if (!colours.names().isEmpty()) {
            line.append(", channels ").append(String.join(" ", colours.names()));
        }
        if (!spec.parts().isEmpty()) {
            line.append(", inputs ")
                    .append(
                            spec.parts().stream()
                                    .map(ModelInput::described)
                                    .collect(Collectors.joining(", ")));
        }
        if (!spec.description().input().steps().isEmpty()) {
            line.append(", pre-processed");
        }
        ModelFit.otherOrder(spec, view)
                .ifPresent(
                        other ->
                                line.append("; its order of axes is assumed: say axes=")
                                        .append(other)
                                        .append(" if it was trained on arrays with x first, as")
                                        .append(" nibabel's"));
        return line.toString();
    }

    /** Images of different extents, with those in the order of an image's. */
    private String ownGrids() {
        List<String> images = new ArrayList<>();
        for (InputPart part : spec.parts()) {
            if (part.isImage()) {
                String extents = "";
                for (char axis : new char[] {'x', 'y', 'z'}) {
                    int extent = part.extent(spec.axes(), axis, 1);
                    boolean plane = axis == 'z' && extent == 1;
                    extents += plane ? "" : (axis == 'x' ? "" : "×") + extent;
                }
                images.add(part.name() + " " + extents);
            }
        }
        return "images " + String.join(", ", images);
    }

    private boolean isOfImage(int channel) {
        List<InputPart> parts = spec.parts();
        return parts.isEmpty() || parts.stream().anyMatch(p -> p.isImage() && p.holds(channel));
    }
}

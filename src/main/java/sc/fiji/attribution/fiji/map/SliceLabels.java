/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import ij.ImagePlus;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** The slice labels of an image, for other images on its grid. */
public record SliceLabels(ImagePlus image) {

    private static final Pattern CHANNEL = Pattern.compile("c:\\d+/\\d+ ");

    /**
     * The label of one slice, with all its lines.
     *
     * @param channel from 0
     * @param slice from 0
     * @param frame from 0
     * @return null where it has none
     */
    public String of(int channel, int slice, int frame) {
        // A single plane keeps its label in a property; its stack would make up another.
        return image.hasImageStack()
                ? image.getStack()
                        .getSliceLabel(image.getStackIndex(channel + 1, slice + 1, frame + 1))
                : image.getProp("Slice_Label");
    }

    /**
     * The label of all channels together at one position: the first line of each, said once where
     * they agree but for the channel's number, which is left out. Numbers that differ count the
     * planes of the stack and say nothing of the position.
     */
    String ofAllChannels(int slice, int frame) {
        if (image.getNChannels() == 1) {
            return of(0, slice, frame);
        }
        Set<String> labels = new LinkedHashSet<>();
        for (int c = 0; c < image.getNChannels(); c++) {
            String label = of(c, slice, frame);
            if (label != null && !label.isBlank()) {
                String line = firstLine(label);
                labels.add(line.contains("c:") ? CHANNEL.matcher(line).replaceFirst("") : line);
            }
        }
        return labels.isEmpty() || labels.size() > 1 && areNumbers(labels)
                ? null
                : String.join(" + ", labels);
    }

    private static String firstLine(String text) {
        int end = 0;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        return text.substring(0, end);
    }

    private static boolean areNumbers(Set<String> texts) {
        for (String text : texts) {
            if (text.isEmpty()) {
                return false;
            }
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                    return false;
                }
            }
        }
        return true;
    }
}

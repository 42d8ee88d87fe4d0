/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.List;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.Pace;
import sc.fiji.attribution.method.ScoreSweep;

/** Sends the whole image through the network for each box. */
public final class PlainBoxScores implements BoxScores {

    private final ScoreSweep sweep;
    private final Replacement replacement;

    public PlainBoxScores(ScoreSweep sweep, Replacement replacement) {
        this.sweep = sweep;
        this.replacement = replacement;
    }

    @Override
    public void score(List<Box> boxes, Pace pace, Sink sink) {
        Tensor image = replacement.image();
        int[] start = new int[image.axes().spatial().length()];
        sweep.run(
                boxes.size(),
                pace,
                (index, batch, k) -> {
                    int offset = k * image.length();
                    System.arraycopy(image.data(), 0, batch.data(), offset, image.length());
                    replacement.replace(boxes.get(index), batch, k, start);
                },
                (index, score, k) -> sink.accept(index, score));
    }
}

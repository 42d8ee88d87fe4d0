/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.List;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.ScoreSweep;
import sc.fiji.attribution.method.Space;

/** Sends the whole image through the network for each box. */
final class PlainBoxScores implements BoxScores {

    private final ScoreSweep sweep;
    private final Tensor input;
    private final Tensor fill;
    private final Space space;
    private final int[] offsets;
    private final int[] groupOfChannel;

    /**
     * @param fill what boxes are replaced by, of the input's shape
     */
    PlainBoxScores(ScoreSweep sweep, Tensor input, Tensor fill, ChannelGroups groups) {
        this.sweep = sweep;
        this.input = input;
        this.fill = fill;
        this.space = Space.of(input);
        this.offsets = space.offsets(input);
        this.groupOfChannel = groups.of();
    }

    @Override
    public void score(List<Box> boxes, Sink sink) {
        sweep.run(
                boxes.size(),
                (index, data, offset) -> write(boxes.get(index), data, offset),
                (index, score, offset) -> sink.accept(index, score));
    }

    private void write(Box box, float[] data, int offset) {
        System.arraycopy(input.data(), 0, data, offset, input.length());
        int stride = input.stride('c');
        box.forEach(
                space,
                position -> {
                    for (int c = 0; c < groupOfChannel.length; c++) {
                        if (groupOfChannel[c] == box.group()) {
                            int i = offsets[position] + c * stride;
                            data[offset + i] = fill.data()[i];
                        }
                    }
                });
    }
}

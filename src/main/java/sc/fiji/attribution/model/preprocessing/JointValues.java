/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.preprocessing;

import java.util.List;
import sc.fiji.attribution.core.Tensor;

/**
 * The values of a tensor in groups: those that differ only in their position along the joint axes
 * stand in one group. The images of a batch never share one.
 */
final class JointValues {

    private final List<Tensor.Along> apart;
    private final int groups;

    /**
     * @param joint letters of the joint axes
     */
    JointValues(Tensor tensor, String joint) {
        StringBuilder letters = new StringBuilder();
        for (char axis : tensor.axes().order().toCharArray()) {
            if (axis == 'b' || joint.indexOf(axis) < 0) {
                letters.append(axis);
            }
        }
        this.apart = tensor.along(letters.toString());
        this.groups = apart.stream().mapToInt(Tensor.Along::size).reduce(1, (a, b) -> a * b);
    }

    int groups() {
        return groups;
    }

    /** The group of the value at that position of the data, from 0. */
    int group(int position) {
        int group = 0;
        for (Tensor.Along axis : apart) {
            group = group * axis.size() + axis.place(position);
        }
        return group;
    }

    /** The values of each group, in new arrays. */
    float[][] collect(Tensor tensor) {
        float[][] values = new float[groups][tensor.length() / groups];
        int[] next = new int[groups];
        for (int i = 0; i < tensor.length(); i++) {
            int group = group(i);
            values[group][next[group]++] = tensor.data()[i];
        }
        return values;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import java.util.List;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;

/** Maps of several classes as one with a channel for each. */
public final class ClassChannels {

    private ClassChannels() {}

    /**
     * @param maps one for each class, on one grid, in any order of axes
     * @return {@code bczyx}: each map's sum over its own channels
     */
    public static Tensor of(List<Tensor> maps) {
        Tensor first = maps.get(0);
        int depth = first.size('z');
        int height = first.size('y');
        int width = first.size('x');
        Tensor all = Tensor.zeros(new Axes("bczyx"), 1, maps.size(), depth, height, width);
        for (int i = 0; i < all.length(); i++) {
            Tensor map = maps.get(i / all.stride('c'));
            int z = i / all.stride('z') % depth;
            int y = i / all.stride('y') % height;
            int from = z * map.stride('z') + y * map.stride('y') + i % width * map.stride('x');
            double sum = 0;
            for (int c = 0; c < map.size('c'); c++) {
                sum += map.data()[from + c * map.stride('c')];
            }
            all.data()[i] = (float) sum;
        }
        return all;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import sc.fiji.attribution.core.Tensor;

/** An image of which whole boxes are replaced, in a group of channels. */
final class Occluded implements Replacement {

    private final Tensor image;
    private final Tensor fill;
    private final ChannelGroups groups;
    private int group = -1;
    private Tensor replaced;

    /**
     * @param image batch 1
     * @param fill what boxes are replaced by, of the image's shape
     * @param groups which channels a box replaces
     */
    Occluded(Tensor image, Tensor fill, ChannelGroups groups) {
        this.image = image;
        this.fill = fill;
        this.groups = groups;
    }

    @Override
    public Tensor image() {
        return image;
    }

    /** The image with a group of channels replaced everywhere. The last one asked for is kept. */
    private Tensor replaced(int wanted) {
        if (wanted != group) {
            group = wanted;
            replaced = Tensor.zerosLike(image);
            Tensor.Along channels = image.along('c');
            for (int i = 0; i < image.length(); i++) {
                boolean changed = groups.of()[channels.place(i)] == wanted;
                replaced.data()[i] = changed ? fill.data()[i] : image.data()[i];
            }
        }
        return replaced;
    }

    @Override
    public void replace(Box box, Tensor crops, int k, int[] start) {
        int n = start.length;
        int[] from = new int[n];
        int[] to = new int[n];
        int[] size = new int[n];
        String axes = image.axes().spatial();
        for (int a = 0; a < n; a++) {
            from[a] = Math.max(box.from()[a], start[a]);
            to[a] = from[a] - start[a];
            int end = Math.min(box.to()[a], start[a] + crops.size(axes.charAt(a)));
            size[a] = Math.max(0, end - from[a]);
        }
        Patches.copy(replaced(box.group()), 0, from, crops, k, to, size);
    }
}

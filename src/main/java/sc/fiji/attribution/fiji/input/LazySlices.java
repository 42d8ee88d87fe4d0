/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import java.lang.ref.SoftReference;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import net.imglib2.img.basictypeaccess.array.FloatArray;

/** Makes a slice when it is asked for, and keeps it while there is memory. */
final class LazySlices extends AbstractList<FloatArray> {

    private final ImageView view;
    private final List<SoftReference<FloatArray>> read = new ArrayList<>();

    LazySlices(ImageView view) {
        this.view = view;
        int count = view.size('c') * view.size('z') * view.size('t');
        for (int i = 0; i < count; i++) {
            read.add(new SoftReference<>(null));
        }
    }

    @Override
    public synchronized FloatArray get(int index) {
        FloatArray slice = read.get(index).get();
        if (slice == null) {
            int c = view.size('c');
            int z = view.size('z');
            slice = new FloatArray(view.slice(index % c, index / c % z, index / c / z));
            read.set(index, new SoftReference<>(slice));
        }
        return slice;
    }

    @Override
    public int size() {
        return read.size();
    }
}

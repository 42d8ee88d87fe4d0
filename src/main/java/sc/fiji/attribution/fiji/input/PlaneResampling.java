/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import sc.fiji.attribution.core.grid.AxisResampling;

/**
 * Resamples planes along both of their axes, x fastest. What stands between the two steps is kept
 * by each thread for its next plane: new memory takes longer than the sums.
 */
final class PlaneResampling {

    private final AxisResampling alongX;
    private final AxisResampling alongY;
    private final boolean xFirst;
    private final ThreadLocal<float[]> between;

    /**
     * @param xFirst whether it goes along x before it goes along y
     */
    PlaneResampling(AxisResampling alongX, AxisResampling alongY, boolean xFirst) {
        this.alongX = alongX;
        this.alongY = alongY;
        this.xFirst = xFirst;
        int size =
                xFirst ? alongX.targets() * alongY.sources() : alongX.sources() * alongY.targets();
        this.between = ThreadLocal.withInitial(() -> new float[size]);
    }

    /** Whether a plane stays as it is. */
    boolean isNone() {
        return isNone(alongX) && isNone(alongY);
    }

    private static boolean isNone(AxisResampling resampling) {
        return resampling.sources() == resampling.targets();
    }

    void apply(float[] plane, float[] to) {
        if (isNone(alongX)) {
            along(alongY, alongX.sources(), plane, to);
        } else if (isNone(alongY)) {
            alongX.alongRows(plane, 0, to, 0, alongY.sources());
        } else if (xFirst) {
            alongX.alongRows(plane, 0, between.get(), 0, alongY.sources());
            along(alongY, alongX.targets(), between.get(), to);
        } else {
            along(alongY, alongX.sources(), plane, between.get());
            alongX.alongRows(between.get(), 0, to, 0, alongY.targets());
        }
    }

    private static void along(AxisResampling y, int width, float[] from, float[] to) {
        for (int i = 0; i < y.targets(); i++) {
            y.place(i, from, 0, width, to, i * width, width);
        }
    }
}

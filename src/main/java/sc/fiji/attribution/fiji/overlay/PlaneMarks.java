/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.Shape;

/** What stands on a plane: where it lies, what lies where in it, and the peak. */
record PlaneMarks(Lettering lettering) {

    private static final Color TEXT = new Color(0xe6e6e6);
    private static final Color CROSS = new Color(0xf2c230);

    /** A cross at the peak, open in the middle, where that is to be seen. */
    void cross(int x, int y, Rectangle plane) {
        Graphics2D graphics = lettering.graphics();
        graphics.setColor(CROSS);
        Shape whole = graphics.getClip();
        graphics.setClip(plane);
        int near = lettering.size();
        int far = 5 * near / 2;
        for (int side : new int[] {-1, 1}) {
            graphics.drawLine(x + side * far, y, x + side * near, y);
            graphics.drawLine(x, y + side * far, x, y + side * near);
        }
        graphics.setClip(whole);
    }

    /** Its place, in the lower left corner. */
    void place(String text, int x, int bottom) {
        new Lettering(lettering.graphics(), Math.round(lettering.size() * 0.85f))
                .edged(text, x + 5, bottom - 6, TEXT);
    }

    /** What lies to the left, to the right and above, where that is known. */
    void sides(PlaneView view, Rectangle plane) {
        if (view.marks().isEmpty()) {
            return;
        }
        int size = lettering.size();
        int half = size / 3;
        int middle = plane.y + plane.height / 2 + half;
        lettering.edged(view.marks().get(0), plane.x + 4, middle, TEXT);
        lettering.edged(view.marks().get(1), plane.x + plane.width - size, middle, TEXT);
        lettering.edged(
                view.marks().get(2), plane.x + plane.width / 2 - half, plane.y + size + 2, TEXT);
    }
}

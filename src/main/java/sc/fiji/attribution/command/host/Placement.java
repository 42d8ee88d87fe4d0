/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.host;

import static java.util.Collections.nCopies;

import ij.IJ;
import java.awt.Frame;
import java.awt.GraphicsEnvironment;
import java.awt.Rectangle;
import java.awt.Window;
import java.util.Arrays;
import java.util.List;

/** Where a new window hides as little as possible of those that are there. */
public final class Placement {

    private static final int STEP = 40;

    private Placement() {}

    /** Moves a window, unless it hides nothing where it is and lies on the screen. */
    public static void place(Window window) {
        List<Rectangle> others =
                Arrays.stream(Window.getWindows())
                        .filter(each -> each instanceof Frame && each.isShowing() && each != window)
                        // The menus are what is needed next.
                        .flatMap(each -> nCopies(each == IJ.getInstance() ? 9 : 1, each).stream())
                        .map(Window::getBounds)
                        .toList();
        Rectangle screen =
                GraphicsEnvironment.getLocalGraphicsEnvironment().getMaximumWindowBounds();
        Rectangle best = best(window.getBounds(), others, screen);
        window.setLocation(best.x, best.y);
    }

    /**
     * The place on the screen with the smallest hidden area; of equal ones the present place, or
     * else the one nearest to the top left. What is larger than the screen begins at its corner.
     */
    static Rectangle best(Rectangle window, List<Rectangle> others, Rectangle screen) {
        int left = Math.min(window.x, screen.x + screen.width - window.width);
        int top = Math.min(window.y, screen.y + screen.height - window.height);
        Rectangle best =
                new Rectangle(
                        Math.max(screen.x, left),
                        Math.max(screen.y, top),
                        window.width,
                        window.height);
        long least = hidden(best, others);
        for (int y = screen.y; y + window.height <= screen.y + screen.height; y += STEP) {
            for (int x = screen.x; x + window.width <= screen.x + screen.width; x += STEP) {
                Rectangle place = new Rectangle(x, y, window.width, window.height);
                long hidden = hidden(place, others);
                if (hidden < least) {
                    least = hidden;
                    best = place;
                }
            }
        }
        return best;
    }

    private static long hidden(Rectangle place, List<Rectangle> others) {
        long area = 0;
        for (Rectangle other : others) {
            Rectangle common = place.intersection(other);
            area += common.isEmpty() ? 0 : (long) common.width * common.height;
        }
        return area;
    }
}

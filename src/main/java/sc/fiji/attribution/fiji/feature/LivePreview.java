/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.feature;

import ij.ImagePlus;
import java.util.Locale;

/**
 * A window with an image that changes while it is computed. Whoever closes the window looks no
 * longer; the computation goes on.
 */
public final class LivePreview implements FoundImage.Viewer, AutoCloseable {

    private ImagePlus shown;
    private boolean closed;

    @Override
    public void show(ImagePlus image, int iteration, double score) {
        if (closed) {
            return;
        }
        image.setTitle(String.format(Locale.ROOT, "Iteration %d, score %.4g", iteration, score));
        if (shown == null) {
            image.show();
            image.setSlice(image.getStackIndex(1, (image.getNSlices() + 1) / 2, 1));
            shown = image;
        } else if (image.getWindow() == null) {
            closed = true;
        } else {
            image.updateAndDraw();
        }
    }

    /** Closes the window. */
    @Override
    public void close() {
        closed = true;
        if (shown != null) {
            shown.changes = false;
            shown.close();
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import java.util.Locale;
import sc.fiji.attribution.core.ImageException;

/** Counts the values of a frame that are no numbers. */
final class FiniteValues {

    private FiniteValues() {}

    /** See {@link ImageView#requireFinite}. */
    static void require(ImageView view, int frame, String title) {
        long count = 0;
        String first = null;
        for (int z = 0; z < view.size('z'); z++) {
            for (int c = 0; c < view.size('c'); c++) {
                float[] values = view.slice(c, z, frame);
                for (int i = 0; i < values.length; i++) {
                    if (!Float.isFinite(values[i]) && count++ == 0) {
                        first =
                                String.format(
                                        Locale.ROOT,
                                        "x=%d, y=%d in channel %d, slice %d, frame %d",
                                        i % view.size('x'),
                                        i / view.size('x'),
                                        c + 1,
                                        z + 1,
                                        frame + 1);
                    }
                }
            }
        }
        if (count > 0) {
            throw new ImageException(
                    "Image '"
                            + title
                            + "': "
                            + count
                            + (count == 1 ? " pixel is" : " pixels are")
                            + " NaN or infinite, first "
                            + first
                            + ": replace them, for example by zero with Process > Math > Macro..."
                            + " and the code 'if (isNaN(v) || abs(v)>1e38) v=0'.");
        }
    }
}

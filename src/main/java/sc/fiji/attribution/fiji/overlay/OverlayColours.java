/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import sc.fiji.attribution.fiji.map.DivergingLut;

/**
 * Colour and opacity of a map's values over a grey picture.
 *
 * @param limit absolute value of full colour and opacity
 * @param gamma opacity is the fraction of the limit to this power
 * @param opacity of the strongest, 0 to 1
 * @param threshold smaller absolute values are not drawn
 */
record OverlayColours(double limit, double gamma, double opacity, double threshold) {

    /** Some grey stays, so that the anatomy is seen under the strongest values too. */
    static final double MOST_OPAQUE = 0.92;

    /** White would outshine the colours. */
    private static final double BRIGHTEST = 0.85;

    /** Part of the lookup table where its colours are bright enough to tell the sign. */
    private static final double FIRST_COLOUR = 0.5;

    /**
     * Mixes a value's colour into a grey.
     *
     * @param grey 0 to 1
     * @return {@code 0xRRGGBB}
     */
    int mix(double grey, double value) {
        double amount = Math.abs(value) < threshold ? 0 : Math.min(1, Math.abs(value) / limit);
        double opaque = amount == 0 ? 0 : opacity * Math.pow(amount, gamma);
        double position = FIRST_COLOUR + (1 - FIRST_COLOUR) * amount;
        int colour = DivergingLut.DARK.rgb(value < 0 ? -position : position);
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double component =
                    (1 - opaque) * 255 * BRIGHTEST * grey + opaque * (colour >> shift & 0xff);
            rgb |= (int) Math.round(component) << shift;
        }
        return rgb;
    }
}

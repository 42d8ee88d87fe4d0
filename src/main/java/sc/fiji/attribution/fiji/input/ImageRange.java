/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Optional;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.Span;
import sc.fiji.attribution.model.ModelSpec;

/** Least and largest value of an image's slices that were noted so far. */
final class ImageRange {

    private final ModelSpec spec;
    private final ImageView view;
    private final Optional<Span> possible;
    private Span span = Span.NONE;

    ImageRange(ModelSpec spec, ImageView view) {
        this.spec = spec;
        this.view = view;
        this.possible = view.possible();
    }

    private boolean isEmpty() {
        return span.low() > span.high();
    }

    /** Of the slices that were noted. */
    Span span() {
        return span;
    }

    /** For people, of all frames where none was noted yet; empty where no value is the image's. */
    Optional<String> text() {
        if (isEmpty()) {
            for (int frame = 0; frame < view.size('t'); frame++) {
                noteAll(frame);
            }
        }
        return isEmpty()
                ? Optional.empty()
                : Optional.of(number(span.low()) + '…' + number(span.high()));
    }

    private void noteAll(int frame) {
        for (int z = 0; z < view.size('z'); z++) {
            for (int c = 0; c < view.size('c'); c++) {
                note(c, z, view.slice(c, z, frame));
            }
        }
    }

    /**
     * Numbers beside images are no values of an image, and neither is what surrounds a small one.
     */
    void note(int channel, int slice, float[] values) {
        if (possible.isPresent() && span.and(possible.get()).equals(span)) {
            return; // what is stored can go no farther
        }
        int width = view.size('x');
        int height = view.size('y');
        for (InputPart part : spec.parts()) {
            if (part.holds(channel)) {
                boolean there = slice < part.extent(spec.axes(), 'z', view.size('z'));
                width = part.isImage() && there ? part.extent(spec.axes(), 'x', width) : 0;
                height = part.extent(spec.axes(), 'y', height);
            }
        }
        int row = view.size('x');
        Span of = Span.NONE;
        if (width == row) {
            of = of.and(values, 0, height * row);
        }
        for (int y = 0; y < height && width < row; y++) {
            of = of.and(values, y * row, y * row + width);
        }
        add(of);
    }

    /** Slices may be noted at once. */
    private synchronized void add(Span of) {
        span = span.and(of);
    }

    /** Whether all values of the slices that were noted are known to be finite numbers. */
    boolean isOfNumbers() {
        return spec.parts().isEmpty() && span.numbers();
    }

    /** At most five digits, without needless zeros. */
    static String number(float value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(5)).stripTrailingZeros();
        return Math.abs(value) < 1e9 ? rounded.toPlainString() : rounded.toString();
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.VirtualStack;
import ij.measure.Calibration;
import ij.plugin.filter.ImageMath;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import ij.process.LUT;
import java.util.ArrayList;
import java.util.List;
import net.imglib2.Cursor;
import net.imglib2.RandomAccess;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.view.Views;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.fiji.Specimens;

public class ImageViewTest {

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 32})
    void everyPositionOfAHyperstackHasItsValue(int bits) {
        ImagePlus image = Specimens.numbered(bits, 5, 4, 2, 3, 2);
        ImageView view = ImageView.of(image);
        checkNumbers(view.pixels(), 0);
        checkSlices(view, image, 0);
    }

    @Test
    void floatPixelsAreNotCopied() {
        ImagePlus image = Specimens.numbered(32, 5, 4, 1, 3, 1);
        RandomAccessibleInterval<FloatType> pixels = ImageView.of(image).pixels();
        float[] plane = (float[]) image.getStack().getPixels(2);
        plane[7] = -5;
        assertEquals(-5, pixels.getAt(2, 1, 0, 1, 0).get());
        assertSame(plane, ImageView.of(image).slice(0, 1, 0));
    }

    @Test
    void singlePlaneHasFiveDimensionsToo() {
        ImagePlus image = new ImagePlus("plane", new FloatProcessor(3, 2, new float[6]));
        assertEquals(5, ImageView.of(image).pixels().numDimensions());
        assertEquals(
                2, Views.dropSingletonDimensions(ImageView.of(image).pixels()).numDimensions());
    }

    @Test
    void signedSixteenBitIsReadThroughItsCalibration() {
        ImagePlus image = Specimens.image(16, 5, 4, 1, 3, 1, p -> 32768 - 40 + Specimens.number(p));
        Calibration calibration = image.getCalibration();
        calibration.setSigned16BitCalibration();
        ImageView view = ImageView.of(image);
        checkNumbers(view.pixels(), -40);
        checkSlices(view, image, -40);
        assertEquals(-40, image.getProcessor().getPixelValue(0, 0), "ImageJ's own reading");
    }

    @Test
    void eightBitDensityCalibrationAndColourTable() {
        ImagePlus image = Specimens.numbered(8, 5, 4, 1, 2, 1);
        image.getCalibration()
                .setFunction(Calibration.STRAIGHT_LINE, new double[] {-1.5, 0.25}, "OD");
        image.setLut(LUT.createLutFromColor(java.awt.Color.RED));
        ImageView view = ImageView.of(image);
        for (int[] p : new int[][] {{0, 0, 0, 0, 0}, {4, 3, 0, 1, 0}}) {
            double expected = -1.5 + 0.25 * Specimens.number(p);
            assertEquals(expected, view.pixels().getAt(p[0], p[1], p[2], p[3], p[4]).get());
            assertEquals(expected, view.slice(0, p[3], 0)[p[0] + 5 * p[1]]);
        }
    }

    @Test
    void virtualStackIsReadSliceBySliceWhenNeeded() {
        ImagePlus source = Specimens.numbered(16, 5, 4, 2, 3, 2);
        List<Integer> read = new ArrayList<>();
        VirtualStack stack =
                new VirtualStack(5, 4, 12) {
                    @Override
                    public ImageProcessor getProcessor(int n) {
                        read.add(n);
                        return source.getStack().getProcessor(n);
                    }
                };
        stack.setBitDepth(16);
        ImagePlus image = new ImagePlus("virtual", stack);
        image.setDimensions(2, 3, 2);
        ImageView view = ImageView.of(image);
        RandomAccessibleInterval<FloatType> pixels = view.pixels();
        read.clear();
        RandomAccess<FloatType> access = pixels.randomAccess();
        assertEquals(
                Specimens.number(new int[] {1, 2, 1, 2, 1}),
                access.setPositionAndGet(1, 2, 1, 2, 1).get());
        assertTrue(read.stream().allMatch(n -> n == 12 || n == 1), "read only " + read);
        checkNumbers(pixels, 0);
        checkSlices(view, source, 0);
    }

    @Test
    void refusesWhatIsNoGreyImage() {
        assertMessage(() -> ImageView.of(null), "No image");
        assertMessage(() -> ImageView.of(new ImagePlus()), "no pixels", "check the path");
        ImagePlus rgb = new ImagePlus("photo", new ColorProcessor(4, 4));
        assertMessage(() -> ImageView.of(rgb), "photo", "RGB", "32-bit");
    }

    @Test
    void notANumberIsNamedAndTheAdviceMendsIt() {
        ImagePlus image = Specimens.numbered(32, 5, 4, 2, 3, 2);
        ImageProcessor third = image.getStack().getProcessor(image.getStackIndex(2, 3, 2));
        third.setf(4, 1, Float.NaN);
        third.setf(0, 2, Float.NEGATIVE_INFINITY);
        ImageView view = ImageView.of(image);
        view.requireFinite(0);
        assertMessage(
                () -> view.requireFinite(1),
                "2 pixels are NaN",
                "x=4, y=1 in channel 2, slice 3, frame 2",
                "if (isNaN(v) || abs(v)>1e38) v=0");
        ImageMath.applyMacro(third, "if (isNaN(v) || abs(v)>1e38) v=0", false);
        view.requireFinite(1);
    }

    public static void assertMessage(Runnable action, String... parts) {
        AttributionException e = assertThrows(AttributionException.class, action::run);
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }

    private static void checkNumbers(RandomAccessibleInterval<FloatType> pixels, double offset) {
        Cursor<FloatType> cursor = pixels.localizingCursor();
        int[] position = new int[5];
        while (cursor.hasNext()) {
            cursor.fwd();
            cursor.localize(position);
            assertEquals(Specimens.number(position) + offset, cursor.get().get());
        }
    }

    private static void checkSlices(ImageView view, ImagePlus image, double offset) {
        for (int t = 0; t < image.getNFrames(); t++) {
            for (int z = 0; z < image.getNSlices(); z++) {
                for (int c = 0; c < image.getNChannels(); c++) {
                    float[] slice = view.slice(c, z, t);
                    for (int i = 0; i < slice.length; i++) {
                        int w = image.getWidth();
                        int[] p = {i % w, i / w, c, z, t};
                        assertEquals(Specimens.number(p) + offset, slice[i]);
                    }
                }
            }
        }
    }

    /** As Bio-Formats' do: signed values with an offset and a function, a depth of 0 bits. */
    @Test
    void virtualStackThatReportsNoDepth() {
        VirtualStack stack =
                new VirtualStack(2, 1, 1) {
                    @Override
                    public ij.process.ImageProcessor getProcessor(int n) {
                        return new ij.process.ShortProcessor(
                                2, 1, new short[] {(short) 32768, (short) 32765}, null);
                    }

                    @Override
                    public int getBitDepth() {
                        return 0;
                    }
                };
        ImagePlus image = new ImagePlus("virtual", stack);
        image.getCalibration().setSigned16BitCalibration();
        assertEquals(ImagePlus.GRAY16, image.getType());
        assertArrayEquals(new float[] {0, -3}, ImageView.of(image).slice(0, 0, 0));
    }
}

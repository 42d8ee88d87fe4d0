/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.VirtualStack;
import ij.plugin.HyperStackConverter;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Quantity;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.AxisResamplingTest;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.testing.Soon;

class ModelInputTest {

    /** Extents of the model by axis letter: any, or other than the image's 7 x 6 x 5. */
    private static int[] shape(String axes, boolean resampled) {
        int[] shape = new int[axes.length()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] =
                    switch (axes.charAt(i)) {
                        case 'x' -> resampled ? 4 : -1;
                        case 'y' -> resampled ? 9 : -1;
                        case 'z' -> resampled ? 3 : 5;
                        case 'c' -> 2;
                        default -> -1;
                    };
        }
        return shape;
    }

    private static float at(Tensor tensor, int x, int y, int c, int z) {
        return tensor.data()[
                x * tensor.stride('x')
                        + y * tensor.stride('y')
                        + c * tensor.stride('c')
                        + z * tensor.stride('z')];
    }

    @ParameterizedTest
    @ValueSource(strings = {"bzyxc", "bczyx", "zyxc", "xyzcb", "cbxzy"})
    void valuesAreUntouchedWhereTheGridsAgree(String axes) {
        ImagePlus image = Specimens.numbered(16, 7, 6, 2, 5, 3);
        ModelInput input = ModelInput.of(Specimens.spec(axes, shape(axes, false)), image);
        assertEquals(3, input.frames());
        assertEquals(Optional.empty(), input.resampling());
        Tensor tensor = input.tensor(2);
        assertEquals(new Axes(axes), tensor.axes());
        for (int z = 0; z < 5; z++) {
            for (int c = 0; c < 2; c++) {
                for (int y = 0; y < 6; y++) {
                    for (int x = 0; x < 7; x++) {
                        double expected = Specimens.number(new int[] {x, y, c, z, 2});
                        assertEquals(expected, at(tensor, x, y, c, z));
                    }
                }
            }
        }
        Tensor back = input.onImage(tensor);
        assertEquals(ModelInput.IMAGE_AXES, back.axes());
        assertArrayEquals(new int[] {5, 2, 6, 7}, back.shape());
        for (int i = 0; i < back.length(); i++) {
            int[] p = {i % 7, i / 7 % 6, i / 42 % 2, i / 84, 2};
            assertEquals(Specimens.number(p), back.data()[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bzyxc", "bczyx", "cbxzy"})
    void resamplingAndItsAdjointAreThoseOfBruteForce(String axes) {
        ImagePlus image = Specimens.image(32, 7, 6, 2, 5, 1, p -> Math.sin(Specimens.number(p)));
        ModelInput input = ModelInput.of(Specimens.spec(axes, shape(axes, true)), image);
        Tensor tensor = input.tensor(0);
        double[][] ax = AxisResamplingTest.oracle(7, 4);
        double[][] ay = AxisResamplingTest.oracle(6, 9);
        double[][] az = AxisResamplingTest.oracle(5, 3);
        Tensor map = Specimens.random(5, axes, tensor.shape());
        Tensor back = input.onImage(map);
        double[][][][] scattered = new double[5][2][6][7];
        for (int c = 0; c < 2; c++) {
            for (int k = 0; k < 3; k++) {
                for (int j = 0; j < 9; j++) {
                    for (int i = 0; i < 4; i++) {
                        double sum = 0;
                        for (int z = 0; z < 5; z++) {
                            for (int y = 0; y < 6; y++) {
                                for (int x = 0; x < 7; x++) {
                                    double weight = az[k][z] * ay[j][y] * ax[i][x];
                                    int[] p = {x, y, c, z, 0};
                                    sum += weight * (float) Math.sin(Specimens.number(p));
                                    scattered[z][c][y][x] += weight * at(map, i, j, c, k);
                                }
                            }
                        }
                        assertEquals(sum, at(tensor, i, j, c, k), 1e-6);
                    }
                }
            }
        }
        SlicedMap sliced = input.sliced(map, Quantity.AMOUNT);
        for (int i = 0; i < back.length(); i++) {
            assertEquals(back.data()[i], sliced.slice(i / 42 % 2, i / 84)[i % 42]);
            double expected = scattered[i / 84][i / 42 % 2][i / 7 % 6][i % 7];
            assertEquals(expected, back.data()[i], 1e-6);
        }
        assertEquals(Optional.of("linear, 7x6x5 to 4x9x3"), input.resampling());
    }

    @ParameterizedTest
    @CsvSource({"16,20,12", "33,41,25", "48,56,48", "5,60,7", "1,1,2"})
    void totalOfTheMapIsKept(int x, int y, int z) {
        ImagePlus image = Specimens.numbered(32, 33, 41, 1, 25, 1);
        ModelInput input = ModelInput.of(Specimens.spec("bzyxc", -1, z, y, x, 1), image);
        Tensor map = Specimens.random(9, "bzyx", 1, z, y, x);
        double size = 0;
        for (float value : map.data()) {
            size += Math.abs(value);
        }
        assertEquals(map.sum(), input.onImage(map).sum(), 1e-7 * size);
    }

    @ParameterizedTest
    @CsvSource({"16,20,12", "50,60,40", "10,60,25"})
    void constantStaysConstant(int x, int y, int z) {
        ImagePlus image = Specimens.image(32, 33, 41, 1, 25, 1, p -> 7.25);
        ModelInput input = ModelInput.of(Specimens.spec("bczyx", -1, 1, z, y, x), image);
        for (float value : input.tensor(0).data()) {
            assertEquals(7.25f, value);
        }
    }

    @Test
    void completenessOfALinearModelHoldsOnTheImage() {
        // Gradient x input of w·Ax on the model's grid: the image's map adds up to the same score.
        ImagePlus image = Specimens.image(32, 9, 8, 1, 1, 1, p -> Math.cos(Specimens.number(p)));
        ModelInput input = ModelInput.of(Specimens.spec("bcyx", -1, 1, 5, 13), image);
        Tensor seen = input.tensor(0);
        Tensor weights = Specimens.random(3, "bcyx", 1, 1, 5, 13);
        Tensor map = seen.copy();
        double score = 0;
        for (int i = 0; i < map.length(); i++) {
            map.data()[i] *= weights.data()[i];
            score += map.data()[i];
        }
        assertEquals(score, input.onImage(map).sum(), 1e-6);
    }

    @Test
    void twoDimensionalModelWithoutChannels() {
        ImagePlus image = Specimens.numbered(8, 5, 4, 1, 1, 1);
        Tensor tensor = ModelInput.of(Specimens.spec("byx", -1, -1, -1), image).tensor(0);
        assertArrayEquals(new int[] {1, 4, 5}, tensor.shape());
        assertEquals(Specimens.number(new int[] {3, 2, 0, 0, 0}), at(tensor, 3, 2, 0, 0));
    }

    @Test
    void refusesOtherChannels() {
        ModelSpec spec = Specimens.spec("bzyxc", -1, 4, 4, 4, 3);
        ImagePlus one = Specimens.numbered(8, 4, 4, 1, 4, 1);
        ImageViewTest.assertMessage(
                () -> ModelInput.of(spec, one),
                "'specimen' has 1 channel, but model 'net' takes 3",
                "Merge Channels");
        ImagePlus five = Specimens.numbered(8, 4, 4, 5, 4, 1);
        ImageViewTest.assertMessage(
                () -> ModelInput.of(spec, five), "has 5 channels", "Duplicate...");
        ImagePlus stack = Specimens.numbered(8, 4, 4, 1, 12, 1);
        ImageViewTest.assertMessage(
                () -> ModelInput.of(spec, stack),
                "order=xyczt(default) channels=3 slices=4 frames=1");
        ImagePlus swapped = Specimens.numbered(8, 4, 4, 4, 3, 1);
        ImageViewTest.assertMessage(
                () -> ModelInput.of(spec, swapped),
                "channels and slices",
                "order=xyzct channels=3 slices=4 frames=1");
        ImagePlus inTime = Specimens.numbered(8, 4, 4, 1, 4, 3);
        ImageViewTest.assertMessage(
                () -> ModelInput.of(spec, inTime),
                "channels and frames",
                "order=xyzct channels=3 slices=4 frames=1",
                "input=[c1.nii, c2.nii, …]");
    }

    /** What the message says is right: each value of the image is where the model looks for it. */
    @Test
    void swappedAxesAreSetRightByTheOrderThatTheMessageNames() {
        ModelSpec spec = Specimens.spec("bzyxc", -1, 4, 4, 4, 3);
        for (boolean time : new boolean[] {true, false}) {
            ImagePlus swapped =
                    time
                            ? Specimens.numbered(32, 4, 4, 1, 4, 3)
                            : Specimens.numbered(32, 4, 4, 4, 3, 1);
            ImagePlus right =
                    HyperStackConverter.toHyperStack(swapped, 3, 4, 1, "xyzct", "grayscale");
            Tensor tensor = ModelInput.of(spec, right).tensor(0);
            int[] there = time ? new int[] {2, 1, 0, 3, 1} : new int[] {2, 1, 3, 1, 0};
            assertEquals(Specimens.number(there), at(tensor, 2, 1, 1, 3));
        }
    }

    @Test
    void refusesFlatImagesForVolumesAndTheOtherWayRound() {
        ModelSpec volumes = Specimens.spec("bzyxc", -1, -1, -1, -1, 1);
        ImageViewTest.assertMessage(
                () -> ModelInput.of(volumes, Specimens.numbered(8, 4, 4, 1, 1, 1)),
                "is 2-D",
                "takes volumes");
        ImageViewTest.assertMessage(
                () -> ModelInput.of(volumes, Specimens.numbered(8, 4, 4, 1, 1, 6)),
                "Image > Properties... (channels 1, slices 6, frames 1)");
        ImageViewTest.assertMessage(
                () -> ModelInput.of(volumes, Specimens.numbered(8, 4, 4, 6, 1, 1)),
                "Image > Properties... (channels 1, slices 6, frames 1)");
        ModelSpec flat = Specimens.spec("byxc", -1, -1, -1, 3);
        ImageViewTest.assertMessage(
                () -> ModelInput.of(flat, Specimens.numbered(8, 4, 4, 1, 3, 1)),
                "is a stack of 3 slices",
                "Image > Properties... (channels 3, slices 1, frames 1)");
        ImageViewTest.assertMessage(
                () -> ModelInput.of(flat, Specimens.numbered(8, 4, 4, 3, 7, 1)),
                "is a stack of 7 slices",
                "Duplicate...");
        ImageViewTest.assertMessage(
                () ->
                        ModelInput.of(
                                Specimens.spec("bxc", -1, -1, 1),
                                Specimens.numbered(8, 4, 4, 1, 1, 1)),
                "along y");
    }

    /** Of a virtual stack, so that nothing of it is in memory; said before anything is computed. */
    @Test
    void moreValuesThanAnArrayHolds() {
        FloatProcessor slice = new FloatProcessor(2000, 2000);
        VirtualStack stack =
                new VirtualStack() {
                    @Override
                    public ImageProcessor getProcessor(int n) {
                        return slice;
                    }

                    @Override
                    public int getSize() {
                        return 600;
                    }

                    @Override
                    public int getWidth() {
                        return 2000;
                    }

                    @Override
                    public int getHeight() {
                        return 2000;
                    }
                };
        ImagePlus image = new ImagePlus("huge", stack);
        String message =
                assertThrows(
                                ImageException.class,
                                () -> ModelInput.of(Specimens.spec("bzyx", -1, -1, -1, -1), image))
                        .getMessage();
        assertTrue(message.contains("(2^31): crop it"), message);
        assertEquals(1, message.lines().count());
    }

    /** One value of many, wherever the grid of the model lies. */
    @ParameterizedTest
    @CsvSource({"NaN, 4", "Infinity, 4", "-Infinity, 4", "NaN, 2", "Infinity, 7"})
    void refusesWhatIsNoNumberOnAnyGrid(float odd, int extent) {
        ImagePlus image = Specimens.numbered(32, 4, 4, 1, 4, 1);
        image.getStack().getProcessor(3).setf(1, 2, odd);
        ModelInput input = ModelInput.of(Specimens.spec("bzyx", -1, extent, extent, extent), image);
        ImageViewTest.assertMessage(
                () -> input.tensor(0), "1 pixel is NaN or infinite", "x=1, y=2", "slice 3");
    }

    @Test
    void mapOfAnotherGridIsTheCallersMistake() {
        ImagePlus image = Specimens.numbered(8, 4, 4, 1, 4, 1);
        ModelInput input = ModelInput.of(Specimens.spec("bzyx", -1, -1, -1, -1), image);
        Tensor map = Tensor.zeros(new Axes("zyx"), 4, 4, 5);
        assertThrows(IllegalArgumentException.class, () -> input.onImage(map));
        assertThrows(IllegalArgumentException.class, () -> input.tensor(1));
    }

    @Test
    void imageOfBrainSizeTakesAboutASecond() {
        ImagePlus image = Specimens.image(16, 182, 218, 1, 182, 1, p -> p[0] * p[1] + p[3]);
        ModelInput input = ModelInput.of(Specimens.spec("bzyxc", -1, 96, 112, 96, 1), image);
        Soon.within(20, () -> input.onImage(input.tensor(0)));
    }
}

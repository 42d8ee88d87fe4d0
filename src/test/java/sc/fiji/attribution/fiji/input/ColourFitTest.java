/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static sc.fiji.attribution.fiji.input.ImageViewTest.assertMessage;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.ByteProcessor;
import ij.process.ColorProcessor;
import ij.process.LUT;
import java.awt.Color;
import java.util.List;
import net.imglib2.Cursor;
import net.imglib2.type.numeric.real.FloatType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Quantity;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.description.ModelDescription;

class ColourFitTest {

    private static final int W = 5;
    private static final int H = 4;

    /** Red, green and blue of a pixel, all different. */
    private static int[] colour(int x, int y, int z) {
        return new int[] {10 * x + y, 100 + 10 * y + z, 255 - 7 * x - z};
    }

    private static ImagePlus rgb(int slices) {
        ImageStack stack = new ImageStack(W, H);
        for (int z = 0; z < slices; z++) {
            ColorProcessor plane = new ColorProcessor(W, H);
            for (int i = 0; i < W * H; i++) {
                plane.putPixel(i % W, i / W, colour(i % W, i / W, z));
            }
            stack.addSlice(plane);
        }
        return new ImagePlus("photo", stack);
    }

    private static ModelSpec spec(String grey, String axes, int... shape) {
        ModelSpec plain = Specimens.spec(axes, shape);
        return new ModelSpec(
                plain.name(),
                "00",
                plain.axes(),
                shape,
                Head.SOFTMAX,
                plain.labels(),
                ModelDescription.NONE,
                ModelOptions.NONE.withGrey(grey));
    }

    private static ModelSpec spec(String axes, int... shape) {
        return spec("", axes, shape);
    }

    private static float at(Tensor tensor, int x, int y, int z, int c) {
        return tensor.data()[
                x * tensor.stride('x')
                        + y * tensor.stride('y')
                        + z * tensor.stride('z')
                        + c * tensor.stride('c')];
    }

    @ParameterizedTest
    @ValueSource(strings = {"byxc", "bcyx", "bzyxc"})
    void redGreenAndBlueAreThreeChannels(String axes) {
        int[] shape =
                axes.chars()
                        .map(a -> a == 'c' ? 3 : a == 'x' ? W : a == 'y' ? H : a == 'z' ? 2 : -1)
                        .toArray();
        int slices = axes.contains("z") ? 2 : 1;
        ModelInput input = ModelInput.of(spec(axes, shape), rgb(slices));
        Tensor tensor = input.tensor(0);
        for (int z = 0; z < slices; z++) {
            for (int i = 0; i < W * H; i++) {
                for (int c = 0; c < 3; c++) {
                    float expected = colour(i % W, i / W, z)[c];
                    assertEquals(expected, at(tensor, i % W, i / W, z, c));
                }
            }
        }
        assertEquals(List.of("red", "green", "blue"), input.channelNames());
        assertEquals(3, input.onImage(tensor).size('c'));
    }

    @Test
    void pixelsOfAViewAreItsSlices() {
        ImageView view = ImageView.ofColours(rgb(2));
        Cursor<FloatType> cursor = view.pixels().localizingCursor();
        while (cursor.hasNext()) {
            float value = cursor.next().get();
            int x = cursor.getIntPosition(0);
            int y = cursor.getIntPosition(1);
            assertEquals(colour(x, y, cursor.getIntPosition(3))[cursor.getIntPosition(2)], value);
        }
    }

    @Test
    void aColourTableIsAppliedWhereTheModelTakesColours() {
        byte[] green = new byte[256];
        byte[] none = new byte[256];
        for (int i = 0; i < 256; i++) {
            green[i] = (byte) (91 * i); // no ramp: pseudo-colour stays grey
        }
        ByteProcessor plane = new ByteProcessor(W, H);
        plane.set(2, 1, 77);
        plane.setLut(new LUT(none, green, none));
        ImagePlus image = new ImagePlus("indexed", plane);
        image.setTypeToColor256(); // as ImageJ's readers of such files do
        assertEquals(ImagePlus.COLOR_256, image.getType());
        Tensor colours = ModelInput.of(spec("byxc", -1, H, W, 3), image).tensor(0);
        assertEquals(0, at(colours, 2, 1, 0, 0));
        assertEquals(91 * 77 % 256, at(colours, 2, 1, 0, 1));
        assertEquals(0, at(colours, 2, 1, 0, 2));
        Tensor stored = ModelInput.of(spec("byxc", -1, H, W, 1), image).tensor(0);
        assertEquals(77, at(stored, 2, 1, 0, 0));
    }

    @Test
    void greyIsRepeatedWhereTheUserSaysSoAndTheMapAddedUp() {
        ImagePlus grey = Specimens.numbered(16, W, H, 1, 1, 1);
        assertMessage(
                () -> ModelInput.of(spec("byxc", -1, H, W, 3), grey),
                "specimen",
                "1 channel",
                "takes 3",
                "grey=repeat",
                "input=[c1.tif, c2.tif");
        for (String axes : List.of("byxc", "bcyx")) {
            int[] shape = axes.equals("byxc") ? new int[] {-1, H, W, 3} : new int[] {-1, 3, H, W};
            ModelInput input = ModelInput.of(spec("repeat", axes, shape), grey);
            Tensor tensor = input.tensor(0);
            for (int i = 0; i < W * H; i++) {
                double expected = Specimens.number(new int[] {i % W, i / W, 0, 0, 0});
                for (int c = 0; c < 3; c++) {
                    assertEquals(expected, at(tensor, i % W, i / W, 0, c));
                }
            }
            Tensor map = Specimens.random(4, axes, tensor.shape());
            Tensor sum = input.onImage(map);
            Tensor mean = input.onImage(map, Quantity.LEVEL);
            assertArrayEquals(new int[] {1, 1, H, W}, sum.shape());
            for (int i = 0; i < W * H; i++) {
                double total = 0;
                for (int c = 0; c < 3; c++) {
                    total += at(map, i % W, i / W, 0, c);
                }
                assertEquals(total, sum.data()[i], 1e-6);
                assertEquals(total / 3, mean.data()[i], 1e-6);
            }
        }
        // The key is no obstacle in a folder of mixed images.
        assertEquals(
                3, ModelInput.of(spec("repeat", "byxc", -1, H, W, 3), rgb(1)).tensor(0).size('c'));
        assertMessage(() -> ModelOptions.NONE.withGrey("twice"), "grey=twice", "repeat");
    }

    @Test
    void colourIntoOneChannelIsAskedForUnlessNothingIsLost() {
        ModelSpec one = spec("byxc", -1, H, W, 1);
        assertMessage(
                () -> ModelInput.of(one, rgb(1)), "photo", "in colour", "one channel", "grey=mean");
        Tensor mean = ModelInput.of(spec("mean", "byxc", -1, H, W, 1), rgb(1)).tensor(0);
        int[] c = colour(3, 2, 0);
        assertEquals((c[0] + c[1] + c[2]) / 3f, at(mean, 3, 2, 0, 0));
        ColorProcessor plane = new ColorProcessor(W, H);
        plane.setColor(new Color(40, 40, 40));
        plane.fill();
        Tensor grey = ModelInput.of(one, new ImagePlus("scan", plane)).tensor(0);
        assertEquals(new Axes("byxc"), grey.axes());
        assertEquals(40, at(grey, 0, 0, 0, 0));
    }
}

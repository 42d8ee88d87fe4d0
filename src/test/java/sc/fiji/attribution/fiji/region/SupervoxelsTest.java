/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.img.Img;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.img.cell.CellImgFactory;
import net.imglib2.type.numeric.RealType;
import net.imglib2.type.numeric.integer.IntType;
import net.imglib2.type.numeric.integer.UnsignedByteType;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.util.Intervals;
import net.imglib2.view.Views;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.BruteForceSlic;
import sc.fiji.attribution.fiji.Specimens;

/** SLIC against the same by brute force, which measures in calibrated units. */
class SupervoxelsTest {

    private static long[] longs(String text) {
        return Arrays.stream(text.split("x")).mapToLong(Long::parseLong).toArray();
    }

    private static double[] doubles(String text) {
        return Arrays.stream(text.split("x")).mapToDouble(Double::parseDouble).toArray();
    }

    /** A coarse pattern and noise; x fastest, the last dimension are the channels. */
    private static Img<FloatType> image(long... dimensions) {
        Img<FloatType> image = ArrayImgs.floats(dimensions);
        Random random = new Random(6);
        var cursor = image.localizingCursor();
        while (cursor.hasNext()) {
            cursor.fwd();
            double value = random.nextGaussian();
            for (int d = 0; d < dimensions.length; d++) {
                value += 3 * Math.sin(cursor.getDoublePosition(d) / (2 + d));
            }
            cursor.get().setReal(100 + value);
        }
        return image;
    }

    /**
     * @param voxel its extents in mm
     * @param length of a region in mm, the same along each axis
     */
    @ParameterizedTest
    @CsvSource({
        "40x1, 1, 6",
        "30x25x1, 1x1, 6",
        "30x25x3, 1x1, 7",
        "24x20x2, 0.5x0.7, 3",
        "20x18x8x1, 0.5x0.5x2, 4",
        "14x16x9x2, 1x0.8x3.1, 5",
        "10x9x6x5x1, 1x1x2x1, 4",
        "12x1x5x2, 1x1x1, 4"
    })
    void bruteForce(String dimensions, String voxel, double length) {
        Img<FloatType> image = image(longs(dimensions));
        double[] spacing = doubles(voxel);
        int n = spacing.length;
        long[] extents = Arrays.copyOf(longs(dimensions), n);
        Img<IntType> labels = ArrayImgs.ints(extents);
        double[] size = Arrays.stream(spacing).map(s -> length / s).toArray();
        int count = Supervoxels.divide(size, image, labels);
        int[] expected = new BruteForceSlic(image, spacing, length).divide();
        int[] found = flat(labels);
        assertArrayEquals(expected, found);
        assertEquals(Arrays.stream(expected).max().getAsInt(), count);
        assertTrue(count > 1, count + " regions");
    }

    /** The type, the place in memory and the origin do not matter. */
    @Test
    void anyView() {
        Img<UnsignedByteType> bytes = ArrayImgs.unsignedBytes(20, 15, 8, 2);
        Img<FloatType> cells =
                new CellImgFactory<>(new FloatType(), 7)
                        .create(Intervals.dimensionsAsLongArray(bytes));
        Random random = new Random(8);
        var cursor = bytes.localizingCursor();
        var access = cells.randomAccess();
        while (cursor.hasNext()) {
            cursor.fwd();
            cursor.get().set(random.nextInt(256));
            access.setPositionAndGet(cursor).set(cursor.get().get());
        }
        double[] size = {5, 5, 4};
        Img<IntType> one = ArrayImgs.ints(20, 15, 8);
        Img<FloatType> other = ArrayImgs.floats(20, 15, 8);
        int count = Supervoxels.divide(size, bytes, one);
        RandomAccessibleInterval<FloatType> moved = Views.translate(cells, 3, -4, 5, 6);
        assertEquals(count, Supervoxels.divide(size, moved, Views.translate(other, 3, -4, 5)));
        assertArrayEquals(flat(one), flat(other));
    }

    /** Channels may stand first or last in a tensor, or be missing. */
    @Test
    void tensors() {
        Tensor last = Specimens.random(3, "bzyxc", 1, 2, 3, 4, 2);
        RandomAccessibleInterval<FloatType> view = TensorView.of(last);
        assertArrayEquals(new long[] {4, 3, 2, 2}, Intervals.dimensionsAsLongArray(view));
        int i = ((1 * 3 + 2) * 4 + 3) * 2 + 1;
        assertEquals(last.data()[i], view.getAt(3, 2, 1, 1).get());
        Tensor first = Specimens.random(3, "bczyx", 1, 2, 2, 3, 4);
        i = ((1 * 2 + 1) * 3 + 2) * 4 + 3;
        assertEquals(first.data()[i], TensorView.of(first).getAt(3, 2, 1, 1).get());
        Tensor none = Specimens.random(3, "byx", 1, 3, 4);
        assertArrayEquals(
                new long[] {4, 3, 1}, Intervals.dimensionsAsLongArray(TensorView.of(none)));
        assertEquals(none.data()[2 * 4 + 3], TensorView.of(none).getAt(3, 2, 0).get());
    }

    /** Two halves of different value: no supervoxel crosses the edge, and each is connected. */
    @Test
    void followEdgesAndAreConnected() {
        Tensor halves = Tensor.zeros(new Axes("bzyxc"), 1, 12, 20, 24, 2);
        Random random = new Random(4);
        for (int i = 0; i < halves.length(); i++) {
            int x = i / 2 % 24;
            int y = i / 48 % 20;
            boolean right = x > 8 + y / 4;
            halves.data()[i] = (float) ((right ? 100 : 0) + random.nextGaussian());
        }
        Img<IntType> image = ArrayImgs.ints(24, 20, 12);
        Supervoxels.divide(new double[] {6, 5, 4}, TensorView.of(halves), image);
        int[] labels = flat(image);
        Supervoxels.divide(new double[] {6, 5, 4}, TensorView.of(halves), image);
        assertArrayEquals(labels, flat(image));
        Set<Integer> left = new HashSet<>();
        Set<Integer> right = new HashSet<>();
        for (int i = 0; i < labels.length; i++) {
            (halves.data()[2 * i] > 50 ? right : left).add(labels[i]);
        }
        int all = left.size() + right.size();
        left.retainAll(right);
        assertEquals(Set.of(), left, "supervoxels on both sides");
        assertTrue(all > 24 && all < 96, all + " supervoxels for 48 cells");
        int[] pieces = new ConnectedLabels(new int[] {12, 20, 24}, labels).join(0);
        assertEquals(all, Arrays.stream(pieces).max().getAsInt());
    }

    private static int[] flat(RandomAccessibleInterval<? extends RealType<?>> image) {
        int[] values = new int[(int) Intervals.numElements(image)];
        int i = 0;
        for (var value : Views.flatIterable(image)) {
            values[i++] = (int) value.getRealDouble();
        }
        return values;
    }
}

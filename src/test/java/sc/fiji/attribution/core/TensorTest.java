/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Places along axes, against four nested loops. */
class TensorTest {

    private final Tensor tensor = Tensor.zeros(new Axes("bycx"), 2, 3, 4, 5);

    @Test
    void placesAreThoseOfNestedLoops() {
        int index = 0;
        for (int b = 0; b < 2; b++) {
            for (int y = 0; y < 3; y++) {
                for (int c = 0; c < 4; c++) {
                    for (int x = 0; x < 5; x++, index++) {
                        assertEquals(b, tensor.along('b').place(index));
                        assertEquals(y, tensor.along('y').place(index));
                        assertEquals(c, tensor.along('c').place(index));
                        assertEquals(x, tensor.along('x').place(index));
                        assertEquals(0, tensor.along('z').place(index));
                        int voxel = (b * 3 + y) * 5 + x;
                        assertEquals(voxel, tensor.along('c').without(index));
                        assertEquals(index, tensor.along('c').with(voxel, c));
                        assertEquals(index, tensor.along('z').without(index));
                    }
                }
            }
        }
    }

    @Test
    void anotherOrderHoldsTheSameValues() {
        Tensor rows = new Tensor(new Axes("yx"), new int[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6});
        Tensor columns = rows.in(new Axes("bxcy"));
        assertArrayEquals(new int[] {1, 3, 1, 2}, columns.shape());
        assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, columns.data());
        assertArrayEquals(rows.data(), columns.in(rows.axes()).data());
        IntStream.range(0, 120).forEach(i -> tensor.data()[i] = i);
        assertArrayEquals(tensor.data(), tensor.in(new Axes("xcby")).in(tensor.axes()).data());
        assertThrows(IllegalArgumentException.class, () -> rows.in(new Axes("x")));
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;

/** Which axis of an output holds the classes, and which outputs are no maps. */
class MapLayoutTest {

    private static TensorInfo output(int... shape) {
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (int size : shape) {
            dims.addDimBuilder().setSize(size);
        }
        return TensorInfo.newBuilder().setName("places:0").setTensorShape(dims).build();
    }

    private static int channels(int[] image, boolean channelsFirst, int... shape) {
        return MapLayout.of(output(shape), image, channelsFirst).channels();
    }

    @Test
    void classesStandBeforeOrBehindSpace() {
        assertEquals(3, channels(new int[] {-1, 32, 40, 1}, false, -1, 32, 40, 3));
        assertEquals(1, channels(new int[] {-1, 32, 40, 1}, false, -1, 3, 32, 40));
        assertEquals(1, channels(new int[] {-1, 1, 32, 40}, true, -1, 3, -1, -1));
        assertEquals(-1, channels(new int[] {-1, 32, 40, 1}, false, -1, 16, 20));
        assertEquals(-1, channels(new int[] {-1, 1, 8, 32, 40}, true, -1, 8, 32, 40));
    }

    /** Places that were reshaped into one axis, with the classes behind them. */
    @Test
    void placesInOneAxisAreNoMap() {
        int[][] images = {{-1, 32, 40, 1}, {-1, -1, -1, 1}, {-1, 8, 32, 40, 1}};
        int[][] shapes = {{-1, 1280, 3}, {-1, -1, 3}, {-1, 10240, 3}};
        for (int i = 0; i < images.length; i++) {
            int[] image = images[i];
            int[] shape = shapes[i];
            ModelException e =
                    assertThrows(ModelException.class, () -> channels(image, false, shape));
            assertTrue(e.getMessage().contains("places:0"), e.getMessage());
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Convolutions of images, as they are loaded with oneDNN, against sums written out. */
class PlanesAsVolumesTest {

    private static final Kernels ONE_DNN = () -> true;

    private final Random random = new Random(3);
    private final Graph graph = new Graph();
    private final Ops ops = new Ops(graph, "network/");

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1, 0 0 0 0",
        "3, 3, 1, 1, 1 1 1 1",
        "3, 3, 2, 1, 1 1 1 1",
        "3, 2, 2, 1, 0 1 1 0",
        "3, 3, 1, 2, 2 2 2 2",
        "5, 1, 3, 1, 2 1 0 0",
        "1, 1, 2, 1, 0 0 0 0"
    })
    void equalsTheSum(int height, int width, int stride, int dilation, String padding) {
        int[] pads = Arrays.stream(padding.split(" ")).mapToInt(Integer::parseInt).toArray();
        int[] image = {2, 9, 8, 3};
        int[] window = {height, width, 3, 4};
        Output fed = fed(image);
        float[] x = numbers(image);
        float[] w = numbers(window);
        Output y =
                ops.emit(
                        "Conv2D",
                        List.of(fed, constant(w, window)),
                        "strides",
                        Ops.list(1, stride, stride, 1),
                        "dilations",
                        Ops.list(1, dilation, dilation, 1),
                        "padding",
                        "EXPLICIT",
                        "explicit_paddings",
                        Ops.list(0, 0, pads[0], pads[1], pads[2], pads[3], 0, 0));

        assertEquals("Squeeze", kind(y));
        assertArrayEquals(
                sum(x, image, w, window, stride, dilation, pads),
                run(ONE_DNN, y, fed, x, image),
                1e-4);
    }

    /**
     * A residual block: what follows is fused with the convolutions, or not, to the same values.
     */
    @Test
    void whatFollowsIsTheSame() {
        int[] image = {1, 7, 6, 3};
        Output x = fed(image);
        Output first = biased(conv(x, constant(numbers(3, 3, 3, 5), 3, 3, 3, 5)));
        Output relu = ops.emit("Relu", first);
        Output second = biased(conv(relu, constant(numbers(3, 3, 5, 5), 3, 3, 5, 5)));
        Output y = ops.emit("Relu6", ops.add(second, relu));
        float[] values = numbers(image);

        assertEquals("Squeeze", kind(relu));
        assertEquals("Relu6", kind(y), "of a sum that others may read");
        for (Output each : List.of(first, relu, second, y)) {
            assertArrayEquals(
                    run(Kernels.UNKNOWN, each, x, values, image),
                    run(ONE_DNN, each, x, values, image),
                    1e-4);
        }
    }

    private Output biased(Output y) {
        return ops.emit("BiasAdd", y, constant(numbers(5), 5));
    }

    /** Grouped filters, and what may be some, have no kernel for volumes. */
    @Test
    void staysWhereNotAllChannelsMeetAllFilters() {
        Output twoGroups = convolved(fed(1, 6, 6, 4), 3, 3, 2, 8);
        Output unknown =
                convolved(ops.emit("Reshape", fed(1, 6, 6, 4), ops.vector(1, 6, 6, 4)), 3, 3, 4, 8);
        Output dense = convolved(fed(1, 6, 6, 4), 4096, 4, 4, 257);

        assertEquals("Conv2D", kind(twoGroups));
        assertEquals("Conv2D", kind(unknown));
        assertEquals("Conv2D", kind(dense), "ordering it takes longer than all else");
    }

    @Test
    void staysWithoutOneDnn() {
        Output y = convolved(fed(1, 6, 6, 4), 3, 3, 4, 8);

        assertEquals(1, new Sewing(graph, nodes(), Kernels.UNKNOWN).sew(graph.node(y)).size());
    }

    /** How many channels there are shows behind what joins, pads and spreads them. */
    @Test
    void channelsAreCounted() {
        Output four = convolved(fed(1, 6, 6, 3), 1, 1, 3, 4);
        Output one = convolved(fed(1, 6, 6, 3), 1, 1, 3, 1);
        Output joined = ops.emit("ConcatV2", List.of(four, one, four, ops.scalar(3)), "N", 3);
        Output wider =
                ops.emit(
                        "Pad",
                        one,
                        ops.reshape(ops.vector(0, 0, 0, 0, 0, 0, 0, 3), ops.vector(4, 2)));
        Output spread = ops.mul(ops.emit("Sigmoid", one), four);

        assertEquals("Squeeze", kind(convolved(joined, 3, 3, 9, 2)));
        assertEquals("Squeeze", kind(convolved(wider, 3, 3, 4, 2)));
        assertEquals("Conv2D", kind(convolved(wider, 3, 3, 1, 4)), "four groups");
        assertEquals("Squeeze", kind(convolved(spread, 3, 3, 4, 2)));
        Output any = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        Output said = ops.ensureShape(any, -1, -1, -1, 4);
        assertEquals("Squeeze", kind(convolved(said, 3, 3, 4, 2)));
    }

    /** A filter of which only the graph knows how it is made, as those of backward passes. */
    @Test
    void filtersAreMeasured() {
        Output filter = constant(numbers(new int[] {3, 3, 2, 4}), 3, 3, 2, 4);
        Output turned =
                ops.emit(
                        "Transpose",
                        ops.emit("ReverseV2", filter, ops.vector(0, 1)),
                        ops.vector(0, 1, 3, 2));
        Output padded =
                ops.emit(
                        "Pad",
                        turned,
                        ops.reshape(ops.vector(0, 1, 0, 1, 0, 0, 0, 0), ops.vector(4, 2)));

        assertEquals("Squeeze", kind(conv(fed(1, 6, 6, 4), padded)));
        assertEquals("Conv2D", kind(conv(fed(1, 6, 6, 8), padded)));
    }

    /** With a filter of which the graph says the shape only. */
    private Output convolved(Output x, int... filter) {
        Output any = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        return conv(x, ops.ensureShape(any, Arrays.stream(filter).asLongStream().toArray()));
    }

    private Output conv(Output x, Output filter) {
        return ops.emit(
                "Conv2D", List.of(x, filter), "strides", Ops.list(1, 1, 1, 1), "padding", "SAME");
    }

    private Output fed(int... shape) {
        TensorShapeProto.Builder extents = TensorShapeProto.newBuilder();
        for (int extent : shape) {
            extents.addDimBuilder().setSize(extent);
        }
        AttrValue value = AttrValue.newBuilder().setShape(extents).build();
        return ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT, "shape", value);
    }

    private Output constant(float[] values, int... shape) {
        return ops.constant(
                DataType.DT_FLOAT,
                values.length * Float.BYTES,
                buffer -> buffer.asFloatBuffer().put(values),
                Arrays.stream(shape).asLongStream().toArray());
    }

    private float[] numbers(int... shape) {
        float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private List<NodeDef> nodes() {
        return List.copyOf(graph.nodes());
    }

    /** What is loaded under the name of a node. */
    private String kind(Output y) {
        Sewing sewing = new Sewing(graph, nodes(), ONE_DNN);
        String last = "";
        for (NodeDef node : graph.ancestors(List.of(y.node()))) {
            List<NodeDef> loaded = sewing.sew(node);
            last = loaded.get(loaded.size() - 1).getOp();
        }
        return last;
    }

    private double[] run(Kernels kernels, Output y, Output input, float[] x, int... shape) {
        Sewing sewing = new Sewing(graph, nodes(), kernels);
        GraphDef.Builder loaded = GraphDef.newBuilder();
        nodes().forEach(node -> loaded.addAllNode(sewing.sew(node)));
        double[] values = new double[x.length];
        Arrays.setAll(values, i -> x[i]);
        Values image =
                Values.of(DataType.DT_FLOAT, Arrays.stream(shape).asLongStream().toArray(), values);
        try (NativeSession session = NativeSession.of(loaded.build())) {
            return session.run(Map.of(input.toString(), image), List.of(y.toString()))
                    .get(0)
                    .data();
        }
    }

    /** Each place is what the filter sees there, beyond the border zeros. */
    private static double[] sum(
            float[] x, int[] image, float[] w, int[] f, int stride, int dilation, int... pads) {
        int rows = (image[1] + pads[0] + pads[1] - (f[0] - 1) * dilation - 1) / stride + 1;
        int columns = (image[2] + pads[2] + pads[3] - (f[1] - 1) * dilation - 1) / stride + 1;
        double[] y = new double[image[0] * rows * columns * f[3]];
        for (int i = 0; i < y.length; i++) {
            int out = i % f[3];
            int column = i / f[3] % columns;
            int row = i / f[3] / columns % rows;
            int b = i / f[3] / columns / rows;
            for (int k = 0; k < w.length / f[3]; k++) {
                int c = k % f[2];
                int at = column * stride - pads[2] + k / f[2] % f[1] * dilation;
                int line = row * stride - pads[0] + k / f[2] / f[1] * dilation;
                if (line >= 0 && line < image[1] && at >= 0 && at < image[2]) {
                    int voxel = ((b * image[1] + line) * image[2] + at) * image[3] + c;
                    y[i] += (double) x[voxel] * w[k * f[3] + out];
                }
            }
        }
        return y;
    }
}

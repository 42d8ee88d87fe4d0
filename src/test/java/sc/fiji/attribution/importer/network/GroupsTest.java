/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.StaticShape;
import sc.fiji.attribution.importer.WeightStore;

/**
 * How many convolutions a network gets for one whose groups do not meet: that of an EfficientNet of
 * volumes has 1152. The values are those of {@code OnnxOpsTest}.
 */
class GroupsTest {

    @TempDir Path folder;

    private List<NodeDef> convolutions(int groups, int in, int out, int dilation) throws Exception {
        try (WeightStore store = new WeightStore(folder)) {
            NetworkBuilder builder = new NetworkBuilder(store);
            Value x = builder.input("x", DataType.DT_FLOAT, -1, groups * in, 8, 8, 8);
            Value filter =
                    Value.known(
                            DataType.DT_FLOAT,
                            new int[] {groups * out, in, 3, 3, 3},
                            new double[groups * out * in * 27]);
            Window window = Window.of(3, 3, 3).withDilations(dilation, dilation, dilation);
            Value y =
                    Convolutions.convolve(
                            builder.layer("top"), x, filter, Optional.empty(), window, groups);
            assertEquals(groups * out, y.extent(1));
            Graph graph = builder.graph();
            List<NodeDef> all =
                    graph.nodes().stream().filter(n -> n.getOp().equals("Conv3D")).toList();
            long most = all.stream().mapToLong(node -> elements(graph, node)).max().orElse(0);
            assertTrue(most <= 27L * Math.max(32 * 32 * out, in * out), "a filter of " + most);
            return all;
        }
    }

    /** Whoever relates weights asks for their shape: it has to show. */
    private static long elements(Graph graph, NodeDef convolution) {
        long[] filter = StaticShape.ofWeight(graph, Graph.inputs(convolution).get(1)).orElseThrow();
        return Arrays.stream(filter).reduce(1, (a, b) -> a * b);
    }

    @ParameterizedTest(name = "{0} groups from {1} to {2}: {3}")
    @CsvSource({"1152,1,1,36", "96,1,2,3", "32,4,4,4", "3,1,8,1", "37,1,1,37", "2,64,64,2"})
    void smallGroupsAreTakenTogether(int groups, int in, int out, int count) throws Exception {
        assertEquals(count, convolutions(groups, in, out, 1).size());
    }

    @Test
    void dilatedOnesToo() throws Exception {
        assertEquals(4, convolutions(128, 1, 1, 2).size());
    }
}

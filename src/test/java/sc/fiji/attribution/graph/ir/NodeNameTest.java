/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;

/** What the name of a node says of it. */
class NodeNameTest {

    /** By the ending, layers know the order of their axes: also the second ReLU of a module. */
    @Test
    void nodesOfOneOpKeepWhatTheirNamesEndWith() {
        Ops ops = new Ops(new Graph(), "block/").ending(NodeName.CHANNELS_LAST);
        Output x = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        for (String name : List.of("block/Relu", "block/Relu_1", "block/Relu_2")) {
            x = ops.emit("Relu", x);
            assertEquals(name + NodeName.CHANNELS_LAST, x.node());
            assertEquals(name, NodeName.original(x.node()));
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.OpDef;
import sc.fiji.attribution.engine.tensorflow.NativeSession;

/** Where {@code tensorflow-ops.binpb.gz} comes from: the native library's own list. */
class OpRegistryTest {

    @Test
    void isTheOpListOfTheLibraryWithoutSummariesAndDescriptions() {
        Map<String, OpDef> library = new TreeMap<>();
        for (OpDef op : NativeSession.ops().getOpList()) {
            library.put(op.getName(), op.toBuilder().clearSummary().clearDescription().build());
        }
        assertEquals(library.keySet(), new TreeMap<>(OpRegistry.ops()).keySet());
        library.forEach((name, op) -> assertEquals(op, OpRegistry.ops().get(name)));
    }
}

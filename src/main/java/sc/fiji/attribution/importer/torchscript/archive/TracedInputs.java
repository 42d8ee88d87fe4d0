/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The shapes of the example that a network was traced with, where the archive has them. */
public final class TracedInputs {

    private TracedInputs() {}

    /** For each argument of {@code forward}; empty where there are none. */
    public static List<int[]> shapes(TorchArchive archive) {
        if (!archive.has("traced_inputs.pkl")) {
            return List.of();
        }
        Object read =
                Unpickler.read(
                        archive.bytes("traced_inputs.pkl"), "traced_inputs.pkl", "traced_inputs/");
        Object forward = read instanceof Map<?, ?> map ? map.get("forward") : null;
        List<int[]> shapes = new ArrayList<>();
        if (forward instanceof List<?> list) {
            for (Object each : list) {
                if (!(each instanceof StoredTensor tensor)) {
                    return List.of();
                }
                shapes.add(tensor.sizes().stream().mapToInt(Math::toIntExact).toArray());
            }
        }
        return shapes;
    }
}

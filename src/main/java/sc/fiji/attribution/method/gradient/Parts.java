/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import sc.fiji.attribution.core.Progress;

/** Progress of one of several equal parts. */
final class Parts {

    private Parts() {}

    static Progress of(Progress whole, int part, int parts) {
        return (done, total, what) -> whole.update(part * total + done, parts * total, what);
    }
}

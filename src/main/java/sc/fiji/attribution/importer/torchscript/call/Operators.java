/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import java.util.List;
import java.util.Map;
import sc.fiji.attribution.importer.torchscript.archive.StoredTensor;

/** What the interpreter asks of those who know tensors. */
public interface Operators {

    /**
     * @param name with its name space: {@code aten::relu}
     * @param scope where the model calls it: {@code layer1.0.conv}
     */
    Object call(String name, List<Object> arguments, Map<String, Object> named, String scope);

    /** A stored tensor as a value to compute with. */
    Object load(StoredTensor tensor, String name);

    /**
     * Whether something holds, as far as it is known without the image.
     *
     * @return true, false, or null where it depends on the image
     */
    Boolean truth(Object value);

    /** A whole number that must be known now: of a loop, or an index. */
    long known(Object value);

    boolean isTensor(Object value);
}

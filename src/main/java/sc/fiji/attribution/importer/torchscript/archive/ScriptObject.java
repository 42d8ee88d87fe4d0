/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.util.LinkedHashMap;
import java.util.Map;

/** A module, or another object of one of the archive's own classes. Compared by identity. */
public final class ScriptObject {

    private final String type;
    private final Map<String, Object> attributes = new LinkedHashMap<>();

    /** Where the model has it: {@code layer1.0.conv}; empty for the model itself. */
    private String path = "";

    public ScriptObject(String type) {
        this.type = type;
    }

    /** Qualified name of its class: {@code __torch__.nets.Net}. */
    public String type() {
        return type;
    }

    public Map<String, Object> attributes() {
        return attributes;
    }

    public String path() {
        return path;
    }

    public void place(String path) {
        this.path = path;
    }
}

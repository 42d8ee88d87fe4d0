/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import sc.fiji.attribution.importer.network.Value;

/**
 * A tensor of the code: a place that operators such as {@code add_} write to. Slices and reshaped
 * views of it see what is written to it, and what is written to them is written to it.
 */
public final class ScriptTensor {

    private Value value;
    private long version;

    private final ScriptTensor base;
    private final UnaryOperator<Value> view;
    private final BinaryOperator<Value> write;
    private long seen;

    public ScriptTensor(Value value) {
        this(value, null, null, null);
    }

    private ScriptTensor(
            Value value,
            ScriptTensor base,
            UnaryOperator<Value> view,
            BinaryOperator<Value> write) {
        this.value = value;
        this.base = base;
        this.view = view;
        this.write = write;
        this.seen = base == null ? 0 : base.version();
    }

    /**
     * A view of a tensor.
     *
     * @param view makes it from the tensor's value
     * @param write makes the tensor's new value from its old one and the view's new one; null where
     *     that is not possible
     */
    public static ScriptTensor view(
            ScriptTensor base, UnaryOperator<Value> view, BinaryOperator<Value> write) {
        return new ScriptTensor(view.apply(base.read()), base, view, write);
    }

    private long version() {
        return version + (base == null ? 0 : base.version());
    }

    public Value read() {
        if (base != null && seen != base.version()) {
            value = view.apply(base.read());
            seen = base.version();
        }
        return value;
    }

    /** Whether {@link #write} works. */
    public boolean isWritable() {
        return base == null || write != null && base.isWritable();
    }

    public void write(Value changed) {
        if (base == null) {
            value = changed;
            version++;
            return;
        }
        base.write(write.apply(base.read(), changed));
        value = changed;
        seen = base.version();
        version++;
    }
}

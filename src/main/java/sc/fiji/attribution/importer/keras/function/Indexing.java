/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.function;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.layer.LayerCall;
import sc.fiji.attribution.importer.keras.layer.Window;
import sc.fiji.attribution.importer.network.Value;

/** {@code x[…]}: slices, places and new axes. */
final class Indexing {

    private Indexing() {}

    /** x[…]: slices, places, new axes, of the batch only all. */
    static Value item(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain(Operands.first(call));
        JsonElement key =
                call.setting("key", 1)
                        .or(() -> call.setting("slice_spec", 1))
                        .orElseThrow(() -> call.config().unsupported("places that are computed"));
        List<JsonElement> parts = new ArrayList<>();
        if (key instanceof JsonArray array) {
            array.forEach(parts::add);
        } else {
            parts.add(key);
        }
        long fixed = parts.stream().filter(part -> !isEllipsis(part) && !part.isJsonNull()).count();
        int ellipsis = (int) (x.rank() - fixed);
        if (ellipsis < 0) {
            throw call.config().wrong("it takes " + key);
        }
        List<JsonElement> all = new ArrayList<>();
        boolean spread = false;
        for (JsonElement part : parts) {
            if (isEllipsis(part)) {
                for (int i = 0; i < ellipsis && !spread; i++) {
                    all.add(new JsonObject());
                }
                spread = true;
            } else {
                all.add(part);
            }
        }
        for (int i = 0; i < ellipsis && !spread; i++) {
            all.add(new JsonObject());
        }
        int n = all.size();
        int[] begin = new int[n];
        int[] end = new int[n];
        int[] step = Window.ones(n);
        int beginMask = 0;
        int endMask = 0;
        int newAxis = 0;
        int shrink = 0;
        int axis = 0;
        List<Integer> shape = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            JsonElement part = all.get(i);
            if (part.isJsonNull()) {
                newAxis |= 1 << i;
                shape.add(1);
                continue;
            }
            int extent = x.shape()[axis];
            if (part.isJsonPrimitive()) {
                if (axis == 0) {
                    throw call.config().unsupported("one image of the batch");
                }
                begin[i] = part.getAsInt();
                end[i] = begin[i] + 1;
                shrink |= 1 << i;
                if (begin[i] == -1) {
                    endMask |= 1 << i;
                }
            } else {
                Integer from = bound(part, "start");
                Integer to = bound(part, "stop");
                Integer by = bound(part, "step");
                step[i] = by == null ? 1 : by;
                begin[i] = from == null ? 0 : from;
                end[i] = to == null ? 0 : to;
                beginMask |= from == null ? 1 << i : 0;
                endMask |= to == null ? 1 << i : 0;
                boolean whole = from == null && to == null && step[i] == 1;
                if (axis == 0 && !whole) {
                    throw call.config().unsupported("a part of the batch");
                }
                shape.add(
                        whole ? extent : extent < 0 ? -1 : length(call, extent, from, to, step[i]));
            }
            axis++;
        }
        Output y =
                g.emit(
                        "StridedSlice",
                        List.of(x.output(), g.vector(begin), g.vector(end), g.vector(step)),
                        "begin_mask",
                        beginMask,
                        "end_mask",
                        endMask,
                        "new_axis_mask",
                        newAxis,
                        "shrink_axis_mask",
                        shrink);
        return LayerCall.value(y, shape.stream().mapToInt(Integer::intValue).toArray());
    }

    private static boolean isEllipsis(JsonElement part) {
        return part instanceof JsonObject object
                && object.has("class_name")
                && object.get("class_name").getAsString().equals("__ellipsis__");
    }

    private static Integer bound(JsonElement slice, String name) {
        JsonObject object = slice.getAsJsonObject();
        JsonObject bounds = object.get("config") instanceof JsonObject inner ? inner : object;
        JsonElement value = bounds.get(name);
        return value == null || value.isJsonNull() ? null : value.getAsInt();
    }

    /** As Python counts. */
    private static int length(LayerCall call, int extent, Integer from, Integer to, int step) {
        if (step == 0) {
            throw call.config().wrong("its step is 0");
        }
        int low = step > 0 ? 0 : -1;
        int high = step > 0 ? extent : extent - 1;
        int start =
                from == null
                        ? step > 0 ? 0 : extent - 1
                        : clamp(from < 0 ? from + extent : from, low, high);
        int stop =
                to == null ? step > 0 ? extent : -1 : clamp(to < 0 ? to + extent : to, low, high);
        return Math.max(0, (stop - start + step - Integer.signum(step)) / step);
    }

    private static int clamp(int value, int low, int high) {
        return Math.max(low, Math.min(high, value));
    }
}

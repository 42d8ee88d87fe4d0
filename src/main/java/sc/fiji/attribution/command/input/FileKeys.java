/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.input;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.scijava.command.DynamicCommandInfo;
import org.scijava.module.ModuleInfo;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.fiji.file.Outputs;
import sc.fiji.attribution.model.ModelOptions;

/** What every command reads and writes, told from the styles of its inputs. */
public final class FileKeys {

    public static final String IMAGE = "input";
    private static final String INPUTS = "inputs";
    public static final String SERIES = "series";
    public static final String OVERWRITE = "overwrite";

    /** Style of a folder that files of fixed names are written to. */
    private static final String FILLED_FOLDER = "fill";

    private FileKeys() {}

    /** Leaves out what means nothing to a command without an image, or without a file to save. */
    public static void leaveOutUnused(DynamicCommandInfo info) {
        boolean saves =
                Inputs.of(info).stream()
                        .anyMatch(item -> isOutput(item) || hasStyle(item, FILLED_FOLDER));
        ModuleItem<?> image = info.getInput(IMAGE);
        if (image == null || image.getType() != ImagePlus.class) {
            info.removeInput(info.getInput(SERIES));
        }
        if (!saves) {
            info.removeInput(info.getInput(OVERWRITE));
        }
    }

    /** Those that no page of a dialog asks for: there it is a question of its own. */
    public static List<ModuleItem<?>> without(List<ModuleItem<?>> items) {
        List<ModuleItem<?>> others = new ArrayList<>(items);
        others.removeIf(item -> item.getName().equals(SERIES) || item.getName().equals(OVERWRITE));
        return others;
    }

    /** Whether an input names a file that is written; no input is none. */
    public static boolean isOutput(ModuleItem<?> item) {
        return item != null && item.getType() == String.class && hasStyle(item, "save");
    }

    private static boolean hasStyle(ModuleItem<?> item, String style) {
        return item.getWidgetStyle() != null && item.getWidgetStyle().contains(style);
    }

    /** All files of a run, by key. */
    public static Outputs outputs(ModuleInfo info, Function<String, Object> values) {
        Outputs outputs = new Outputs();
        for (ModuleItem<?> item : Inputs.of(info)) {
            Object value = values.apply(item.getName());
            if (value instanceof ImagePlus image) {
                outputs.reads(item.getName(), image);
            } else if (isOutput(item)) {
                outputs.writes(item.getName(), value == null ? "" : value.toString());
            } else if (item.getName().equals(INPUTS) && value instanceof String text) {
                ModelOptions.inputs(text).values().forEach(name -> outputs.reads(INPUTS, name));
            } else if (value instanceof String text) {
                outputs.reads(item.getName(), text);
            }
        }
        return outputs;
    }
}

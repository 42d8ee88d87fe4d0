/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.dialog;

import java.util.List;
import java.util.function.Function;
import org.scijava.module.ModuleInfo;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.command.input.FileKeys;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.Outputs;

/** Asks before files that are there already are replaced; left out where there are none. */
public record ReplacePage(ModuleInfo info, Function<String, Object> values) implements Page {

    private Outputs outputs() {
        Outputs outputs = FileKeys.outputs(info, values);
        outputs.requireApart();
        return outputs;
    }

    @Override
    public List<ModuleItem<?>> items() {
        return outputs().existing().isEmpty()
                ? List.of()
                : List.of(info.getInput(FileKeys.OVERWRITE));
    }

    @Override
    public String introduction() {
        return outputs().question();
    }

    @Override
    public void check() {
        boolean asked = !outputs().existing().isEmpty();
        if (asked && !Boolean.TRUE.equals(values.apply(FileKeys.OVERWRITE))) {
            throw new OptionException(
                    outputs().question() + " Tick to replace, or go back and choose another name.");
        }
    }
}

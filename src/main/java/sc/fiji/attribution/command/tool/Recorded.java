/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.tool;

import ij.ImagePlus;
import ij.WindowManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.scijava.ItemVisibility;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.MutableModuleItem;
import sc.fiji.attribution.command.input.Inputs;
import sc.fiji.attribution.fiji.file.OpenImages;

/** What of a run stands in a recorder's line: the inputs that differ from their defaults. */
final class Recorded {

    private final Module command;
    private final Map<String, Object> defaults;
    private final List<ModuleItem<?>> items;

    Recorded(Module command, Map<String, Object> defaults) {
        this.command = command;
        this.defaults = defaults;
        this.items = Inputs.of(command.getInfo());
    }

    /**
     * By key; where no input differs, one that does not, since a macro line without keys opens the
     * dialog again.
     */
    Map<String, Object> changed() {
        Map<String, Object> changed = new LinkedHashMap<>();
        Map<String, Object> same = new LinkedHashMap<>();
        for (ModuleItem<?> item : items) {
            if (item.getVisibility() != ItemVisibility.INVISIBLE) {
                (isDefault(item) ? same : changed)
                        .put(item.getName(), named(command.getInput(item.getName())));
            }
        }
        same.values().removeIf(value -> value == null || value instanceof ImagePlus);
        if (changed.isEmpty() && !same.isEmpty()) {
            Map.Entry<String, Object> any = same.entrySet().iterator().next();
            changed.put(any.getKey(), any.getValue());
        }
        return changed;
    }

    /** An image that was read for a map is named by its files: nobody finds its title again. */
    private static Object named(Object value) {
        return value instanceof ImagePlus image
                ? OpenImages.filesOfFound(image).map(Object.class::cast).orElse(image)
                : value;
    }

    private boolean isDefault(ModuleItem<?> item) {
        Object value = command.getInput(item.getName());
        List<ImagePlus> images = images();
        return value == null
                || value instanceof String text && text.isBlank()
                || Objects.equals(value, defaults.get(item.getName()))
                // The image is the active one when the macro runs, too; of two images it is not
                // said which.
                || imageInputs() == 1 && value == WindowManager.getCurrentImage()
                // Was read for the map, by a path; its title would not be found again.
                || value instanceof ImagePlus image
                        && images.stream().anyMatch(map -> OpenImages.isFoundBy(map, image));
    }

    private long imageInputs() {
        return items.stream().filter(each -> each.getType() == ImagePlus.class).count();
    }

    private List<ImagePlus> images() {
        return items.stream()
                .map(item -> command.getInput(item.getName()))
                .filter(ImagePlus.class::isInstance)
                .map(ImagePlus.class::cast)
                .toList();
    }

    /** Fiji records every visible input when the command has run. */
    void hideDefaults() {
        Map<String, Object> changed = changed();
        for (ModuleItem<?> item : items) {
            if (!changed.containsKey(item.getName())) {
                ((MutableModuleItem<?>) item).setVisibility(ItemVisibility.INVISIBLE);
            }
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.input;

import ij.Prefs;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What was chosen for a model in a command's dialog, in ImageJ's preferences. */
public final class LastSettings {

    private final String prefix;

    /**
     * @param command its label
     * @param model the model's path
     */
    public LastSettings(String command, String model) {
        // Paths hold signs that a key of the preferences may not.
        String id = UUID.nameUUIDFromBytes(model.getBytes(StandardCharsets.UTF_8)).toString();
        this.prefix = "attribution." + command.replaceAll("\\W", "") + "." + id + ".";
    }

    /** What a key was set to, if it was. */
    public Optional<String> of(String key) {
        return Optional.ofNullable(Prefs.get(prefix + key, null)).filter(text -> !text.isEmpty());
    }

    /**
     * Keeps settings.
     *
     * @param settings by key; an empty text forgets the key
     */
    public void keep(Map<String, String> settings) {
        new LinkedHashMap<>(settings).forEach((key, text) -> Prefs.set(prefix + key, text));
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

import java.util.Collection;
import java.util.Locale;

/** An option, a target or a baseline has a value that cannot be used. */
public class OptionException extends AttributionException {

    private static final long serialVersionUID = 1L;

    private final String key;

    public OptionException(String message) {
        this("", message);
    }

    /**
     * @param key of the option that is at fault, for those who handle it; the message names it too
     */
    public OptionException(String key, String message) {
        super(message);
        this.key = key;
    }

    /**
     * An option that is given and would be ignored.
     *
     * @param reader what does not read it, by name
     * @param reads the keys that it does read
     */
    public static OptionException unread(
            String key, String value, String reader, Collection<String> reads) {
        return new OptionException(
                key,
                String.format(
                        Locale.ROOT,
                        "%s=%s: %s does not read %s; it reads %s.",
                        key,
                        value,
                        reader,
                        key,
                        reads.isEmpty() ? "no option" : String.join(", ", reads)));
    }

    /** The key of the option at fault; empty where it is not one alone. */
    public String key() {
        return key;
    }
}

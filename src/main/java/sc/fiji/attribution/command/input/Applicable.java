/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.input;

import java.util.List;
import java.util.Map;

/** Fields that mean something only beside certain choices of another field. */
public final class Applicable {

    /**
     * @param key a field
     * @param of the field that it follows
     * @param choices of that, beside which it is read
     */
    private record Follows(String key, String of, List<String> choices) {}

    private static final List<Follows> FIELDS =
            List.of(
                    new Follows("constant", "baseline", List.of("constant")),
                    new Follows("sigma", "baseline", List.of("blurred", "localmean")),
                    new Follows("references", "baseline", List.of("images")),
                    new Follows("tolerance", "rule", List.of("adaptive")));

    private Applicable() {}

    /** Whether a field is read beside the present answers. */
    public static boolean isRead(String key, Map<String, Object> answers) {
        return FIELDS.stream()
                .filter(each -> each.key().equals(key) && answers.containsKey(each.of()))
                .allMatch(each -> each.choices().contains(answers.get(each.of())));
    }
}

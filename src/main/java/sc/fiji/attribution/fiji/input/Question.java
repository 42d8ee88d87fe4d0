/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import java.util.List;

/**
 * What only the user knows of how an image goes into a model.
 *
 * @param key of the option that answers it
 * @param text the question as a sentence, which names the answers
 * @param answers values of the option, the likeliest first
 */
public record Question(String key, String text, List<String> answers) {}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

/**
 * What a network says of a subject, with what is known of it.
 *
 * @param id the subject's
 * @param label its true class
 * @param level of the confound, such as its site
 * @param value score of the class that is asked about: log p − log (1 − p), which for two classes
 *     is the difference of their logits
 */
public record Score(String id, String label, String level, double value) {}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Methods that change the rules of the backward pass: each names its rules and says what the result
 * means; the rules themselves are in the engine. Start reading at {@link
 * sc.fiji.attribution.method.propagation.LayerwiseRelevance}.
 */
package sc.fiji.attribution.method.propagation;

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */

/**
 * What a network ends in: where its logits are, and the softmax or sigmoid behind them, be it one
 * op or several. Start with {@link sc.fiji.attribution.graph.head.Logits}.
 */
package sc.fiji.attribution.graph.head;

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Functions that are called like layers, {@code keras.ops} and TensorFlow's: they have settings and
 * operands, and no weights. Start at {@link sc.fiji.attribution.importer.keras.function.Operators},
 * which finds one by its name.
 */
package sc.fiji.attribution.importer.keras.function;

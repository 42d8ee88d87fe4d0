/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * The inputs of commands: as fields declare them and as methods do, from text, from a macro's line,
 * for a model that is named or was used last. Start reading at {@link
 * sc.fiji.attribution.command.input.Inputs}.
 */
package sc.fiji.attribution.command.input;

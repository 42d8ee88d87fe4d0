/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Commands that call a tool: what all have in common, what those share that need a model or a
 * method, and running them by label. Start reading at {@link
 * sc.fiji.attribution.command.tool.ToolCommand}.
 */
package sc.fiji.attribution.command.tool;

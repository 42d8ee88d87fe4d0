/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * The manual, which lies in the plug-in's own jar, as pages of a window. Start reading at {@link
 * sc.fiji.attribution.command.help.Manual}.
 */
package sc.fiji.attribution.command.help;

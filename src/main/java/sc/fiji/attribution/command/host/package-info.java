/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * What a command meets of the program that it runs in: the thread that asked, progress, windows and
 * tables. Start reading at {@link sc.fiji.attribution.command.host.Host}.
 */
package sc.fiji.attribution.command.host;

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * The pages of a command's dialog and the talk over them. They know inputs, and no command. Start
 * reading at {@link sc.fiji.attribution.command.dialog.Conversation}.
 */
package sc.fiji.attribution.command.dialog;

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * What commands have in common: the pages of a dialog and the talk over them, inputs as text, what
 * a host hears and shows, and the models and methods that dialogs ask for. Commands extend {@link
 * sc.fiji.attribution.command.dialog.ToolCommand} or {@link
 * sc.fiji.attribution.command.dialog.ModelCommand}; hosts that are not SciJava's own start at
 * {@link sc.fiji.attribution.command.dialog.CommandRunner}.
 */
package sc.fiji.attribution.command.dialog;

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Windows that show a map over its image. Start reading at {@link
 * sc.fiji.attribution.command.view.OverlayView}. They need a display.
 */
package sc.fiji.attribution.command.view;

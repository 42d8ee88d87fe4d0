/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * What is made for those who install the plug-in. Start reading at {@link
 * sc.fiji.attribution.release.UpdateSite}.
 */
package sc.fiji.attribution.release;

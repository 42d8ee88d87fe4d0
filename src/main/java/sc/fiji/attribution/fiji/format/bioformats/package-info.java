/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Bio-Formats, which every Fiji has and which is on no registry: called by its public entry through
 * reflection where it is on the class path.
 */
package sc.fiji.attribution.fiji.format.bioformats;

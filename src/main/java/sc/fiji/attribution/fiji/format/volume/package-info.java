/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Volume formats with a short header before the voxels: NRRD, MetaImage, FreeSurfer's MGH and MGZ,
 * and Analyze 7.5. Each is one class; start with {@link
 * sc.fiji.attribution.fiji.format.volume.Nrrd}.
 */
package sc.fiji.attribution.fiji.format.volume;

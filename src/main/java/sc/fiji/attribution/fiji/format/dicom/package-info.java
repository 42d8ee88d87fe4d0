/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * DICOM images: files, multi-frame files and series of files as one volume with its place in the
 * world. No kept DICOM library is on Maven Central, so the part of the standard that uncompressed
 * and run-length coded images need is read here, and the rest refused by name. Start with {@link
 * sc.fiji.attribution.fiji.format.dicom.Dicom}.
 */
package sc.fiji.attribution.fiji.format.dicom;

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.nifti;

import ij.ImagePlus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.Series;

/**
 * NIfTI-1 and NIfTI-2 files as ImageJ images, and NIfTI-1 back; Analyze 7.5 is read too.
 *
 * <p>Voxels stay as they are stored: nothing is flipped or reoriented, so column x, row y, slice z
 * of ImageJ (counted from 0) are NIfTI's i, j, k. A volume whose j axis points to the front, as
 * most do, therefore shows with the front at the bottom. Where the voxels lie in the world is kept
 * in the image's properties and written back, also after a detour over ImageJ's TIFF.
 */
public final class Nifti implements ImageFormat {

    @Override
    public String name() {
        return "NIfTI";
    }

    @Override
    public boolean readsPacked() {
        return true;
    }

    /** By its name, and the two files of a pair by the header. */
    @Override
    public boolean recognises(FileHead file) {
        if (file.endsIn(".nii", ".nii.gz")) {
            return true;
        }
        if (file.endsIn(".hdr", ".hdr.gz")) {
            return NiftiParser.isHeader(file.bytes());
        }
        if (!file.endsIn(".img", ".img.gz")) {
            return false;
        }
        String name = file.path().getFileName().toString();
        String header = name.replaceFirst("(?i)\\.img(\\.gz)?$", ".hdr");
        return (Files.exists(file.path().resolveSibling(header))
                || Files.exists(file.path().resolveSibling(header + ".gz")));
    }

    @Override
    public ImagePlus read(Path file, Series series) {
        series.requireOnly(file);
        return read(file);
    }

    @Override
    public ImagePlus outline(Path file) {
        return new NiftiReader(file).outline();
    }

    /** Whether the name is one that {@link #read} and {@link #write} are for. */
    public static boolean isNifti(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".nii") || name.endsWith(".nii.gz");
    }

    /**
     * Reads a volume. The fourth axis of the file becomes frames, the fifth channels; the voxel
     * sizes and the world's origin become the calibration, in millimetres unless the file says
     * otherwise. Unscaled uint8 and uint16 stay 8 and 16 bits; all other types, and all with a
     * scale, become 32-bit float with {@code scl_slope} and {@code scl_inter} applied (integers
     * beyond 2^24 are rounded).
     *
     * @param file {@code .nii} or {@code .nii.gz}, or one of a {@code .hdr}/{@code .img} pair,
     *     which may be Analyze 7.5, whose place in the world is not known; either byte order
     * @throws ImageException if the file is missing, damaged, cut short, of another kind or too
     *     large for the memory
     */
    public static ImagePlus read(Path file) {
        return new NiftiReader(file).read();
    }

    /**
     * Writes a volume, little-endian: 8-bit images as uint8, 16-bit as uint16, 32-bit as float32.
     * Images with a calibration function are written as float32 with calibrated values. The file
     * appears only when it is complete; one of that name is replaced.
     *
     * @param image 3-D, frames and channels allowed; not RGB
     * @param file a name in {@code .nii}, or {@code .nii.gz} for compression
     * @throws ImageException if the image is of another type or the file cannot be written
     */
    public static void write(ImagePlus image, Path file) {
        if (!isNifti(file)) {
            throw new ImageException(
                    file.getFileName()
                            + ": a NIfTI file's name ends in .nii or .nii.gz; rename it");
        }
        new NiftiWriter(file).write(image);
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileSaver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;

/**
 * Writes samples as TIFF stacks that ImageJ opens as calibrated hyperstacks.
 *
 * @param folder where to
 * @param origin voxel of the template's world origin, x, y, z
 */
record SampleFiles(Path folder, double[] origin) {

    private static final String[] TISSUES = {"WM", "GM", "CSF"};
    private static final int PLANE = SampleVolume.X * SampleVolume.Y;

    /** Three channels: white matter, grey matter, cerebrospinal fluid. */
    void tissue(String name, SampleVolume volume) throws IOException {
        ImageStack stack = new ImageStack(SampleVolume.X, SampleVolume.Y);
        for (int z = 0; z < SampleVolume.Z; z++) {
            for (int channel = 0; channel < 3; channel++) {
                stack.addSlice(TISSUES[channel], plane(volume.tissue()[channel], z));
            }
        }
        ImagePlus image = new ImagePlus(name, stack);
        image.setDimensions(3, SampleVolume.Z, 1);
        image = new CompositeImage(image, CompositeImage.GRAYSCALE);
        save(name, image);
    }

    /** One channel, 0 or 255. */
    void mask(String name, SampleVolume volume) throws IOException {
        ImageStack stack = new ImageStack(SampleVolume.X, SampleVolume.Y);
        for (int z = 0; z < SampleVolume.Z; z++) {
            stack.addSlice(null, plane(volume.lesion(), z));
        }
        save(name, new ImagePlus(name, stack));
    }

    private static byte[] plane(byte[] data, int z) {
        return Arrays.copyOfRange(data, z * PLANE, (z + 1) * PLANE);
    }

    private void save(String name, ImagePlus image) throws IOException {
        image.setDisplayRange(0, 255);
        image.setOpenAsHyperStack(true);
        double size = SampleVolume.SIZE;
        VoxelToWorld affine = VoxelToWorld.scaling(size, size, size);
        double[] first = affine.world(-origin[0], -origin[1], -origin[2]);
        ImageGeometry.attach(
                image,
                new VoxelToWorld(
                        new double[] {
                            size, 0, 0, first[0], 0, size, 0, first[1], 0, 0, size, first[2]
                        }),
                new double[] {size, size, size},
                "mm",
                0);
        Path file = folder.resolve(name + ".tif");
        if (!new FileSaver(image).saveAsTiff(file.toString())) {
            throw new IOException(file + ": cannot be written");
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.group;

import ij.ImagePlus;
import ij.ImageStack;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.MapDisplay;
import sc.fiji.attribution.fiji.map.Provenance;

/** The images of groups, as files of a folder. */
public final class GroupImages {

    private final Path folder;
    private final Map<String, String> files = new LinkedHashMap<>();

    /**
     * @param folder exists
     */
    public GroupImages(Path folder) {
        this.folder = folder;
    }

    /** File names by title, in the order they were saved. */
    public Map<String, String> files() {
        return files;
    }

    /**
     * Saves one.
     *
     * @param name of the file, behind the method's
     * @param what it is, for people
     * @param values x fastest
     * @param grid whose grid it has
     * @param unit of the values, which stands beside their colour bar
     * @param neutral 0 for a signed image, which is shown in red and blue; 1 for p-values
     * @param suffix of the file, such as {@code .nii.gz}
     */
    public void save(
            String method,
            String name,
            String what,
            double[] values,
            String unit,
            ImagePlus grid,
            double neutral,
            String suffix) {
        int plane = grid.getWidth() * grid.getHeight();
        ImageStack stack = new ImageStack(grid.getWidth(), grid.getHeight());
        for (int z = 0; z < grid.getNSlices(); z++) {
            stack.addSlice(null, floats(values, z * plane, plane));
        }
        String title = method + ", " + what;
        ImagePlus image = new ImagePlus(title, stack);
        image.setDimensions(1, grid.getNSlices(), 1);
        image.setCalibration(grid.getCalibration().copy());
        ImageGeometry.copy(grid, image);
        image.setProp(Provenance.UNIT, unit);
        if (neutral == 0) {
            MapDisplay.show(image, DivergingLut.LIGHT, MapDisplay.limit(image, 100));
        }
        String file = free(method.replace(' ', '-') + "_" + name, suffix);
        ImageFile.save(image, folder.resolve(file).toString());
        files.put(title, folder.getFileName() + "/" + file);
    }

    private static float[] floats(double[] values, int from, int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) values[from + i];
        }
        return floats;
    }

    /** Groups may differ in signs that files' names leave out, such as {@code A/B} and A-B. */
    private String free(String name, String suffix) {
        String file = name + suffix;
        for (int k = 2; isTaken(file); k++) {
            file = name + "_" + k + suffix;
        }
        return file;
    }

    private boolean isTaken(String file) {
        String path = folder.getFileName() + "/" + file;
        return files.values().stream().anyMatch(path::equalsIgnoreCase);
    }
}

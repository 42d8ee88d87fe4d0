/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;

/**
 * Lesions as raters drew them: the connected components of thirty patients' masks, in mm of the
 * common space. Every third patient's are kept for testing.
 *
 * @param shapes from the smallest to the largest
 */
record LesionShapes(List<Shape> shapes) {

    /** Components smaller than this, in mm³, may be a slip of the pen. */
    private static final int SMALLEST = 12;

    /**
     * Confluent lesions, which fill half the white matter, are cut into blocks of this edge; mm.
     */
    private static final double BLOCK = 16;

    /** What is larger than this is cut; mm³. */
    private static final int CONFLUENT = 1500;

    /**
     * @param centre world coordinates, mm
     * @param offsets x, y, z of each cubic millimetre from the centre
     */
    record Shape(double[] centre, float[][] offsets) {}

    /**
     * Reads {@code ms_p01_lesions_MNI.nii.gz} to {@code ms_p30_lesions_MNI.nii.gz}.
     *
     * @param heldOut whether the lesions of patients 3, 6, … 30, or those of all others
     */
    static LesionShapes read(Path folder, boolean heldOut) {
        List<Shape> shapes = new ArrayList<>();
        for (int patient = 1; patient <= 30; patient++) {
            if ((patient % 3 == 0) == heldOut) {
                String name = "ms_p%02d_lesions_MNI.nii.gz".formatted(patient);
                shapes.addAll(components(Volume.read(folder.resolve(name))));
            }
        }
        shapes.sort(Comparator.comparingInt(shape -> shape.offsets().length));
        return new LesionShapes(shapes);
    }

    private static List<Shape> components(Volume mask) {
        List<Shape> shapes = new ArrayList<>();
        boolean[] seen = new boolean[mask.data().length];
        for (int index = 0; index < seen.length; index++) {
            if (mask.data()[index] != 0 && !seen[index]) {
                for (List<double[]> piece : pieces(component(mask, index, seen), mask.place())) {
                    if (piece.size() >= SMALLEST) {
                        shapes.add(shape(piece));
                    }
                }
            }
        }
        return shapes;
    }

    /** The voxels connected with this one over faces, edges and corners. */
    private static List<int[]> component(Volume mask, int start, boolean[] seen) {
        List<int[]> voxels = new ArrayList<>();
        ArrayDeque<int[]> queue = new ArrayDeque<>();
        int row = start / mask.x();
        queue.add(new int[] {start % mask.x(), row % mask.y(), row / mask.y()});
        seen[start] = true;
        while (!queue.isEmpty()) {
            int[] at = queue.remove();
            voxels.add(at);
            for (int n = 0; n < 27; n++) {
                int i = at[0] + n % 3 - 1;
                int j = at[1] + n / 3 % 3 - 1;
                int k = at[2] + n / 9 - 1;
                if (mask.get(i, j, k) != 0 && !seen[mask.index(i, j, k)]) {
                    seen[mask.index(i, j, k)] = true;
                    queue.add(new int[] {i, j, k});
                }
            }
        }
        return voxels;
    }

    /** The component in world coordinates, in one piece where it is not confluent. */
    private static Collection<List<double[]>> pieces(List<int[]> voxels, VoxelToWorld place) {
        Map<List<Long>, List<double[]>> pieces = new LinkedHashMap<>();
        double edge = voxels.size() > CONFLUENT ? BLOCK : 1e6;
        for (int[] voxel : voxels) {
            double[] world = place.world(voxel[0], voxel[1], voxel[2]);
            List<Long> block =
                    Arrays.stream(world).mapToObj(at -> (long) Math.floor(at / edge)).toList();
            pieces.computeIfAbsent(edge == BLOCK ? block : List.of(), b -> new ArrayList<>())
                    .add(world);
        }
        return pieces.values();
    }

    private static Shape shape(List<double[]> worlds) {
        double[] centre = new double[3];
        for (double[] world : worlds) {
            for (int axis = 0; axis < 3; axis++) {
                centre[axis] += world[axis] / worlds.size();
            }
        }
        float[][] offsets = new float[worlds.size()][3];
        for (int n = 0; n < offsets.length; n++) {
            for (int axis = 0; axis < 3; axis++) {
                offsets[n][axis] = (float) (worlds.get(n)[axis] - centre[axis]);
            }
        }
        return new Shape(centre, offsets);
    }

    /** Draws a shape, large ones oftener: with a chance in proportion to the root of the volume. */
    Shape draw(Random random) {
        double total = shapes.stream().mapToDouble(LesionShapes::weight).sum();
        double left = total * random.nextDouble();
        for (Shape shape : shapes) {
            left -= weight(shape);
            if (left < 0) {
                return shape;
            }
        }
        return shapes.get(shapes.size() - 1);
    }

    private static double weight(Shape shape) {
        return Math.sqrt(shape.offsets().length);
    }
}

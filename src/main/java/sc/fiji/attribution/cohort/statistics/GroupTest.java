/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Whether maps depend on a regressor, such as membership of a group, given covariates: a t per
 * voxel and p-values by permutation, corrected for all voxels by the largest statistic in each
 * permuted map (Nichols and Holmes 2002), for t itself and for its cluster enhancement ({@link
 * Tfce}).
 *
 * <p>With covariates what is permuted are the residuals of the model without the regressor
 * (Freedman and Lane 1983; Winkler et al. 2014). The t of permuted data y* = P·R·y depends on the
 * part of y* that the covariates do not explain only, so that with x the regressor's own such part,
 * and Q an orthonormal basis of the covariates, β = x·Pe / x·x and the residual sum is e·e −
 * |Qᵀ·Pe|² − β²·x·x, where e = R·y: a few inner products per voxel and permutation.
 *
 * <p>Memory: while permuting, the residuals of all subjects in float, and a few maps.
 */
public final class GroupTest {

    /** Looked at before each permutation; may throw to end the run. */
    public interface Watch {
        void permutation(int done, int total);
    }

    /** Voxels that are filled together: so many that those of a hundred subjects fit a cache. */
    private static final int BLOCK = 128;

    private final float[][] maps;
    private final int[] at; // where a voxel stands in the maps
    private final Design design;
    private final Voxels voxels;

    /**
     * @param maps one per subject, one value per voxel
     * @param regressor one value per subject, such as 1 and 0 for two groups
     * @param covariates each with one value per subject; the constant is not among them
     * @throws IllegalArgumentException where the regressor follows from the covariates, or there
     *     are too few subjects
     */
    public GroupTest(float[][] maps, double[] regressor, double[][] covariates, Voxels voxels) {
        this(maps, IntStream.range(0, voxels.count()).toArray(), regressor, covariates, voxels);
    }

    /**
     * Of whole volumes.
     *
     * @param maps one per subject, of all places of the volume
     */
    public static GroupTest inside(
            float[][] maps, double[] regressor, double[][] covariates, Voxels voxels) {
        return new GroupTest(maps, voxels.places(), regressor, covariates, voxels);
    }

    /**
     * @param at where a voxel stands in the maps
     */
    private GroupTest(
            float[][] maps, int[] at, double[] regressor, double[][] covariates, Voxels voxels) {
        this.voxels = voxels;
        this.maps = maps;
        this.at = at;
        this.design = Design.of(regressor, covariates);
    }

    /** Of the t: subjects less the regressor, the covariates and the constant. */
    public int degrees() {
        return design.degrees();
    }

    /**
     * @param slope per voxel: for two groups coded 1 and 0 the difference of their means, adjusted
     * @param t per voxel, 0 where nothing varies
     * @param p corrected for all voxels, per voxel, two-sided
     * @param enhanced {@link Tfce} of t
     * @param pEnhanced corrected, of the enhanced values
     * @param permutations that were made, the true order among them
     */
    public record Result(
            double[] slope,
            float[] t,
            double[] p,
            float[] enhanced,
            double[] pEnhanced,
            int permutations) {}

    /**
     * Tests against random permutations; the true order is the first.
     *
     * @param permutations including the true one
     */
    public Result test(int permutations, long seed, Watch watch) {
        Random random = new Random(seed);
        int[] order = identity();
        int[][] orders = new int[1][];
        return test(
                permutations,
                k -> {
                    if (k > 0) {
                        shuffle(order, random);
                    }
                    orders[0] = order;
                    return orders[0];
                },
                watch);
    }

    /** The order of the residuals in the permutation of that number; number 0 is the true one. */
    interface Orders {
        int[] order(int number);
    }

    Result test(int permutations, Orders orders, Watch watch) {
        int count = voxels.count();
        double[] slope = new double[count];
        Design.Residuals[] blocks = new Design.Residuals[(count + BLOCK - 1) / BLOCK];
        inBlocks((k, first, last) -> blocks[k] = design.residuals(maps, at, first, last, slope));
        Tfce tfce = new Tfce(voxels);
        float[] t = new float[count];
        float[] enhanced = new float[count];
        double[] largest = new double[permutations];
        double[] largestEnhanced = new double[permutations];
        float[] map = new float[count];
        for (int k = 0; k < permutations; k++) {
            watch.permutation(k, permutations);
            Design.Model model = design.permuted(orders.order(k));
            inBlocks((block, first, last) -> model.t(blocks[block], map, first));
            float[] better = tfce.enhance(map);
            if (k == 0) {
                System.arraycopy(map, 0, t, 0, t.length);
                enhanced = better;
            }
            largest[k] = largest(map);
            largestEnhanced[k] = largest(better);
        }
        return new Result(
                slope,
                t,
                corrected(t, largest),
                enhanced,
                corrected(enhanced, largestEnhanced),
                permutations);
    }

    /**
     * The difference and t alone, of the maps as they are; nothing is kept of the residuals.
     *
     * @return without p-values and enhancement
     */
    public Result plain() {
        double[] slope = new double[voxels.count()];
        float[] t = new float[voxels.count()];
        inBlocks((block, first, last) -> design.plain(maps, at, first, last, slope, t));
        return new Result(slope, t, new double[0], new float[0], new double[0], 0);
    }

    /** What is done with the voxels from one to before another. */
    private interface Block {
        void run(int number, int first, int last);
    }

    private void inBlocks(Block work) {
        int count = voxels.count();
        IntStream.range(0, (count + BLOCK - 1) / BLOCK)
                .parallel()
                .forEach(k -> work.run(k, k * BLOCK, Math.min((k + 1) * BLOCK, count)));
    }

    int[] identity() {
        int[] order = new int[maps.length];
        Arrays.setAll(order, i -> i);
        return order;
    }

    private static double largest(float[] map) {
        double largest = 0;
        for (float value : map) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double[] corrected(float[] map, double[] largest) {
        double[] sorted = largest.clone();
        Arrays.sort(sorted);
        double[] p = new double[map.length];
        for (int v = 0; v < p.length; v++) {
            // Sums in another order differ in the last digits.
            double value = Math.abs(map[v]) * (1 - 1e-6);
            int at = Arrays.binarySearch(sorted, value);
            int below = at < 0 ? -at - 1 : at;
            while (below > 0 && sorted[below - 1] >= value) {
                below--;
            }
            p[v] = (double) (sorted.length - below) / sorted.length;
        }
        return p;
    }

    private static void shuffle(int[] order, Random random) {
        for (int i = order.length - 1; i > 0; i--) {
            int k = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[k];
            order[k] = kept;
        }
    }
}

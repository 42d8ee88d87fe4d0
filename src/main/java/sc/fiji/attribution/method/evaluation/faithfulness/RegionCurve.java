/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.MetricDeclaration;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Ranking;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.method.space.Space;

/**
 * Curves over parts of an image, such as supervoxels or the labels of an atlas: the part with the
 * largest mean of the map changes first. The score is drawn over the share of the regions' voxels
 * that have changed, so that parts of one voxel each give the curve over voxels. 1 is the image, 0
 * the image without any region; what belongs to no region always stays.
 */
abstract class RegionCurve extends FaithfulnessMetric {

    private final boolean insert;
    private final String change;

    /**
     * @param change what is done to regions: {@code "removed"}
     * @param insert whether they are put into an image without any
     */
    RegionCurve(String name, String change, boolean insert) {
        super(
                new MetricDeclaration(
                        name,
                        "The mean score while regions are "
                                + change
                                + ", those argued for first; 1 is the image, 0 without any.",
                        "Petsiuk et al. 2018, BMVC, over regions as Samek et al. 2017, IEEE TNNLS"
                                + " 28",
                        Double.NEGATIVE_INFINITY,
                        Double.POSITIVE_INFINITY,
                        insert ? Better.HIGHER : Better.LOWER,
                        Set.of(Need.NETWORK, Need.REGIONS)));
        this.insert = insert;
        this.change = change;
    }

    @Override
    public final String curve() {
        return "score, by the regions' share that is " + change;
    }

    /** Of the image too and, before regions are put back, of that without any. */
    @Override
    public final long passes(Trial trial) {
        int regions = trial.explained().orElseThrow().regions().orElseThrow().count();
        return Math.min(regions, trial.steps()) + (insert ? 2L : 1L);
    }

    @Override
    public final Finding evaluate(Trial trial, Progress progress) {
        Removal removal = new Removal(trial);
        Regions regions = trial.explained().orElseThrow().regions().orElseThrow();
        int[][] groups = groups(features(trial.map(), regions), removal.values(), trial.steps());
        double[] scores = removal.kept(groups, insert, progress);
        int[] all = Arrays.stream(groups).flatMapToInt(Arrays::stream).toArray();
        double image = removal.ofInput();
        double bare = insert ? bare(removal, all, progress) : scores[scores.length - 1];
        if (image == bare) {
            return Finding.of(Double.NaN, "taking all regions away does not change the score");
        }
        double[] heights = new double[groups.length + 1];
        double[] shares = new double[groups.length + 1];
        heights[0] = insert ? 0 : (image - bare) / Math.abs(image - bare);
        int changed = 0;
        double area = 0;
        for (int i = 1; i < heights.length; i++) {
            changed += groups[i - 1].length;
            shares[i] = (double) changed / all.length;
            heights[i] = (scores[i - 1] - bare) / Math.abs(image - bare);
            area += (shares[i] - shares[i - 1]) * (heights[i] + heights[i - 1]) / 2;
        }
        return new Finding(
                area, regions.count() + " regions", evenly(shares, heights, trial.steps()));
    }

    private static double bare(Removal removal, int[] all, Progress progress) {
        return removal.aloneOnce("all regions", new int[][] {all}, progress)[0];
    }

    /** The map's features in each region. */
    static int[][] features(Tensor map, Regions regions) {
        Space space = Space.of(map);
        int[] at = space.offsets(map);
        int[] label = space.offsets(regions.labels());
        List<IntStream.Builder> members = new ArrayList<>();
        for (int i = 0; i < regions.count(); i++) {
            members.add(IntStream.builder());
        }
        for (int i = 0; i < at.length; i++) {
            for (int c = 0; c < map.size('c'); c++) {
                int channel = Math.min(c, regions.labels().size('c') - 1);
                int place = label[i] + channel * regions.labels().stride('c');
                int region = (int) regions.labels().data()[place];
                if (region > 0) {
                    members.get(region - 1).add(at[i] + c * map.stride('c'));
                }
            }
        }
        return members.stream().map(each -> each.build().toArray()).toArray(int[][]::new);
    }

    /**
     * Regions in the order of their means; neighbours in it together, so that there are no more
     * changes than steps.
     */
    private static int[][] groups(int[][] regions, double[] values, int steps) {
        double[] means =
                Arrays.stream(regions)
                        .mapToDouble(
                                r ->
                                        Arrays.stream(r)
                                                .mapToDouble(f -> values[f])
                                                .average()
                                                .orElse(0))
                        .toArray();
        int[][] together = groups(Ranking.descending(means), step(regions.length, steps));
        return Arrays.stream(together)
                .map(g -> Arrays.stream(g).flatMap(r -> Arrays.stream(regions[r])).toArray())
                .toArray(int[][]::new);
    }

    /** Heights at equal shares, by straight lines between those that are known. */
    private static List<Double> evenly(double[] shares, double[] heights, int steps) {
        List<Double> curve = new ArrayList<>();
        int next = 1;
        for (int i = 0; i <= steps; i++) {
            double share = (double) i / steps;
            while (next < shares.length - 1 && shares[next] < share) {
                next++;
            }
            double width = shares[next] - shares[next - 1];
            double part = width == 0 ? 1 : Math.min(1, (share - shares[next - 1]) / width);
            curve.add(heights[next - 1] + part * (heights[next] - heights[next - 1]));
        }
        return curve;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import ij.ImagePlus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import sc.fiji.attribution.cohort.group.AlikeMaps;
import sc.fiji.attribution.cohort.group.GroupImages;
import sc.fiji.attribution.cohort.group.GroupMoments;
import sc.fiji.attribution.cohort.group.MapClusters;
import sc.fiji.attribution.cohort.group.MapTest;
import sc.fiji.attribution.cohort.group.Moments;
import sc.fiji.attribution.cohort.run.Cohort.Member;
import sc.fiji.attribution.cohort.statistics.Cluster;
import sc.fiji.attribution.cohort.statistics.GroupTest;
import sc.fiji.attribution.cohort.table.CsvFile;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.region.Atlas;

/**
 * What maps of subjects say together, voxel by voxel, where they share a grid in a common space:
 * mean and standard deviation of all and of each class, and for each comparison the difference of
 * the means, t, and p-values corrected for all voxels. The tests hold all maps in memory, as
 * floats, and are left out where there is too little.
 */
final class GroupMaps {

    private static final long SEED = 1;
    private static final double LEVEL = 0.05;

    /** Groups of fewer have no t worth showing. */
    private static final int FEWEST = 3;

    private final Cohort cohort;
    private final RunFolder folder;
    private final RegionSums regions;
    private final GroupMoments.Adding adding;
    private final GroupImages images;
    private final List<String> notes = new ArrayList<>();
    private final CsvFile clusters =
            new CsvFile(
                    List.of(
                            "method",
                            "comparison",
                            "by",
                            "voxels",
                            "volume",
                            "x",
                            "y",
                            "z",
                            "unit",
                            "t",
                            "p",
                            "region"));

    private final CsvFile exploration =
            new CsvFile(List.of("method", "eigengap", "cluster", "class", "confound", "n"));

    /**
     * @param adding who adds the maps up
     */
    GroupMaps(Cohort cohort, RunFolder folder, RegionSums regions, GroupMoments.Adding adding) {
        this.cohort = cohort;
        this.folder = folder;
        this.regions = regions;
        this.adding = adding;
        this.images = new GroupImages(folder.path().resolve("groups"));
    }

    /** What could not be done and why, a line each. */
    List<String> notes() {
        return notes;
    }

    /** File names of the images by title. */
    Map<String, String> images() {
        return images.files();
    }

    CsvFile clusters() {
        return clusters;
    }

    /** Clusters of alike maps; no evidence of bias. */
    CsvFile exploration() {
        return exploration;
    }

    /** The maps of a method on one grid, and whose each of all is. */
    private record Common(String method, List<Member> members, List<Path> files, AlikeMaps maps) {

        int[] places() {
            return maps.places();
        }

        ImagePlus grid() {
            return maps.grid();
        }
    }

    void make(List<Comparison> comparisons, Progress progress) {
        for (String method : cohort.settings().methods()) {
            Common common = common(method);
            if (common.places().length < 2) {
                notes.add(
                        method
                                + ": fewer than two maps lie on one grid, so there are results of"
                                + " single subjects only.");
                continue;
            }
            means(common);
            explore(common);
            for (Comparison comparison : comparisons) {
                compare(common, comparison, progress);
            }
        }
    }

    /** Those on the grid that most maps have. */
    private Common common(String method) {
        List<Member> members = cohort.asked().stream().filter(m -> m.map(method) != null).toList();
        List<Path> files = members.stream().map(m -> folder.map(m.map(method))).toList();
        AlikeMaps maps = AlikeMaps.of(files, cohort.settings().normalise());
        int[] places = maps.places();
        List<String> others =
                IntStream.range(0, members.size())
                        .filter(i -> Arrays.binarySearch(places, i) < 0)
                        .mapToObj(i -> members.get(i).subject().id())
                        .toList();
        if (!others.isEmpty()) {
            notes.add(
                    method
                            + ": left out of what subjects have in common, since their images lie"
                            + " on another grid: "
                            + String.join(", ", others.subList(0, Math.min(20, others.size())))
                            + (others.size() > 20 ? ", …" : "")
                            + "; register and resample them to a common space.");
        }
        return new Common(method, members, files, maps);
    }

    private void means(Common common) {
        List<String> classes = cohort.classes();
        int[] groups = common.members().stream().mapToInt(Member::truth).toArray();
        GroupMoments sums = adding.sums(common.maps(), common.files(), groups, classes.size());
        save(common, "mean", "mean", sums.all().mean(), common.maps().unit(), 0);
        save(
                common,
                "standard-deviation",
                "standard deviation",
                sums.all().deviation(),
                common.maps().unit(),
                0);
        for (int k = 0; classes.size() > 1 && k < classes.size() && classes.size() <= 20; k++) {
            Moments ofClass = sums.group(k);
            if (ofClass.count() > 0) {
                String name = "mean-" + classes.get(k).replaceAll("[^\\p{L}\\p{N}.]+", "-");
                save(
                        common,
                        name,
                        "mean of " + classes.get(k),
                        ofClass.mean(),
                        common.maps().unit(),
                        0);
            }
        }
    }

    private void explore(Common common) {
        MapClusters.rows(common.method(), common.maps(), i -> kind(common.members().get(i)))
                .forEach(exploration::add);
    }

    /** Class and level; of a number the level alone. */
    private List<String> kind(Member member) {
        boolean none = member.truth() < 0 || cohort.outcome().isNumber();
        return List.of(none ? "" : cohort.classes().get(member.truth()), cohort.level(member));
    }

    private void compare(Common common, Comparison comparison, Progress progress) {
        List<String> covariates = cohort.settings().covariates();
        int[] all =
                Arrays.stream(common.places())
                        .filter(i -> comparison.group().applyAsInt(common.members().get(i)) >= 0)
                        .toArray();
        int[] places =
                Arrays.stream(all)
                        .filter(i -> number(common.members().get(i), covariates))
                        .toArray();
        List<Member> members =
                Arrays.stream(places).mapToObj(i -> common.members().get(i)).toList();
        double[] group =
                members.stream().mapToDouble(m -> comparison.group().applyAsInt(m)).toArray();
        long first = Arrays.stream(group).filter(g -> g == 1).count();
        String what = common.method() + ", " + comparison.name();
        if (places.length < all.length) {
            List<String> without =
                    Arrays.stream(all)
                            .mapToObj(i -> common.members().get(i))
                            .filter(m -> !number(m, covariates))
                            .map(m -> m.subject().id())
                            .toList();
            notes.add(what + ": " + CohortCheck.line("left out, without covariates", without));
        }
        if (first < FEWEST || members.size() - first < FEWEST) {
            notes.add(
                    String.format(
                            Locale.ROOT,
                            "%s: not compared, with %d and %d subjects; a group has %d or more.",
                            what,
                            first,
                            members.size() - first,
                            FEWEST));
            return;
        }
        try {
            MapTest test =
                    MapTest.of(
                            common.maps(),
                            places,
                            group,
                            nuisance(members, comparison),
                            cohort.settings().permutations(),
                            SEED,
                            (done, total) -> progress.update(done, total, "Permuting " + what));
            results(common, comparison, test);
        } catch (IllegalArgumentException e) {
            notes.add(what + ": not compared: " + e.getMessage() + ".");
        }
    }

    private static boolean number(Member member, List<String> columns) {
        return columns.stream()
                .allMatch(c -> SubjectTable.number(member.subject().cell(c)) != null);
    }

    private double[][] nuisance(List<Member> members, Comparison comparison) {
        List<double[]> columns = new ArrayList<>();
        for (String column : cohort.settings().covariates()) {
            columns.add(
                    members.stream()
                            .mapToDouble(m -> SubjectTable.number(m.subject().cell(column)))
                            .toArray());
        }
        int[] strata = members.stream().mapToInt(comparison.covariate()).toArray();
        for (int level : Arrays.stream(strata).distinct().sorted().skip(1).toArray()) {
            columns.add(Arrays.stream(strata).mapToDouble(s -> s == level ? 1 : 0).toArray());
        }
        return columns.toArray(new double[0][]);
    }

    private void results(Common common, Comparison comparison, MapTest test) {
        String name = comparison.file();
        String what = comparison.name();
        GroupTest.Result result = test.result();
        double[] t = new double[result.t().length];
        Arrays.setAll(t, v -> result.t()[v]);
        save(
                common,
                name + "_difference",
                what + ", difference",
                test.whole(result.slope(), 0),
                common.maps().unit(),
                0);
        save(common, name + "_t", what + ", t", test.whole(t, 0), "t", 0);
        if (cohort.settings().permutations() < 2) {
            return;
        }
        save(common, name + "_p", what + ", p", test.whole(result.p(), 1), "p", 1);
        save(
                common,
                name + "_p-tfce",
                what + ", p of TFCE",
                test.whole(result.pEnhanced(), 1),
                "p",
                1);
        clusters(common, comparison, "t", test, result.p());
        clusters(common, comparison, "TFCE", test, result.pEnhanced());
    }

    private void clusters(
            Common common, Comparison comparison, String by, MapTest test, double[] p) {
        boolean[] beyond = new boolean[p.length];
        for (int v = 0; v < p.length; v++) {
            beyond[v] = p[v] <= LEVEL;
        }
        ImagePlus grid = common.grid();
        Atlas atlas = regions.on(grid);
        VoxelToWorld world = ImageGeometry.of(grid).affine();
        int plane = grid.getWidth() * grid.getHeight();
        double volume =
                Math.abs(
                        grid.getCalibration().pixelWidth
                                * grid.getCalibration().pixelHeight
                                * grid.getCalibration().pixelDepth);
        for (Cluster cluster : Cluster.of(test.result().t(), beyond, test.voxels())) {
            int place = test.voxels().places()[cluster.peak()];
            int i = place % plane;
            double[] at = world.world(i % grid.getWidth(), i / grid.getWidth(), place / plane);
            String region =
                    Optional.ofNullable(atlas)
                            .map(a -> a.names().getOrDefault(a.labels()[place / plane][i], ""))
                            .orElse("");
            clusters.add(
                    List.of(
                            common.method(),
                            comparison.name(),
                            by,
                            cluster.voxels(),
                            cluster.voxels() * volume,
                            at[0],
                            at[1],
                            at[2],
                            grid.getCalibration().getUnit(),
                            cluster.value(),
                            p[cluster.peak()],
                            region));
        }
    }

    /**
     * @param name of the file
     * @param what for people
     */
    private void save(
            Common common, String name, String what, double[] values, String unit, double neutral) {
        Path like = common.files().get(common.places()[0]);
        String suffix =
                like.getFileName().toString().replaceAll("^.*?(\\.nii(\\.gz)?|\\.tif)$", "$1");
        images.save(common.method(), name, what, values, unit, common.grid(), neutral, suffix);
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import ij.ImagePlus;
import ij.ImageStack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import sc.fiji.attribution.cohort.run.Cohort.Member;
import sc.fiji.attribution.cohort.statistics.Cluster;
import sc.fiji.attribution.cohort.statistics.GroupTest;
import sc.fiji.attribution.cohort.statistics.SpectralClustering;
import sc.fiji.attribution.cohort.statistics.Voxels;
import sc.fiji.attribution.cohort.table.CsvFile;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.machine.JavaHeap;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.MapDisplay;
import sc.fiji.attribution.fiji.region.Atlas;

/**
 * What maps of subjects say together, voxel by voxel, where they share a grid in a common space:
 * mean and standard deviation of all and of each class, and for each comparison the difference of
 * the means, t, and p-values corrected for all voxels. Means are taken map by map; the tests hold
 * all maps in memory, as floats, and are left out where there is too little.
 */
final class GroupMaps {

    private static final long SEED = 1;
    private static final double LEVEL = 0.05;

    /** Extents of the maps that are clustered. */
    private static final int COARSE = 10;

    /** Eigenvectors of more take too long. */
    private static final int MOST_EXPLORED = 600;

    /** Groups of fewer have no t worth showing. */
    private static final int FEWEST = 3;

    private final Cohort cohort;
    private final RunFolder folder;
    private final RegionSums regions;
    private final List<String> notes = new ArrayList<>();
    private final Map<String, String> images = new LinkedHashMap<>();
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

    GroupMaps(Cohort cohort, RunFolder folder, RegionSums regions) {
        this.cohort = cohort;
        this.folder = folder;
        this.regions = regions;
    }

    /** What could not be done and why, a line each. */
    List<String> notes() {
        return notes;
    }

    /** File names of the images by title. */
    Map<String, String> images() {
        return images;
    }

    CsvFile clusters() {
        return clusters;
    }

    /** Clusters of alike maps; no evidence of bias. */
    CsvFile exploration() {
        return exploration;
    }

    void make(List<Comparison> comparisons, Progress progress) {
        for (String method : cohort.settings().methods()) {
            List<Member> members =
                    cohort.asked().stream().filter(m -> m.map(method) != null).toList();
            List<Member> common = common(members, method);
            if (common.size() < 2) {
                notes.add(
                        method
                                + ": fewer than two maps lie on one grid, so there are results of"
                                + " single subjects only.");
                continue;
            }
            means(method, common);
            explore(method, common);
            for (Comparison comparison : comparisons) {
                compare(method, common, comparison, progress);
            }
        }
    }

    /** Those on the grid that most maps have. */
    private List<Member> common(List<Member> members, String method) {
        List<ImagePlus> grids = new ArrayList<>();
        List<List<Member>> onGrid = new ArrayList<>();
        for (Member member : members) {
            ImagePlus map = ImageFile.outline(folder.map(member.map(method)).toString());
            int at = 0;
            while (at < grids.size() && !ImageGeometry.sameGrid(grids.get(at), map)) {
                at++;
            }
            if (at == grids.size()) {
                grids.add(map);
                onGrid.add(new ArrayList<>());
            }
            onGrid.get(at).add(member);
        }
        List<Member> most =
                onGrid.stream().reduce((a, b) -> b.size() > a.size() ? b : a).orElse(List.of());
        Set<String> kept = most.stream().map(m -> m.subject().id()).collect(Collectors.toSet());
        List<String> others =
                members.stream().map(m -> m.subject().id()).filter(m -> !kept.contains(m)).toList();
        if (!others.isEmpty()) {
            notes.add(
                    method
                            + ": left out of what subjects have in common, since their images lie"
                            + " on another grid: "
                            + String.join(", ", others.subList(0, Math.min(20, others.size())))
                            + (others.size() > 20 ? ", …" : "")
                            + "; register and resample them to a common space.");
        }
        return most;
    }

    private ImagePlus open(Member member, String method) {
        return ImageFile.open(folder.map(member.map(method)).toString());
    }

    /** Values of a map, of total absolute value 1 where that was asked for. */
    private float[] values(Member member, String method) {
        ImagePlus map = open(member, method);
        ImageView view = ImageView.of(map);
        int plane = map.getWidth() * map.getHeight();
        float[] values = new float[plane * map.getNSlices()];
        double total = 0;
        for (int z = 0; z < map.getNSlices(); z++) {
            System.arraycopy(view.slice(0, z, 0), 0, values, z * plane, plane);
        }
        if (cohort.settings().normalise()) {
            for (float value : values) {
                total += Math.abs(value);
            }
            for (int i = 0; total > 0 && i < values.length; i++) {
                values[i] = (float) (values[i] / total);
            }
        }
        return values;
    }

    private void means(String method, List<Member> common) {
        ImagePlus grid = open(common.get(0), method);
        int voxels = grid.getWidth() * grid.getHeight() * grid.getNSlices();
        List<String> classes = cohort.classes();
        Moments all = new Moments(voxels);
        Moments[] ofClass = new Moments[classes.size()];
        Arrays.setAll(ofClass, k -> new Moments(voxels));
        for (Member member : common) {
            float[] values = values(member, method);
            all.add(values);
            if (member.truth() >= 0) {
                ofClass[member.truth()].add(values);
            }
        }
        save(method, "mean", all.mean, grid, 0);
        save(method, "standard-deviation", all.deviation(), grid, 0);
        for (int k = 0; k < ofClass.length; k++) {
            if (ofClass[k].n > 0 && ofClass.length <= 20) {
                String name = "mean-" + fileName(classes.get(k));
                save(method, name, ofClass[k].mean, grid, 0);
            }
        }
    }

    /** Spectral clustering of coarse maps of length 1. */
    private void explore(String method, List<Member> common) {
        if (common.size() < 8 || common.size() > MOST_EXPLORED) {
            return;
        }
        ImagePlus grid = open(common.get(0), method);
        float[][] maps = new float[common.size()][];
        for (int i = 0; i < maps.length; i++) {
            maps[i] = coarse(values(common.get(i), method), grid);
        }
        SpectralClustering found = SpectralClustering.of(maps, SEED);
        Map<List<String>, Integer> counts = new TreeMap<>(Comparator.comparing(Object::toString));
        for (int i = 0; i < maps.length; i++) {
            Member member = common.get(i);
            String label = member.truth() < 0 ? "" : cohort.classes().get(member.truth());
            counts.merge(
                    List.of("" + found.cluster()[i], label, cohort.level(member)), 1, Integer::sum);
        }
        counts.forEach(
                (cell, n) ->
                        exploration.add(
                                List.of(
                                        method,
                                        found.eigengap(),
                                        cell.get(0),
                                        cell.get(1),
                                        cell.get(2),
                                        n)));
    }

    private static float[] coarse(float[] values, ImagePlus grid) {
        int[] size = {grid.getWidth(), grid.getHeight(), grid.getNSlices()};
        int[] few = Arrays.stream(size).map(s -> Math.min(s, COARSE)).toArray();
        float[] sums = new float[few[0] * few[1] * few[2]];
        for (int i = 0; i < values.length; i++) {
            int x = i % size[0] * few[0] / size[0];
            int y = i / size[0] % size[1] * few[1] / size[1];
            int z = i / size[0] / size[1] * few[2] / size[2];
            sums[x + few[0] * (y + few[1] * z)] += values[i];
        }
        double squares = 0;
        for (float sum : sums) {
            squares += (double) sum * sum;
        }
        for (int i = 0; squares > 0 && i < sums.length; i++) {
            sums[i] /= (float) Math.sqrt(squares);
        }
        return sums;
    }

    private static String fileName(String text) {
        return text.replaceAll("[^\\p{L}\\p{N}.]+", "-");
    }

    /** Mean and sum of squares as they grow (Welford 1962). */
    private static final class Moments {
        private final double[] mean;
        private final double[] squares;
        private int n;

        Moments(int voxels) {
            mean = new double[voxels];
            squares = new double[voxels];
        }

        void add(float[] values) {
            n++;
            for (int i = 0; i < values.length; i++) {
                double before = values[i] - mean[i];
                mean[i] += before / n;
                squares[i] += before * (values[i] - mean[i]);
            }
        }

        double[] deviation() {
            return Arrays.stream(squares).map(s -> n < 2 ? 0 : Math.sqrt(s / (n - 1))).toArray();
        }
    }

    private void compare(
            String method, List<Member> common, Comparison comparison, Progress progress) {
        List<String> covariates = cohort.settings().covariates();
        List<Member> members =
                common.stream()
                        .filter(m -> comparison.group().applyAsInt(m) >= 0)
                        .filter(m -> number(m, covariates))
                        .toList();
        long first = members.stream().filter(m -> comparison.group().applyAsInt(m) == 1).count();
        String what = method + ", " + comparison.name();
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
        ImagePlus grid = open(members.get(0), method);
        int size = grid.getWidth() * grid.getHeight() * grid.getNSlices();
        long needed = 2L * Float.BYTES * members.size() * size;
        if (needed > JavaHeap.free() / 2) {
            notes.add(
                    String.format(
                            Locale.ROOT,
                            "%s: not tested, since %d maps need %d MB of Java memory; raise it.",
                            what,
                            members.size(),
                            needed >> 20));
            return;
        }
        float[][] maps = new float[members.size()][];
        boolean[] varies = new boolean[size];
        for (int i = 0; i < maps.length; i++) {
            maps[i] = values(members.get(i), method);
            for (int v = 0; v < size; v++) {
                varies[v] |= maps[i][v] != 0;
            }
        }
        Voxels voxels =
                Voxels.of(new int[] {grid.getWidth(), grid.getHeight(), grid.getNSlices()}, varies);
        if (voxels.count() == 0) {
            notes.add(what + ": not compared, since all maps are zero.");
            return;
        }
        for (int i = 0; i < maps.length; i++) {
            float[] inside = new float[voxels.count()];
            for (int v = 0; v < inside.length; v++) {
                inside[v] = maps[i][voxels.places()[v]];
            }
            maps[i] = inside;
        }
        double[] group =
                members.stream().mapToDouble(m -> comparison.group().applyAsInt(m)).toArray();
        try {
            GroupTest test = new GroupTest(maps, group, nuisance(members, comparison), voxels);
            GroupTest.Result result =
                    test.test(
                            Math.max(1, cohort.settings().permutations()),
                            SEED,
                            (done, total) -> progress.update(done, total, "Permuting " + what));
            results(method, comparison, result, voxels, grid);
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

    private void results(
            String method,
            Comparison comparison,
            GroupTest.Result result,
            Voxels voxels,
            ImagePlus grid) {
        String name = comparison.file();
        double[] t = new double[result.t().length];
        Arrays.setAll(t, v -> result.t()[v]);
        save(method, name + "_difference", whole(result.slope(), voxels, 0), grid, 0);
        save(method, name + "_t", whole(t, voxels, 0), grid, 0);
        if (cohort.settings().permutations() < 2) {
            return;
        }
        save(method, name + "_p", whole(result.p(), voxels, 1), grid, 1);
        save(method, name + "_p-tfce", whole(result.pEnhanced(), voxels, 1), grid, 1);
        clusters(method, comparison, "t", result, result.p(), voxels, grid);
        clusters(method, comparison, "TFCE", result, result.pEnhanced(), voxels, grid);
    }

    private static double[] whole(double[] inside, Voxels voxels, double outside) {
        int[] size = voxels.size();
        double[] all = new double[size[0] * size[1] * size[2]];
        Arrays.fill(all, outside);
        for (int v = 0; v < inside.length; v++) {
            all[voxels.places()[v]] = inside[v];
        }
        return all;
    }

    private void clusters(
            String method,
            Comparison comparison,
            String by,
            GroupTest.Result result,
            double[] p,
            Voxels voxels,
            ImagePlus grid) {
        boolean[] beyond = new boolean[p.length];
        for (int v = 0; v < p.length; v++) {
            beyond[v] = p[v] <= LEVEL;
        }
        Atlas atlas = regions.on(grid);
        VoxelToWorld world = ImageGeometry.of(grid).affine();
        int plane = grid.getWidth() * grid.getHeight();
        double volume =
                Math.abs(
                        grid.getCalibration().pixelWidth
                                * grid.getCalibration().pixelHeight
                                * grid.getCalibration().pixelDepth);
        for (Cluster cluster : Cluster.of(result.t(), beyond, voxels)) {
            int place = voxels.places()[cluster.peak()];
            int i = place % plane;
            double[] at = world.world(i % grid.getWidth(), i / grid.getWidth(), place / plane);
            String region =
                    Optional.ofNullable(atlas)
                            .map(a -> a.names().getOrDefault(a.labels()[place / plane][i], ""))
                            .orElse("");
            clusters.add(
                    List.of(
                            method,
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

    private void save(String method, String name, double[] values, ImagePlus grid, double neutral) {
        int plane = grid.getWidth() * grid.getHeight();
        ImageStack stack = new ImageStack(grid.getWidth(), grid.getHeight());
        for (int z = 0; z < grid.getNSlices(); z++) {
            float[] slice = new float[plane];
            for (int i = 0; i < plane; i++) {
                slice[i] = (float) values[z * plane + i];
            }
            stack.addSlice(null, slice);
        }
        String title = method + ", " + name.replace('_', ' ');
        ImagePlus image = new ImagePlus(title, stack);
        image.setDimensions(1, grid.getNSlices(), 1);
        image.setCalibration(grid.getCalibration().copy());
        ImageGeometry.copy(grid, image);
        if (neutral == 0) {
            MapDisplay.show(image, DivergingLut.LIGHT, MapDisplay.limit(image, 100));
        }
        String suffix =
                cohort.members()
                        .get(0)
                        .map(method)
                        .replaceAll("^.*?(\\.nii(\\.gz)?|\\.tif)$", "$1");
        String file = method.replace(' ', '-') + "_" + name + suffix;
        ImageFile.save(image, folder.group(file).toString());
        images.put(title, "groups/" + file);
    }
}

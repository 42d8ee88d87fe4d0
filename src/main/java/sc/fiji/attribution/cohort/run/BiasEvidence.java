/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import sc.fiji.attribution.cohort.bias.ChannelGaps;
import sc.fiji.attribution.cohort.bias.ChannelSplit;
import sc.fiji.attribution.cohort.bias.ConfoundTest;
import sc.fiji.attribution.cohort.bias.Evidence;
import sc.fiji.attribution.cohort.bias.MaskEvidence;
import sc.fiji.attribution.cohort.bias.Pairings;
import sc.fiji.attribution.cohort.bias.Score;
import sc.fiji.attribution.cohort.bias.Twins;
import sc.fiji.attribution.cohort.run.Cohort.Member;
import sc.fiji.attribution.cohort.statistics.Estimate;
import sc.fiji.attribution.cohort.table.Levels;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ImageView;

/**
 * All evidence on the confound, the main test first.
 *
 * @param main the main test; empty without a confound
 * @param scored the class whose score it looks at
 * @param rows lines of {@code bias.csv}
 * @param channels where the gaps sit; empty where that is not known
 */
public record BiasEvidence(
        Optional<ConfoundTest> main,
        int scored,
        List<Evidence> rows,
        Optional<ChannelGaps> channels) {

    static final BiasEvidence NONE =
            new BiasEvidence(Optional.empty(), 0, List.of(), Optional.empty());

    private static final long SEED = 1;

    static BiasEvidence of(Cohort cohort, RunFolder folder) {
        if (cohort.settings().confound().isEmpty()) {
            return NONE;
        }
        List<Member> asked = cohort.asked();
        int classes = cohort.classes().size();
        int scored = cohort.scored().orElse(0);
        ConfoundTest main = ConfoundTest.of(cohort.scores(asked, scored), SEED);
        for (int k = 1; cohort.scored().isEmpty() && k < classes; k++) {
            ConfoundTest other = ConfoundTest.of(cohort.scores(asked, k), SEED);
            if (other.saysMoreThan(main)) {
                main = other;
                scored = k;
            }
        }
        if (cohort.scored().isEmpty()) {
            main = main.ofSeveral(classes);
        }
        boolean number = cohort.outcome().isNumber();
        if (number) {
            main = main.ofNumber();
        }
        List<Evidence> rows = new ArrayList<>(List.of(main.evidence()));
        Levels levels = cohort.confound();
        rows.add(Evidence.none("levels of " + levels.column(), main.n(), levels.description()));
        int label = scored;
        if (!number) {
            rows.addAll(pairings(cohort, asked, label));
        }
        List<Twins.Pair> twins = cohort.twins(label);
        if (!twins.isEmpty()) {
            rows.add(Twins.of(twins));
        }
        if (!number) {
            masks(cohort, asked, label, main, rows);
        }
        for (String method : cohort.settings().methods()) {
            rows.addAll(edges(asked, method));
            ownMasks(cohort.table(), asked, method, folder).ifPresent(rows::add);
        }
        return new BiasEvidence(Optional.of(main), label, rows, channels(cohort, asked, main));
    }

    private static List<Evidence> pairings(Cohort cohort, List<Member> asked, int label) {
        Set<String> right =
                asked.stream()
                        .filter(m -> m.predicted() == m.truth())
                        .map(m -> m.subject().id())
                        .collect(Collectors.toSet());
        return Pairings.of(
                cohort.scores(asked, label), score -> right.contains(score.id()), trained(cohort));
    }

    /** The same with mean activations of the channels. */
    BiasEvidence with(ChannelGaps gaps) {
        return new BiasEvidence(main, scored, rows, Optional.of(gaps));
    }

    /** Parts that were found one way for some and another for others are not comparable. */
    private static Optional<ChannelGaps> channels(
            Cohort cohort, List<Member> asked, ConfoundTest main) {
        List<Member> split =
                asked.stream()
                        .filter(m -> m.result().parts() != null && m.truth() >= 0)
                        .filter(m -> !cohort.level(m).isEmpty())
                        .toList();
        if (split.isEmpty() || Double.isNaN(main.gap())) {
            return Optional.empty();
        }
        SubjectResult.Parts first = split.get(0).result().parts();
        if (split.stream().anyMatch(m -> m.result().parts().by() != first.by())) {
            return Optional.empty();
        }
        return Optional.of(
                new ChannelGaps(
                        first.layer(),
                        first.by(),
                        ChannelSplit.of(
                                cohort.scores(split, cohort.scored().orElse(1)),
                                split.stream()
                                        .map(m -> m.result().parts().channels())
                                        .toArray(double[][]::new)),
                        Map.of()));
    }

    /** Class and level of those in the split named train, whether they were run or not. */
    private static List<Score> trained(Cohort cohort) {
        return cohort.members().stream()
                .filter(m -> Cohort.isTrained(m.subject()))
                .filter(m -> m.truth() >= 0 && !cohort.level(m).isEmpty())
                .map(m -> cohort.score(m, m.truth()))
                .toList();
    }

    private static void masks(
            Cohort cohort, List<Member> asked, int label, ConfoundTest main, List<Evidence> rows) {
        List<Member> with =
                asked.stream()
                        .filter(m -> m.truth() == label && m.result().withoutLesions() != null)
                        .toList();
        if (with.isEmpty()) {
            return;
        }
        double plain = plainGap(asked, label);
        double gap = Double.isNaN(main.classGap()) ? plain : Math.copySign(main.classGap(), plain);
        rows.add(
                MaskEvidence.removed(
                        with.stream().mapToDouble(m -> m.score(label)).toArray(),
                        with.stream()
                                .mapToDouble(m -> m.result().withoutLesions()[label])
                                .toArray(),
                        gap));
    }

    private static double plainGap(List<Member> members, int label) {
        double own =
                members.stream()
                        .filter(m -> m.truth() == label)
                        .mapToDouble(m -> m.score(label))
                        .average()
                        .orElse(Double.NaN);
        double others =
                members.stream()
                        .filter(m -> m.truth() >= 0 && m.truth() != label)
                        .mapToDouble(m -> m.score(label))
                        .average()
                        .orElse(Double.NaN);
        return own - others;
    }

    /** What lies outside the head or brain, and on its rim, is no pathology. */
    private static List<Evidence> edges(List<Member> members, String method) {
        List<Evidence> rows = new ArrayList<>();
        for (String where : List.of(RegionSums.OUTSIDE, RegionSums.RIM)) {
            double[] shares =
                    members.stream()
                            .filter(m -> m.result().maps().containsKey(method))
                            .flatMap(m -> m.result().maps().get(method).regions().stream())
                            .filter(r -> r.region().equals(where))
                            .mapToDouble(SubjectResult.Region::share)
                            .toArray();
            if (shares.length > 0) {
                rows.add(
                        Evidence.of(
                                "share of "
                                        + method
                                        + (where.equals(RegionSums.RIM)
                                                ? " on the rim of"
                                                : " outside")
                                        + " the brain",
                                Estimate.mean(shares),
                                "see the maps"));
            }
        }
        return rows;
    }

    private static Optional<Evidence> ownMasks(
            SubjectTable table, List<Member> asked, String method, RunFolder folder) {
        List<Member> with =
                asked.stream()
                        .filter(m -> !m.subject().cell(SubjectTable.MASK).isEmpty())
                        .filter(m -> m.map(method) != null)
                        .toList();
        if (with.size() < 4) {
            return Optional.empty();
        }
        int n = with.size();
        int[][] marked = new int[n][];
        double[][] density = new double[n][n];
        ImagePlus first = ImageFile.open(folder.map(with.get(0).map(method)).toString());
        for (int k = 0; k < n; k++) {
            marked[k] = folder.marked(table, with.get(k).subject(), first);
        }
        for (int i = 0; i < n; i++) {
            ImagePlus map = ImageFile.open(folder.map(with.get(i).map(method)).toString());
            if (!ImageGeometry.sameGrid(first, map)) {
                return Optional.empty();
            }
            ImageView view = ImageView.of(map);
            int plane = map.getWidth() * map.getHeight();
            float[] values = new float[plane * map.getNSlices()];
            double total = 0;
            for (int z = 0; z < map.getNSlices(); z++) {
                System.arraycopy(view.slice(0, z, 0), 0, values, z * plane, plane);
            }
            for (float value : values) {
                total += Math.abs(value);
            }
            for (int k = 0; k < n; k++) {
                double sum = 0;
                for (int place : marked[k]) {
                    sum += Math.abs(values[place]);
                }
                boolean none = total == 0 || marked[k].length == 0;
                density[i][k] = none ? 0 : sum / total * values.length / marked[k].length;
            }
        }
        Evidence own = MaskEvidence.own(density, ConfoundTest.PERMUTATIONS, SEED);
        return Optional.of(
                new Evidence(
                        own.test() + " (" + method + ")",
                        own.statistic(),
                        own.share(),
                        own.p(),
                        own.low(),
                        own.high(),
                        own.n(),
                        own.verdict()));
    }
}

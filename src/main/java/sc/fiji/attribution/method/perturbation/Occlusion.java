/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Pace;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.ScoreSweep;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.space.Inside;
import sc.fiji.attribution.method.space.Space;

/**
 * How much the score falls when a box is replaced by the baseline: f(x) − f(x occluded), for a box
 * that slides over the image. Where boxes overlap, a voxel gets the mean of theirs. Zeiler and
 * Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014.
 *
 * <p>With an {@code inside} mask only what a box covers of it is replaced, and the map is zero
 * elsewhere. Several baselines give the mean over them.
 */
@MetaInfServices(AttributionMethod.class)
public final class Occlusion implements ScoresOnly {

    private static final Declaration DECLARATION =
            Declaration.of(
                            "Occlusion",
                            "How much the score falls when a box is replaced by the baseline.")
                    .paper("Zeiler and Fergus 2014, arXiv:1311.2901")
                    .unit("logit")
                    .signed()
                    .usesBaseline()
                    .level()
                    .reads(
                            SlidingWindow.WINDOW,
                            SlidingWindow.STRIDE,
                            ChannelGroups.OPTION,
                            CheapestBoxScores.COMPUTATION,
                            Declaration.BATCH,
                            ScoreSweep.LIMIT);

    @Override
    public Declaration declaration() {
        return DECLARATION;
    }

    /** Boxes of a single channel lie in one image. */
    @Override
    public boolean looksAtPlaces(Settings settings) {
        return !settings.get(ChannelGroups.OPTION).equalsIgnoreCase(ChannelGroups.EACH);
    }

    @Override
    public long passes(Problem problem) {
        return 1L + (long) problem.baseline().count() * boxes(problem).size();
    }

    @Override
    public Attribution attribute(Problem problem, Progress progress) {
        List<Box> boxes = boxes(problem);
        ChannelGroups groups = ChannelGroups.of(problem);
        long passes = 1L + (long) problem.baseline().count() * boxes.size();
        ScoreSweep.requireWithinLimit(problem, DECLARATION.name(), passes);
        Tensor input = problem.input();
        List<Tensor> fills = Inside.references(problem);
        Score score = new Score(problem);
        ScoreSweep sweep = new ScoreSweep(score, problem);
        Pace pace = new Pace(DECLARATION.name(), passes - 1, progress);
        double[] falls = new double[boxes.size()];
        Map<String, String> findings = new LinkedHashMap<>();
        for (Tensor fill : fills) {
            Occluded occluded = new Occluded(input, fill, groups);
            BoxScores plain = new PlainBoxScores(sweep, occluded);
            BoxScores scores =
                    CheapestBoxScores.of(
                            plain, problem, score, occluded, boxes, progress, findings);
            scores.score(
                    boxes,
                    pace,
                    (index, value) -> falls[index] += (score.ofInput() - value) / fills.size());
        }
        pace.finish();
        Tensor map = map(problem, groups, boxes, falls);
        Attribution result =
                score.against(
                                DECLARATION,
                                problem.settings(),
                                map,
                                problem.baseline().description())
                        .withFinding("boxes", Integer.toString(boxes.size()));
        for (Map.Entry<String, String> finding : findings.entrySet()) {
            result = result.withFinding(finding.getKey(), finding.getValue());
        }
        return result;
    }

    private static List<Box> boxes(Problem problem) {
        List<Box> all = SlidingWindow.of(problem).boxes(ChannelGroups.of(problem).count());
        Optional<boolean[]> inside = Inside.of(problem);
        if (inside.isEmpty()) {
            return all;
        }
        Space space = Space.of(problem.input());
        return all.stream()
                .filter(box -> box.any(space, position -> inside.get()[position]))
                .toList();
    }

    /** Each voxel's mean over the boxes that cover it. */
    private static Tensor map(
            Problem problem, ChannelGroups groups, List<Box> boxes, double[] falls) {
        Space space = Space.of(problem.input());
        Tensor map = groups.map(problem.input());
        int[] offsets = space.offsets(map);
        double[] sums = new double[map.length()];
        int[] counts = new int[map.length()];
        for (int k = 0; k < falls.length; k++) {
            double fall = falls[k];
            int channel = boxes.get(k).group() * map.stride('c');
            boxes.get(k)
                    .forEach(
                            space,
                            position -> {
                                sums[offsets[position] + channel] += fall;
                                counts[offsets[position] + channel]++;
                            });
        }
        for (int i = 0; i < sums.length; i++) {
            map.data()[i] = counts[i] == 0 ? 0 : (float) (sums[i] / counts[i]);
        }
        Inside.clear(map, problem);
        return map;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation.region;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.RegionScore;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Pace;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.ScoreSweep;
import sc.fiji.attribution.method.perturbation.Box;
import sc.fiji.attribution.method.perturbation.BoxScores;
import sc.fiji.attribution.method.perturbation.CheapestBoxScores;
import sc.fiji.attribution.method.perturbation.Findings;
import sc.fiji.attribution.method.perturbation.PlainBoxScores;
import sc.fiji.attribution.method.space.Inside;
import sc.fiji.attribution.method.space.Space;

/**
 * The game that region methods play: v(S) is the score of the image in which only the regions of
 * the coalition S are left and the others are replaced by the baseline; with several baselines the
 * mean. What belongs to no region, or lies outside an {@code inside} mask, stays as it is. A player
 * is a region in a group of channels.
 */
public final class RegionGame {

    /** Says which players are in coalition number {@code index}; all are out beforehand. */
    @FunctionalInterface
    public interface Coalitions {
        void fill(int index, boolean[] in);
    }

    /** Takes v of coalition number {@code index}. */
    @FunctionalInterface
    interface Sink {
        void accept(int index, double value);
    }

    /** Share of the image up to which a region is worth a crop of its own. */
    private static final double SMALL = 0.125;

    private final Problem problem;
    private final Declaration method;
    private final Score score;
    private final ScoreSweep sweep;
    private final Pace pace;
    private final List<Tensor> references;
    private final RegionPlayers players;
    private final Map<String, String> findings = new LinkedHashMap<>();

    /**
     * @param coalitions that are going to be scored
     * @throws OptionException where there are no regions, or the user allows fewer passes
     */
    public RegionGame(Problem problem, Declaration method, long coalitions, Progress progress) {
        this.problem = problem;
        this.method = method;
        this.players = RegionPlayers.of(problem);
        long passes = passes(problem, coalitions);
        ScoreSweep.requireWithinLimit(problem, method.name(), passes);
        this.references = Inside.references(problem);
        this.score = new Score(problem);
        this.sweep = new ScoreSweep(score, problem);
        this.pace = new Pace(method.name(), passes - 1, progress);
    }

    /** Passes for that many coalitions, with the one for the image itself. */
    static long passes(Problem problem, long coalitions) {
        return 1 + problem.baseline().count() * coalitions;
    }

    /** Number of players in a problem. */
    static int players(Problem problem) {
        return RegionPlayers.of(problem).count();
    }

    int players() {
        return players.count();
    }

    /** v of all players: f(x). */
    double full() {
        return score.ofInput();
    }

    /** v of no player. */
    double empty() {
        return values(1, (index, in) -> {})[0];
    }

    /** v of each coalition. */
    public double[] values(int count, Coalitions coalitions) {
        int each = references.size();
        double[] values = new double[count];
        boolean[] in = new boolean[players.count()];
        sweep.run(
                count * each,
                pace,
                (index, batch, place) -> {
                    Arrays.fill(in, false);
                    coalitions.fill(index / each, in);
                    players.write(problem.input(), references.get(index % each), in, batch, place);
                },
                (index, value, place) -> values[index / each] += value / each);
        return values;
    }

    /**
     * v of all players but one, for each of them. What a small region changes is computed alone,
     * where the network can be cut.
     */
    double[] withoutEach(Progress progress) {
        List<Box> boxes = Ablated.boxes(players, problem.input());
        double whole = Space.of(problem.input()).size();
        Map<Boolean, List<Box>> bySize =
                boxes.stream().collect(Collectors.partitioningBy(b -> b.volume() <= SMALL * whole));
        double[] values = new double[boxes.size()];
        for (Tensor reference : references) {
            Ablated ablated = new Ablated(players, problem.input(), reference);
            BoxScores plain = new PlainBoxScores(sweep, ablated);
            List<Box> small = bySize.get(true);
            BoxScores fast =
                    CheapestBoxScores.of(plain, problem, score, ablated, small, progress, findings);
            add(fast, small, values);
            add(plain, bySize.get(false), values);
        }
        return values;
    }

    private void add(BoxScores scores, List<Box> boxes, double[] values) {
        scores.score(
                boxes,
                pace,
                (i, value) -> values[boxes.get(i).group()] += value / references.size());
    }

    /**
     * The map and the table of what was found.
     *
     * @param values one per player
     * @param errors their standard errors, or empty where they are exact
     */
    Attribution result(double[] values, Optional<double[]> errors) {
        pace.finish();
        Tensor map = players.map(problem.input(), values);
        List<RegionScore> scores = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            OptionalDouble error =
                    errors.isPresent()
                            ? OptionalDouble.of(errors.get()[i])
                            : OptionalDouble.empty();
            scores.add(
                    new RegionScore(players.names().get(i), values[i], error, players.voxels(i)));
        }
        Attribution result =
                score.against(method, problem.settings(), map, problem.baseline().description())
                        .withRegions(scores);
        for (Map.Entry<String, String> finding : findings.entrySet()) {
            result = result.withFinding(finding.getKey(), finding.getValue());
        }
        return result;
    }

    /**
     * The same with the efficiency gap: how far the sum of the values misses f(x) − v(∅).
     *
     * @param empty v of no player
     */
    Attribution result(double[] values, Optional<double[]> errors, double empty) {
        double gap = Arrays.stream(values).sum() - (full() - empty);
        return result(values, errors)
                .withFinding("efficiency.gap", Findings.number(gap))
                .withFinding("score.without.regions", Findings.number(empty));
    }
}

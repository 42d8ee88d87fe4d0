/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Pace;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.ScoreSweep;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.sampling.SampleRandom;
import sc.fiji.attribution.method.space.Inside;

/**
 * The mean score of randomly masked images in which a voxel can be seen: Σ f(x·M + b·(1 − M)) M /
 * (N·E[M]) over N masks M of low resolution. Petsiuk et al., RISE, BMVC 2018.
 *
 * <p>That sum has an offset, the mean score of all masked images, which says nothing of the voxel;
 * {@code normalisation=centred} (the default) subtracts it from every score, so that zero is
 * neutral and negative values are evidence against. {@code paper} leaves it in.
 *
 * <p>Memory: a mask per image of a batch and one accumulator, whatever the number of masks.
 */
@MetaInfServices(AttributionMethod.class)
public final class Rise implements ScoresOnly {

    static final Option.Whole MASKS =
            new Option.Whole("masks", "random masks", 4000, 2, 10_000_000);

    static final Option.Real PROBABILITY =
            new Option.Real(
                    "probability",
                    "that a value of the mask lets the image through",
                    0.5,
                    0.01,
                    0.99);

    static final Option.Choice NORMALISATION =
            new Option.Choice(
                    "normalisation",
                    "centred: without the mean score of all masks, so zero is neutral; paper: as"
                            + " published",
                    "centred",
                    List.of("centred", "paper"));

    private static final Declaration DECLARATION =
            Declaration.of(
                            "RISE",
                            "The mean score of randomly masked images in which a voxel can be seen.")
                    .paper("Petsiuk et al. 2018, arXiv:1806.07421")
                    .unit("logit")
                    .signed()
                    .usesBaseline()
                    .level()
                    .reads(
                            MASKS,
                            CoarseGrid.CELL,
                            PROBABILITY,
                            NORMALISATION,
                            Declaration.SEED,
                            Declaration.BATCH,
                            ScoreSweep.LIMIT);

    @Override
    public Declaration declaration() {
        return DECLARATION;
    }

    @Override
    public long passes(Problem problem) {
        return 1L + problem.settings().get(MASKS);
    }

    @Override
    public Attribution attribute(Problem problem, Progress progress) {
        Settings settings = problem.settings();
        CoarseGrid grid = CoarseGrid.of(problem);
        ScoreSweep.requireWithinLimit(problem, DECLARATION.name(), passes(problem));
        int masks = settings.get(MASKS);
        Tensor input = problem.input();
        List<Tensor> references = Inside.references(problem);
        int[] offsets = grid.space().offsets(input);
        List<float[]> seen = new ArrayList<>();
        double[] products = new double[offsets.length];
        double[] visible = new double[offsets.length];
        double[] total = {0};
        Score score = new Score(problem);
        // Taken off each score, so that those that are all the same give zeros, not rounding.
        double clearScore = score.ofInput();
        float[] clear = input.data();
        Pace pace = new Pace(DECLARATION.name(), masks, progress);
        new ScoreSweep(score, problem)
                .run(
                        masks,
                        pace,
                        (index, batch, place) -> {
                            float[] mask = slot(seen, place, offsets.length);
                            int offset = place * input.length();
                            draw(grid, settings, index, mask);
                            float[] hidden = references.get(index % references.size()).data();
                            for (int i = 0; i < mask.length; i++) {
                                for (int c = 0; c < input.size('c'); c++) {
                                    int at = offsets[i] + c * input.stride('c');
                                    batch.data()[offset + at] =
                                            hidden[at] + mask[i] * (clear[at] - hidden[at]);
                                }
                            }
                        },
                        (index, value, place) -> {
                            float[] mask = seen.get(place);
                            double rise = value - clearScore;
                            total[0] += rise;
                            for (int i = 0; i < mask.length; i++) {
                                products[i] += rise * mask[i];
                                visible[i] += mask[i];
                            }
                        });
        pace.finish();
        boolean centred = settings.get(NORMALISATION).equals("centred");
        double mean = total[0] / masks;
        // N − 1: the mean is of the same scores.
        double count = centred ? masks - 1 : masks;
        Tensor map = new ChannelGroups(List.of(""), new int[input.size('c')]).map(input);
        int[] to = grid.space().offsets(map);
        for (int i = 0; i < products.length; i++) {
            double sum = products[i] + (centred ? -mean : clearScore) * visible[i];
            map.data()[to[i]] = (float) (sum / (count * settings.get(PROBABILITY)));
        }
        Inside.clear(map, problem);
        return score.against(DECLARATION, settings, map, problem.baseline().description())
                .withFinding("score.mean", Findings.number(clearScore + mean));
    }

    /** The mask that belongs to a place in the batch; places are added as batches grow. */
    private static float[] slot(List<float[]> seen, int slot, int size) {
        if (slot == seen.size()) {
            seen.add(new float[size]);
        }
        return seen.get(slot);
    }

    /** Mask number {@code index}: each node open or not, shifted by less than a cell. */
    static void draw(CoarseGrid grid, Settings settings, int index, float[] mask) {
        SplittableRandom random = SampleRandom.of(settings.get(Declaration.SEED), index);
        int[] shift = Arrays.stream(grid.cell()).map(random::nextInt).toArray();
        float[] open = new float[grid.size()];
        double probability = settings.get(PROBABILITY);
        for (int i = 0; i < open.length; i++) {
            open[i] = random.nextDouble() < probability ? 1 : 0;
        }
        grid.interpolate(open, shift, mask);
    }
}

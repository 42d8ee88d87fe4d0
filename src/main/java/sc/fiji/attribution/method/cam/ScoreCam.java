/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import java.util.List;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Pace;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.ScoreSweep;
import sc.fiji.attribution.method.space.Inside;
import sc.fiji.attribution.method.space.Space;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.Layer;

/**
 * Each channel weighted by the score of the image seen through it: a channel, interpolated to the
 * image and scaled to between 0 and 1, is a mask M, and the weights are the softmax over channels
 * of f(x·M + b·(1 − M)). Wang et al., Score-CAM, CVPR workshops 2020, where the baseline b is zero.
 * Its difference to f(b) cancels in the softmax. A channel that is the same everywhere hides all.
 * Needs no gradients. Masks are made when they are needed.
 */
@MetaInfServices(AttributionMethod.class)
public final class ScoreCam extends LayerMethod {

    public ScoreCam() {
        super(
                Declaration.of(
                                "Score-CAM",
                                "A layer's channels, each weighted by the score of what it lets through.")
                        .paper("Wang et al. 2020, arXiv:1910.01279")
                        .unit("activation")
                        .signed()
                        .usesBaseline()
                        .level()
                        .reads(LayerChoice.OPTION, RELU, Declaration.BATCH, ScoreSweep.LIMIT),
                false);
    }

    @Override
    long passes(Problem problem, Layer layer) {
        return (long) layer.size('c') * problem.baseline().count();
    }

    @Override
    public void pass(Score score, Tensor image) {
        score.of(image);
    }

    @Override
    void require(Problem problem, List<Layer> layers) {
        ScoreSweep.requireWithinLimit(problem, declaration().name(), passes(problem));
    }

    @Override
    double[] map(Site site, Progress progress) {
        return site.weighted(Head.SOFTMAX.probabilities(scores(site, progress)));
    }

    private float[] scores(Site site, Progress progress) {
        Problem problem = site.problem();
        Tensor input = problem.input();
        List<Tensor> references = problem.baseline().references(input);
        int each = references.size();
        int[] offsets = Space.of(input).offsets(input);
        boolean[] inside = Inside.of(problem).orElse(null);
        float[] scores = new float[site.channels()];
        float[][] mask = new float[1][];
        Pace pace = new Pace(declaration().name(), (long) scores.length * each, progress);
        new ScoreSweep(site.score(), problem)
                .run(
                        scores.length * each,
                        pace,
                        (index, batch, place) -> {
                            float[] data = batch.data();
                            int offset = place * input.length();
                            if (index % each == 0) {
                                mask[0] = mask(site, index / each);
                            }
                            float[] hidden = references.get(index % each).data();
                            for (int i = 0; i < offsets.length; i++) {
                                float seen = inside == null || inside[i] ? mask[0][i] : 1;
                                for (int c = 0; c < input.size('c'); c++) {
                                    int at = offsets[i] + c * input.stride('c');
                                    float clear = input.data()[at];
                                    data[offset + at] = hidden[at] + seen * (clear - hidden[at]);
                                }
                            }
                        },
                        (index, value, place) -> scores[index / each] += (float) (value / each));
        pace.finish();
        return scores;
    }

    /** A channel on the image's grid, its values stretched to between 0 and 1. */
    private float[] mask(Site site, int channel) {
        Tensor a = site.activations();
        int[] from = site.space().offsets(a);
        double[] values = new double[from.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = a.data()[from[i] + channel * a.stride('c')];
        }
        float[] mask = carry(site, values).data();
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float value : mask) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        for (int i = 0; i < mask.length; i++) {
            mask[i] = high > low ? (mask[i] - low) / (high - low) : 0;
        }
        return mask;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.feature;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.sampling.Adam;
import sc.fiji.attribution.method.sampling.SampleRandom;

/**
 * The image that a class, a hidden unit or a channel responds to most, found by climbing its
 * gradient. Simonyan, Vedaldi and Zisserman, Deep Inside Convolutional Networks, ICLR Workshop
 * 2014; Olah, Mordvintsev and Schubert, Feature Visualization, Distill 2017.
 *
 * <p>Climbs f(x) - variation · TV(u) - energy · mean u², where u is the image x in shares of the
 * width of its range of values and f the score; see {@link Smoothing}. In each iteration the image
 * is moved by up to {@code jitter} voxels along each axis, what leaves on one side coming in on the
 * other, so that nothing can grow that works at one place only. Steps get smaller to nothing toward
 * the end. Values stay within the range, where it is known. Where the score is flat at the start,
 * since all units on the way rest, more and more noise is tried; where a step leads there, smaller
 * ones follow from the best image so far.
 *
 * <p>Keeps about 80 bytes for each value of the image, whatever the number of iterations.
 */
public final class ActivationMaximisation {

    static final Option.Choice BASIS =
            new Option.Choice(
                    "basis",
                    "waves, as much of each octave of frequencies, or single voxels",
                    "fourier",
                    List.of("fourier", "pixels"));

    /** How many steps. */
    public static final Option.Whole ITERATIONS =
            new Option.Whole("iterations", "steps uphill", 256, 1, 100_000);

    static final Option.Choice OPTIMISER =
            new Option.Choice(
                    "optimiser",
                    "steps that adapt to each value, or frequency; or along the gradient scaled to"
                            + " length 1",
                    "adam",
                    List.of("adam", "gradient"));

    static final Option.Real RATE =
            new Option.Real("rate", "first step, in shares of the range of values", 0.05, 1e-9, 1);

    static final Option.Whole JITTER =
            new Option.Whole("jitter", "random shift in each iteration, in voxels", 4, 0, 1000);

    static final Option.Real BLUR =
            new Option.Real(
                    "blur", "after every 4th iteration: standard deviation in voxels", 0.0, 0, 100);

    static final Option.Real VARIATION =
            new Option.Real(
                    "variation",
                    "cost of steps between neighbours (total variation), in units of the score",
                    0.0,
                    0,
                    1e9);

    static final Option.Real ENERGY =
            new Option.Real(
                    "energy",
                    "cost of the mean squared value (L2), in units of the score",
                    0.0,
                    0,
                    1e9);

    public static final Declaration DECLARATION =
            Declaration.of(
                            "Activation Maximisation",
                            "The image that a class, a hidden unit or a channel responds to most.")
                    .paper(
                            "Simonyan et al. 2014, arXiv:1312.6034; Olah et al. 2017,"
                                    + " doi:10.23915/distill.00007")
                    .unit("as the network sees it")
                    .signed()
                    .level()
                    .reads(
                            BASIS,
                            ITERATIONS,
                            OPTIMISER,
                            RATE,
                            JITTER,
                            BLUR,
                            VARIATION,
                            ENERGY,
                            Declaration.SEED);

    /** Standard deviation of the noise to start from, in shares of the range. */
    private static final double NOISE = 0.05;

    /** How many times more noise is tried where the score is flat; a bit more each time. */
    private static final int TRIES = 8;

    private static final int BLUR_EVERY = 4;

    /** Key of the finding that the image may not be what was looked for, and why. */
    public static final String CAUTION = "caution";

    /** Sees the image while it grows. */
    @FunctionalInterface
    public interface Preview {

        /** Looks away. */
        Preview NONE = (iteration, score, image) -> {};

        /** How many iterations lie between two looks. */
        int EVERY = 8;

        /**
         * Called every few iterations, on the thread that computes.
         *
         * @param score of the image, moved by its jitter
         * @param image as the network sees it; the receiver's
         */
        void show(int iteration, double score, Tensor image);
    }

    private final Problem problem;
    private final ImageRange range;
    private final Settings settings;
    private final GrowingImage image;

    /** Images that went through the network, most of them there and back. */
    private long passes;

    /** How often the score was flat before anything moved it. */
    private int flat;

    /** The image of the highest score on the way, moved by its jitter; none while it is flat. */
    private double[] best;

    private double bestScore = Double.NEGATIVE_INFINITY;

    /** Whether the climb was ended before its last step. */
    private boolean stopped;

    /**
     * @param problem whose input is the image to start from
     */
    public ActivationMaximisation(Problem problem, ImageRange range) {
        this.problem = problem;
        this.range = range;
        this.settings = problem.settings();
        this.image = new GrowingImage(problem.input(), range);
    }

    /**
     * Noise to start from: about the middle of the range, or about zero where that is unknown.
     *
     * @param shape of the model's input, batch 1
     */
    public static Tensor noise(Axes axes, int[] shape, ImageRange range, Settings settings) {
        Tensor noise = Tensor.zeros(axes, shape);
        Basis basis = Basis.named(settings.get(BASIS), noise);
        SplittableRandom random = SampleRandom.of(settings.get(Declaration.SEED), 0);
        double[] values = noise(NOISE, noise.length(), basis, random);
        Tensor.Along channels = noise.along('c');
        for (int i = 0; i < values.length; i++) {
            int c = channels.place(i);
            noise.data()[i] = (float) (range.middle(c) + range.width(c) * values[i]);
        }
        return noise;
    }

    /**
     * Climbs. Where somebody looks on, a cancel ends the climb, and the image found so far is the
     * result.
     *
     * @return the image found as its map, the score it has, and as a finding that of the start
     * @throws AttributionException where the classifier has no gradient
     */
    public Attribution run(Progress progress, Preview preview) {
        Score start = new Score(problem);
        passes = 1;
        Basis basis = Basis.named(settings.get(BASIS), problem.input());
        Smoothing smoothing = new Smoothing(problem.input());
        double[] gradient = new double[image.values().length];
        Consumer<double[]> optimiser = optimiser(basis, gradient.length);
        int iterations = settings.get(ITERATIONS);
        boolean costs = settings.get(VARIATION) > 0 || settings.get(ENERGY) > 0;
        double pace = 1;
        String what = DECLARATION.name();
        int step = 0;
        for (; step < iterations; step++) {
            if (isEnough(progress, preview, step, what)) {
                break;
            }
            int[] from = image.moved(settings.get(JITTER), random(step + 1L));
            double score = climb(start, from, gradient);
            what = String.format(Locale.ROOT, "%s: %.4g", problem.target(), score);
            if (Arrays.stream(gradient).allMatch(slope -> slope == 0)) {
                if (best == null && flat++ < TRIES) {
                    image.add(1, noise(flat * NOISE, gradient.length, basis, random(-step - 1L)));
                    continue;
                }
                if (best != null && score < bestScore) {
                    // A step too far: nothing responds any more.
                    System.arraycopy(best, 0, image.values(), 0, best.length);
                    pace /= 2;
                    continue;
                }
                if (!costs) {
                    break;
                }
            } else if (score > bestScore) {
                bestScore = score;
                best = best == null ? new double[gradient.length] : best;
                System.arraycopy(image.values(), 0, best, 0, best.length);
            }
            if (settings.get(VARIATION) > 0) {
                smoothing.variation(image.values(), settings.get(VARIATION), gradient);
            }
            Smoothing.energy(image.values(), settings.get(ENERGY), gradient);
            image.leaveOutWhatLeadsOut(gradient);
            basis.gather(gradient);
            optimiser.accept(gradient);
            basis.spread(gradient);
            image.add(pace * settings.get(RATE) * (1 - (double) step / iterations), gradient);
            if (settings.get(BLUR) > 0 && step % BLUR_EVERY == BLUR_EVERY - 1) {
                image.blur(settings.get(BLUR));
            }
            if (preview != Preview.NONE && step % Preview.EVERY == 0) {
                preview.show(step, score, image.tensor(null));
            }
        }
        if (stopped) {
            String done = String.format(Locale.ROOT, "after %d of %d iterations", step, iterations);
            return result(start).withFinding("stopped", done);
        }
        progress.update(iterations, iterations, what);
        return result(start);
    }

    /** Whether who looks on has seen enough; without anybody a cancel is one. */
    private boolean isEnough(Progress progress, Preview preview, int step, String what) {
        try {
            progress.update(step, settings.get(ITERATIONS), what);
        } catch (CancelledException e) {
            if (preview == Preview.NONE || step == 0) {
                throw e;
            }
            stopped = true;
        }
        return stopped;
    }

    private SplittableRandom random(long sample) {
        return SampleRandom.of(settings.get(Declaration.SEED), sample);
    }

    /** Turns a gradient into a step, in place. */
    private Consumer<double[]> optimiser(Basis basis, int length) {
        return settings.get(OPTIMISER).equals("adam")
                ? new Adam(basis.groups(length))::step
                : ActivationMaximisation::normalise;
    }

    /** The score of the moved image, and its gradient per share of the range. */
    private double climb(Score score, int[] from, double[] gradient) {
        Score.Gradient found = score.gradient(image.tensor(from));
        passes++;
        for (int i = 0; i < gradient.length; i++) {
            int at = from == null ? i : from[i];
            gradient[at] = found.gradient().data()[i] * image.width(at);
        }
        return found.values()[0];
    }

    private static double[] noise(
            double deviation, int length, Basis basis, SplittableRandom random) {
        double[] noise = new double[length];
        Arrays.setAll(noise, i -> deviation * random.nextGaussian());
        basis.spread(noise);
        return noise;
    }

    private static void normalise(double[] gradient) {
        double square = 0;
        for (double each : gradient) {
            square += each * each / gradient.length;
        }
        double length = Math.sqrt(square) + 1e-300;
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] /= length;
        }
    }

    private Attribution result(Score start) {
        // Which class is predicted may have changed since.
        String target = start.result(DECLARATION, settings, problem.input()).target().description();
        Attribution result = scored(image.tensor(null), target);
        boolean free = Stream.of(VARIATION, ENERGY, BLUR).allMatch(cost -> settings.get(cost) == 0);
        if (free && best != null) {
            // The last step need not have been the best one.
            System.arraycopy(best, 0, image.values(), 0, best.length);
            Attribution other = scored(image.tensor(null), target);
            result = other.score() > result.score() ? other : result;
        }
        String caution = caution(start.ofInput(), result.score());
        String before = String.format(Locale.ROOT, "%.6g", start.ofInput());
        result = result.withPasses(passes).withFinding("score.start", before);
        return caution.isEmpty() ? result : result.withFinding(CAUTION, caution);
    }

    private Attribution scored(Tensor found, String target) {
        Problem there =
                new Problem(problem.classifier(), found, target, problem.baseline(), settings);
        passes++;
        return new Score(there).result(DECLARATION, settings, found);
    }

    private String caution(double before, double after) {
        if (best == null && after <= before) {
            return "the score does not change around the noise that was tried: it is at its most"
                    + " without any feature, or nothing in the image makes the network respond;"
                    + " start from an image (start=), from another seed, or choose the layer"
                    + " before its ReLU";
        }
        return after < before
                ? "the score fell below that of the start: take a smaller rate, more iterations,"
                        + " or lower costs"
                : "";
    }
}

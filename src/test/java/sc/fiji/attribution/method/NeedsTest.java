/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.model.BackwardPasses;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelSpec;

/** Every method on engines that can do more or less: a map, or a refusal before anything runs. */
class NeedsTest {

    private static final int SIZE = 6;

    /** Two classes with the logits ±Σ (i + 1)·x²/2; its one layer is the image itself. */
    private static class ScoresOnly implements Classifier {
        int calls;

        @Override
        public ModelSpec spec() {
            int[] shape = {-1, SIZE, SIZE, 1};
            Axes axes = new Axes("byxc");
            return new ModelSpec("tiny", "0", axes, shape, Head.SOFTMAX, List.of("a", "b"));
        }

        @Override
        public float[][] logits(Tensor batch) {
            calls++;
            float[][] rows = new float[batch.size('b')][2];
            for (int i = 0; i < batch.length(); i++) {
                float x = batch.data()[i];
                rows[i / (SIZE * SIZE)][0] += (i % (SIZE * SIZE) + 1) * x * x / 2;
            }
            Arrays.stream(rows).forEach(row -> row[1] = -row[0]);
            return rows;
        }

        @Override
        public void close() {}
    }

    private static class WithGradients extends ScoresOnly {
        @Override
        public Optional<Gradients> gradients() {
            return Optional.of(
                    (batch, cotangents) -> {
                        Tensor gradient = Tensor.zerosLike(batch);
                        for (int i = 0; i < batch.length(); i++) {
                            float[] dy = cotangents[i / (SIZE * SIZE)];
                            int weight = i % (SIZE * SIZE) + 1;
                            gradient.data()[i] = weight * batch.data()[i] * (dy[0] - dy[1]);
                        }
                        return new Result(logits(batch), gradient);
                    });
        }
    }

    private static class WithLayers extends WithGradients implements Layers {
        @Override
        public Optional<Layers> layers() {
            return Optional.of(this);
        }

        @Override
        public List<Layer> list() {
            int[] shape = {-1, SIZE, SIZE, 1};
            return List.of(new Layer("conv", new Axes("byxc"), shape, List.of("Conv2D"), true));
        }

        @Override
        public Optional<Layer> find(String name) {
            return list().stream().filter(layer -> layer.name().equals(name)).findFirst();
        }

        @Override
        public Trace run(Pass pass, Feed feed) {
            Tensor x = feed.activations().or(feed::image).orElseThrow();
            return new Trace(logits(x), Map.of("conv", x), Map.of(), Optional.empty());
        }
    }

    private static void refuse(String why) {
        throw new ModelException(why);
    }

    /** With the plain gradient as the only rules. */
    private static class WithBackwardPasses extends WithLayers {
        @Override
        public Optional<BackwardPasses> backward() {
            return Optional.of(
                    new BackwardPasses() {
                        @Override
                        public Trace run(Pass pass, Feed feed) {
                            whyNot(pass).ifPresent(NeedsTest::refuse);
                            Trace forward = WithBackwardPasses.this.run(pass, feed);
                            Tensor x = forward.activations().get("conv");
                            float[] rows = feed.cotangent().orElseThrow().data();
                            float[][] dy = new float[rows.length / 2][];
                            Arrays.setAll(dy, i -> Arrays.copyOfRange(rows, 2 * i, 2 * i + 2));
                            Tensor gradient = gradients().orElseThrow().gradient(x, dy).gradient();
                            Map<String, Tensor> all =
                                    Map.of(Pass.IMAGE, gradient, "conv", gradient);
                            return new Trace(
                                    forward.logits(), forward.activations(), all, Optional.empty());
                        }

                        @Override
                        public Optional<String> whyNot(Pass pass) {
                            return pass.rules() == Propagation.Gradient.PLAIN
                                    ? Optional.empty()
                                    : Optional.of("there is no rule for that.");
                        }
                    });
        }
    }

    /** The engines, with how many methods each offers at the least. */
    static Stream<Arguments> methods() {
        return AttributionMethods.all().stream()
                .flatMap(
                        method ->
                                Stream.of(
                                                new ScoresOnly(),
                                                new WithGradients(),
                                                new WithLayers(),
                                                new WithBackwardPasses())
                                        .map(
                                                engine ->
                                                        Arguments.of(
                                                                method.declaration().name(),
                                                                engine.getClass().getSimpleName(),
                                                                engine)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("methods")
    void aMapOrARefusal(String name, String level, ScoresOnly engine) {
        AttributionMethod method = AttributionMethods.named(name);
        for (Map<String, String> options : options(method)) {
            Settings settings = Settings.of(method.declaration().options(), options);
            Problem problem = problem(engine, settings, method.declaration().usesRegions());
            engine.calls = 0;
            try {
                AttributionMethods.require(method, engine, settings);
            } catch (ModelException e) {
                assertTrue(e.getMessage().startsWith(name + " cannot explain"), e.getMessage());
                assertEquals(0, engine.calls, "passes before the refusal");
                assertThrows(
                        AttributionException.class,
                        () -> method.attribute(problem, Progress.NONE),
                        "a script that does not ask first");
                continue;
            }
            float[] map = method.attribute(problem, Progress.NONE).map().data();
            assertTrue(IntStream.range(0, map.length).allMatch(i -> Float.isFinite(map[i])));
            assertFalse(IntStream.range(0, map.length).allMatch(i -> map[i] == 0));
        }
    }

    /** The default ones, and other rules where there are any. */
    private static List<Map<String, String>> options(AttributionMethod method) {
        Map<String, String> few = new HashMap<>();
        Map<String, String> small =
                Map.of("samples", "3", "steps", "4", "masks", "60", "window", "2", "stride", "2");
        method.declaration().options().stream()
                .filter(option -> small.containsKey(option.key()))
                .forEach(option -> few.put(option.key(), small.get(option.key())));
        boolean rules =
                method.declaration().options().stream().anyMatch(o -> o.key().equals("gradient"));
        if (!rules) {
            return List.of(few);
        }
        Map<String, String> guided = new HashMap<>(few);
        guided.put("gradient", "guided");
        return List.of(few, guided);
    }

    private static Regions quarters() {
        Tensor labels = Tensor.zeros(new Axes("byx"), 1, SIZE, SIZE);
        for (int i = 0; i < labels.length(); i++) {
            labels.data()[i] = 1 + i / SIZE * 2 / SIZE + 2 * (i % SIZE * 2 / SIZE);
        }
        return new Regions(labels, List.of("a", "b", "c", "d"));
    }

    private static Problem problem(Classifier engine, Settings settings, boolean regions) {
        Tensor input = Tensor.zeros(new Axes("byxc"), 1, SIZE, SIZE, 1);
        Random random = new Random(3);
        for (int i = 0; i < input.length(); i++) {
            input.data()[i] = 1 + random.nextFloat();
        }
        Problem problem = new Problem(engine, input, "a", new Baseline.Constant(0), settings);
        return regions ? problem.with(quarters()) : problem;
    }
}

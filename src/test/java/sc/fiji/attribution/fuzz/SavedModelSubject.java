/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** Damaged SavedModels: opened, asked for scores, a gradient, and their layers. */
public abstract class SavedModelSubject implements Subject {

    /** Of an image that is made for a model; a damaged one may ask for any. */
    private static final int MOST_VOXELS = 1 << 22;

    private static final Path SMALL = Path.of("src/test/resources/sc/fiji/attribution/fuzz/models");

    /** As Keras writes them, in functions, and flat ones; weights are constants. */
    private static final List<Path> MODELS =
            Stream.of("r_numbered", "r_dil_convolution", "m_dense1").map(SMALL::resolve).toList();

    private static final Path WITH_VARIABLES = Path.of("sample-images/lesion-classifier");

    /** The graph, damaged byte by byte. */
    public static final class Graph extends SavedModelSubject {
        @Override
        byte[] graph(byte[] original, Random random) {
            return Damage.of(original, random);
        }
    }

    /** The graph, damaged as a protocol buffer: it can always be parsed. */
    public static final class Structure extends SavedModelSubject {
        @Override
        byte[] graph(byte[] original, Random random) throws IOException {
            return MessageDamage.of(original, random);
        }
    }

    /** The checkpoint's index and data. */
    public static final class Variables extends SavedModelSubject {
        @Override
        List<Path> models() {
            return List.of(WITH_VARIABLES);
        }

        @Override
        byte[] variables(byte[] original, Random random) {
            return Damage.of(original, random);
        }
    }

    List<Path> models() {
        return MODELS;
    }

    byte[] graph(byte[] original, Random random) throws IOException {
        return original;
    }

    byte[] variables(byte[] original, Random random) {
        return original;
    }

    @Override
    public Path write(Random random, Path folder) throws IOException {
        Path original = models().get(random.nextInt(models().size()));
        byte[] graph = Files.readAllBytes(original.resolve("saved_model.pb"));
        Files.write(folder.resolve("saved_model.pb"), graph(graph, random));
        if (!Files.isDirectory(original.resolve("variables"))) {
            // Its weights are constants of the graph.
            return folder;
        }
        Path variables = Files.createDirectory(folder.resolve("variables"));
        List<Path> files;
        try (Stream<Path> all = Files.list(original.resolve("variables"))) {
            files = all.sorted().toList();
        }
        int damaged = random.nextInt(10) < 8 ? index(files) : random.nextInt(files.size());
        for (int i = 0; i < files.size(); i++) {
            byte[] bytes = Files.readAllBytes(files.get(i));
            Files.write(
                    variables.resolve(files.get(i).getFileName()),
                    i == damaged ? variables(bytes, random) : bytes);
        }
        return folder;
    }

    /** Mostly the index is damaged: values are but numbers. */
    private static int index(List<Path> files) {
        return IntStream.range(0, files.size())
                .filter(i -> files.get(i).toString().endsWith(".index"))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void use(Path file) {
        try (Classifier model = Engines.open(file, ModelOptions.NONE)) {
            int[] shape = model.spec().shape().clone();
            long voxels = 1;
            for (int i = 0; i < shape.length; i++) {
                shape[i] = shape[i] > 0 ? shape[i] : i == 0 ? 1 : 16;
                voxels *= shape[i];
            }
            if (voxels > MOST_VOXELS) {
                return;
            }
            float[] values = new float[(int) voxels];
            Arrays.fill(values, 0.5f);
            Tensor image = new Tensor(model.spec().axes(), shape, values);
            float[][] logits = model.logits(image);
            float[][] cotangent = new float[logits.length][logits[0].length];
            cotangent[0][0] = 1;
            model.gradients().ifPresent(gradients -> gradients.gradient(image, cotangent));
            Layers layers = model.layers().orElseThrow();
            layers.list();
            layers.lastConvolution()
                    .ifPresent(
                            last ->
                                    layers.run(
                                            Pass.gradient(last.name()),
                                            Layers.Feed.image(image)
                                                    .withCotangent(
                                                            Tensor.rows(Axes.ROWS, cotangent))));
        }
    }
}

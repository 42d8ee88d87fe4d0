/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.ModelSpec;

/** What is kept, what is closed, and when: with models that count, and with real ones. */
class LoadedModelsTest {

    private static final Path SAMPLE = Path.of("sample-images/lesion-classifier");

    @TempDir Path folder;

    private final List<Path> opened = new ArrayList<>();
    private final List<Path> closed = new ArrayList<>();

    @BeforeEach
    void threeModelsOfTenBytes() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            Path model = Files.createDirectories(folder.resolve(name));
            Files.write(model.resolve("weights"), new byte[10]);
        }
    }

    private LoadedModels counting(long bound) {
        return new LoadedModels(
                bound,
                (path, options) -> {
                    opened.add(path);
                    return new Counted(path, closed);
                });
    }

    /** As when ImageJ loads its plug-ins anew: what is kept would be out of reach. */
    @Test
    void theNextInAProcessClosesWhatTheOneBeforeKept() {
        LoadedModels before = counting(100);
        LoadedModels next = counting(100);
        Map<Object, Object> places = new HashMap<>();
        before.takeOver(places);
        before.open(folder.resolve("a"), ModelOptions.NONE).close();
        Classifier used = before.open(folder.resolve("b"), ModelOptions.NONE);
        assertEquals(List.of(), closed);
        next.takeOver(places);
        assertEquals(List.of(folder.resolve("a")), closed);
        used.close();
        assertEquals(List.of(folder.resolve("a"), folder.resolve("b")), closed);
        assertEquals(0, before.size());
    }

    /** Computes nothing. */
    private record Counted(Path path, List<Path> closed) implements Classifier {
        @Override
        public ModelSpec spec() {
            return new ModelSpec(
                    "model", "", new Axes("byxc"), new int[4], Head.LINEAR, List.of("only"));
        }

        @Override
        public float[][] logits(Tensor batch) {
            return new float[1][1];
        }

        @Override
        public Optional<Gradients> gradients() {
            return Optional.empty();
        }

        @Override
        public Optional<String> whyNoGradients() {
            return Optional.empty();
        }

        @Override
        public Map<String, String> facts() {
            return Map.of();
        }

        @Override
        public Optional<Layers> layers() {
            return Optional.empty();
        }

        @Override
        public void close() {
            closed.add(path);
        }
    }

    private Path model(String name) {
        return folder.resolve(name);
    }

    private void use(LoadedModels models, String... names) {
        for (String name : names) {
            models.open(model(name), ModelOptions.NONE).close();
        }
    }

    private List<Path> models(String... names) {
        return Stream.of(names).map(this::model).toList();
    }

    @Test
    void aSecondRunTakesTheModelAsItWasLeft() {
        LoadedModels models = counting(100);
        use(models, "a", "b", "a", "b");
        assertEquals(models("a", "b"), opened);
        assertEquals(List.of(), closed);
        assertEquals(2, models.size());
    }

    @Test
    void threeModelsUnderABoundOfOneKeepTheLast() {
        LoadedModels models = counting(1);
        use(models, "a", "b", "c");
        assertEquals(models("a", "b"), closed);
        assertEquals(1, models.size());
        use(models, "c");
        assertEquals(3, opened.size());
    }

    @Test
    void leastRecentlyUsedGoesFirst() {
        LoadedModels models = counting(20);
        use(models, "a", "b", "a", "c");
        assertEquals(models("b"), closed);
    }

    /** So that two large models are never in memory together without need. */
    @Test
    void roomIsMadeBeforeTheNextIsOpened() {
        LoadedModels models = counting(15);
        use(models, "a");
        try (Classifier b = models.open(model("b"), ModelOptions.NONE)) {
            assertEquals(models("a"), closed);
        }
    }

    @Test
    void whatIsInUseIsNotClosed() {
        LoadedModels models = counting(1);
        Classifier a = models.open(model("a"), ModelOptions.NONE);
        use(models, "b", "c");
        models.close();
        assertEquals(models("b", "c"), closed);
        a.close();
        assertEquals(1, models.size());
        models.close();
        assertEquals(models("b", "c", "a"), closed);
    }

    @Test
    void twoUsersAtOnceDoNotShare() {
        LoadedModels models = counting(100);
        Classifier first = models.open(model("a"), ModelOptions.NONE);
        Classifier second = models.open(model("a"), ModelOptions.NONE);
        assertEquals(models("a", "a"), opened);
        first.close();
        second.close();
        assertEquals(models("a"), closed);
        assertEquals(1, models.size());
    }

    /** Kept, it would refuse every call until Fiji is started again. */
    @Test
    void whatWasGivenUpIsOpenedAgain() {
        List<String> made = new ArrayList<>();
        LoadedModels models =
                new LoadedModels(
                        100,
                        (path, options) -> {
                            made.add(path.toString());
                            return new GivenUp(new Counted(path, closed), made.size() == 1);
                        });
        use(models, "a", "a", "a");
        assertEquals(2, made.size());
        assertEquals(models("a"), closed);
        assertEquals(1, models.size());
    }

    /** Has, or has not, a call that never ended. */
    private record GivenUp(Classifier network, boolean givenUp) implements Classifier {
        @Override
        public ModelSpec spec() {
            return network.spec();
        }

        @Override
        public float[][] logits(Tensor batch) {
            return network.logits(batch);
        }

        @Override
        public boolean usable() {
            return !givenUp;
        }

        @Override
        public void close() {
            network.close();
        }
    }

    @Test
    void givingBackTwiceCountsOnce() {
        LoadedModels models = counting(100);
        Classifier first = models.open(model("a"), ModelOptions.NONE);
        first.close();
        try (Classifier second = models.open(model("a"), ModelOptions.NONE)) {
            first.close();
            assertEquals(0, models.size());
        }
    }

    @Test
    void optionsTellModelsApart() {
        LoadedModels models = counting(100);
        for (float age : new float[] {41, 41, 42}) {
            ModelOptions options =
                    ModelOptions.NONE.withConstants(Map.of("age", new float[] {age}));
            models.open(model("a"), options).close();
        }
        assertEquals(2, opened.size());
    }

    @Test
    void aChangedFileReopensAndClosesTheOld() throws IOException {
        LoadedModels models = counting(100);
        use(models, "a");
        Files.write(model("a").resolve("weights"), new byte[] {1, 2, 3});
        use(models, "a");
        assertEquals(models("a", "a"), opened);
        assertEquals(models("a"), closed);
        assertEquals(1, models.size());
    }

    @Test
    void aFileOfTheSameSizeAndTimeInItsPlaceReopens() throws IOException {
        LoadedModels models = counting(100);
        use(models, "a");
        Path weights = model("a").resolve("weights");
        Path other = Files.write(folder.resolve("other"), new byte[10]);
        Assumptions.assumeTrue(
                Files.readAttributes(other, java.nio.file.attribute.BasicFileAttributes.class)
                                .fileKey()
                        != null,
                "skipped: this file system tells files apart by name only");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(weights));
        Files.move(other, weights, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        use(models, "a");
        assertEquals(2, opened.size());
    }

    @Test
    void whatCannotBeOpenedIsNotKept() {
        LoadedModels models = new LoadedModels(100);
        for (int time = 0; time < 2; time++) {
            ModelException e =
                    assertThrows(
                            ModelException.class, () -> models.open(model("a"), ModelOptions.NONE));
            assertTrue(e.getMessage().contains("is not a model that can be opened"));
        }
        assertEquals(0, models.size());
    }

    private Path copyOfSample() throws IOException {
        Path copy = folder.resolve("copy");
        try (Stream<Path> files = Files.walk(SAMPLE)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(SAMPLE.relativize(file).toString()));
            }
        }
        return copy;
    }

    @Test
    void newClassNamesAreRead() throws IOException {
        Path copy = copyOfSample();
        try (LoadedModels models = new LoadedModels(1 << 20)) {
            models.open(copy, ModelOptions.NONE).close();
            Files.writeString(copy.resolve("labels.txt"), "without\nwith\n");
            try (Classifier classifier = models.open(copy, ModelOptions.NONE)) {
                assertEquals(List.of("without", "with"), classifier.spec().labels());
            }
        }
    }

    /** Neither open files nor mapped ones: the model's folder can be replaced while it is kept. */
    @Test
    void holdsNoFileOfTheModel() throws IOException {
        Assumptions.assumeTrue(
                Files.isDirectory(Path.of("/proc/self/fd")), "skipped: needs Linux' /proc");
        Path copy = copyOfSample();
        try (LoadedModels models = new LoadedModels(1 << 20)) {
            models.open(copy, ModelOptions.NONE).close();
            assertEquals(1, models.size());
            List<String> held = new ArrayList<>(Files.readAllLines(Path.of("/proc/self/maps")));
            try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
                for (Path descriptor : descriptors.toList()) {
                    if (Files.isSymbolicLink(descriptor)) {
                        held.add(Files.readSymbolicLink(descriptor).toString());
                    }
                }
            }
            held.removeIf(each -> !each.contains("variables") && !each.contains("saved_model"));
            assertEquals(List.of(), held);
        }
    }

    @Test
    void aCancelledRunLeavesASoundModel() {
        try (LoadedModels models = new LoadedModels(1 << 30)) {
            float[] expected = map(models, Progress.NONE);
            assertThrows(
                    CancelledException.class,
                    () ->
                            map(
                                    models,
                                    (done, total, what) -> {
                                        if (done > 0) {
                                            throw new CancelledException();
                                        }
                                    }));
            assertEquals(1, models.size());
            assertArrayEquals(expected, map(models, Progress.NONE), 1e-5f);
        }
    }

    private static float[] map(LoadedModels models, Progress progress) {
        try (Classifier classifier = models.open(SAMPLE, ModelOptions.NONE)) {
            return new AttributionTool(classifier)
                    .options(Map.of("steps", "4", "batch", "1"))
                    .target("lesions")
                    .run(ImageFile.open("sample-images/brain-lesions-1.tif"), progress)
                    .attributions()
                    .get(0)
                    .map()
                    .data();
        }
    }
}

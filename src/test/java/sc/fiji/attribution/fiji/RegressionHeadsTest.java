/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/** A network that gives numbers is not shown as a classifier: no class, no probability. */
class RegressionHeadsTest {

    private static final String YAML =
            """
            outputs:
              - {name: age, unit: years}
              - {name: weight, unit: kg}
            """;

    @TempDir Path folder;

    private static ModelOptions options(String scores, HeadKind head, String... names) {
        return ModelOptions.NONE.withLabels(List.of(names)).withScores(scores).withHead(head);
    }

    /** Model, what is said of it, what its numbers are called, and what one of them is in. */
    static Stream<Arguments> heads() {
        ModelOptions none = ModelOptions.NONE;
        HeadKind regression = HeadKind.REGRESSION;
        return Stream.of(
                arguments("age_weight", none, "output 0, output 1", "output 0"),
                arguments("age_weight with units", none, "age, weight", "years"),
                arguments("one.keras", none, "brain_age", "brain_age"),
                arguments("one_unnamed.h5", none, "output", "output"),
                arguments("two.keras", none, "output 0, output 1", "output 0"),
                arguments("separate.keras", options("age", regression), "age", "age"),
                arguments("separate.keras", options("cells", HeadKind.UNSAID), "cells", "cells"),
                arguments("share.keras", options("", regression), "share", "share"),
                arguments("tf1_count", none, "count", "count"),
                arguments("tf1_three", options("", regression, "a", "b", "c"), "a, b, c", "a"));
    }

    private Path model(String name) throws IOException {
        Path stored = Resources.bundled("heads/" + name.replace(" with units", ""));
        if (!name.endsWith(" with units")) {
            return stored;
        }
        Files.copy(stored.resolve("saved_model.pb"), folder.resolve("saved_model.pb"));
        Files.writeString(folder.resolve("attribution.yaml"), YAML);
        return folder;
    }

    private static ImagePlus image(Classifier classifier) {
        Random random = new Random(3);
        return Specimens.image(
                32,
                classifier.spec().size('x'),
                classifier.spec().size('y'),
                1,
                1,
                1,
                p -> random.nextGaussian());
    }

    private static AttributionTool.Result map(Classifier classifier, String target) {
        return new AttributionTool(classifier)
                .options(Map.of("steps", "200"))
                .target(target)
                .run(image(classifier), Progress.NONE);
    }

    @ParameterizedTest
    @MethodSource("heads")
    void aNumberIsNoClassAndHasNoProbability(
            String name, ModelOptions options, String labels, String unit) throws IOException {
        try (Classifier classifier = Engines.open(model(name), options)) {
            assertTrue(classifier.spec().head().isNumbers());
            assertEquals(labels, String.join(", ", classifier.spec().labels()));
            Classification found = Classification.of(classifier, image(classifier)).get(0);
            ResultsTable table = new ResultsTable();
            found.addTo(table);
            AttributionTool.Result result = map(classifier, "0");
            Attribution attribution = result.attributions().get(0);
            List<String> texts =
                    List.of(
                            found.summary(),
                            String.join(" ", table.getHeadings()),
                            String.join(" ", MapSummary.lines(result, classifier.spec())),
                            result.image().getTitle(),
                            "" + result.image().getProp("attribution.probabilities"));
            for (String text : texts) {
                String lower = text.toLowerCase(Locale.ROOT);
                assertFalse(lower.contains("class") || lower.contains("probab"), text);
            }
            assertEquals(0, found.probabilities().length);
            assertEquals(found.logits()[0], attribution.score(), 1e-5);
            assertTrue(attribution.unit().startsWith(unit), attribution.unit());
            assertTrue(attribution.relativeCompletenessError().getAsDouble() <= 0.01);
        }
    }

    /** What the file gives is what is said and explained, also behind a closing sigmoid. */
    @Test
    void theOutputItselfIsExplained() throws IOException {
        ModelOptions options = options("", HeadKind.REGRESSION);
        try (Classifier number = Engines.open(model("share.keras"), options);
                Classifier binary = Engines.open(model("share.keras"), ModelOptions.NONE)) {
            double share = Classification.of(number, image(number)).get(0).logits()[0];
            Classification classes = Classification.of(binary, image(binary)).get(0);
            assertEquals(classes.probabilities()[1], share, 1e-6);
            assertEquals(share, map(number, "share").attributions().get(0).score(), 1e-6);
        }
    }

    @Test
    void minusIsTheOtherSign() throws IOException {
        try (Classifier classifier =
                Engines.open(model("age_weight with units"), ModelOptions.NONE)) {
            Attribution plus = map(classifier, "age").attributions().get(0);
            Attribution minus = map(classifier, "-age").attributions().get(0);
            assertEquals("-age", minus.target().description());
            assertEquals(-plus.score(), minus.score(), 1e-9);
            float[] negated = minus.map().data().clone();
            IntStream.range(0, negated.length).forEach(i -> negated[i] *= -1);
            assertArrayEquals(plus.map().data(), negated, 1e-6f);
        }
    }

    /** Lines that were recorded while one linear output still was two classes. */
    @Test
    void formerTargetsKeepTheirMeaning() throws IOException {
        try (Classifier one = Engines.open(model("one.keras"), ModelOptions.NONE)) {
            double score = map(one, "predicted").attributions().get(0).score();
            assertEquals(score, map(one, "class 1").attributions().get(0).score());
            assertEquals(-score, map(one, "class 0").attributions().get(0).score());
        }
        try (Classifier two = Engines.open(model("two.keras"), ModelOptions.NONE)) {
            Attribution predicted = map(two, "predicted").attributions().get(0);
            float[] both = predicted.classLogits();
            assertEquals(Math.max(both[0], both[1]), predicted.score(), 1e-5);
            assertEquals(both[1], map(two, "class 1").attributions().get(0).score(), 1e-5);
            double difference = map(two, "class 1 - class 0").attributions().get(0).score();
            assertEquals(both[1] - both[0], difference, 1e-5);
        }
    }

    @Test
    void whatCannotBeDecidedIsSaidUntilSomebodyDoes() throws IOException {
        Path model = model("age_weight");
        try (Classifier asked = Engines.open(model, ModelOptions.NONE)) {
            List<String> warnings = map(asked, "0").warnings();
            assertEquals(1, warnings.size());
            assertTrue(warnings.get(0).contains("head=regression"), warnings.get(0));
            assertTrue(warnings.get(0).contains("head=classes"), warnings.get(0));
        }
        for (ModelOptions told :
                List.of(
                        options("", HeadKind.REGRESSION),
                        options("", HeadKind.CLASSES),
                        options("", HeadKind.UNSAID, "thin", "fat"))) {
            try (Classifier classifier = Engines.open(model, told)) {
                assertEquals(List.of(), map(classifier, "0").warnings());
                boolean numbers = told.head() == HeadKind.REGRESSION;
                assertEquals(numbers, classifier.spec().head().isNumbers());
            }
        }
    }

    @Test
    void badInputHasOneLineAndANextStep() throws IOException {
        try (Classifier classifier =
                Engines.open(model("age_weight with units"), ModelOptions.NONE)) {
            refused(OptionException.class, "age", () -> map(classifier, "height"));
            refused(OptionException.class, "years and kg", () -> map(classifier, "age - weight"));
        }
        refused(
                OptionException.class,
                "classes, regression and map",
                () -> HeadKind.named("numbers"));
        refused(
                OptionException.class,
                "leave head out",
                () -> Engines.open(model("two.keras"), options("", HeadKind.MAP)));
        refused(
                ModelException.class,
                "age [-1, 1], cells [-1, 1]",
                () -> Engines.open(model("separate.keras"), options("height", HeadKind.UNSAID)));
        Files.writeString(folder.resolve("attribution.yaml"), "head: numbers\n");
        refused(
                ModelException.class,
                "regression or map",
                () -> Engines.open(folder, ModelOptions.NONE));
    }

    private static void refused(
            Class<? extends AttributionException> kind,
            String part,
            org.junit.jupiter.api.function.Executable what) {
        String message = assertThrows(kind, what).getMessage();
        assertEquals(1, message.lines().count());
        assertTrue(message.contains(part), message);
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.description.DataRange;
import sc.fiji.attribution.model.description.ModelDescription;
import sc.fiji.attribution.model.description.TestCase;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.model.engine.TestRun;
import sc.fiji.attribution.testing.Resources;

/** Packages around a tiny network, opened as a user names them. */
class ModelPackageTest {

    private static final String OURS =
            """
            name: Tiny
            axes: byxc
            sizes: {y: 6, x: {min: 4, step: 4}, c: 2}
            range: [0, 255]
            preprocessing:
              - scale_linear: {gain: 0.5, offset: -1}
            labels: [healthy, lesions]
            """;

    private static final String FORMAT_04 =
            """
            format_version: 0.4.10
            type: model
            name: Tiny
            authors: [{name: nobody}]
            inputs:
              - name: raw
                axes: byxc
                data_type: float32
                data_range: [0.0, 255]
                shape: {min: [1, 6, 4, 2], step: [0, 0, 4, 0]}
                preprocessing:
                  - name: scale_linear
                    kwargs: {gain: 0.5, offset: -1, axes: yxc}
            outputs:
              - {name: scores, axes: bc, data_type: float32, shape: [1, 2]}
            test_inputs: [in.npy]
            test_outputs: [out.npy]
            weights:
              pytorch_state_dict: {source: weights.pt}
              tensorflow_saved_model_bundle: {source: ./WEIGHTS, tensorflow_version: "2.16"SHA}
            """;

    private static final String FORMAT_05 =
            """
            format_version: 0.5.4
            type: model
            name: Tiny
            inputs:
              - id: raw
                axes:
                  - {type: batch}
                  - {type: space, id: y, size: 6}
                  - {type: space, id: x, size: {min: 4, step: 4}}
                  - {type: channel, channel_names: [red, green]}
                data: {type: float32, range: [0, 255]}
                test_tensor: {source: in.npy}
                preprocessing:
                  - id: scale_linear
                    kwargs: {gain: [0.5, 0.5], offset: [-1, -1], axis: channel}
            outputs:
              - id: scores
                axes:
                  - {type: batch}
                  - {type: channel, channel_names: [healthy, lesions]}
                test_tensor: {source: out.npy}
            weights:
              tensorflow_saved_model_bundle:
                source: WEIGHTS
                tensorflow_version: "2.16"SHA
            """;

    @TempDir Path folder;
    private List<Path> before;

    @BeforeEach
    void count() {
        before = Packages.leftovers();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(before, Packages.leftovers());
    }

    private Path network(String name) throws IOException {
        return Packages.network(folder.resolve(name), -1, -1, -1, 2);
    }

    /** A package with nested zip, test arrays and labels.txt beside the description. */
    private Path describe(String text, String weights, String sha256) throws IOException {
        Path top = Files.createDirectories(folder.resolve("tiny"));
        Files.writeString(
                top.resolve("rdf.yaml"),
                text.replace("WEIGHTS", weights).replace("SHA", yamlSha(text, sha256)));
        float[] values = new float[6 * 4 * 2];
        float[] processed = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 5 + i % 2;
            processed[i] = values[i] / 2 - 1;
        }
        Packages.npy(top.resolve("in.npy"), new int[] {1, 6, 4, 2}, values);
        double[] p = Head.SOFTMAX.probabilities(logits(processed));
        Packages.npy(top.resolve("out.npy"), new int[] {1, 2}, (float) p[0], (float) p[1] + 1e-3f);
        return top;
    }

    private static String yamlSha(String text, String sha256) {
        if (sha256.isEmpty()) {
            return "";
        }
        return text.contains("0.4") ? ", sha256: " + sha256 : "\n    sha256: " + sha256;
    }

    /** The network by hand. */
    private static float[] logits(float[] values) {
        double[] mean = new double[2];
        for (int i = 0; i < values.length; i++) {
            mean[i % 2] += values[i] * 2.0 / values.length;
        }
        return new float[] {(float) (mean[0] + 0.5 * mean[1]), (float) (-mean[0] + 2 * mean[1])};
    }

    private static Classifier open(Path path) {
        return Engines.open(path, ModelOptions.NONE);
    }

    private void checkSpec(Path path, String... labels) {
        try (Classifier classifier = open(path)) {
            ModelSpec spec = classifier.spec();
            assertEquals("tiny", spec.name());
            assertEquals("byxc", spec.axes().order());
            assertArrayEquals(new int[] {-1, 6, -1, 2}, spec.shape());
            assertEquals(6, spec.extent('y', 100));
            assertEquals(12, spec.extent('x', 11));
            assertEquals(List.of(labels), spec.labels());
            assertEquals(new DataRange(0, 255), spec.description().input().range());
            assertEquals("Tiny", spec.description().name());
            assertEquals(List.of(), spec.description().warnings());
            assertTrue(spec.description().input().steps().startsWith("scale_linear(gain "));
            assertTrue(classifier.gradients().isPresent());
            float[] values = {1, 2, 3, 4, 5, 6, 7, 9};
            Tensor tensor = new Tensor(new Axes("byxc"), new int[] {1, 2, 2, 2}, values);
            assertArrayEquals(logits(values), classifier.logits(tensor)[0], 1e-5f);
            for (TestCase test : spec.description().testCases()) {
                TestRun result = TestRun.of(test, classifier);
                assertEquals(1e-3, result.difference(), 1e-6);
                assertEquals("probabilities", result.compared());
            }
        }
    }

    @Test
    void descriptionInTheModelsFolder() throws IOException {
        Path model = network("tiny");
        Files.writeString(model.resolve("attribution.yaml"), OURS);
        checkSpec(model, "healthy", "lesions");
        checkSpec(model.resolve("attribution.yaml"), "healthy", "lesions");
        checkSpec(Packages.zip(model, folder.resolve("zips/tiny.zip")), "healthy", "lesions");
        // One folder in the zip, and all the rest in it.
        checkSpec(Packages.zip(folder, folder.resolve("zips/tiny.ZIP")), "healthy", "lesions");
    }

    @Test
    void bioimagePackagesAsFolderAndZip() throws IOException {
        Path inner = Packages.zip(network("net"), folder.resolve("net.zip"));
        for (String text : List.of(FORMAT_04, FORMAT_05)) {
            Path top = describe(text, "net.zip", FileDigest.sha256(inner));
            Files.copy(inner, top.resolve("net.zip"));
            Files.writeString(top.resolve("labels.txt"), "healthy\nlesions\n");
            checkSpec(top, "healthy", "lesions");
            checkSpec(top.resolve("rdf.yaml"), "healthy", "lesions");
            checkSpec(Packages.zip(top, folder.resolve("z/tiny.zip")), "healthy", "lesions");
            Files.delete(top.resolve("labels.txt"));
            Files.delete(top.resolve("net.zip"));

            describe(text, "saved", "");
            network("tiny/saved");
            String[] labels =
                    text.contains("0.5.4")
                            ? new String[] {"healthy", "lesions"}
                            : new String[] {"class 0", "class 1"};
            checkSpec(top, labels);
            checkSpec(Packages.zip(top, folder.resolve("z/tiny.zip")), labels);
        }
    }

    @Test
    void callersWordsCountMore() throws IOException {
        Path model = network("tiny");
        Files.writeString(model.resolve("attribution.yaml"), OURS);
        ModelOptions options = ModelOptions.NONE.withAxes("bxyc").withLabels(List.of("a", "b"));
        try (Classifier classifier = Engines.open(model, options)) {
            assertEquals("bxyc", classifier.spec().axes().order());
            assertEquals(List.of("a", "b"), classifier.spec().labels());
            assertEquals(6, classifier.spec().size('y'));
        }
    }

    @Test
    void labelsFileStillWorksWithoutDescription() throws IOException {
        Path model = network("tiny");
        Files.writeString(model.resolve("labels.txt"), "cat\ndog\n");
        Path zip = Packages.zip(model, folder.resolve("z/tiny.zip"));
        for (Path path : List.of(model, zip)) {
            try (Classifier classifier = open(path)) {
                assertEquals(List.of("cat", "dog"), classifier.spec().labels());
                assertEquals("tiny", classifier.spec().name());
                assertEquals(ModelDescription.NONE, classifier.spec().description());
            }
        }
    }

    @Test
    void unknownKeysWarn() throws IOException {
        Path model = network("tiny");
        Files.writeString(
                model.resolve("attribution.yaml"),
                OURS
                        + "colour: red\norientatoin: RAS\ntests: [{input: a.npy, output: b.npy, weight: 2}]\n");
        try (Classifier classifier = open(model)) {
            List<String> warnings = classifier.spec().description().warnings();
            assertEquals(3, warnings.size(), warnings.toString());
            assertTrue(warnings.get(0).contains("colour"));
            assertTrue(warnings.get(1).endsWith("; did you mean orientation?"), warnings.get(1));
            assertTrue(warnings.get(2).contains("tests[0].weight"));
        }
    }

    @Test
    void ourDescriptionGoesFirst() throws IOException {
        Path top = describe(FORMAT_04, "net", "");
        network("tiny/net");
        Files.writeString(top.resolve("attribution.yaml"), "model: net\nlabels: [a, b]\n");
        try (Classifier classifier = open(top)) {
            assertEquals(List.of("a", "b"), classifier.spec().labels());
            assertEquals("", classifier.spec().description().input().steps());
            List<String> warnings = classifier.spec().description().warnings();
            assertEquals(1, warnings.size());
            assertTrue(warnings.get(0).startsWith("'rdf.yaml' was not read"), warnings.get(0));
        }
    }

    /** Text of attribution.yaml; words of the message. */
    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments("axes: bzyxc", "attribution.yaml, bzyxc, [-1, -1, -1, 2], contradict"),
                arguments("axes: bqxc", "axes, bqxc, must be one of"),
                arguments("axes: byxc\nsizes: {c: 3}", "contradict, c 3, byxc [-1, -1, -1, 2]"),
                arguments("axes: bcyx\nsizes: {x: 4}", "contradict, x 4, bcyx [-1, -1, -1, 2]"),
                arguments("labels: [a, b, c]", "contradict, a;b;c, 3 classes, has 2"),
                arguments("axes: byxc\nsizes: {z: 3}", "sizes.z, no such axis"),
                arguments("sizes: {y: 0}", "sizes.y, whole number from 1"),
                arguments("range: [1, 0]", "range, smaller first"),
                arguments("preprocessing: [whiten]", "whiten, not known, clip"),
                arguments("preprocessing: 3", "preprocessing, a list of steps"),
                arguments("model: ../other", "../other, inside its folder"),
                arguments("model: /etc/passwd", "/etc/passwd, inside its folder"),
                arguments("model: nowhere\n", "nowhere, copy them to"),
                arguments("axes: [b, y", "attribution.yaml, not sound YAML"),
                arguments("axes: byxc\naxes: byxc", "duplicate key axes"),
                arguments("- a list", "no list of keys"),
                arguments("", "empty"),
                arguments("a: !!java.net.URL [http://example.com]", "not sound YAML"),
                arguments("tests: [{input: x.npy}]", "tests[0].output, missing"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void oneLineForEachMistake(String text, String words) throws IOException {
        Path model = network("tiny");
        boolean elsewhere = text.startsWith("model: nowhere");
        if (elsewhere) {
            Files.move(model.resolve("saved_model.pb"), folder.resolve("saved_model.pb"));
        }
        Files.writeString(model.resolve("attribution.yaml"), text);
        for (Path path : List.of(model, Packages.zip(model, folder.resolve("z/tiny.zip")))) {
            refused(path, words);
        }
    }

    private static void refused(Path path, String words) {
        ModelException e = assertThrows(ModelException.class, () -> open(path).close());
        System.out.println(e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertTrue(!e.getMessage().contains(TemporaryFolder.PREFIX), e.getMessage());
        for (String word : words.split(", ")) {
            String wanted = word.replace("a;b;c", "a,b,c");
            assertTrue(e.getMessage().contains(wanted), wanted + " is not in: " + e.getMessage());
        }
    }

    @Test
    void aliasesDoNotExplode() throws IOException {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 80; i++) {
            text.append("a" + i + ": &a" + i + " [*a" + (i - 1) + ", *a" + (i - 1) + "]\n");
        }
        Path model = network("tiny");
        Files.writeString(model.resolve("attribution.yaml"), text);
        refused(model, "not sound YAML");
        Files.writeString(model.resolve("attribution.yaml"), "a: " + "[".repeat(100_000));
        refused(model, "not sound YAML");
    }

    @Test
    void checksumsAreVerified() throws IOException {
        Path inner = Packages.zip(network("net"), folder.resolve("net.zip"));
        Path top = describe(FORMAT_04, "net.zip", "ab".repeat(32));
        Files.copy(inner, top.resolve("net.zip"));
        String words = "SHA-256, " + FileDigest.sha256(inner) + ", abab, rdf.yaml, download";
        refused(top, words);
        refused(Packages.zip(top, folder.resolve("z/tiny.zip")), words);
    }

    @Test
    void otherWeightsAreNamed() throws IOException {
        Path top = describe(FORMAT_04, "net.zip", "");
        Path file = top.resolve("rdf.yaml");
        Files.writeString(
                file,
                Files.readString(file).replace("tensorflow_saved_model_bundle", "tensorflow_js"));
        String words = "pytorch_state_dict, tensorflow_js, tensorflow_saved_model_bundle, export";
        refused(top, words);
        refused(Packages.zip(top, folder.resolve("z/tiny.zip")), words);
        refused(
                Resources.shared("models/bioimageio").resolve("upsample_test_model"),
                "pytorch_state_dict, tensorflow_saved_model_bundle");
    }

    @Test
    void weightsThatAreElsewhereAreNotFetched() throws IOException {
        Path top = describe(FORMAT_04, "net.zip", "");
        Path file = top.resolve("rdf.yaml");
        Files.writeString(
                file, Files.readString(file).replace("./net.zip", "https://example.com/a/n.zip"));
        refused(top, "https://example.com/a/n.zip, download, n.zip");
        Packages.zip(network("net"), top.resolve("n.zip"));
        open(top).close();
    }

    @Test
    void classesAndSizesOfBioimageDescriptionsMustAgree() throws IOException {
        network("tiny/net");
        describe(FORMAT_04.replace("[1, 2]}", "[1, 7]}"), "net", "");
        refused(folder.resolve("tiny"), "rdf.yaml, 7 classes, 2 classes");
        describe(FORMAT_05.replace("[red, green]", "[red]"), "net", "");
        refused(folder.resolve("tiny"), "rdf.yaml, c 1, byxc [-1, -1, -1, 2]");
    }

    @Test
    void severalModelsInOneZip() throws IOException {
        network("many/one");
        network("many/two");
        refused(
                Packages.zip(folder.resolve("many"), folder.resolve("z/many.zip")),
                "several models, one, two");
    }

    @Test
    void zipWithoutModel() throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("empty")).resolve("a"), "b");
        refused(
                Packages.zip(folder.resolve("empty"), folder.resolve("z/empty.zip")),
                "empty.zip, saved_model.pb");
    }

    @Test
    void hostileNestedArchivesAreRefused() throws IOException {
        Path top = describe(FORMAT_04, "net.zip", "");
        try (ZipOutputStream out =
                new ZipOutputStream(Files.newOutputStream(top.resolve("net.zip")))) {
            out.putNextEntry(new ZipEntry("../../evil"));
        }
        Path zip = folder.resolve("z/tiny.zip");
        refused(Packages.zip(top, zip), "net.zip, ../../evil, leads out");
        try (ZipOutputStream out =
                new ZipOutputStream(Files.newOutputStream(top.resolve("net.zip")))) {
            out.putNextEntry(new ZipEntry("variables/variables.data"));
            for (int i = 0; i < 64; i++) {
                out.write(new byte[1 << 20]);
            }
        }
        refused(Packages.zip(top, zip), "net.zip, unpacks to more than");
        assertTrue(Files.notExists(folder.resolve("evil")));
    }

    @Test
    void testArraysThatDoNotFitAreNamed() throws IOException {
        Path top = describe(FORMAT_04, "net", "");
        network("tiny/net");
        Packages.npy(top.resolve("out.npy"), new int[] {1, 3}, 1, 2, 3);
        try (Classifier classifier = open(top)) {
            TestCase test = classifier.spec().description().testCases().get(0);
            ModelException e =
                    assertThrows(ModelException.class, () -> TestRun.of(test, classifier));
            assertTrue(e.getMessage().contains("[1, 3]"), e.getMessage());
            Packages.npy(top.resolve("in.npy"), new int[] {2}, 1, 2);
            e = assertThrows(ModelException.class, () -> TestRun.of(test, classifier));
            assertTrue(e.getMessage().contains("byxc"), e.getMessage());
        }
        assertNotEquals(0, Files.size(top.resolve("in.npy")));
    }
}

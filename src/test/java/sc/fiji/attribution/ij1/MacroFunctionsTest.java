/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import ij.macro.ExtensionDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.Engines;

/** The functions for macros, called as ImageJ's interpreter calls them. */
class MacroFunctionsTest {

    @TempDir Path folder;
    private final MacroFunctions functions = new MacroFunctions();
    private Path model;
    private ImagePlus movie;

    @BeforeEach
    void makeFiles() throws IOException {
        model = Packages.network(folder.resolve("net"), -1, 8, 8, 2);
        movie = IJ.createHyperStack("movie", 8, 8, 2, 1, 2, 32);
        movie.getStack().getProcessor(2).setf(2, 3, 7);
        movie.getStack().getProcessor(3).setf(4, 1, -9);
        WindowManager.setTempCurrentImage(movie);
    }

    @AfterEach
    void closeImage() {
        WindowManager.setTempCurrentImage(null);
    }

    private String call(String name, Object... arguments) {
        return functions.handleExtension(name, arguments);
    }

    private double number(String name, String ofClass) {
        Double[] place = {0.0};
        call(name, ofClass, place);
        return place[0];
    }

    @Test
    void ofTheFrameThatIsShown() {
        call("openModel", model.toString(), null);
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            List<Classification> expected = Classification.of(classifier, movie);
            for (int frame = 1; frame <= 2; frame++) {
                movie.setPosition(1, 1, frame);
                call("classify");
                Classification found = expected.get(frame - 1);
                assertEquals(found.predicted(), call("getPredictedClass"));
                for (int i = 0; i < 2; i++) {
                    String label = "class " + i;
                    assertEquals(found.probabilities()[i], number("getProbability", label), 1e-6);
                    assertEquals(found.probabilities()[i], number("getProbability", "" + i), 1e-6);
                    assertEquals(found.logits()[i], number("getLogit", label), 1e-5);
                }
                assertEquals(
                        found.logits()[1] - found.logits()[0],
                        number("getLogit", "class 1 - class 0"),
                        1e-5);
            }
            assertTrue(expected.get(0).logits()[0] != expected.get(1).logits()[0]);
        }
    }

    @Test
    void whatTheCallerSaysOfTheModel() {
        call("openModel", model.toString(), "labels=[well,very ill] trust");
        assertEquals("well\nvery ill", call("getClassLabels"));
        call("openModel", model.toString(), null);
        assertEquals("class 0\nclass 1", call("getClassLabels"));
    }

    private String message(String name, Object... arguments) {
        RuntimeException end = assertThrows(RuntimeException.class, () -> call(name, arguments));
        // This is what the interpreter takes for an end without further ado.
        assertEquals(Macro.MACRO_CANCELED, end.getMessage());
        return end.getCause().getMessage();
    }

    @Test
    void mistakes() {
        assertTrue(message("classify").contains("call Ext.openModel(path) first"));
        assertTrue(message("openModel", "/nowhere", null).contains("'/nowhere' does not exist"));
        call("openModel", model.toString(), null);
        assertTrue(message("getPredictedClass").contains("call Ext.classify() first"));
        call("classify");
        Double[] place = {0.0};
        assertTrue(message("getProbability", "tumour", place).contains("'tumour' is no class"));
        assertTrue(message("getLogit", "conv1[0]", place).contains("is no class"));
        assertTrue(
                message("getCompletenessError", place, null)
                        .contains("'movie' is no attribution map"));
        // What was found on another model is forgotten.
        call("openModel", model.toString(), "labels=a,b");
        assertTrue(message("getLogit", "a", place).contains("call Ext.classify() first"));
    }

    /** As in a command that {@code run} calls. */
    @Test
    void whatIsAttemptedTakesTheActiveImage() {
        String options = "model=[" + model + "] ";
        assertEquals("", call("attempt", "Classify...", options));
        assertTrue(((String) call("attempt", "Classify...", "")).contains("Missing: model="));
        assertTrue(
                ((String) call("attempt", "Classify", options))
                        .endsWith("did you mean \"Classify...\"?"));
    }

    @ParameterizedTest
    @CsvSource({
        "method=Integrated Gradients steps=5, method=[Integrated Gradients]",
        "steps=5 target=class 1 - class 0, target=[class 1 - class 0]",
        "input=c 1 steps=5, input=[c 1]",
        "steps=3 overwrit, or write overwrite",
        "metod=Gradient, did you mean method?",
        "quite=other, Unknown option quite",
    })
    void aValueWithBlanksStandsInBrackets(String options, String meant) {
        String said =
                (String) call("attempt", "Attribution Map...", "model=[" + model + "] " + options);
        assertTrue(said.contains(meant), said);
        assertEquals(meant.startsWith("Unknown"), said.contains("this command reads"), said);
    }

    @Test
    void completenessErrorOfEachFrame() {
        movie.setProp("attribution.method", "Integrated Gradients");
        movie.setProp("attribution.completeness.error", "0.25; -0.5");
        movie.setProp("attribution.score", "3; 4");
        movie.setProp("attribution.baseline.score", "2; -1");
        Double[] error = {0.0};
        Double[] share = {0.0};
        movie.setPosition(1, 1, 2);
        call("getCompletenessError", error, share);
        assertEquals(-0.5, error[0]);
        assertEquals(0.1, share[0]);
        movie.setPosition(1, 1, 1);
        call("getCompletenessError", error, null);
        assertEquals(0.25, error[0]);
        movie.setProp("attribution.completeness.error", null);
        call("getCompletenessError", error, share);
        assertTrue(Double.isNaN(error[0]) && Double.isNaN(share[0]));
    }

    /** The interpreter looks at the descriptors: as many types as the signature has arguments. */
    @Test
    void signaturesAreTrue() {
        List<String> help = functions.help();
        ExtensionDescriptor[] descriptors = functions.getExtensionFunctions();
        for (int i = 0; i < descriptors.length; i++) {
            String signature = help.get(i).substring("Ext.".length(), help.get(i).indexOf(':'));
            assertTrue(signature.startsWith(descriptors[i].name + "("));
            long arguments =
                    Arrays.stream(signature.replaceAll(".*\\(|\\)", "").split(", "))
                            .filter(each -> !each.isEmpty())
                            .count();
            assertEquals(arguments, descriptors[i].argTypes.length, signature);
        }
    }

    @Test
    void theManualListsThem() throws IOException {
        String manual = Files.readString(Path.of("docs/headless.md"));
        for (String line : functions.help()) {
            String signature = line.substring(0, line.indexOf(':'));
            assertTrue(manual.contains("`" + signature + "`"), signature);
        }
    }
}

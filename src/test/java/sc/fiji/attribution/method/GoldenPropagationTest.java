/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.GoldenMs3d;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Resources;

/** Captum's and zennit's figures for backward passes by other rules; see the README beside them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenPropagationTest {

    private record Asked(String method, Map<String, String> options) {}

    private static final Map<String, Asked> FIGURES = figures();

    private static Map<String, Asked> figures() {
        Map<String, Asked> figures = new LinkedHashMap<>();
        figures.put("guided_backprop", new Asked("Guided Backprop", Map.of()));
        figures.put("deconvolution", new Asked("Deconvolution", Map.of()));
        figures.put("deeplift_zero_fixed", new Asked("DeepLIFT", Map.of()));
        figures.put("lrp_captum_epsilon_bnmerged", lrp("*: epsilon 1e-9"));
        figures.put("lrp_zennit_epsilon_bnmerged", lrp("*: epsilon 1e-6"));
        figures.put("lrp_zennit_epsilon0.25_bnmerged", lrp("*: epsilon 0.25"));
        figures.put("lrp_zennit_epsilon_plus_bnmerged", lrp("epsilonplus"));
        figures.put("lrp_zennit_epsilon_plus_flat_bnmerged", lrp("epsilonplusflat"));
        figures.put("lrp_zennit_epsilon_alpha2_beta1_bnmerged", lrp("epsilonalpha2beta1"));
        figures.put("lrp_zennit_epsilon_alpha2_beta1_flat_bnmerged", lrp("epsilonalpha2beta1flat"));
        figures.put(
                "lrp_zennit_epsilon_gamma_box_bnmerged",
                lrp("first: box 0 1; convolution: gamma 0.25; *: epsilon"));
        return figures;
    }

    private static Asked lrp(String composite) {
        return new Asked("LRP", Map.of("composite", composite));
    }

    private Classifier classifier;

    @BeforeAll
    void open() {
        Path folder = Resources.bundled("golden/ms3d");
        classifier = Engines.open(folder.resolve("saved_model"), ModelOptions.NONE);
    }

    @AfterAll
    void close() {
        classifier.close();
    }

    /**
     * On the tie-free input within 1e-3 of the maximum. On the others, at whose near-ties in max
     * pooling the tools themselves differ between float32 and float64, within twice what the tool's
     * own float32 run is off by, or 1e-3.
     */
    @ParameterizedTest
    @MethodSource("methods")
    void asTheToolsSay(String figure) throws IOException {
        GoldenMs3d golden = GoldenMs3d.shared();
        int compared = 0;
        for (GoldenMs3d.Figure entry : golden.figures(figure::equals)) {
            if (entry.input() == 1) {
                continue;
            }
            double[] expected = entry.expected();
            float[] actual = entry.at(map(figure, golden.input(entry.input()), entry.target()));
            int kinks = 0;
            for (int i = 0; i < actual.length; i++) {
                kinks += Math.abs(actual[i] - expected[i]) > 1e-3 * entry.scale() ? 1 : 0;
            }
            boolean tieFree = entry.input() == GoldenMs3d.TIE_FREE;
            double error = Maps.maxDifference(actual, expected) / entry.scale();
            double correlation = Maps.correlation(actual, expected);
            double ofTool = entry.ofTool() / entry.scale();
            String line =
                    String.format(
                            "%s: error %.1e of the maximum (the tool's own %.1e), %d of %d off by"
                                    + " more than 1e-3, correlation %.7f",
                            entry.file(), error, ofTool, kinks, actual.length, correlation);
            System.out.println(line);
            assertTrue(error <= Math.max(1e-3, tieFree ? 0 : 2 * ofTool), line);
            assertTrue(!tieFree || kinks <= actual.length / 1000, line);
            assertTrue(!tieFree || correlation >= 0.9999, line);
            compared++;
        }
        assertTrue(compared >= 4, figure + ": " + compared);
    }

    static Set<String> methods() {
        return FIGURES.keySet();
    }

    private Tensor map(String figure, Tensor input, int target) {
        Asked asked = FIGURES.get(figure);
        AttributionMethod method = AttributionMethods.named(asked.method);
        Problem problem =
                new Problem(
                        classifier,
                        input,
                        Integer.toString(target),
                        new Baseline.Constant(0),
                        Settings.of(method.declaration().options(), asked.options));
        return method.attribute(problem, Progress.NONE).map();
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.evaluation.ChosenMethod;
import sc.fiji.attribution.method.evaluation.Comparison;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** The sample classifier on sample brains, whose lesions are known. */
class EvaluationToolTest {

    @Tag("long")
    @Test
    void methodsSideBySideWithTheNullRows() {
        Path model = Path.of("sample-images/lesion-classifier");
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            List<ChosenMethod> methods = ChosenMethod.list("Gradient, Grad-CAM", classifier, false);
            EvaluationTool tool =
                    new EvaluationTool(
                                    classifier, Metrics.named("localisation, Deletion, Sparseness"))
                            .target("lesions")
                            .steps(5);
            for (int brain = 1; brain <= 2; brain++) {
                String name = "sample-images/brain-lesions-" + brain;
                ImagePlus image = IJ.openImage(name + ".tif");
                Optional<ImagePlus> mask = Optional.of(IJ.openImage(name + "-mask.tif"));
                tool.compare(image, mask, methods, Progress.NONE);
            }
            List<Figure> rows = tool.result().rows();
            long metrics = rows.stream().map(Figure::metric).distinct().count();
            // Two methods and two null rows, of two images and their means.
            assertEquals((2 + 2) * (2 + 1) * metrics, rows.size());
            for (String none : List.of("random", "edges")) {
                Figure auc = row(rows, none, "Voxel AUC");
                assertEquals(none.equals("random") ? auc.random() : auc.edges(), auc.value());
                assertTrue(0 <= auc.low() && auc.low() <= auc.value() && auc.high() <= 1);
            }
            Figure auc = row(rows, "Grad-CAM", "Voxel AUC");
            assertEquals(0.5, auc.random(), 0.1);
            assertTrue(auc.value() > 0.8 && auc.low() <= auc.value(), auc + "");
            Figure mass = row(rows, "Grad-CAM", "Relevance Mass");
            Figure gradient = row(rows, "Gradient", "Relevance Mass");
            assertTrue(mass.value() > gradient.value(), mass + " " + gradient);
            assertTrue(gradient.value() > gradient.random(), gradient + "");
            ResultsTable table = tool.result().table();
            assertEquals(
                    List.of(
                            "image", "method", "metric", "value", "low", "high", "random", "edges",
                            "better", "passes"),
                    List.of(table.getHeadings()));
            assertEquals(rows.size(), table.size());
        }
    }

    private static Figure row(List<Figure> rows, String method, String metric) {
        return rows.stream()
                .filter(r -> r.image().equals(Comparison.ALL))
                .filter(
                        r ->
                                r.method().equals(method)
                                        && r.metric().declaration().name().equals(metric))
                .findFirst()
                .orElseThrow();
    }
}

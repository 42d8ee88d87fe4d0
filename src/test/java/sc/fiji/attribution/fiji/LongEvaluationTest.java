/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.evaluation.ChosenMethod;
import sc.fiji.attribution.fiji.evaluation.EvaluationPicture;
import sc.fiji.attribution.fiji.evaluation.EvaluationResult;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.Engines;

/** Evaluations that take long: they can be ended, and hold no more for more images. */
class LongEvaluationTest {

    @TempDir Path folder;
    private Classifier classifier;
    private ImagePlus mask;

    @BeforeEach
    void open() throws IOException {
        Packages.network(folder.resolve("net"), -1, 8, 8, 2);
        classifier = Engines.open(folder.resolve("net"), ModelOptions.NONE);
        mask = IJ.createImage("mask", "8-bit black", 8, 8, 1);
        mask.getProcessor().set(2, 3, 255);
        mask.getProcessor().set(5, 3, 255);
    }

    @AfterEach
    void close() {
        classifier.close();
    }

    private static ImagePlus image(int number) {
        ImagePlus image = IJ.createHyperStack("image " + number, 8, 8, 2, 1, 1, 32);
        for (int i = 0; i < 64; i++) {
            image.getStack().getProcessor(1).setf(i, (i * 37 + number) % 64);
            image.getStack().getProcessor(2).setf(i, (i * 23 + number) % 64);
        }
        return image;
    }

    private EvaluationTool tool(String metrics) {
        return new EvaluationTool(classifier, Metrics.named(metrics)).target("1").steps(8);
    }

    private List<ChosenMethod> methods() {
        return ChosenMethod.list("Gradient, Input x Gradient", classifier, false);
    }

    /** Ended while the network is asked: the figures of the mask are there, of both methods. */
    @Test
    void whatWasFoundBeforeItWasEndedIsKept() {
        EvaluationTool tool = tool("Voxel AUC, Best Dice, Deletion, Max Sensitivity");
        Progress ended =
                (done, total, what) -> {
                    if (what.equals("Scores of changed images")) {
                        throw new CancelledException();
                    }
                };
        ImagePlus image = image(0);
        assertThrows(
                CancelledException.class,
                () -> tool.compare(image, Optional.of(mask), methods(), ended));
        EvaluationResult result = tool.result();
        assertEquals(2 * 2, result.perImage().size());
        assertEquals(2, result.perImage().stream().map(Figure::method).distinct().count());
        assertEquals(2 * 2 + 2 * 2, result.table().size());
        assertTrue(EvaluationPicture.of(result).getHeight() > 100);
        // Of a second image that is ended the first keeps all of its figures.
        EvaluationTool again = tool("Voxel AUC, Deletion");
        again.compare(image, Optional.of(mask), methods(), Progress.NONE);
        assertThrows(
                CancelledException.class,
                () -> again.compare(image(1), Optional.of(mask), methods(), ended));
        List<Figure> found = again.result().perImage();
        assertEquals(4, found.stream().filter(f -> f.image().equals("image 0")).count());
        assertEquals(2, found.stream().filter(f -> f.image().equals("image 1")).count());
    }

    /** Images, their maps and what was asked of them are forgotten; the first is shown. */
    @Test
    void moreImagesHoldNoMoreMemory() throws JMException {
        EvaluationTool tool = tool("all");
        List<WeakReference<ImagePlus>> images = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            images.add(compare(tool, i));
        }
        collect();
        assertNotNull(images.get(0).get(), "the first is still to be shown");
        assertTrue(images.stream().skip(1).allMatch(r -> r.get() == null), "images are held");
        assertEquals(4, tool.result().images().size());
    }

    private WeakReference<ImagePlus> compare(EvaluationTool tool, int number) {
        ImagePlus image = image(number);
        tool.compare(image, Optional.of(mask), methods(), Progress.NONE);
        return new WeakReference<>(image);
    }

    /** Counts what is reachable, for which the machine collects all else before it answers. */
    private static void collect() throws JMException {
        ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
    }
}

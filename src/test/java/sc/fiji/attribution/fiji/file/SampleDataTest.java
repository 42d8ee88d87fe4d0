/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.fiji.input.ImageViewTest;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** What the plug-in's jar brings along is what lies in sample-images. */
class SampleDataTest {

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"brain-lesions-1", "brain-healthy-1", "brain-lesions-1-mask"})
    void imagesAreThoseOfTheFiles(String name) {
        ImagePlus expected = ImageFile.open("sample-images/" + name + ".tif");
        ImagePlus opened = SampleData.open(name + ".tif");
        assertEquals(expected.getTitle(), opened.getTitle());
        assertArrayEquals(expected.getDimensions(), opened.getDimensions());
        // Its equals is not Object's.
        assertTrue(expected.getCalibration().equals(opened.getCalibration()));
        assertEquals(expected.getCalibration().zOrigin, opened.getCalibration().zOrigin);
        assertEquals(expected.isComposite(), opened.isComposite());
        assertEquals(expected.isHyperStack(), opened.isHyperStack());
        for (int i = 1; i <= expected.getStackSize(); i++) {
            assertArrayEquals(
                    (byte[]) expected.getStack().getPixels(i),
                    (byte[]) opened.getStack().getPixels(i));
            assertEquals(expected.getStack().getSliceLabel(i), opened.getStack().getSliceLabel(i));
        }
    }

    @Test
    void theClassifierRunsFromWhereItWasWritten() throws IOException {
        Path model = SampleData.unpackClassifier(folder, false);
        assertEquals(folder.resolve("lesion-classifier"), model);
        Path original = Path.of("sample-images/lesion-classifier");
        try (Stream<Path> files = Files.walk(original).filter(Files::isRegularFile)) {
            for (Path file : files.toList()) {
                assertEquals(-1, Files.mismatch(file, model.resolve(original.relativize(file))));
            }
        }
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            assertEquals("[healthy, lesions]", classifier.spec().labels().toString());
        }
    }

    /** Half of it would name another network's classes. */
    @Test
    void nothingIsWrittenBesideAnotherModel() throws IOException {
        Path model = Files.createDirectories(folder.resolve("lesion-classifier"));
        Files.writeString(model.resolve("saved_model.pb"), "another");
        ImageViewTest.assertMessage(
                () -> SampleData.unpackClassifier(folder, false), "saved_model.pb is there");
        try (Stream<Path> files = Files.list(model)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void nothingIsReplaced() throws IOException {
        Path model = SampleData.unpackClassifier(folder, false);
        assertEquals(model, SampleData.unpackClassifier(folder, false));
        Files.writeString(model.resolve("labels.txt"), "mine\n");
        ImageViewTest.assertMessage(
                () -> SampleData.unpackClassifier(folder, false), "labels.txt is there", "output=");
        assertEquals("mine\n", Files.readString(model.resolve("labels.txt")));
        SampleData.unpackClassifier(folder, true);
        assertEquals("healthy\nlesions\n", Files.readString(model.resolve("labels.txt")));
        ImageViewTest.assertMessage(
                () -> SampleData.unpackClassifier(folder.resolve("none"), true), "no such folder");
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.attribution.fiji.input.ImageViewTest.assertMessage;

import ij.ImagePlus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.description.ModelDescription;

class AxisOrdersTest {

    private static ModelSpec told(String axes, int... shape) {
        ModelOptions options = ModelOptions.NONE.withAxes(axes);
        return new ModelSpec(
                "net",
                "00",
                new Axes(axes),
                shape,
                Head.SOFTMAX,
                List.of("healthy", "ill"),
                ModelDescription.NONE,
                options);
    }

    /** The image is x 7, y 6, z 5 with 2 channels. */
    @ParameterizedTest
    @CsvSource({
        "bzyxc, 7:6:5:2, bxyzc", // nibabel's order
        "bzyxc, 6:7:5:2, byxzc",
        "bczyx, 2:7:6:5, bcxyz",
        "bzyxc, 5:7:6:2, bzxyc", // every slice is transposed
    })
    void theOrderThatFitsIsNamed(String assumed, String shape, String fitting) {
        int[] extents = new int[5];
        extents[0] = -1;
        for (int i = 1; i < 5; i++) {
            extents[i] = Integer.parseInt(shape.split(":")[i - 1]);
        }
        ImagePlus image = Specimens.numbered(32, 7, 6, 2, 5, 1);
        ModelSpec spec = Specimens.spec(assumed, extents);
        assertMessage(
                () -> ModelInput.of(spec, image),
                "specimen",
                "x 7, y 6, z 5",
                "say axes=" + fitting,
                "or axes=" + assumed + " to have the image resampled");
        assertEquals(
                List.of(fitting, assumed),
                ModelInput.question(spec, image).orElseThrow().answers());
        // Told, it goes in as it is, or resampled as before.
        ModelInput right = ModelInput.of(told(fitting, extents), image);
        assertTrue(right.resampling().isEmpty());
        Tensor tensor = right.tensor(0);
        int at =
                6 * tensor.stride('x')
                        + 4 * tensor.stride('y')
                        + 3 * tensor.stride('z')
                        + tensor.stride('c');
        assertEquals(Specimens.number(new int[] {6, 4, 1, 3, 0}), tensor.data()[at]);
        assertTrue(ModelInput.of(told(assumed, extents), image).resampling().isPresent());
    }

    @Test
    void transposedImagesAreNamedInTwoDimensions() {
        ImagePlus image = Specimens.numbered(32, 60, 1, 1, 1, 1);
        assertMessage(
                () -> ModelInput.of(Specimens.spec("byxc", -1, 60, 1, 1), image), "axes=bxyc");
        // An assumed place of the channels may be wrong, too.
        ImagePlus colours = Specimens.numbered(32, 9, 8, 3, 1, 1);
        assertMessage(
                () -> ModelInput.of(Specimens.spec("byxc", -1, 3, 8, 9), colours), "axes=bcyx");
    }

    @ParameterizedTest
    @CsvSource({
        "5:6:7", // as it is
        "-1:-1:-1", // any
        "10:12:14", // no order fits exactly
        "5:-1:7",
    })
    void nothingIsAskedWhereNoOtherOrderFitsBetter(String shape) {
        String[] parts = shape.split(":");
        ModelSpec spec =
                Specimens.spec(
                        "bzyxc",
                        -1,
                        Integer.parseInt(parts[0]),
                        Integer.parseInt(parts[1]),
                        Integer.parseInt(parts[2]),
                        1);
        ImagePlus image = Specimens.numbered(32, 7, 6, 1, 5, 1);
        assertTrue(ModelInput.question(spec, image).isEmpty());
        ModelInput.of(spec, image);
    }

    @ParameterizedTest
    @CsvSource({
        "bzyxc, -1:-1:-1:2, bxyzc",
        "bczyx, 2:-1:-1:-1, bcxyz",
        "bczyx, 2:5:-1:-1, ''", // only as it is
    })
    void whatWouldFitAsWellIsNamedUnlessSomebodySaidTheOrder(
            String assumed, String shape, String other) {
        int[] extents = new int[5];
        extents[0] = -1;
        for (int i = 1; i < 5; i++) {
            extents[i] = Integer.parseInt(shape.split(":")[i - 1]);
        }
        ImagePlus image = Specimens.numbered(32, 7, 6, 2, 5, 1);
        String line = ModelInput.of(Specimens.spec(assumed, extents), image).summary();
        assertEquals(!other.isEmpty(), line.contains("order of axes is assumed"), line);
        assertTrue(other.isEmpty() || line.contains("axes=" + other), line);
        assertFalse(ModelInput.of(told(assumed, extents), image).summary().contains("assumed"));
    }

    /** nibabel is for volumes; a slice of 2-D data has rows. */
    @Test
    void ofPlanesNothingIsAssumed() {
        ImagePlus image = Specimens.numbered(32, 7, 6, 1, 1, 1);
        String line = ModelInput.of(Specimens.spec("bcyx", -1, 1, -1, -1), image).summary();
        assertFalse(line.contains("assumed"), line);
    }

    @Test
    void wrongAxesAreNoMissingChannels() {
        ImagePlus image = Specimens.numbered(32, 7, 6, 2, 5, 1);
        assertMessage(
                () -> ModelInput.of(told("bcxyz", -1, 7, 6, 5, 2), image),
                "with the axes bcxyz",
                "takes 7 channels",
                "axes=bxyzc");
    }

    @Test
    void largeRatiosWarnAndWhatGoesInIsSaid() {
        ImagePlus image = Specimens.image(32, 20, 24, 3, 18, 1, p -> p[0] / 19.0);
        ModelInput same = ModelInput.of(Specimens.spec("bzyxc", -1, 18, 24, 20, 3), image);
        same.tensor(0);
        assertEquals("image 20×24×18, 3 channels, 0…1 → model bzyxc 18×24×20", same.summary());
        assertTrue(same.warnings().isEmpty());
        ModelInput near = ModelInput.of(Specimens.spec("bzyxc", -1, 16, 24, 28, 3), image);
        assertEquals(
                "image 20×24×18, 3 channels, 0…1 → model bzyxc 16×24×28, resampled",
                near.summary());
        assertTrue(near.warnings().isEmpty());
        ModelInput far = ModelInput.of(Specimens.spec("bzyxc", -1, 18, 1, 32, 3), image);
        assertEquals(1, far.warnings().size());
        assertTrue(
                far.warnings().get(0).contains("(x 20 → 32, y 24 → 1)"), far.warnings().toString());
    }
}

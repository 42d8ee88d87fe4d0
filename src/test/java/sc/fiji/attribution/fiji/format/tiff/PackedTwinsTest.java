/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.Roi;
import ij.io.Opener;
import ij.measure.Calibration;
import ij.process.LUT;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;

/** A packed file opens as its plain twin, which ImageJ opens: not only its pixels. */
class PackedTwinsTest {

    private static final Map<String, Path> FILES = new TreeMap<>();

    @BeforeAll
    static void unpack(@TempDir Path folder) throws IOException {
        try (ZipInputStream in =
                new ZipInputStream(
                        PackedTwinsTest.class.getResourceAsStream(
                                "/sc/fiji/attribution/tiff/packed.zip"))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path file = folder.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                FILES.put(entry.getName(), Files.write(file, in.readAllBytes()));
            }
        }
    }

    /** All that an image says, by name. */
    private static Map<String, String> facts(ImagePlus image) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("type", image.getType() + ", " + image.getBitDepth());
        facts.put("dimensions", Arrays.toString(image.getDimensions()));
        facts.put(
                "hyperstack",
                image.isHyperStack() + ", " + image.getOpenAsHyperStack() + ", " + mode(image));
        Calibration calibration = image.getCalibration();
        facts.put("lengths", calibration.toString().replaceAll("table=\\w+", ""));
        facts.put(
                "more",
                calibration.getYUnit()
                        + calibration.getTimeUnit()
                        + calibration.fps
                        + calibration.getValueUnit()
                        + calibration.getFunction()
                        + Arrays.toString(calibration.getCoefficients())
                        + calibration.xOrigin
                        + calibration.yOrigin
                        + calibration.zOrigin);
        facts.put("info", image.getInfoProperty());
        facts.put("properties", Arrays.toString(image.getPropertiesAsArray()));
        facts.put("overlay", overlay(image).toString());
        ImageStack stack = image.getStack();
        List<String> labels = new ArrayList<>();
        // That of a single image begins with its title.
        for (int i = 1; i <= stack.size() && stack.size() > 1; i++) {
            labels.add(stack.getSliceLabel(i));
        }
        facts.put("labels", labels.toString());
        facts.put("label", image.getProp("Slice_Label"));
        for (int c = 1; c <= image.getNChannels(); c++) {
            image.setPosition(c, 1, 1);
            facts.put(
                    "range " + c, image.getDisplayRangeMin() + " to " + image.getDisplayRangeMax());
            LUT[] luts = image.getLuts();
            if (luts.length >= c) {
                facts.put("LUT " + c, Arrays.hashCode(luts[c - 1].getBytes()) + "");
            }
        }
        for (int i = 1; i <= stack.size(); i++) {
            Object pixels = stack.getPixels(i);
            String values =
                    pixels instanceof float[] reals
                            ? Arrays.toString(reals)
                            : pixels instanceof short[] words
                                    ? Arrays.toString(words)
                                    : pixels instanceof byte[] bytes
                                            ? Arrays.toString(bytes)
                                            : Arrays.toString((int[]) pixels);
            facts.put("plane " + i, values);
        }
        return facts;
    }

    private static String mode(ImagePlus image) {
        return image instanceof CompositeImage composite ? composite.getModeAsString() : "none";
    }

    private static List<String> overlay(ImagePlus image) {
        return image.getOverlay() == null
                ? List.of()
                : Arrays.stream(image.getOverlay().toArray())
                        .map(PackedTwinsTest::described)
                        .toList();
    }

    private static String described(Roi roi) {
        return roi.getTypeAsString() + roi.getBounds() + " on " + roi.getPosition();
    }

    private static void assertEqual(
            Map<String, String> expected, Map<String, String> read, String file) {
        read.forEach(
                (name, value) -> assertEquals(expected.get(name), value, name + " of " + file));
    }

    private static Stream<Path> packed(String plain) {
        String name = plain.replace("plain/", "packed/").replace(".tif", "");
        return FILES.keySet().stream()
                .filter(key -> key.matches(name + "-(lzw|zlib|packbits|tiles|tiles-zlib)\\.tif"))
                .map(FILES::get);
    }

    @Test
    void twins() {
        int count = 0;
        for (String plain : FILES.keySet().stream().filter(k -> k.startsWith("plain/")).toList()) {
            Map<String, String> expected = facts(ImageFile.open(FILES.get(plain).toString()));
            for (Path file : packed(plain).toList()) {
                assertEqual(expected, facts(ImageFile.open(file.toString())), file.toString());
                count++;
            }
        }
        assertTrue(count >= 60, count + " packed files");
    }

    /** What ImageJ wrote is what ImageJ reads. */
    @Test
    void plain() {
        for (String plain : FILES.keySet().stream().filter(k -> k.startsWith("plain/")).toList()) {
            Path file = FILES.get(plain);
            assertEqual(
                    facts(new Opener().openImage(file.toString())),
                    facts(ImageFile.open(file.toString())),
                    plain);
        }
    }

    /** The test itself: these are there to be lost. */
    @Test
    void somethingIsSaid() {
        ImagePlus image =
                ImageFile.open(FILES.get("packed/hyperstack-u2-tiles-zlib.tif").toString());
        assertArrayEquals(new int[] {19, 12, 2, 3, 2}, image.getDimensions());
        assertEquals("plane 12", image.getStack().getSliceLabel(12));
        assertEquals("nothing", image.getProp("attribution.of"));
        assertEquals(2, image.getOverlay().size());
        assertEquals(0.75, image.getCalibration().pixelDepth);
        assertEquals("composite", mode(image));
        assertEquals(100, image.getDisplayRangeMax());
        ImagePlus palette = ImageFile.open(FILES.get("packed/palette-lzw.tif").toString());
        assertEquals(ImagePlus.COLOR_256, palette.getType());
        assertEquals(255, palette.getProcessor().getLut().getGreen(1));
    }

    /** A wrong length of what ImageJ wrote would be looked for far behind the end. */
    @ParameterizedTest
    @ValueSource(strings = {"plain/labelled.tif", "packed/labelled-zlib.tif"})
    void lengthsThatAreTooLarge(String name) throws IOException {
        byte[] file = Files.readAllBytes(FILES.get(name));
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.BIG_ENDIAN);
        int changed = 0;
        for (int at = 8; at + 12 <= file.length && changed == 0; at++) {
            if (bytes.getShort(at) == (short) 50838 && bytes.getShort(at + 2) == 4) {
                bytes.putInt(bytes.getInt(at + 8) + 12, 0x70000000);
                changed++;
            }
        }
        Path damaged = Files.write(FILES.get(name).resolveSibling("damaged.tif"), file);
        String message =
                assertThrows(ImageException.class, () -> ImageFile.open(damaged.toString()))
                        .getMessage();
        assertTrue(message.contains("beside its pixels is cut short"), message);
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.nifti;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.process.FloatProcessor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.MapDisplay;

class NiftiRecordTest {

    @TempDir Path folder;

    private static ImagePlus map() {
        float[] values = {0, -2, 1, 0.5f, 0, 0.25f};
        ImagePlus map =
                new ImagePlus("Gradient for ill in a.nii.gz", new FloatProcessor(3, 2, values));
        map.setProp("attribution.method", "Gradient");
        map.setProp("attribution.image", "a.nii.gz");
        map.setProp("attribution.target", "krank, \"sehr\" – größer");
        map.setProp("mine", "not of a map");
        map.setProperty("Info", "Gradient for ill\nred argues for it\n");
        MapDisplay.show(map, DivergingLut.LIGHT, 2);
        return map;
    }

    @ParameterizedTest
    @ValueSource(strings = {"map.nii", "map.nii.gz"})
    void aMapKeepsHowItWasMade(String name) {
        ImagePlus map = map();
        Path file = folder.resolve(name);
        ImageFile.save(map, file.toString());
        ImagePlus again = ImageFile.open(file.toString());
        assertArrayEquals(
                (float[]) map.getProcessor().getPixels(),
                (float[]) again.getProcessor().getPixels());
        for (String key : new String[] {"method", "image", "target"}) {
            assertEquals(map.getProp("attribution." + key), again.getProp("attribution." + key));
        }
        assertNull(again.getProp("mine"));
        assertEquals(map.getProperty("Info"), again.getProperty("Info"));
        assertEquals(-2, again.getDisplayRangeMin());
        assertEquals(2, again.getDisplayRangeMax());
        assertEquals(
                map.getProcessor().getLut().toString(), again.getProcessor().getLut().toString());
    }

    /**
     * The places of {@code cal_max}, {@code cal_min}, {@code descrip} and extensions in nifti1.h.
     */
    @Test
    void otherViewersFindTitleAndRange() throws IOException {
        Path file = folder.resolve("map.nii");
        Nifti.write(map(), file);
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(2, in.getFloat(124));
        assertEquals(-2, in.getFloat(128));
        byte[] title = new byte[80];
        in.get(148, title);
        assertTrue(
                new String(title, StandardCharsets.US_ASCII).startsWith("Gradient for ill in a"));
        assertEquals(1, in.get(348));
        assertEquals(6, in.getInt(356));
        assertEquals(0, in.getInt(352) % 16);
        assertEquals(352 + in.getInt(352), in.getFloat(108));
        assertEquals(352 + in.getInt(352) + 4 * 6, in.capacity());
    }

    @Test
    void anImageThatIsNoMapHasNoRecord() throws IOException {
        Path file = folder.resolve("image.nii");
        Nifti.write(new ImagePlus("image", new FloatProcessor(3, 2)), file);
        byte[] bytes = Files.readAllBytes(file);
        assertEquals(352 + 24, bytes.length);
        assertArrayEquals(new byte[4], Arrays.copyOfRange(bytes, 348, 352));
    }

    /** A stranger's file may hold anything where the record stands. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"attribution.method\":NESTED}",
                "NESTED",
                "{\"attribution.method\":{\"a\":1}}",
                "{\"attribution.method\":null}",
                "{\"attribution.method\":\"x\",",
                "7",
                ""
            })
    void whatIsNoRecordIsPassedOver(String text) {
        String nested = "[".repeat(200_000) + "]".repeat(200_000);
        byte[] comment = text.replace("NESTED", nested).getBytes(StandardCharsets.UTF_8);
        ByteBuffer in = ByteBuffer.allocate(4 + (comment.length + 8 + 15) / 16 * 16);
        in.put(0, (byte) 1).putInt(4, in.capacity() - 4).putInt(8, 6).put(12, comment);
        assertTrue(NiftiRecord.read(in.array(), ByteOrder.BIG_ENDIAN).isEmpty());
    }

    /** AFNI's are of kind 4; a length that leads nowhere ends the search. */
    @ParameterizedTest
    @ValueSource(ints = {16, 0, -16, 7, Integer.MAX_VALUE})
    void othersAreLeftAlone(int size) throws IOException {
        byte[] plain = NiftiTest.file(ByteOrder.LITTLE_ENDIAN, 16, 4, 1, 0);
        ByteBuffer extension = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        extension.putInt(size).putInt(4).put("<AFNI/>".getBytes(StandardCharsets.US_ASCII));
        extension
                .position(16)
                .putInt(16)
                .putInt(6)
                .put("{\"a\":1".getBytes(StandardCharsets.US_ASCII));
        ByteBuffer header = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
        header.putFloat(108, 352 + 32).put(348, (byte) 1);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(plain, 0, 352);
        whole.write(extension.array());
        whole.write(plain, 352, plain.length - 352);
        Path file = Files.write(folder.resolve("other.nii"), whole.toByteArray());
        Path without =
                Files.write(
                        folder.resolve("plain.nii"),
                        NiftiTest.file(ByteOrder.LITTLE_ENDIAN, 16, 4, 1, 0));
        ImagePlus image = ImageFile.open(file.toString());
        assertNull(image.getProp("attribution.method"));
        assertArrayEquals(
                (float[]) ImageFile.open(without.toString()).getProcessor().getPixels(),
                (float[]) image.getProcessor().getPixels());
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.dicom;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.model.description.NumpyArray;
import sc.fiji.attribution.testing.Resources;

class DicomTest {

    @TempDir Path folder;

    private static float[] values(ImagePlus image) {
        float[] all = new float[image.getWidth() * image.getHeight() * image.getStackSize()];
        int at = 0;
        for (int t = 0; t < image.getNFrames(); t++) {
            for (int z = 0; z < image.getNSlices(); z++) {
                float[] slice = ImageView.of(image).slice(0, z, t);
                System.arraycopy(slice, 0, all, at, slice.length);
                at += slice.length;
            }
        }
        return all;
    }

    private String refused(Path file) {
        return assertThrows(ImageException.class, () -> ImageFile.open(file.toString()))
                .getMessage();
    }

    /** The right values lie beside the files. */
    @ParameterizedTest
    @CsvSource({
        "signed12.dcm, p12, 1, 0",
        "signed_rescale.dcm, p, 2.5, -100",
        "multiframe_signed.dcm, m, 2, -10",
        "series, series, 1, 0",
        "series/IM_c.dcm, series, 1, 0"
    })
    void smallCases(String name, String array, double slope, double intercept) {
        Path cases = Resources.shared("cases/dicom");
        float[] expected = NumpyArray.read(cases.resolve(array + ".npy")).values();
        float[] actual = values(ImageFile.open(cases.resolve(name).toString()));
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(slope * expected[i] + intercept, actual[i], 1e-4, "pixel " + i);
        }
    }

    /** By position, whatever the names and numbers; with the place in the world. */
    @Test
    void aSeriesIsSortedByPosition() {
        double[] places = {6, -3, 0, 3};
        for (int i = 0; i < places.length; i++) {
            DicomWriter.slice(i + 1, places[i]).write(folder.resolve("s" + i + ".dcm"));
        }
        DicomWriter.slice(9, 99)
                .text(Tag.SERIES_INSTANCE, "UI", "9.9")
                .write(folder.resolve("other.dcm"));
        ImagePlus image = ImageFile.open(folder.resolve("s0.dcm").toString());
        assertArrayEquals(new int[] {4, 3, 1, 4, 1}, image.getDimensions());
        float[] values = values(image);
        for (int z = 0; z < 4; z++) {
            assertEquals(100 * new int[] {2, 3, 4, 1}[z], values[12 * z], "slice " + z);
        }
        assertEquals("s1.dcm", image.getStack().getSliceLabel(1));
        // Left, back, up in the file; right, front, up in the image.
        assertArrayEquals(
                new double[] {-0.25, 0, 0, -1, 0, -0.5, 0, -2, 0, 0, 3, -3},
                ImageGeometry.of(image).affine().rows());
        assertEquals("mm", image.getCalibration().getUnit());
        assertEquals(4, Source.of(image).orElseThrow().files().size());

        String message = refused(folder);
        assertTrue(message.contains("2 series") && message.contains("T1 sagittal"), message);
        Series second = new Series("2");
        assertEquals(1, ImageFile.open(folder.resolve("other.dcm").toString()).getStackSize());
        assertTrue(ImageFile.open(folder.toString(), second).getStackSize() % 3 == 1);
        assertEquals(2, ImageFile.openAll(folder.toString()).size());
    }

    @Test
    void aSliceThatIsMissingIsTold() {
        for (int i = 0; i < 5; i++) {
            if (i != 2) {
                DicomWriter.slice(i + 1, 3 * i).write(folder.resolve("s" + i + ".dcm"));
            }
        }
        String message = refused(folder);
        assertTrue(message.contains("slices are missing"), message);
        assertTrue(message.contains("'s1.dcm' and 's3.dcm' lie 6 mm, elsewhere 3 mm"), message);
    }

    /** Several images at each place, in the order of their numbers, are time points. */
    @Test
    void timePoints() {
        for (int i = 0; i < 6; i++) {
            DicomWriter.slice(i + 1, 3 * (i % 3)).write(folder.resolve("s" + i + ".dcm"));
        }
        ImagePlus image = ImageFile.open(folder.toString());
        assertArrayEquals(new int[] {4, 3, 1, 3, 2}, image.getDimensions());
        assertEquals(500, ImageView.of(image).slice(0, 1, 1)[0]);
        DicomWriter.slice(7, 0).write(folder.resolve("s6.dcm"));
        String message = refused(folder);
        assertTrue(message.contains("7 images lie at 3 places"), message);
    }

    /** Files that claim one series, number and place: the one that is named counts. */
    @Test
    void copiesAreNoTimePoints() {
        Path named = DicomWriter.slice(1, 0).write(folder.resolve("a.dcm"));
        DicomWriter.slice(1, 0).text(Tag.SLOPE, "DS", "2").write(folder.resolve("b.dcm"));
        assertEquals(1, ImageFile.open(named.toString()).getStackSize());
        String message = refused(folder);
        assertTrue(message.contains("keep one of them"), message);
    }

    /** Numbers of every width below the allocated one, with and without sign. */
    @ParameterizedTest
    @CsvSource({
        "8, 5, 0",
        "8, 8, 1",
        "8, 7, 1",
        "16, 10, 0",
        "16, 12, 1",
        "16, 16, 1",
        "32, 20, 1",
        "32, 32, 0"
    })
    void bitsThatAreNotStoredDoNotCount(int allocated, int stored, int signed) {
        for (String syntax :
                new String[] {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"}) {
            ByteOrder order =
                    syntax.endsWith(".1.2.2") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            ByteBuffer pixels = ByteBuffer.allocate(4 * allocated / 8).order(order);
            long[] expected = {
                0, 1, (1L << stored - signed) - 1, signed == 1 ? -(1L << stored - 1) : 3
            };
            long garbage = stored == 64 ? 0 : -1L << stored;
            for (long value : expected) {
                long bits = value & ~(-1L << stored) | garbage;
                switch (allocated) {
                    case 8 -> pixels.put((byte) bits);
                    case 16 -> pixels.putShort((short) bits);
                    default -> pixels.putInt((int) bits);
                }
            }
            Path file =
                    new DicomWriter()
                            .syntax(syntax)
                            .grey(2, 2, allocated, stored, signed)
                            .bytes(Tag.PIXELS, "OW", pixels.array())
                            .write(folder.resolve("bits.dcm"));
            float[] values = values(ImageFile.open(file.toString()));
            for (int i = 0; i < 4; i++) {
                assertEquals((float) expected[i], values[i], syntax);
            }
        }
    }

    /** Annex G's runs, written literally and as repetitions. */
    @Test
    void runLengths() {
        byte[] high = {-2, 1, 0, 2}; // 1 1 1, then 2
        byte[] low = {3, 5, 6, 7, 8};
        ByteBuffer frame = ByteBuffer.allocate(64 + 10).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(2).putInt(64).putInt(68);
        frame.position(64);
        frame.put(high).put(low);
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        pixels.writeBytes(item(0xFFFEE000, new byte[0]));
        pixels.writeBytes(item(0xFFFEE000, frame.array()));
        pixels.writeBytes(item(0xFFFEE0DD, new byte[0]));
        Path file =
                new DicomWriter()
                        .syntax("1.2.840.10008.1.2.5")
                        .grey(2, 2, 16, 16, 0)
                        .bytes(Tag.PIXELS, "OB", pixels.toByteArray())
                        .write(folder.resolve("rle.dcm"));
        float[] expected = {0x105, 0x106, 0x107, 0x208};
        assertArrayEquals(expected, values(ImageFile.open(file.toString())));
    }

    private static byte[] item(int tag, byte[] value) {
        ByteBuffer out = ByteBuffer.allocate(8 + value.length).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort((short) (tag >>> 16)).putShort((short) tag).putInt(value.length).put(value);
        return out.array();
    }

    /** An enhanced file: each frame has its own place and scale. */
    @Test
    void framesWithPlacesOfTheirOwn() {
        ByteArrayOutputStream groups = new ByteArrayOutputStream();
        for (int frame = 0; frame < 3; frame++) {
            byte[] position = ("1\\2\\" + (10 - 5 * frame) + (frame == 1 ? " " : "")).getBytes();
            if (position.length % 2 == 1) {
                position = Arrays.copyOf(position, position.length + 1);
                position[position.length - 1] = ' ';
            }
            byte[] place =
                    item(
                            0xFFFEE000,
                            DicomWriter.element(
                                    Tag.POSITION,
                                    "DS",
                                    position,
                                    position.length,
                                    true,
                                    ByteOrder.LITTLE_ENDIAN));
            byte[] slope = ((frame + 1) + " ").getBytes();
            byte[] scale =
                    item(
                            0xFFFEE000,
                            DicomWriter.element(
                                    Tag.SLOPE, "DS", slope, 2, true, ByteOrder.LITTLE_ENDIAN));
            ByteArrayOutputStream group = new ByteArrayOutputStream();
            group.writeBytes(
                    DicomWriter.element(
                            Tag.PLANE_POSITION,
                            "SQ",
                            place,
                            place.length,
                            true,
                            ByteOrder.LITTLE_ENDIAN));
            group.writeBytes(
                    DicomWriter.element(
                            Tag.PIXEL_TRANSFORMATION,
                            "SQ",
                            scale,
                            scale.length,
                            true,
                            ByteOrder.LITTLE_ENDIAN));
            groups.writeBytes(item(0xFFFEE000, group.toByteArray()));
        }
        byte[] pixels = new byte[3 * 4];
        for (int i = 0; i < 12; i++) {
            pixels[i] = (byte) (i + 1);
        }
        Path file =
                new DicomWriter()
                        .grey(2, 2, 8, 8, 0)
                        .text(Tag.ORIENTATION, "DS", "1\\0\\0\\0\\1\\0")
                        .text(Tag.PIXEL_SPACING, "DS", "1\\1")
                        .text(Tag.FRAMES, "IS", "3")
                        .bytes(Tag.FRAME_GROUPS, "SQ", groups.toByteArray())
                        .bytes(Tag.PIXELS, "OW", pixels)
                        .write(folder.resolve("enhanced.dcm"));
        ImagePlus image = ImageFile.open(file.toString());
        assertArrayEquals(new float[] {27, 30, 33, 36, 10, 12, 14, 16, 1, 2, 3, 4}, values(image));
        assertEquals(5, image.getCalibration().pixelDepth);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.2.840.10008.1.2.4.50, JPEG",
                "1.2.840.10008.1.2.4.70, lossless JPEG",
                "1.2.840.10008.1.2.4.90, JPEG 2000",
                "1.2.840.10008.1.2.1.99, deflated"
            })
    void compressionsAreRefusedByName(String row) {
        String[] cells = row.split(", ");
        Path file = DicomWriter.slice(1, 0).syntax(cells[0]).write(folder.resolve("c.dcm"));
        String message = refused(file);
        assertTrue(message.contains("DICOM compressed as " + cells[1]), message);
        assertTrue(message.contains("Bio-Formats"), message);
    }

    @Test
    void whatIsNoImageIsRefused() {
        Path table =
                DicomWriter.slice(1, 0).text(Tag.ROWS, "US", "").write(folder.resolve("r.dcm"));
        assertTrue(refused(table).contains("no rows"), refused(table));
        byte[] lut =
                item(
                        0xFFFEE000,
                        DicomWriter.element(
                                Tag.SLOPE,
                                "DS",
                                "1 ".getBytes(),
                                2,
                                true,
                                ByteOrder.LITTLE_ENDIAN));
        Path modality =
                DicomWriter.slice(1, 0)
                        .bytes(Tag.MODALITY_LUT, "SQ", lut)
                        .write(folder.resolve("l.dcm"));
        assertTrue(refused(modality).contains("modality LUT"), refused(modality));
        Path slanted =
                DicomWriter.slice(1, 0)
                        .text(Tag.ORIENTATION, "DS", "1\\0\\0\\1\\0\\0")
                        .write(folder.resolve("o.dcm"));
        assertTrue(refused(slanted).contains("right-angled"), refused(slanted));
    }
}

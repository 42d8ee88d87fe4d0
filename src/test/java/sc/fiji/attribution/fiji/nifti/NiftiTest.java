/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.nifti;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.io.FileSaver;
import ij.measure.Calibration;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;

/** Files laid out here byte by byte from nifti1.h, not by the code under test. */
public class NiftiTest {

    private static final float[] SROW = {
        -1.9f, 0.2f, 0.1f, 80.5f, 0.19f, 2.1f, -0.3f, -112.25f, 0.11f, 0.28f, 3.2f, -71.75f
    };

    @TempDir Path folder;

    /** 3 × 2 × 2 × 2 voxels, the n-th holds {@code n - 5}, or n where the type has no sign. */
    public static byte[] file(ByteOrder order, int code, int bytes, float slope, float inter) {
        int voxels = 24;
        ByteBuffer out = ByteBuffer.allocate(352 + voxels * bytes).order(order);
        out.putInt(0, 348);
        short[] dim = {4, 3, 2, 2, 2, 1, 1, 1};
        for (int i = 0; i < dim.length; i++) {
            out.putShort(40 + 2 * i, dim[i]);
        }
        out.putShort(70, (short) code);
        out.putShort(72, (short) (8 * bytes));
        float[] pixdim = {-1, 2, 2.1f, 3.25f, 1500};
        for (int i = 0; i < pixdim.length; i++) {
            out.putFloat(76 + 4 * i, pixdim[i]);
        }
        out.putFloat(108, 352);
        out.putFloat(112, slope);
        out.putFloat(116, inter);
        out.put(123, (byte) (2 + 16));
        out.putShort(252, (short) 1);
        out.putShort(254, (short) 4);
        float[] qform = {0.1f, 0.2f, -0.3f, 10, 20, 30};
        for (int i = 0; i < qform.length; i++) {
            out.putFloat(256 + 4 * i, qform[i]);
        }
        for (int i = 0; i < SROW.length; i++) {
            out.putFloat(280 + 4 * i, SROW[i]);
        }
        out.position(344);
        out.put("n+1\0".getBytes(StandardCharsets.ISO_8859_1));
        out.position(352);
        for (int n = 0; n < voxels; n++) {
            int value = code == 2 || code == 512 || code == 768 ? n : n - 5;
            switch (code) {
                case 2, 256 -> out.put((byte) value);
                case 4, 512 -> out.putShort((short) value);
                case 8, 768 -> out.putInt(value);
                case 16 -> out.putFloat(value);
                case 64 -> out.putDouble(value);
                default -> throw new IllegalArgumentException();
            }
        }
        return out.array();
    }

    private Path save(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream plain = Files.newOutputStream(file);
                OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(plain) : plain) {
            out.write(bytes);
        }
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "2, 1, 8",
        "4, 2, 32",
        "8, 4, 32",
        "16, 4, 32",
        "64, 8, 32",
        "256, 1, 32",
        "512, 2, 16",
        "768, 4, 32"
    })
    void readsEveryTypeInBothByteOrders(int code, int bytes, int depth) throws IOException {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            for (String name : new String[] {"a.nii", "a.nii.gz"}) {
                ImagePlus image = Nifti.read(save(name, file(order, code, bytes, 0, 7)));
                assertEquals(depth, image.getBitDepth());
                assertVoxels(image, code == 2 || code == 512 || code == 768 ? 0 : -5, 1);
            }
        }
    }

    @Test
    void appliesSlopeAndIntercept() throws IOException {
        ImagePlus image = Nifti.read(save("a.nii", file(ByteOrder.BIG_ENDIAN, 4, 2, 0.5f, 100)));
        assertEquals(32, image.getBitDepth());
        assertVoxels(image, 100 - 2.5, 0.5);
        image = Nifti.read(save("b.nii", file(ByteOrder.LITTLE_ENDIAN, 2, 1, 2, 1)));
        assertVoxels(image, 1, 2);
        image = Nifti.read(save("c.nii", file(ByteOrder.LITTLE_ENDIAN, 2, 1, Float.NaN, 1)));
        assertVoxels(image, 0, 1);
    }

    /** In NIfTI x runs fastest, then y, z, t; ImageJ's stack has one slice per z, then t. */
    private static void assertVoxels(ImagePlus image, double first, double step) {
        assertArrayEquals(new int[] {3, 2, 1, 2, 2}, image.getDimensions());
        int n = 0;
        for (int t = 1; t <= 2; t++) {
            for (int z = 1; z <= 2; z++) {
                for (int y = 0; y < 2; y++) {
                    for (int x = 0; x < 3; x++) {
                        image.setPositionWithoutUpdate(1, z, t);
                        float value =
                                image.getStack()
                                        .getProcessor(image.getStackIndex(1, z, t))
                                        .getf(x, y);
                        assertEquals(first + step * n++, value, "voxel " + x + "," + y);
                    }
                }
            }
        }
    }

    @Test
    void keepsCalibrationAndAffine() throws IOException {
        ImagePlus image = Nifti.read(save("a.nii", file(ByteOrder.BIG_ENDIAN, 16, 4, 1, 0)));
        Calibration calibration = image.getCalibration();
        assertEquals(2, calibration.pixelWidth);
        assertEquals(2.1f, calibration.pixelHeight);
        assertEquals(3.25, calibration.pixelDepth);
        assertEquals("mm", calibration.getUnit());
        assertEquals(1.5, calibration.frameInterval, 1e-12);
        assertArrayEquals(
                doubles(SROW), VoxelToWorld.parse(image.getProp("nifti.affine")).rows(), 1e-6);

        double[] world =
                VoxelToWorld.parse(image.getProp("nifti.affine"))
                        .world(calibration.xOrigin, calibration.yOrigin, calibration.zOrigin);
        assertArrayEquals(new double[3], world, 1e-5);
    }

    @ParameterizedTest
    @CsvSource({"b.nii", "b.nii.gz"})
    void aRoundTripKeepsTheGeometryBitForBit(String name) throws IOException {
        int[][] types = {{2, 1}, {512, 2}, {16, 4}};
        for (int[] type : types) {
            byte[] source = file(ByteOrder.LITTLE_ENDIAN, type[0], type[1], 1, 0);
            ImagePlus image = Nifti.read(save("a.nii", source));
            Path copy = folder.resolve(name);
            Nifti.write(image, copy);
            byte[] written = bytes(copy);
            assertEquals(source.length, written.length);
            // pixdim with qfac, then both transforms, then the voxels
            assertSame(source, written, 76, 92);
            assertSame(source, written, 252, 328);
            assertSame(source, written, 344, source.length);
            // The time unit became seconds, and with it the fourth step.
            assertEquals(2 + 8, written[123]);
        }
    }

    @Test
    void aDetourOverTiffKeepsTheGeometry() throws IOException {
        byte[] source = file(ByteOrder.LITTLE_ENDIAN, 16, 4, 1, 0);
        ImagePlus image = Nifti.read(save("a.nii", source));
        String tiff = folder.resolve("a.tif").toString();
        assertTrue(new FileSaver(image).saveAsTiff(tiff));
        ImagePlus back = IJ.openImage(tiff);
        assertNotNull(back.getProp("nifti.affine"));
        Path copy = folder.resolve("b.nii");
        Nifti.write(back, copy);
        assertSame(source, bytes(copy), 252, 328);
        assertVoxels(back, -5, 1);
    }

    /** ImageJ's crop does not say where from, so the place in the world is lost with it. */
    @Test
    void aCroppedImageClaimsNoPlace() throws IOException {
        ImagePlus image = Nifti.read(save("a.nii", file(ByteOrder.LITTLE_ENDIAN, 16, 4, 1, 0)));
        image.setRoi(1, 1, 2, 1);
        Path copy = folder.resolve("b.nii");
        Nifti.write(image.crop("stack"), copy);
        byte[] written = bytes(copy);
        assertArrayEquals(new byte[4], Arrays.copyOfRange(written, 252, 256));
        assertEquals(2.1f, Nifti.read(copy).getCalibration().pixelHeight);
    }

    @Test
    void writesImagesOfImageJ() throws IOException {
        ImagePlus image = IJ.createImage("plain", "16-bit ramp", 5, 4, 3);
        Calibration calibration = image.getCalibration();
        calibration.pixelWidth = 0.5;
        calibration.pixelDepth = 2;
        calibration.setUnit("\u00b5m");
        Path file = folder.resolve("p.nii");
        Nifti.write(image, file);
        ImagePlus back = Nifti.read(file);
        assertEquals(16, back.getBitDepth());
        assertEquals("micron", back.getCalibration().getUnit());
        assertEquals(0.5, back.getCalibration().pixelWidth);
        assertEquals(image.getStack().getVoxel(3, 1, 2), back.getStack().getVoxel(3, 1, 2));

        // Signed values that ImageJ stores with an offset and a calibration function.
        image.getLocalCalibration().setSigned16BitCalibration();
        Nifti.write(image, file);
        back = Nifti.read(file);
        assertEquals(32, back.getBitDepth());
        assertEquals(image.getStack().getVoxel(3, 1, 2) - 32768, back.getStack().getVoxel(3, 1, 2));
    }

    @Test
    void readsAPair() throws IOException {
        byte[] whole = file(ByteOrder.BIG_ENDIAN, 4, 2, 1, 0);
        byte[] header = Arrays.copyOf(whole, 348);
        header[345] = 'i';
        header[346] = '1';
        ByteBuffer.wrap(header).putFloat(108, 0);
        Files.write(folder.resolve("p.hdr"), header);
        save("p.img.gz", Arrays.copyOfRange(whole, 352, whole.length));
        assertVoxels(Nifti.read(folder.resolve("p.hdr")), -5, 1);
        assertVoxels(Nifti.read(folder.resolve("p.img.gz")), -5, 1);
    }

    private static byte[] bytes(Path file) throws IOException {
        try (var in =
                file.toString().endsWith(".gz")
                        ? new GZIPInputStream(Files.newInputStream(file))
                        : Files.newInputStream(file)) {
            return in.readAllBytes();
        }
    }

    private static void assertSame(byte[] expected, byte[] actual, int from, int to) {
        assertArrayEquals(
                Arrays.copyOfRange(expected, from, to), Arrays.copyOfRange(actual, from, to));
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }
}

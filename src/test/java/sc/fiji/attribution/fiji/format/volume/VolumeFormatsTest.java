/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.testing.Resources;

/** NRRD, MetaImage and FreeSurfer's format, laid out here as their documents say. */
class VolumeFormatsTest {

    @TempDir Path folder;

    private Path file(String name, String header, byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(data);
        return Files.write(folder.resolve(name), out.toByteArray());
    }

    /** 0, 1, 2, … as 16-bit numbers. */
    private static byte[] counted(int count, ByteOrder order) {
        ByteBuffer out = ByteBuffer.allocate(2 * count).order(order);
        for (int i = 0; i < count; i++) {
            out.putShort((short) i);
        }
        return out.array();
    }

    private static byte[] packed(byte[] data, boolean gzip) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var zip = gzip ? new GZIPOutputStream(out) : new DeflaterOutputStream(out)) {
            zip.write(data);
        }
        return out.toByteArray();
    }

    private static double at(ImagePlus image, int x, int y, int c, int z, int t) {
        int index = image.getStackIndex(c + 1, z + 1, t + 1);
        return image.getStack().getProcessor(index).getf(x, y);
    }

    private String refused(Path file) {
        String message =
                assertThrows(ImageException.class, () -> ImageFile.open(file.toString()))
                        .getMessage();
        assertTrue(message.contains(file.getFileName().toString()), message);
        return message;
    }

    /** Under the names that their headers know. */
    @ParameterizedTest
    @CsvSource({
        "BallBinary30x30x30.nhdr, true",
        "BallBinary30x30x30_byteskip_minus_one.nhdr, true",
        "BallBinary30x30x30_byteskip_minus_one_nifti.nhdr, true",
        "BallBinary30x30x30_byteskip_minus_five.nhdr, false",
        "BallBinary30x30x30_nifti.nhdr, false"
    })
    void detachedHeadersOfPynrrd(String name, boolean sound) throws IOException {
        Path nrrd = Resources.shared("volumes/nrrd");
        for (String each :
                new String[] {name, "BallBinary30x30x30.raw", "BallBinary30x30x30.nii.gz"}) {
            Files.copy(nrrd.resolve("pynrrd_" + each), folder.resolve(each));
        }
        Path header = folder.resolve(name);
        if (!sound) {
            assertTrue(refused(header).contains("byte skip"), refused(header));
            return;
        }
        byte[] raw = Files.readAllBytes(folder.resolve("BallBinary30x30x30.raw"));
        ByteBuffer expected = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        ImagePlus image = ImageFile.open(header.toString());
        for (int i = 0; i < 27000; i++) {
            assertEquals(expected.getShort(2 * i), at(image, i % 30, i / 30 % 30, 0, i / 900, 0));
        }
        assertEquals(2, 1 + Source.of(image).orElseThrow().files().size());
    }

    /** Channels of a voxel together, and as the last axis; big-endian; another space. */
    @Test
    void nrrdAxes() throws IOException {
        String head = "NRRD0004\ntype: ushort\nendian: big\nencoding: gzip\nspace: RAS\n";
        byte[] data = packed(counted(2 * 3 * 4 * 5, ByteOrder.BIG_ENDIAN), true);
        String place = "space origin: (1,2,3)\n";
        Path first =
                file(
                        "first.nrrd",
                        head
                                + "dimension: 4\nsizes: 2 3 4 5\nkinds: vector domain domain domain\n"
                                + "space directions: none (2,0,0) (0,0,3) (0,4,0)\n"
                                + place
                                + "\n",
                        data);
        ImagePlus image = ImageFile.open(first.toString());
        assertArrayEquals(new int[] {3, 4, 2, 5, 1}, image.getDimensions());
        assertEquals(1 + 2 * (2 + 3 * (1 + 4 * 3)), at(image, 2, 1, 1, 3, 0));
        assertArrayEquals(
                new double[] {2, 0, 0, 1, 0, 0, 4, 2, 0, 3, 0, 3},
                ImageGeometry.of(image).affine().rows());
        assertEquals(3, image.getCalibration().pixelHeight);
        Path last =
                file(
                        "last.nrrd",
                        head
                                + "dimension: 4\nsizes: 2 3 4 5\nkinds: domain domain domain time\n"
                                + "spacings: 0.5 0.5 2 1.5\n\n",
                        data);
        image = ImageFile.open(last.toString());
        assertArrayEquals(new int[] {2, 3, 1, 4, 5}, image.getDimensions());
        assertEquals(1 + 2 * (2 + 3 * (1 + 4 * 3)), at(image, 1, 2, 0, 1, 3));
        assertEquals(1.5, image.getCalibration().frameInterval);
        assertEquals(0, ImageGeometry.of(image).sform());
    }

    @Test
    void nrrdIsRefusedByName() throws IOException {
        String head = "NRRD0004\ntype: short\ndimension: 2\nsizes: 2 2\n";
        byte[] data = counted(4, ByteOrder.LITTLE_ENDIAN);
        String cut = refused(file("cut.nrrd", head + "encoding: raw\n\n", new byte[7]));
        assertTrue(cut.contains("ends before"), cut);
        String hex = refused(file("hex.nrrd", head + "encoding: hex\n\n", data));
        assertTrue(hex.contains("NRRD in the encoding hex"), hex);
        String block =
                refused(
                        file(
                                "block.nrrd",
                                head.replace("short", "block") + "encoding: raw\n\n",
                                data));
        assertTrue(block.contains("NRRD of type block"), block);
        String out =
                refused(file("out.nhdr", head + "encoding: raw\ndata file: ../secret.raw\n", data));
        assertTrue(out.contains("own folder"), out);
        String huge =
                refused(
                        file(
                                "huge.nrrd",
                                head.replace("2 2", "2000000000 9") + "encoding: raw\n\n",
                                data));
        assertTrue(huge.contains("ends before"), huge);
        String list =
                refused(
                        file(
                                "list.nhdr",
                                head + "encoding: raw\ndata file: a%d.raw 1 9 1\n",
                                data));
        assertTrue(list.contains("several files"), list);
    }

    /** ITK's directions stand axis by axis; its world grows to the left and the back. */
    @ParameterizedTest
    @CsvSource({"false, a.mha", "true, a.mha", "false, a.mhd", "true, a.mhd"})
    void metaImage(boolean compressed, String name) throws IOException {
        boolean attached = name.endsWith("mha");
        byte[] data = counted(3 * 4 * 5, ByteOrder.BIG_ENDIAN);
        byte[] stored = compressed ? packed(data, false) : data;
        Path file =
                file(
                        name,
                        "ObjectType = Image\nNDims = 3\nBinaryData = True\n"
                                + "BinaryDataByteOrderMSB = True\nCompressedData = "
                                + (compressed ? "True" : "False")
                                + "\nTransformMatrix = 0 1 0 -1 0 0 0 0 1\nOffset = 10 20 30\n"
                                + "ElementSpacing = 0.5 0.25 2\nDimSize = 3 4 5\n"
                                + "ElementType = MET_SHORT\nElementDataFile = "
                                + (attached ? "LOCAL" : "a.raw")
                                + "\n",
                        attached ? stored : new byte[0]);
        if (!attached) {
            Files.write(folder.resolve("a.raw"), stored);
        }
        ImagePlus image = ImageFile.open(file.toString());
        assertArrayEquals(new int[] {3, 4, 1, 5, 1}, image.getDimensions());
        assertEquals(2 + 3 * (1 + 4 * 3), at(image, 2, 1, 0, 3, 0));
        assertArrayEquals(
                new double[] {0, 0.25, 0, -10, -0.5, 0, 0, -20, 0, 0, 2, 30},
                ImageGeometry.of(image).affine().rows());
        assertEquals("MetaImage", Source.of(image).orElseThrow().reader());
    }

    @Test
    void metaImageOfChannelsAndFrames() throws IOException {
        byte[] data = counted(2 * 3 * 4 * 2 * 2, ByteOrder.LITTLE_ENDIAN);
        String head =
                "ObjectType = Image\nNDims = 4\nDimSize = 3 4 2 2\nElementNumberOfChannels = 2\n"
                        + "ElementType = MET_USHORT\nElementDataFile = LOCAL\n";
        ImagePlus image = ImageFile.open(file("c.mha", head, data).toString());
        assertArrayEquals(new int[] {3, 4, 2, 2, 2}, image.getDimensions());
        assertEquals(16, image.getBitDepth());
        assertEquals(1 + 2 * (2 + 3 * (3 + 4 * (1 + 2))), at(image, 2, 3, 1, 1, 1));
        String cut = refused(file("cut.mha", head, new byte[20]));
        assertTrue(cut.contains("ends before"), cut);
        String text = refused(file("t.mha", "BinaryData = False\n" + head, data));
        assertTrue(text.contains("MetaImage in text"), text);
    }

    /** The volume's centre is given, not its first voxel. */
    @Test
    void freeSurfer() throws IOException {
        ByteBuffer out = ByteBuffer.allocate(284 + 2 * 24);
        out.putInt(1).putInt(2).putInt(3).putInt(4).putInt(1).putInt(4).putInt(0);
        out.putShort((short) 1);
        for (float number : new float[] {1, 2, 3, -1, 0, 0, 0, 0, -1, 0, 1, 0, 5, 6, 7}) {
            out.putFloat(number);
        }
        out.position(284);
        out.put(counted(24, ByteOrder.BIG_ENDIAN));
        Files.write(folder.resolve("a.mgz"), packed(out.array(), true));
        Files.write(folder.resolve("a.mgh"), out.array());
        for (String name : new String[] {"a.mgz", "a.mgh"}) {
            ImagePlus image = ImageFile.open(folder.resolve(name).toString());
            assertArrayEquals(new int[] {2, 3, 1, 4, 1}, image.getDimensions());
            assertEquals(1 + 2 * (2 + 3 * 3), at(image, 1, 2, 0, 3, 0));
            assertArrayEquals(
                    new double[] {-1, 0, 0, 6, 0, 0, 3, 0, 0, -2, 0, 10},
                    ImageGeometry.of(image).affine().rows());
        }
        out.putInt(20, 77);
        Files.write(folder.resolve("b.mgh"), out.array());
        assertTrue(refused(folder.resolve("b.mgh")).contains("FreeSurfer MGH of voxel type 77"));
    }
}

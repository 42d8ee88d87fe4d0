/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileSaver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.testing.Resources;

/** Strangers' images and models through the commands themselves. */
class StrangersFilesTest {

    @TempDir Path folder;

    private record Run(int code, String text) {}

    private static Run run(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes);
        int code = Main.run(arguments, out, out);
        return new Run(code, bytes.toString());
    }

    private Run map(String input, String model, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "Attribution Map...",
                                "input=" + input,
                                "model=" + model,
                                "overwrite=true",
                                "output=" + folder.resolve("map.tif")));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    /** Two dilated convolutions, by whichever way of writing them, in one process. */
    @ParameterizedTest
    @CsvSource({
        "r_dil_convolution, Grad-CAM, convolution (40 x 32",
        "r_dil_convolution, DeepLIFT, completeness error",
        "r_dil_convolution, Layer Integrated Gradients, convolution (40 x 32",
        "r_dil_convolution, Ablation-CAM, convolution (40 x 32",
        "r_dil_conv2, Grad-CAM, conv2 (40 x 32",
        "r_dil_conv2, DeepLIFT, completeness error",
        "r_dil_conv2, Ablation-CAM, conv2 (40 x 32"
    })
    void dilatedConvolutions(String model, String method, String words) {
        Path cases = Resources.shared("cases");
        Run run = map(cases + "/g32x40.tif", cases + "/" + model, "method=" + method);
        assertEquals(0, run.code(), run.text());
        assertTrue(run.text().contains(words), run.text());
        assertEquals(0, run("Model Info...", "model=" + cases + "/" + model).code());
    }

    /** The author's names, by their last part too; last is the last convolution. */
    @ParameterizedTest
    @CsvSource({
        "r_numbered, last, conv2d_42 (",
        "r_numbered, conv2d_41, conv2d_41 (",
        "r_numbered, sequential_14/conv2d_40, conv2d_40 (",
        "r_nested, last, vgg16/block5_conv3 (",
        "r_nested, block1_conv1, vgg16/block1_conv1 (",
        "m_dense1, last, conv2d_1 ("
    })
    void layersByName(String model, String layer, String words) {
        Path cases = Resources.shared("cases");
        Run run =
                map(
                        cases + "/c3_32x40.tif",
                        cases + "/" + model,
                        "method=Grad-CAM",
                        "layer=" + layer);
        assertEquals(0, run.code(), run.text());
        assertTrue(run.text().contains("layer: " + words), run.text());
    }

    private String image(String name, float value) {
        float[] pixels = new float[64];
        Arrays.fill(pixels, value);
        ImageStack stack = new ImageStack(8, 8);
        stack.addSlice("", pixels);
        Path file = folder.resolve(name);
        assertTrue(new FileSaver(new ImagePlus(name, stack)).saveAsTiff(file.toString()));
        return file.toString();
    }

    private String network() throws IOException {
        return new NetworkWriter(-1, 8, 8, 1)
                .constantTimes(1)
                .globalMean()
                .dense(new float[] {10, -10}, 2)
                .op("Softmax")
                .write(folder.resolve("network"))
                .toString();
    }

    /**
     * A score that overflows is no score, however finite the map of it is: a sum over all voxels
     * leaves the range of numbers where each voxel's share does not.
     */
    @ParameterizedTest
    @CsvSource({"Integrated Gradients", "Expected Gradients", "Gradient", "Input x Gradient"})
    void mapsOfScoresThatOverflowWarn(String method) throws IOException {
        String network = network();
        Run sound = map(image("sound.tif", 1), network, "method=" + method);
        assertEquals(0, sound.code(), sound.text());
        assertFalse(sound.text().contains("overflows"), sound.text());
        Run overflow = map(image("huge.tif", 3e38f), network, "method=" + method);
        assertTrue(overflow.text().contains("overflows"), overflow.text());
        String kind = overflow.code() == 0 ? "Warning: " : "Error: ";
        assertTrue(overflow.text().contains(kind), overflow.text());
    }

    @Test
    void classesOfScoresThatOverflowWarn() throws IOException {
        Run run = run("Classify...", "input=" + image("huge.tif", 3e38f), "model=" + network());
        assertEquals(0, run.code(), run.text());
        assertTrue(run.text().contains("Warning"), run.text());
        assertTrue(run.text().contains("overflows"), run.text());
    }

    /** One page of 8 bits, all of one value, and what points to the next. */
    private static void page(ByteBuffer out, int width, int height, byte value, boolean last) {
        int start = out.position();
        int[][] entries = {
            {256, 3, 1, width},
            {257, 3, 1, height},
            {258, 3, 1, 8},
            {259, 3, 1, 1},
            {262, 3, 1, 1},
            {273, 4, 1, start + 2 + 8 * 12 + 4},
            {278, 3, 1, height},
            {279, 4, 1, width * height}
        };
        out.putShort((short) entries.length);
        for (int[] entry : entries) {
            out.putShort((short) entry[0]).putShort((short) entry[1]).putInt(entry[2]);
            out.putInt(entry[3]);
        }
        out.putInt(last ? 0 : start + 2 + 8 * 12 + 4 + width * height);
        for (int i = 0; i < width * height; i++) {
            out.put(value);
        }
    }

    private String twoSeries() throws IOException {
        ByteBuffer out = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8);
        page(out, 8, 8, (byte) 1, false);
        page(out, 6, 6, (byte) 9, true);
        Path file = folder.resolve("two.tif");
        Files.write(file, Arrays.copyOf(out.array(), out.position()));
        return file.toString();
    }

    /**
     * Every command that takes an image takes one of several; without it, it says which it took.
     */
    @Test
    void oneOfSeveralImages() throws IOException {
        String file = twoSeries();
        String model = network();
        Path csv = folder.resolve("classes.csv");
        Run first = run("Classify...", "input=" + file, "model=" + model, "output=" + csv);
        assertEquals(0, first.code(), first.text());
        assertTrue(first.text().contains("series="), first.text());
        String ones = Files.readString(csv);
        Run second =
                run(
                        "Classify...",
                        "input=" + file,
                        "series=2",
                        "model=" + model,
                        "overwrite=true",
                        "output=" + csv);
        assertEquals(0, second.code(), second.text());
        assertNotEquals(ones, Files.readString(csv));
        Run map = map(file, model, "series=2", "method=Gradient");
        assertEquals(0, map.code(), map.text());
        ImagePlus written = ImageFile.open(folder.resolve("map.tif").toString());
        assertEquals(6, written.getWidth());
        Run coloured =
                run(
                        "Diverging LUT",
                        "input=" + file,
                        "series=2",
                        "output=" + folder.resolve("colours.tif"));
        assertTrue(coloured.text().contains("32-bit") || coloured.code() == 0, coloured.text());
        Run none = run("Classify...", "input=" + file, "series=3", "model=" + model);
        assertEquals(1, none.code());
        assertTrue(none.text().contains("series"), none.text());
    }

    private String refusal(Path file) throws IOException {
        Run run = run("Classify...", "input=" + file, "model=" + network());
        assertEquals(1, run.code(), run.text());
        assertEquals(1, run.text().lines().count(), run.text());
        return run.text();
    }

    /** ImageJ makes an image of gigabytes, all zero, of twenty bytes. */
    @Test
    void plainBitmapsThatClaimMore() throws IOException {
        Path file = folder.resolve("claims.pgm");
        Files.writeString(file, "P5 # comment\n9999 9999 255\n");
        String refusal = refusal(file);
        assertTrue(refusal.contains("claims 9999x9999 pixels"), refusal);
        Files.writeString(file, "P2 8 8 255\n" + "7 ".repeat(64));
        assertEquals(7, ImageFile.open(file.toString()).getProcessor().getf(3, 3));
    }

    /** Eight rows of eight bytes, packed by deflate in one strip. */
    private Path packed(byte[] strip) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(1 << 10).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8);
        page(out, 8, 8, (byte) 0, true);
        int compression = 8 + 2 + 3 * 12 + 8;
        out.putInt(compression, 8);
        out.putInt(8 + 2 + 7 * 12 + 8, strip.length);
        int start = 8 + 2 + 8 * 12 + 4;
        out.put(start, strip);
        Path file = folder.resolve("packed.tif");
        Files.write(file, Arrays.copyOf(out.array(), start + strip.length));
        return file;
    }

    private static byte[] deflate(byte[] values) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            out.write(values);
        }
        return bytes.toByteArray();
    }

    /** Where a strip does not unpack, ImageJ leaves it at zero and says nothing. */
    @Test
    void packedStripsThatAreDamaged() throws IOException {
        byte[] values = new byte[64];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (37 * i);
        }
        byte[] sound = deflate(values);
        ImagePlus read = ImageFile.open(packed(sound).toString());
        assertEquals(37 * 3, read.getProcessor().getf(3, 0));
        int refused = 0;
        for (int i = 0; i < sound.length; i++) {
            byte[] damaged = sound.clone();
            damaged[i] ^= 0x40;
            Path file = packed(damaged);
            try {
                // Bits that only fill the last byte mean nothing.
                assertArrayEquals(
                        (byte[]) read.getProcessor().getPixels(),
                        (byte[]) ImageFile.open(file.toString()).getProcessor().getPixels());
            } catch (ImageException e) {
                assertTrue(e.getMessage().contains("packed.tif' is damaged"), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused >= sound.length - 1, refused + " of " + sound.length);
        byte[] half = deflate(Arrays.copyOf(values, 32));
        assertTrue(refusal(packed(half)).contains("unpacks to 32 bytes"));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void namesOfSeveralLines() throws IOException {
        Path file = Files.write(folder.resolve("two\nlines.nii"), new byte[400]);
        assertTrue(refusal(file).contains("two?lines.nii"));
    }

    @Test
    void namesOfAMegabyte() throws IOException {
        Path model = Path.of(network());
        Files.writeString(model.resolve("labels.txt"), "x".repeat(1 << 20) + "\nb\n");
        Run run = run("Model Info...", "model=" + model);
        assertEquals(1, run.code());
        assertTrue(run.text().contains("a name of 1048576 characters"), run.text());
        assertTrue(run.text().length() < 1000, run.text());
    }

    @Test
    void packedByGzip() throws IOException {
        Path tiff = Path.of(image("plain.tif", 1));
        Path file = folder.resolve("plain.tif.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            Files.copy(tiff, out);
        }
        assertTrue(refusal(file).contains("is TIFF packed by gzip"));
    }

    /** The checksum stands behind the voxels, where nothing else makes a reader look. */
    @ParameterizedTest
    @ValueSource(strings = {"v.nii.gz", "v.mgz", "v.nrrd", "v.mha", "zip.mha"})
    void checksumsThatAreWrong(String name) throws IOException {
        byte[] sound = volume(name);
        Path file = Files.write(folder.resolve(name), sound);
        assertEquals(5, ImageFile.open(file.toString()).getStack().getProcessor(2).getf(1, 1));
        for (int behind : new int[] {1, name.equals("zip.mha") ? 3 : 6}) {
            byte[] damaged = sound.clone();
            damaged[sound.length - behind] ^= 1;
            Files.write(file, damaged);
            String refusal = refusal(file);
            assertTrue(refusal.contains(name) && refusal.lines().count() == 1, refusal);
            assertTrue(refusal.contains("damaged"), refusal);
        }
        Files.write(file, Arrays.copyOf(sound, sound.length - 2));
        assertTrue(refusal(file).contains(name));
    }

    /** 4 x 3 x 2 voxels of value 5, packed. */
    private static byte[] volume(String name) throws IOException {
        byte[] voxels = new byte[24];
        Arrays.fill(voxels, (byte) 5);
        ByteBuffer bytes = ByteBuffer.allocate(400).order(ByteOrder.LITTLE_ENDIAN);
        switch (name) {
            case "v.nii.gz" -> {
                bytes.putInt(0, 348).putShort(40, (short) 3).putShort(42, (short) 4);
                bytes.putShort(44, (short) 3).putShort(46, (short) 2).putShort(70, (short) 2);
                bytes.putShort(72, (short) 8).putFloat(76, 1).putFloat(80, 1).putFloat(84, 1);
                bytes.putFloat(88, 1).putFloat(108, 352).putInt(344, 0x00312b6e);
                bytes.position(352).put(voxels);
            }
            case "v.mgz" -> {
                bytes.order(ByteOrder.BIG_ENDIAN).putInt(1).putInt(4).putInt(3).putInt(2).putInt(1);
                bytes.position(284).put(voxels);
            }
            case "v.nrrd" ->
                    bytes.put(
                            ("NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4 3 2\nencoding: gzip\n\n")
                                    .getBytes());
            default ->
                    bytes.put(
                            ("ObjectType = Image\nNDims = 3\nDimSize = 4 3 2\nElementType ="
                                            + " MET_UCHAR\nCompressedData = "
                                            + (name.equals("zip.mha") ? "True" : "False")
                                            + "\nElementDataFile = LOCAL\n")
                                    .getBytes());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] head = Arrays.copyOf(bytes.array(), bytes.position());
        if (name.equals("v.nrrd")) {
            out.write(head);
            out.writeBytes(gzip(voxels));
        } else if (name.equals("zip.mha")) {
            out.write(head);
            out.writeBytes(deflate(voxels));
        } else {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            whole.writeBytes(head);
            whole.writeBytes(name.endsWith("mha") ? voxels : new byte[0]);
            out.writeBytes(gzip(whole.toByteArray()));
        }
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] values) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(values);
        }
        return bytes.toByteArray();
    }
}

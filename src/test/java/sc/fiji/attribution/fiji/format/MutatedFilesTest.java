/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileSaver;
import ij.process.ByteProcessor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.Engines;

/**
 * Thousands of damaged files of every format, the same in each run: each is read, or refused in one
 * line that names it, in bounded time; nothing is left in the temporary folder.
 */
@Tag("long")
class MutatedFilesTest {

    private static final int MUTANTS = 1500;
    private static final double CPU_SECONDS = 20;

    @TempDir Path folder;

    private static byte[] counted(int count) {
        ByteBuffer out = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            out.putShort((short) (37 * i));
        }
        return out.array();
    }

    private static byte[] join(String head, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(data);
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(data);
        }
        return out.toByteArray();
    }

    private byte[] saved(String name) throws IOException {
        ImageStack stack = new ImageStack(6, 5);
        for (int i = 0; i < 4; i++) {
            byte[] pixels = new byte[30];
            Arrays.fill(pixels, (byte) i);
            stack.addSlice("s" + i, new ByteProcessor(6, 5, pixels));
        }
        ImagePlus image = new ImagePlus("a", stack);
        Path file = folder.resolve(name);
        if (name.endsWith(".tif")) {
            new FileSaver(image).saveAsTiffStack(file.toString());
        } else {
            ImageFile.save(image, file.toString());
        }
        return Files.readAllBytes(file);
    }

    private byte[] seed(String name) throws IOException {
        String nrrd =
                "NRRD0004\ntype: short\ndimension: 3\nsizes: 3 4 5\nspace: LPS\nendian: little\n"
                        + "space directions: (1,0,0) (0,1,0) (0,0,2)\nspace origin: (1,2,3)\nencoding: ";
        String mha =
                "ObjectType = Image\nNDims = 3\nOffset = 1 2 3\nTransformMatrix = 1 0 0 0 1 0 0 0 1\n"
                        + "ElementSpacing = 1 1 2\nDimSize = 3 4 5\nElementType = MET_SHORT\nElementDataFile = LOCAL\n";
        return switch (name) {
            case "a.nii", "a.nii.gz", "imagej.tif" -> saved(name);
            case "raw.nrrd" -> join(nrrd + "raw\n\n", counted(60));
            case "gz.nrrd" -> join(nrrd + "gzip\n\n", gzip(counted(60)));
            case "text.nrrd" -> join(nrrd + "ascii\n\n", "1 2 3 4 5 6 ".repeat(10).getBytes());
            case "a.mha" -> join(mha, counted(60));
            case "attribution.yaml" ->
                    ("axes: bzyxc\nsizes: {z: 4, y: {min: 3, step: 2}, x: 8}\nrange: [0, 4095]\n"
                                    + "preprocessing:\n  - zero_mean_unit_variance: {axes: zyx}\n"
                                    + "  - clip: {min: -3, max: 3}\nlabels: &l [healthy, lesions]\n"
                                    + "tests: [{input: input.npy, output: *l}]\n")
                            .getBytes(StandardCharsets.UTF_8);
            case "a.zip" -> zip();
            default -> Files.readAllBytes(folder.resolve(name));
        };
    }

    private static byte[] zip() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String name :
                    List.of(
                            "model/attribution.yaml",
                            "model/saved_model.pb",
                            "model/variables/x")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write("labels: [healthy, lesions]\n".getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return out.toByteArray();
    }

    /** A series of small changes, of which most break something. */
    static byte[] mutant(byte[] seed, Random random) {
        byte[] bytes = seed.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && bytes.length > 8; i++) {
            // Headers stand first, and matter most.
            int reach = random.nextInt(3) == 0 ? bytes.length : Math.min(bytes.length, 600);
            int at = random.nextInt(reach);
            switch (random.nextInt(9)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 ->
                        bytes[at] =
                                (byte) "0123456789-:.()&*!% \n\0\u00ff".charAt(random.nextInt(23));
                case 3 -> bytes = Arrays.copyOf(bytes, at + 1);
                case 4 -> {
                    int[] extremes = {
                        -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0, 1, 65535, 1 << 24
                    };
                    int place = Math.min(at, bytes.length - 4);
                    ByteBuffer.wrap(bytes)
                            .order(
                                    random.nextBoolean()
                                            ? ByteOrder.LITTLE_ENDIAN
                                            : ByteOrder.BIG_ENDIAN)
                            .putInt(place, extremes[random.nextInt(extremes.length)]);
                }
                case 5 -> {
                    byte[] longer = new byte[bytes.length + 1 + random.nextInt(40)];
                    System.arraycopy(bytes, 0, longer, 0, at);
                    int gap = longer.length - bytes.length;
                    for (int k = 0; k < gap; k++) {
                        longer[at + k] = bytes[(at + k) % bytes.length];
                    }
                    System.arraycopy(bytes, at, longer, at + gap, bytes.length - at);
                    bytes = longer;
                }
                case 6 -> {
                    int gone = Math.min(bytes.length - at - 1, 1 + random.nextInt(12));
                    byte[] shorter = new byte[bytes.length - gone];
                    System.arraycopy(bytes, 0, shorter, 0, at);
                    System.arraycopy(bytes, at + gone, shorter, at, shorter.length - at);
                    bytes = shorter;
                }
                case 7 ->
                        ByteBuffer.wrap(bytes)
                                .putShort(Math.min(at, bytes.length - 2), (short) random.nextInt());
                default -> {
                    int from = random.nextInt(bytes.length);
                    int count = Math.min(random.nextInt(20), bytes.length - Math.max(at, from));
                    System.arraycopy(bytes, from, bytes, at, count);
                }
            }
        }
        return bytes;
    }

    private static double cpuSeconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() * 1e-9;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.nii",
                "a.nii.gz",
                "imagej.tif",
                "raw.nrrd",
                "gz.nrrd",
                "text.nrrd",
                "a.mha",
                "attribution.yaml",
                "a.zip"
            })
    void readOrRefusedInOneLine(String name) throws IOException {
        check(name, seed(name));
    }

    /** Real files, where they are at hand. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "cases/i8.tif",
                "cases/u32.tif",
                "volumes/tiff/ops_3d_label.tif",
                "volumes/tiff/ome_multi-channel.ome.tif",
                "cases/dicom/signed12.dcm",
                "cases/dicom/multiframe_signed.dcm",
                "volumes/dicom/pydicom_MR_small_RLE.dcm",
                "volumes/nifti/nibabel_example_nifti2.nii.gz",
                "edge/nibabel_test.mgz"
            })
    void realFiles(String name) throws IOException {
        Path shared = sc.fiji.attribution.testing.Resources.shared("cases").getParent();
        Path file = shared.resolve(name);
        check(file.getFileName().toString(), Files.readAllBytes(file));
    }

    private void check(String name, byte[] seed) throws IOException {
        CRC32 fixed = new CRC32();
        fixed.update(name.getBytes(StandardCharsets.UTF_8));
        Random random = new Random(fixed.getValue());
        List<Path> before = Packages.leftovers();
        List<String> wrong = new ArrayList<>();
        Path alone = Files.createDirectory(folder.resolve("alone"));
        int read = 0;
        IJ.redirectErrorMessages(true);
        for (int i = 0; i < MUTANTS; i++) {
            byte[] bytes = mutant(seed, random);
            Path file = Files.write(alone.resolve(name), bytes);
            double start = cpuSeconds();
            try {
                open(file);
                read++;
            } catch (AttributionException e) {
                String message = e.getMessage();
                boolean good =
                        message.lines().count() == 1
                                && message.contains(name)
                                && message.length() < 2000
                                && !message.matches(
                                        ".*(\\(null\\)|: null|Cannot invoke|out of bounds).*");
                if (!good) {
                    wrong.add(i + ": " + message);
                }
            } catch (Throwable e) {
                wrong.add(
                        i
                                + ": "
                                + e
                                + " at "
                                + Arrays.toString(e.getStackTrace()).substring(0, 300));
            }
            if (cpuSeconds() - start > CPU_SECONDS) {
                wrong.add(i + ": " + (cpuSeconds() - start) + " s");
            }
        }
        assertEquals(List.of(), wrong.subList(0, Math.min(10, wrong.size())));
        assertEquals(before, Packages.leftovers());
        try (Stream<Path> files = Files.list(alone)) {
            assertEquals(1, files.count());
        }
        assertTrue(read < MUTANTS, "no mutant was refused");
    }

    private static void open(Path file) {
        String name = file.getFileName().toString();
        if (name.endsWith(".yaml")) {
            Engines.open(file, ModelOptions.NONE).close();
        } else if (name.endsWith(".zip")) {
            Engines.open(file, ModelOptions.NONE).close();
        } else {
            ImageFile.open(file.toString());
        }
    }
}

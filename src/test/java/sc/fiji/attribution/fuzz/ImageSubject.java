/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileSaver;
import ij.process.ByteProcessor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import sc.fiji.attribution.fiji.file.ImageFile;

/** Damaged images of every format that is read here: opened. */
public abstract class ImageSubject implements Subject {

    private static final Path SMALL = Path.of("src/test/resources/sc/fiji/attribution/fuzz/images");

    private record Original(String name, byte[] bytes) {}

    /** Formats of volumes: NIfTI, NRRD, MetaImage, FreeSurfer. */
    public static final class Volume extends ImageSubject {

        private static final String NRRD =
                "NRRD0004\ntype: short\ndimension: 3\nsizes: 3 4 5\nspace: LPS\nendian: little\n"
                        + "space directions: (1,0,0) (0,1,0) (0,0,2)\nspace origin: (1,2,3)\n"
                        + "encoding: ";

        private static final String META =
                "ObjectType = Image\nNDims = 3\nOffset = 1 2 3\n"
                        + "TransformMatrix = 1 0 0 0 1 0 0 0 1\nElementSpacing = 1 1 2\n"
                        + "DimSize = 3 4 5\nElementType = MET_SHORT\nElementDataFile = LOCAL\n";

        public Volume() throws IOException {
            super(
                    List.of(
                            saved("a.nii"),
                            saved("a.nii.gz"),
                            headed("raw.nrrd", NRRD + "raw\n\n", counted(60)),
                            headed("gz.nrrd", NRRD + "gzip\n\n", gzip(counted(60))),
                            headed(
                                    "text.nrrd",
                                    NRRD + "ascii\n\n",
                                    "1 2 3 4 5 6 ".repeat(10).getBytes(StandardCharsets.UTF_8)),
                            headed("a.mha", META, counted(60)),
                            small("a.mgz")));
        }
    }

    public static final class Tiff extends ImageSubject {
        public Tiff() throws IOException {
            super(List.of(saved("a.tif"), small("i8.tif"), small("u32.tif"), small("label.tif")));
        }
    }

    public static final class Dicom extends ImageSubject {
        public Dicom() throws IOException {
            super(
                    List.of(
                            small("signed12.dcm"),
                            small("signed_rescale.dcm"),
                            small("multiframe_signed.dcm")));
        }
    }

    private final List<Original> originals;

    ImageSubject(List<Original> originals) {
        this.originals = originals;
        IJ.redirectErrorMessages(true);
    }

    @Override
    public Path write(Random random, Path folder) throws IOException {
        Original original = originals.get(random.nextInt(originals.size()));
        return Files.write(
                folder.resolve(original.name()), Damage.ofHeader(original.bytes(), random));
    }

    @Override
    public void use(Path file) {
        ImageFile.open(file.toString());
    }

    private static Original small(String name) throws IOException {
        return new Original(name, Files.readAllBytes(SMALL.resolve(name)));
    }

    private static Original headed(String name, String head, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(data);
        return new Original(name, out.toByteArray());
    }

    private static byte[] counted(int count) {
        ByteBuffer out = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            out.putShort((short) (37 * i));
        }
        return out.array();
    }

    private static byte[] gzip(byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(data);
        }
        return out.toByteArray();
    }

    /** As it is saved here and by ImageJ. */
    private static Original saved(String name) {
        ImageStack stack = new ImageStack(6, 5);
        for (int i = 0; i < 4; i++) {
            byte[] pixels = new byte[30];
            Arrays.fill(pixels, (byte) i);
            stack.addSlice("s" + i, new ByteProcessor(6, 5, pixels));
        }
        ImagePlus image = new ImagePlus("a", stack);
        if (name.endsWith(".tif")) {
            return new Original(name, new FileSaver(image).serialize());
        }
        try {
            Path folder = Files.createTempDirectory("original");
            Path file = folder.resolve(name);
            ImageFile.save(image, file.toString());
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            Files.delete(folder);
            return new Original(name, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

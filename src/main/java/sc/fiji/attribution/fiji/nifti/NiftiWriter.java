/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.nifti;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.storage.WholeFile;

/** Writes one NIfTI-1 file; see {@link Nifti#write}. */
final class NiftiWriter {

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** Characters of {@code descrip}, but for the zero that ends it. */
    private static final int DESCRIPTION = 79;

    private final Path file;
    private final String name;

    NiftiWriter(Path file) {
        this.file = file;
        this.name = file.getFileName().toString();
    }

    void write(ImagePlus image) {
        NiftiRecord made = NiftiRecord.of(image);
        byte[] record = made.bytes(ORDER);
        NiftiHeader header = header(image, NiftiHeader.BYTES + record.length);
        WholeFile.at(file.toString())
                .write(
                        target -> {
                            OutputStream out = compressed(target);
                            out.write(made.isEmpty() ? header.bytes() : shown(header, image));
                            out.write(record);
                            voxels(image, header, out);
                            if (out instanceof GZIPOutputStream zip) {
                                zip.finish();
                            }
                        });
    }

    /** The header with what viewers show: the title, and the range of the colours. */
    private static byte[] shown(NiftiHeader header, ImagePlus image) {
        ByteBuffer head = ByteBuffer.wrap(header.bytes()).order(header.order());
        head.putFloat(124, (float) image.getDisplayRangeMax());
        head.putFloat(128, (float) image.getDisplayRangeMin());
        byte[] title = image.getTitle().getBytes(StandardCharsets.US_ASCII);
        head.position(148);
        head.put(title, 0, Math.min(title.length, DESCRIPTION));
        return head.array();
    }

    private NiftiHeader header(ImagePlus image, int voxOffset) {
        int[] dim = {
            image.getWidth(),
            image.getHeight(),
            image.getNSlices(),
            image.getNFrames(),
            image.getNChannels()
        };
        for (int extent : dim) {
            if (extent > Short.MAX_VALUE) {
                throw new ImageException(
                        name
                                + ": an extent of "
                                + extent
                                + " is more than NIfTI-1 can say (32767); save it as TIFF");
            }
        }
        ImageGeometry geometry = ImageGeometry.of(image);
        double[] q = geometry.qform();
        return new NiftiHeader(
                ORDER,
                true,
                dim,
                type(image),
                voxOffset,
                geometry.step(),
                q[1] < 0 ? -1 : 1,
                1,
                0,
                geometry.units(),
                new double[] {q[0], q[2], q[3], q[4], q[5], q[6], q[7]},
                geometry.sform(),
                geometry.affine());
    }

    /**
     * Calibrated grey values, such as signed 16-bit, have no integer type here: float keeps them.
     */
    private NiftiType type(ImagePlus image) {
        boolean calibrated = image.getCalibration().calibrated();
        return switch (image.getType()) {
            case ImagePlus.GRAY8 -> calibrated ? NiftiType.FLOAT32 : NiftiType.UINT8;
            case ImagePlus.GRAY16 -> calibrated ? NiftiType.FLOAT32 : NiftiType.UINT16;
            case ImagePlus.GRAY32 -> NiftiType.FLOAT32;
            default ->
                    throw new ImageException(
                            name
                                    + ": colour images are not written as NIfTI; change the type"
                                    + " with Image > Type > 8-bit or 32-bit");
        };
    }

    private OutputStream compressed(OutputStream out) throws IOException {
        return name.toLowerCase(Locale.ROOT).endsWith(".gz") ? new PackedNumbers(out) : out;
    }

    /**
     * Packs where there is something to pack: real numbers get a fourteenth smaller, which takes
     * ten times as long as writing them. Repetitions are looked for only where there are some.
     */
    private static final class PackedNumbers extends GZIPOutputStream {

        /** Of bytes that are zero: more than one in so many, and a slice is packed. */
        private static final int SOME = 32;

        /** The same for repetitions. */
        private static final int MANY = 4;

        private static final long HIGHEST = 0x8080808080808080L;

        PackedNumbers(OutputStream out) throws IOException {
            super(out, 1 << 16);
        }

        void write(byte[] slice, NiftiType type) throws IOException {
            int zeros = type == NiftiType.FLOAT32 ? zeros(slice) : slice.length;
            def.setLevel(
                    zeros > slice.length / SOME
                            ? Deflater.DEFAULT_COMPRESSION
                            : Deflater.NO_COMPRESSION);
            def.setStrategy(
                    zeros > slice.length / MANY
                            ? Deflater.DEFAULT_STRATEGY
                            : Deflater.HUFFMAN_ONLY);
            write(slice);
        }

        /** Eight bytes at a time: of each the highest bit says whether it is not zero. */
        private static int zeros(byte[] bytes) {
            int zeros = bytes.length;
            ByteBuffer eights = ByteBuffer.wrap(bytes);
            int at = 0;
            for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
                long eight = eights.getLong(at);
                long low = (eight & ~HIGHEST) + ~HIGHEST;
                zeros -= Long.bitCount((low | eight) & HIGHEST);
            }
            for (; at < bytes.length; at++) {
                zeros -= bytes[at] == 0 ? 0 : 1;
            }
            return zeros;
        }
    }

    private static void voxels(ImagePlus image, NiftiHeader header, OutputStream out)
            throws IOException {
        ImageStack stack = image.getStack();
        float[] calibration = image.getCalibration().getCTable();
        int[] dim = header.dim();
        ByteBuffer buffer =
                ByteBuffer.allocate(dim[0] * dim[1] * header.type().bytes()).order(header.order());
        for (int channel = 1; channel <= dim[4]; channel++) {
            for (int frame = 1; frame <= dim[3]; frame++) {
                for (int slice = 1; slice <= dim[2]; slice++) {
                    int index = image.getStackIndex(channel, slice, frame);
                    put(stack.getProcessor(index), calibration, header.type(), buffer);
                    if (out instanceof PackedNumbers packed) {
                        packed.write(buffer.array(), header.type());
                    } else {
                        out.write(buffer.array());
                    }
                }
            }
        }
    }

    private static void put(
            ImageProcessor pixels, float[] calibration, NiftiType type, ByteBuffer out) {
        out.clear();
        int count = pixels.getPixelCount();
        if (pixels instanceof FloatProcessor && calibration == null) {
            out.asFloatBuffer().put((float[]) pixels.getPixels());
            return;
        }
        for (int i = 0; i < count; i++) {
            switch (type) {
                case UINT8 -> out.put((byte) pixels.get(i));
                case UINT16 -> out.putShort((short) pixels.get(i));
                default ->
                        out.putFloat(
                                calibration == null ? pixels.getf(i) : calibration[pixels.get(i)]);
            }
        }
    }
}

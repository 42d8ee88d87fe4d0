/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.volume;

import static java.util.stream.Collectors.joining;

import ij.ImagePlus;
import ij.process.ImageProcessor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.PackedFile;
import sc.fiji.attribution.fiji.format.Scale;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.UnreadKindException;
import sc.fiji.attribution.fiji.format.VoxelGrid;
import sc.fiji.attribution.fiji.format.VoxelType;

/**
 * The image in front of a FITS file (standard 4.0, sections 3, 4.4 and 5.3): values are {@code
 * BZERO + BSCALE} times what is stored, and NaN where a whole number is {@code BLANK}. ImageJ
 * believes what is stored. The first row is the lowest, as ImageJ shows it.
 */
public final class Fits implements ImageFormat {

    private static final int BLOCK = 2880;
    private static final int CARD = 80;

    /** No image has more lines about it. */
    private static final int MOST_BLOCKS = 10_000;

    private static final Map<Long, VoxelType> TYPES =
            Map.of(
                    8L, VoxelType.UINT8,
                    16L, VoxelType.INT16,
                    32L, VoxelType.INT32,
                    64L, VoxelType.INT64,
                    -32L, VoxelType.FLOAT32,
                    -64L, VoxelType.FLOAT64);

    @Override
    public String name() {
        return "FITS";
    }

    @Override
    public boolean recognises(FileHead head) {
        return head.has(0, "SIMPLE  =") || head.endsIn(".fits", ".fit", ".fts");
    }

    @Override
    public boolean readsPacked() {
        return true;
    }

    @Override
    public ImagePlus read(Path file, Series series) {
        series.requireOnly(file);
        return PackedFile.readAll(file, in -> new Reading(file).image(in));
    }

    /** A header that is read, card by card. */
    private record Reading(Path file, Map<String, String> cards) {

        Reading(Path file) {
            this(file, new HashMap<>());
        }

        ImagePlus image(InputStream in) throws IOException {
            long start = readCards(in);
            if (!cards.getOrDefault("SIMPLE", "").equals("T")) {
                throw damaged("it is no FITS by its first line");
            }
            int[] extents = extents();
            long bits = whole("BITPIX");
            VoxelType type = TYPES.get(bits);
            if (type == null) {
                throw damaged("its header says BITPIX = " + bits);
            }
            Scale scale = new Scale(real("BSCALE", 1), real("BZERO", 0));
            String axes = "xyzt".substring(0, extents.length);
            VoxelGrid grid = new VoxelGrid(axes, extents, type, ByteOrder.BIG_ENDIAN, scale);
            try {
                PackedFile.requireLength(file, start + grid.bytes());
            } catch (EOFException e) {
                throw damaged(
                        "it claims "
                                + Arrays.stream(extents)
                                        .mapToObj(Integer::toString)
                                        .collect(joining("x"))
                                + " pixels and has "
                                + Files.size(file)
                                + " bytes");
            }
            ImagePlus image = grid.read(in, file);
            if (bits > 0 && cards.containsKey("BLANK")) {
                blank(image, scale.apply(whole("BLANK")));
            }
            for (int i = 1; i <= image.getStackSize(); i++) {
                image.getStack().getProcessor(i).flipVertical();
            }
            image.resetDisplayRange();
            return image;
        }

        /** Returns where the data begin. */
        private long readCards(InputStream in) throws IOException {
            for (int block = 1; block <= MOST_BLOCKS; block++) {
                byte[] bytes = in.readNBytes(BLOCK);
                String text = new String(bytes, StandardCharsets.ISO_8859_1);
                for (int at = 0; at + CARD <= bytes.length; at += CARD) {
                    String card = text.substring(at, at + CARD);
                    String name = card.substring(0, 8).strip();
                    if (name.equals("END")) {
                        if (bytes.length < BLOCK) {
                            throw damaged("it ends before its data do");
                        }
                        return (long) block * BLOCK;
                    }
                    if (card.startsWith("= ", 8)) {
                        cards.putIfAbsent(name, card.substring(10).split("/", 2)[0].strip());
                    }
                }
                if (bytes.length < BLOCK) {
                    break;
                }
            }
            throw damaged("its header has no end");
        }

        private int[] extents() {
            long axes = whole("NAXIS");
            if (axes == 0) {
                throw new UnreadKindException(file, "FITS whose image stands in an extension");
            }
            int[] extents = new int[(int) Math.max(1, Math.min(axes, 4))];
            for (int axis = 1; axis <= Math.min(axes, 999); axis++) {
                long extent = whole("NAXIS" + axis);
                if (extent == 0) {
                    throw new UnreadKindException(
                            file, "FITS of random groups or without an image");
                }
                if (extent < 0 || extent > Integer.MAX_VALUE) {
                    throw damaged("its header says NAXIS" + axis + " = " + extent);
                }
                if (axis > extents.length && extent > 1) {
                    throw new UnreadKindException(file, "FITS of more than four axes");
                }
                if (axis <= extents.length) {
                    extents[axis - 1] = (int) extent;
                }
            }
            return extents;
        }

        private long whole(String name) {
            String text = cards.getOrDefault(name, "");
            if (!text.matches("[+-]?\\d{1,18}")) {
                throw damaged("its header has no number for " + name);
            }
            return Long.parseLong(text);
        }

        /** An exponent may be written with a D. */
        private double real(String name, double otherwise) {
            String text = cards.getOrDefault(name, "" + otherwise).replace('D', 'E');
            if (!text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?")) {
                throw damaged("its header has no number for " + name);
            }
            return Double.parseDouble(text);
        }

        private static void blank(ImagePlus image, double value) {
            if (image.getBitDepth() != 32) {
                int[] extents = image.getDimensions();
                image.setStack(image.getStack().convertToFloat());
                image.setDimensions(extents[2], extents[3], extents[4]);
            }
            for (int i = 1; i <= image.getStackSize(); i++) {
                ImageProcessor plane = image.getStack().getProcessor(i);
                for (int pixel = 0; pixel < plane.getPixelCount(); pixel++) {
                    if (plane.getf(pixel) == (float) value) {
                        plane.setf(pixel, Float.NaN);
                    }
                }
            }
        }

        private ImageException damaged(String problem) {
            return new ImageException(
                    "File '"
                            + file
                            + "' is cut short or damaged: "
                            + problem
                            + "; copy or download it again.");
        }
    }
}

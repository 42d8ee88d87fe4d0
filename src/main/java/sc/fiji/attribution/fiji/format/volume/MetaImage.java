/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.volume;

import ij.ImagePlus;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.zip.InflaterInputStream;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.PackedFile;
import sc.fiji.attribution.fiji.format.Placement;
import sc.fiji.attribution.fiji.format.Scale;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.UnreadKindException;
import sc.fiji.attribution.fiji.format.VoxelGrid;
import sc.fiji.attribution.fiji.format.VoxelType;

/**
 * MetaImage, the format of ITK: {@code .mha}, or {@code .mhd} with its data beside it; binary, also
 * compressed. The fourth axis becomes frames, the elements of a voxel channels. Its world grows to
 * the left, the back and upwards.
 */
public final class MetaImage implements ImageFormat {

    private static final Map<String, VoxelType> TYPES =
            Map.ofEntries(
                    Map.entry("MET_CHAR", VoxelType.INT8),
                    Map.entry("MET_UCHAR", VoxelType.UINT8),
                    Map.entry("MET_SHORT", VoxelType.INT16),
                    Map.entry("MET_USHORT", VoxelType.UINT16),
                    Map.entry("MET_INT", VoxelType.INT32),
                    Map.entry("MET_UINT", VoxelType.UINT32),
                    Map.entry("MET_LONG", VoxelType.INT32),
                    Map.entry("MET_ULONG", VoxelType.UINT32),
                    Map.entry("MET_LONG_LONG", VoxelType.INT64),
                    Map.entry("MET_ULONG_LONG", VoxelType.UINT64),
                    Map.entry("MET_FLOAT", VoxelType.FLOAT32),
                    Map.entry("MET_DOUBLE", VoxelType.FLOAT64));

    private static final double[] LEFT_BACK_UP = {-1, -1, 1};

    @Override
    public String name() {
        return "MetaImage";
    }

    @Override
    public boolean readsPacked() {
        return true;
    }

    @Override
    public boolean recognises(FileHead file) {
        String text = file.text();
        return text.contains("ElementDataFile") && text.contains("=")
                || has(text, "ObjectType")
                || file.endsIn(".mha", ".mhd");
    }

    private static boolean has(String text, String field) {
        return text.stripLeading().startsWith(field) && text.contains("NDims");
    }

    @Override
    public ImagePlus read(Path file, Series series) {
        series.requireOnly(file);
        return PackedFile.readAll(
                file,
                in -> {
                    Header header = header(file, in);
                    String name = header.required("elementdatafile");
                    if (name.equalsIgnoreCase("LOCAL")) {
                        return image(header, in, file);
                    }
                    if (name.matches("(?i)LIST\\b.*|.*%.*")) {
                        throw new UnreadKindException(
                                header + ": is MetaImage whose data stand in several files");
                    }
                    Path data = header.beside(name);
                    try (InputStream raw = Files.newInputStream(data)) {
                        return image(header, new BufferedInputStream(raw, 1 << 16), data);
                    }
                });
    }

    /** The lines up to {@code ElementDataFile}, which is the last by definition. */
    private static Header header(Path file, InputStream in) throws IOException {
        Header header = new Header(file);
        for (String line = header.line(in); line != null; line = header.line(in)) {
            int equals = line.indexOf('=');
            if (equals < 0 && !line.isBlank()) {
                throw header.damaged("has the line '" + Header.shown(line) + "'");
            }
            if (equals > 0) {
                header.put(line.substring(0, equals), line.substring(equals + 1));
                if (header.text("elementdatafile").isPresent()) {
                    return header;
                }
            }
        }
        throw Header.ends();
    }

    private static ImagePlus image(Header header, InputStream in, Path data) throws IOException {
        VoxelGrid grid = grid(header);
        if (!isTrue(header, "binarydata", true)) {
            throw new UnreadKindException(header + ": is MetaImage in text; save it as binary");
        }
        boolean packed = isTrue(header, "compresseddata", false);
        if (!packed) {
            PackedFile.requireLength(data, grid.bytes());
        } else {
            PackedFile.requireLength(data, grid.bytes() / 1032);
        }
        grid.requireMemory(header.toString());
        int skip = header.whole("headersize", 0);
        if (skip < -1) {
            throw header.wrong("headersize");
        }
        if (skip == -1 && !packed && !data.equals(header.file())) {
            in.skipNBytes(Files.size(data) - (long) grid.bytes());
        } else if (skip > 0) {
            in.skipNBytes(skip);
        }
        InputStream voxels = packed ? new InflaterInputStream(in) : in;
        ImagePlus image = grid.read(voxels, data);
        if (packed) {
            PackedFile.requireSoundEnd(voxels);
        }
        image.setTitle(header.toString());
        placement(header, grid).attach(image);
        return image;
    }

    private static VoxelGrid grid(Header header) {
        int[] sizes = header.extents("dimsize");
        if (sizes.length != header.whole("ndims", sizes.length)) {
            throw header.wrong("ndims");
        }
        if (sizes.length > 4) {
            throw new UnreadKindException(header + ": is MetaImage of more than four axes");
        }
        String type = header.required("elementtype").toUpperCase(Locale.ROOT);
        VoxelType stored = TYPES.get(type.replaceFirst("_ARRAY$", ""));
        if (stored == null) {
            throw new UnreadKindException(
                    header
                            + ": is MetaImage of type "
                            + Header.shown(type)
                            + "; save it as floats");
        }
        int channels = header.whole("elementnumberofchannels", 1);
        if (channels < 1) {
            throw header.wrong("elementnumberofchannels");
        }
        String axes = "xyzt".substring(0, sizes.length);
        if (channels > 1) {
            int[] all = new int[sizes.length + 1];
            all[0] = channels;
            System.arraycopy(sizes, 0, all, 1, sizes.length);
            sizes = all;
            axes = "c" + axes;
        }
        boolean big =
                isTrue(
                        header,
                        "binarydatabyteordermsb",
                        isTrue(header, "elementbyteordermsb", false));
        return new VoxelGrid(
                axes,
                sizes,
                stored,
                big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                Scale.NONE);
    }

    private static boolean isTrue(Header header, String field, boolean otherwise) {
        return header.text(field).map(text -> text.matches("(?i)true|1|t")).orElse(otherwise);
    }

    private static Placement placement(Header header, VoxelGrid grid) {
        int rank = header.extents("dimsize").length;
        double[] steps =
                header.text("elementspacing")
                        .or(() -> header.text("elementsize"))
                        .map(text -> header.numbers("elementspacing", text))
                        .orElse(new double[0]);
        double[] sizes = {1, 1, 1};
        for (int axis = 0; axis < Math.min(3, Math.min(rank, steps.length)); axis++) {
            double step = Math.abs(steps[axis]);
            sizes[axis] = step > 0 && Double.isFinite(step) ? step : 1;
        }
        double interval = rank == 4 && steps.length == 4 ? steps[3] : 0;
        String unit = header.text("distanceunits").orElse("mm");
        double[] matrix =
                header.text("transformmatrix", "rotation", "orientation")
                        .map(text -> header.numbers("transformmatrix", text))
                        .orElse(new double[0]);
        double[] origin =
                header.text("offset", "position", "origin")
                        .map(text -> header.numbers("offset", text))
                        .orElse(new double[0]);
        boolean known = rank >= 3 && origin.length == rank && matrix.length == rank * rank;
        if (!known) {
            return Placement.ofSizes(sizes, unit, interval);
        }
        double[][] columns = new double[3][3];
        for (int axis = 0; axis < 3; axis++) {
            for (int row = 0; row < 3; row++) {
                // The directions of the axes stand one after the other.
                columns[axis][row] = matrix[axis * rank + row] * sizes[axis];
            }
        }
        return Placement.ofColumns(columns, Arrays.copyOf(origin, 3), LEFT_BACK_UP, unit, interval);
    }
}

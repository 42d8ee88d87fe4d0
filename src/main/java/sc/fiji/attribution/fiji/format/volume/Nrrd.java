/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.volume;

import ij.ImagePlus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.PackedFile;
import sc.fiji.attribution.fiji.format.Scale;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.UnreadKindException;
import sc.fiji.attribution.fiji.format.VoxelGrid;
import sc.fiji.attribution.fiji.format.VoxelType;

/**
 * NRRD 1 to 5, attached ({@code .nrrd}) or with its data beside it ({@code .nhdr}), raw, gzip or
 * ASCII (<a href="https://teem.sourceforge.net/nrrd/format.html">format</a>). Axes in space become
 * x, y, z; another one becomes channels, or frames where its kind is {@code time}.
 */
public final class Nrrd implements ImageFormat {

    private static final Map<String, VoxelType> TYPES =
            Map.ofEntries(
                    types(VoxelType.INT8, "signed char", "int8", "int8_t"),
                    types(VoxelType.UINT8, "uchar", "unsigned char", "uint8", "uint8_t"),
                    types(
                            VoxelType.INT16,
                            "short",
                            "short int",
                            "signed short",
                            "signed short int",
                            "int16",
                            "int16_t"),
                    types(
                            VoxelType.UINT16,
                            "ushort",
                            "unsigned short",
                            "unsigned short int",
                            "uint16",
                            "uint16_t"),
                    types(VoxelType.INT32, "int", "signed int", "int32", "int32_t"),
                    types(VoxelType.UINT32, "uint", "unsigned int", "uint32", "uint32_t"),
                    types(
                            VoxelType.INT64,
                            "longlong",
                            "long long",
                            "long long int",
                            "signed long long",
                            "signed long long int",
                            "int64",
                            "int64_t"),
                    types(
                            VoxelType.UINT64,
                            "ulonglong",
                            "unsigned long long",
                            "unsigned long long int",
                            "uint64",
                            "uint64_t"),
                    types(VoxelType.FLOAT32, "float"),
                    types(VoxelType.FLOAT64, "double"));

    private static Map.Entry<String, VoxelType> types(VoxelType type, String... names) {
        return Map.entry("|" + String.join("|", names) + "|", type);
    }

    @Override
    public String name() {
        return "NRRD";
    }

    @Override
    public boolean readsPacked() {
        return true;
    }

    @Override
    public boolean recognises(FileHead file) {
        return file.has(0, "NRRD0");
    }

    @Override
    public ImagePlus read(Path file, Series series) {
        series.requireOnly(file);
        return PackedFile.readAll(
                file,
                in -> {
                    Header header = header(file, in);
                    Optional<String> beside = header.text("data file", "datafile");
                    if (beside.isEmpty()) {
                        PackedFile.requireLength(file, smallest(header));
                        return image(header, in, file);
                    }
                    String name = beside.get();
                    if (name.matches("(?i)LIST\\b.*|.*%.*\\s.*")) {
                        throw new UnreadKindException(
                                header + ": is NRRD whose data stand in several files");
                    }
                    Path data = header.beside(name);
                    try (InputStream raw = Files.newInputStream(data)) {
                        PackedFile.requireLength(data, smallest(header));
                        return image(header, new java.io.BufferedInputStream(raw, 1 << 16), data);
                    }
                });
    }

    /** The lines up to the empty one that ends them. */
    private static Header header(Path file, InputStream in) throws IOException {
        Header header = new Header(file);
        header.line(in); // the signature
        for (String line = header.line(in); ; line = header.line(in)) {
            if (line == null && header.text("data file", "datafile").isPresent()) {
                return header;
            }
            if (line == null) {
                throw Header.ends();
            }
            if (line.isEmpty()) {
                return header;
            }
            int colon = line.indexOf(':');
            boolean note = line.startsWith("#") || colon < 0;
            // key:=value is the writer's own; pynrrd has been seen to write byte skip so.
            if (!note) {
                String value = line.substring(colon + 1);
                header.put(
                        line.substring(0, colon),
                        value.startsWith("=") ? value.substring(1) : value);
            }
        }
    }

    /** Bytes that the values take at least; text takes two characters for each. */
    private static double smallest(Header header) {
        VoxelGrid grid = grid(header);
        return encoding(header).startsWith("r") ? grid.bytes() : 0;
    }

    private static String encoding(Header header) {
        return header.required("encoding").toLowerCase(Locale.ROOT);
    }

    private static ImagePlus image(Header header, InputStream in, Path data) throws IOException {
        VoxelGrid grid = grid(header);
        for (int i = header.whole("line skip", header.whole("lineskip", 0)); i > 0; i--) {
            if (header.line(in) == null) {
                throw Header.ends();
            }
        }
        int skip = header.whole("byte skip", header.whole("byteskip", 0));
        ImagePlus image =
                switch (encoding(header)) {
                    case "raw" -> NrrdValues.raw(header, grid, in, skip, data);
                    case "gz", "gzip" -> {
                        InputStream unpacked = new GZIPInputStream(in, 1 << 16);
                        yield NrrdValues.raw(header, grid, unpacked, skip, data);
                    }
                    case "txt", "text", "ascii" ->
                            grid.read(NrrdValues.numbers(header, grid, in), data);
                    default ->
                            throw new UnreadKindException(
                                    header
                                            + ": is NRRD in the encoding "
                                            + Header.shown(encoding(header))
                                            + "; save it raw or with gzip");
                };
        image.setTitle(header.toString());
        NrrdAxes.placement(header, grid).attach(image);
        return image;
    }

    static VoxelGrid grid(Header header) {
        int[] sizes = header.extents("sizes");
        if (sizes.length != header.whole("dimension", sizes.length)) {
            throw header.wrong("dimension");
        }
        String type = header.required("type").toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
        VoxelType stored =
                TYPES.entrySet().stream()
                        .filter(entry -> entry.getKey().contains("|" + type + "|"))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new UnreadKindException(
                                                header
                                                        + ": is NRRD of type "
                                                        + Header.shown(type)
                                                        + "; save it as one of numbers"));
        boolean little = header.text("endian").orElse("little").equalsIgnoreCase("little");
        return new VoxelGrid(
                NrrdAxes.of(header, sizes.length),
                sizes,
                stored,
                little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN,
                Scale.NONE);
    }
}

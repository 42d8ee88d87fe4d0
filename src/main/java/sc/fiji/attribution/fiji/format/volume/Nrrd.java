/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.volume;

import ij.ImagePlus;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringTokenizer;
import java.util.zip.GZIPInputStream;
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
                    case "raw" -> raw(header, grid, in, skip, data);
                    case "gz", "gzip" -> {
                        InputStream unpacked = new GZIPInputStream(in, 1 << 16);
                        yield raw(header, grid, unpacked, skip, data);
                    }
                    case "txt", "text", "ascii" -> grid.read(numbers(header, grid, in), data);
                    default ->
                            throw new UnreadKindException(
                                    header
                                            + ": is NRRD in the encoding "
                                            + Header.shown(encoding(header))
                                            + "; save it raw or with gzip");
                };
        image.setTitle(header.toString());
        placement(header, grid).attach(image);
        return image;
    }

    /** A byte skip of -1 means that the values are the file's last bytes. */
    private static ImagePlus raw(Header header, VoxelGrid grid, InputStream in, int skip, Path data)
            throws IOException {
        grid.requireMemory(header.toString());
        if (skip < -1) {
            throw header.wrong("byte skip");
        }
        if (skip == -1 && in instanceof GZIPInputStream) {
            return grid.read(last(in, (long) grid.bytes()), data);
        }
        in.skipNBytes(skip == -1 ? unread(header, data) - (long) grid.bytes() : skip);
        ImagePlus image = grid.read(in, data);
        // A line may end behind the values; more means that they begin elsewhere.
        if (in.readNBytes(3).length > 2) {
            throw header.damaged(
                    "describes fewer voxels than '"
                            + data.getFileName()
                            + "' holds (its byte skip may be missing)");
        }
        return image;
    }

    private static long unread(Header header, Path data) throws IOException {
        if (data.equals(header.file())) {
            throw header.wrong("byte skip");
        }
        return Files.size(data);
    }

    private static InputStream last(InputStream in, long count) throws IOException {
        byte[] ring = new byte[Math.toIntExact(count)];
        long total = 0;
        byte[] block = new byte[1 << 16];
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            for (int i = 0; i < n; i++) {
                ring[(int) (total++ % count)] = block[i];
            }
        }
        if (total < count) {
            throw new EOFException();
        }
        int start = (int) (total % count);
        byte[] ordered = new byte[ring.length];
        System.arraycopy(ring, start, ordered, 0, ring.length - start);
        System.arraycopy(ring, 0, ordered, ring.length - start, start);
        return new ByteArrayInputStream(ordered);
    }

    /** Values in text, as the bytes that they would be in a raw file. */
    private static InputStream numbers(Header header, VoxelGrid grid, InputStream in)
            throws IOException {
        grid.requireMemory(header.toString());
        PackedFile.requireLength(header.file(), 0);
        byte[] text = in.readAllBytes();
        if (text.length < 2 * (grid.bytes() / grid.type().bytes()) - 1) {
            throw new EOFException();
        }
        ByteBuffer out = ByteBuffer.allocate((int) grid.bytes()).order(grid.order());
        StringTokenizer tokens =
                new StringTokenizer(
                        new String(text, java.nio.charset.StandardCharsets.ISO_8859_1), " ,\t\r\n");
        while (out.hasRemaining()) {
            if (!tokens.hasMoreTokens()) {
                throw new EOFException();
            }
            String token = tokens.nextToken();
            try {
                put(grid.type(), out, Double.parseDouble(token));
            } catch (NumberFormatException e) {
                throw header.damaged("is followed by '" + Header.shown(token) + "'");
            }
        }
        return new ByteArrayInputStream(out.array());
    }

    private static void put(VoxelType type, ByteBuffer out, double value) {
        switch (type.bytes()) {
            case 1 -> out.put((byte) (long) value);
            case 2 -> out.putShort((short) (long) value);
            case 4 -> {
                if (type == VoxelType.FLOAT32) {
                    out.putFloat((float) value);
                } else {
                    out.putInt((int) (long) value);
                }
            }
            default -> {
                if (type == VoxelType.FLOAT64) {
                    out.putDouble(value);
                } else {
                    out.putLong((long) value);
                }
            }
        }
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
                axes(header, sizes.length),
                sizes,
                stored,
                little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN,
                Scale.NONE);
    }

    /** Which of ImageJ's axes each axis is. */
    private static String axes(Header header, int count) {
        List<String> kinds = words(header, "kinds", count);
        List<String> directions = directions(header, count);
        boolean named = directions.stream().anyMatch(each -> !each.isEmpty());
        StringBuilder axes = new StringBuilder();
        String space = "xyz";
        int used = 0;
        for (int axis = 0; axis < count; axis++) {
            String kind = kinds.get(axis).toLowerCase(Locale.ROOT);
            boolean time = kind.equals("time");
            boolean inSpace =
                    named && !directions.get(axis).isEmpty() && !directions.get(axis).equals("none")
                            || !named
                                    && kind.matches("(domain|space|\\?*|none)?")
                                    && used < space.length();
            if (inSpace && used == space.length()) {
                throw header.wrong("space directions");
            }
            axes.append(time ? 't' : inSpace ? space.charAt(used++) : 'c');
        }
        if (axes.indexOf("x") < 0 || axes.chars().distinct().count() < axes.length()) {
            throw new UnreadKindException(
                    header + ": is NRRD with axes of the kinds " + Header.shown("" + kinds));
        }
        return axes.toString();
    }

    private static List<String> words(Header header, String field, int count) {
        Optional<String> text = header.text(field);
        if (text.isEmpty()) {
            return java.util.Collections.nCopies(count, "");
        }
        List<String> words = Arrays.asList(text.get().split("\\s+"));
        if (words.size() != count) {
            throw header.wrong(field);
        }
        return words;
    }

    /** A vector in brackets, or {@code none}, for each axis; empty texts where nothing is said. */
    private static List<String> directions(Header header, int count) {
        Optional<String> text = header.text("space directions");
        if (text.isEmpty()) {
            return java.util.Collections.nCopies(count, "");
        }
        List<String> directions = new ArrayList<>();
        java.util.regex.Matcher each =
                java.util.regex.Pattern.compile("\\([^)]*\\)|none|\\?\\?\\?")
                        .matcher(text.get().toLowerCase(Locale.ROOT));
        while (each.find()) {
            directions.add(each.group().replace("???", "none"));
        }
        if (directions.size() != count) {
            throw header.wrong("space directions");
        }
        return directions;
    }

    private static Placement placement(Header header, VoxelGrid grid) {
        int count = grid.axes().length();
        double[] spacings = new double[count];
        Arrays.fill(spacings, Double.NaN);
        if (header.text("spacings").isPresent()) {
            String text = header.text("spacings").get().replaceAll("(?i)\\bnan\\b|\\?+", "NaN");
            spacings = Arrays.copyOf(header.numbers("spacings", text), count);
        }
        List<String> directions = directions(header, count);
        double[][] columns = new double[3][];
        double[] sizes = {1, 1, 1};
        double interval = 0;
        for (int axis = 0; axis < count; axis++) {
            int place = "xyz".indexOf(grid.axes().charAt(axis));
            if (place >= 0 && directions.get(axis).startsWith("(")) {
                columns[place] = header.numbers("space directions", directions.get(axis));
            }
            if (place >= 0 && spacings[axis] > 0) {
                sizes[place] = spacings[axis];
            } else if (grid.axes().charAt(axis) == 't' && spacings[axis] > 0) {
                interval = spacings[axis];
            }
        }
        String unit = unit(header);
        double[] signs = signs(header.text("space").orElse(""));
        double[] origin =
                header.numbers("space origin", header.text("space origin").orElse("(0,0,0)"));
        boolean known = signs != null && columns[0] != null && origin.length == 3;
        return known
                ? Placement.ofColumns(columns, origin, signs, unit, interval)
                : Placement.ofSizes(lengths(columns, sizes), unit, interval);
    }

    private static double[] lengths(double[][] columns, double[] sizes) {
        double[] lengths = sizes.clone();
        for (int axis = 0; axis < 3; axis++) {
            if (columns[axis] != null) {
                double sum = Arrays.stream(columns[axis]).map(x -> x * x).sum();
                lengths[axis] = sum > 0 ? Math.sqrt(sum) : 1;
            }
        }
        return lengths;
    }

    /** From the file's world to one that grows to the right, the front and upwards. */
    private static double[] signs(String space) {
        String letters =
                switch (space.toLowerCase(Locale.ROOT)) {
                    case "right-anterior-superior", "right-anterior-superior-time" -> "ras";
                    case "left-anterior-superior", "left-anterior-superior-time" -> "las";
                    case "left-posterior-superior", "left-posterior-superior-time" -> "lps";
                    default -> space.toLowerCase(Locale.ROOT);
                };
        if (!letters.matches("[rl][ap][si](t)?")) {
            return null;
        }
        return new double[] {
            letters.charAt(0) == 'r' ? 1 : -1,
            letters.charAt(1) == 'a' ? 1 : -1,
            letters.charAt(2) == 's' ? 1 : -1
        };
    }

    private static String unit(Header header) {
        String text = header.text("space units", "units").orElse("");
        java.util.regex.Matcher first =
                java.util.regex.Pattern.compile("\"([^\"]*)\"").matcher(text);
        return first.find() && !first.group(1).isBlank() ? first.group(1).strip() : "mm";
    }
}

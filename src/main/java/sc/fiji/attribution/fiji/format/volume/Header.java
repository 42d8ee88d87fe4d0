/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.volume;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.ImageException;

/**
 * The fields of a header in text, by name in lower case.
 *
 * @param file for messages, and the folder of the files that it names
 */
record Header(Path file, Map<String, String> fields) {

    /** Headers of strangers' files are of a few hundred bytes. */
    private static final int MAX_BYTES = 1 << 20;

    private static final int SHOWN = 60;

    Header(Path file) {
        this(file, new LinkedHashMap<>());
    }

    /** A line without its end, from a stream that is read byte by byte; null at its end. */
    String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int read = in.read();
        if (read < 0) {
            return null;
        }
        for (; read >= 0 && read != '\n'; read = in.read()) {
            line.append((char) read);
            if (line.length() > MAX_BYTES) {
                throw damaged("has a line of more than a million characters");
            }
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : "" + line;
    }

    void put(String name, String value) {
        if (fields.size() > 1000) {
            throw damaged("has more than a thousand fields");
        }
        fields.put(name.strip().toLowerCase(Locale.ROOT), value.strip());
    }

    Optional<String> text(String... names) {
        return Arrays.stream(names).map(fields::get).filter(v -> v != null).findFirst();
    }

    String required(String name) {
        return text(name).orElseThrow(() -> damaged("has no field '" + name + "'"));
    }

    /** Whole numbers, each at least 1. */
    int[] extents(String name) {
        double[] numbers = numbers(name, required(name));
        int[] extents = new int[numbers.length];
        for (int i = 0; i < extents.length; i++) {
            if (!(numbers[i] >= 1) || numbers[i] > Integer.MAX_VALUE || numbers[i] % 1 != 0) {
                throw wrong(name);
            }
            extents[i] = (int) numbers[i];
        }
        return extents;
    }

    int whole(String name, int otherwise) {
        double[] number = numbers(name, text(name).orElse(Integer.toString(otherwise)));
        if (number.length != 1 || number[0] != (int) number[0]) {
            throw wrong(name);
        }
        return (int) number[0];
    }

    /** All numbers of a text, whatever stands between them. */
    double[] numbers(String name, String text) {
        String bare = text.replaceAll("[(),\\s]+", " ").strip();
        if (bare.isEmpty()) {
            return new double[0];
        }
        try {
            return Arrays.stream(bare.split(" ")).mapToDouble(Double::parseDouble).toArray();
        } catch (NumberFormatException e) {
            throw wrong(name);
        }
    }

    /**
     * A file that the header names, which lies beside it or below.
     *
     * @throws ImageException where the name leads elsewhere
     */
    Path beside(String name) {
        try {
            Path folder = file.toAbsolutePath().getParent().normalize();
            Path named = folder.resolve(name).normalize();
            if (!name.isBlank() && named.startsWith(folder) && !named.equals(folder)) {
                return named;
            }
        } catch (InvalidPathException e) {
            // Refused like the others.
        }
        throw new ImageException(
                this
                        + ": names the data file '"
                        + shown(name)
                        + "'; one in its own folder was expected, move it there");
    }

    ImageException wrong(String field) {
        return damaged(field + " is '" + shown(text(field).orElse("")) + "'");
    }

    ImageException damaged(String problem) {
        return new ImageException(this + ": the header " + problem + "; it is damaged or odd");
    }

    /** What the file ends in before its voxels do. */
    static EOFException ends() {
        return new EOFException();
    }

    static String shown(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > SHOWN ? clean.substring(0, SHOWN) + "…" : clean;
    }

    static Header ofBytes(Path file, byte[] bytes, String separator) {
        Header header = new Header(file);
        for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\\R")) {
            int at = line.indexOf(separator);
            if (at > 0) {
                header.put(line.substring(0, at), line.substring(at + separator.length()));
            }
        }
        return header;
    }

    @Override
    public String toString() {
        return String.valueOf(file.getFileName());
    }
}

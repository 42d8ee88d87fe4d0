/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.dicom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.ImageException;

/**
 * The attributes of a file, or of an item of a sequence in it, without long values.
 *
 * @param file for messages
 * @param order of the bytes of binary values
 */
record DataSet(
        Path file,
        ByteOrder order,
        Map<Integer, byte[]> values,
        Map<Integer, List<DataSet>> sequences,
        Map<Integer, Extent> pixels) {

    /**
     * Where pixels lie in the file.
     *
     * @param length in bytes; -1 for fragments up to a delimiter
     */
    record Extent(long offset, long length) {}

    DataSet(Path file, ByteOrder order) {
        this(file, order, new HashMap<>(), new HashMap<>(), new HashMap<>());
    }

    Optional<String> text(int tag) {
        byte[] value = values.get(tag);
        if (value == null) {
            return Optional.empty();
        }
        String text = new String(value, StandardCharsets.ISO_8859_1).replace('\0', ' ').strip();
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** A binary number of two bytes, or four. */
    Optional<Integer> whole(int tag) {
        byte[] value = values.get(tag);
        if (value == null || value.length < 2) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(value).order(order);
        return Optional.of(value.length >= 4 ? in.getInt() : in.getShort() & 0xffff);
    }

    int required(int tag, String name) {
        return whole(tag).orElseThrow(() -> damaged("has no " + name + " " + Tag.text(tag)));
    }

    /** Numbers in text, separated by backslashes; empty where there are none. */
    double[] numbers(int tag) {
        Optional<String> text = text(tag);
        if (text.isEmpty()) {
            return new double[0];
        }
        try {
            double[] numbers =
                    Arrays.stream(text.get().split("\\\\"))
                            .mapToDouble(part -> Double.parseDouble(part.strip()))
                            .toArray();
            if (Arrays.stream(numbers).allMatch(Double::isFinite)) {
                return numbers;
            }
        } catch (NumberFormatException e) {
            // Refused below, as other texts that are no numbers.
        }
        throw damaged("says '" + clean(text.get()) + "' in " + Tag.text(tag));
    }

    Optional<Double> number(int tag) {
        double[] numbers = numbers(tag);
        return numbers.length == 0 ? Optional.empty() : Optional.of(numbers[0]);
    }

    List<DataSet> items(int tag) {
        return sequences.getOrDefault(tag, new ArrayList<>());
    }

    /** The one item of a sequence, such as a functional group. */
    Optional<DataSet> item(int tag) {
        return items(tag).stream().findFirst();
    }

    ImageException damaged(String problem) {
        return new ImageException(
                "DICOM file '" + file + "' is damaged: it " + problem + "; export it again.");
    }

    static String clean(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > 60 ? clean.substring(0, 60) + "…" : clean;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Axes;

/**
 * An input or output of a bioimage.io description.
 *
 * @param yaml where it stands
 * @param axes a letter for each axis: b, c, z, y, x, t (time), i (index)
 * @param sizes allowed extents, of those axes for which any are said
 * @param range of the values
 * @param labels names along the channel or index axis; empty where there are none
 */
record BioimageTensor(
        YamlSection yaml,
        String axes,
        List<AllowedSize> sizes,
        DataRange range,
        List<String> labels) {

    /** Ids of axes in format 0.5. */
    private static final Map<String, String> LETTERS =
            Map.of("batch", "b", "channel", "c", "time", "t", "index", "i");

    /** A step of pre- or post-processing. */
    public record Step(String id, YamlSection kwargs) {}

    /**
     * @param version of the format: 0.5 and later write axes as a list of mappings
     */
    static BioimageTensor read(YamlSection yaml, String version) {
        yaml.ignore("name", "id", "description", "data_type", "halo", "sample_tensor", "optional");
        return version.startsWith("0.5") ? mappings(yaml) : letters(yaml);
    }

    /** Format 0.4: {@code axes: byxc}, {@code shape: [1, 64, 64, 3]} or minimum and step. */
    private static BioimageTensor letters(YamlSection yaml) {
        String axes = yaml.text("axes").orElseThrow(() -> yaml.refuse("axes", "they are missing"));
        List<AllowedSize> sizes = new ArrayList<>();
        if (yaml.isSection("shape")) {
            YamlSection shape = yaml.section("shape").orElseThrow();
            shape.ignore("reference_tensor", "reference_input", "scale", "offset");
            if (shape.has("min")) {
                List<Double> min = extents(shape, "min", axes);
                List<Double> step = extents(shape, "step", axes);
                for (int i = 0; i < axes.length(); i++) {
                    add(sizes, shape, axes.charAt(i), min.get(i), step.get(i));
                }
            }
        } else if (yaml.has("shape")) {
            List<Double> shape = extents(yaml, "shape", axes);
            for (int i = 0; i < axes.length(); i++) {
                add(sizes, yaml, axes.charAt(i), shape.get(i), 0);
            }
        }
        return new BioimageTensor(yaml, axes, sizes, range(yaml, "data_range"), List.of());
    }

    private static List<Double> extents(YamlSection yaml, String key, String axes) {
        List<Double> extents = yaml.numbers(key);
        if (extents.size() != axes.length()) {
            throw yaml.refuse(key, extents + " and the axes '" + axes + "' differ in number");
        }
        return extents;
    }

    /** Format 0.5: each axis a mapping. */
    private static BioimageTensor mappings(YamlSection yaml) {
        StringBuilder axes = new StringBuilder();
        List<AllowedSize> sizes = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (YamlSection axis : yaml.sections("axes")) {
            axis.ignore("description", "unit", "scale", "halo", "concatenable");
            String type = axis.text("type").orElse("space");
            String id = axis.text("id").orElse(type.equals("space") ? "x" : type);
            String letter = LETTERS.getOrDefault(type, id);
            if (letter.length() != 1) {
                throw axis.refuse("id", "'" + id + "' is not one of x, y, z");
            }
            axes.append(letter);
            List<Object> names = axis.values("channel_names");
            names.forEach(name -> labels.add(String.valueOf(name)));
            if (!names.isEmpty()) {
                sizes.add(new AllowedSize(letter.charAt(0), names.size(), 0));
            } else if (axis.isSection("size")) {
                YamlSection size = axis.section("size").orElseThrow();
                // A reference to another tensor's axis says nothing about an input.
                size.ignore("tensor_id", "axis_id", "offset", "max");
                if (size.has("min") && size.has("step")) {
                    double min = size.number("min").orElseThrow();
                    add(sizes, size, letter.charAt(0), min, size.number("step").orElseThrow());
                }
                size.ignore("min", "step");
            } else if (axis.has("size")) {
                add(sizes, axis, letter.charAt(0), axis.number("size").orElseThrow(), 0);
            }
        }
        if (axes.isEmpty()) {
            throw yaml.refuse("axes", "they are missing");
        }
        DataRange range = DataRange.ANY;
        if (yaml.isSection("data")) {
            YamlSection data = yaml.section("data").orElseThrow();
            data.ignore("type", "unit", "scale", "offset");
            range = range(data, "range");
            List<Object> values = data.values("values");
            boolean names = values.stream().allMatch(String.class::isInstance);
            if (!values.isEmpty() && names && generic(labels)) {
                labels.clear();
                values.forEach(value -> labels.add((String) value));
            }
        } else {
            yaml.ignore("data");
        }
        return new BioimageTensor(
                yaml, axes.toString(), sizes, range, generic(labels) ? List.of() : labels);
    }

    /** Whether the names are those that the format's own tools make up. */
    private static boolean generic(List<String> labels) {
        return labels.stream().allMatch(label -> label.matches("channel_?\\d*"));
    }

    private static void add(
            List<AllowedSize> sizes, YamlSection yaml, char axis, double min, double step) {
        if (min < 0 || axis == 'b') {
            return; // any fits; the batch is up to us
        }
        if (min < 1 || min != (int) min || step < 0 || step != (int) step) {
            throw yaml.refuse(
                    "" + axis, "size " + min + ", step " + step + " is not a whole number from 1");
        }
        sizes.add(new AllowedSize(axis, (int) min, (int) step));
    }

    private static DataRange range(YamlSection yaml, String key) {
        List<Object> ends = yaml.values(key);
        if (ends.isEmpty()) {
            return DataRange.ANY;
        }
        if (ends.size() != 2) {
            throw yaml.refuse(key, "two numbers were expected, not " + ends);
        }
        // An end that is left open is null in format 0.5.
        double min = ends.get(0) == null ? DataRange.ANY.min() : yaml.number(key, ends.get(0));
        double max = ends.get(1) == null ? DataRange.ANY.max() : yaml.number(key, ends.get(1));
        return new DataRange(min, max);
    }

    /** The axes of an input that can be run. */
    Axes inputAxes() {
        try {
            return new Axes(axes);
        } catch (IllegalArgumentException e) {
            throw yaml.refuse("axes", e.getMessage());
        }
    }

    /** Whether it has no axes in space or time, as class scores have none. */
    boolean isVector() {
        return axes.matches("[bci]*");
    }

    /** Number of class scores, -1 where it is not said or they are none. */
    int classes() {
        if (!isVector()) {
            return -1;
        }
        return sizes.stream()
                .filter(size -> size.fixed() && size.axis() != 'b')
                .mapToInt(AllowedSize::min)
                .findFirst()
                .orElse(-1);
    }

    @Override
    public List<String> labels() {
        return isVector() ? labels : List.of();
    }

    /** The steps under {@code preprocessing} or {@code postprocessing}. */
    List<Step> steps(String key) {
        List<Step> steps = new ArrayList<>();
        for (YamlSection step : yaml.sections(key)) {
            String id =
                    step.text(step.has("id") ? "id" : "name")
                            .orElseThrow(() -> yaml.refuse(key, "a step has no id"));
            steps.add(new Step(id, step.section("kwargs").orElse(step.nothing("kwargs"))));
        }
        return steps;
    }

    /** The test array: in the tensor itself (0.5), or in a list beside the tensors (0.4). */
    Optional<TestCase.Array> test(YamlSection model, String key, int position) {
        Path description = yaml.file();
        Optional<YamlSection> own = yaml.section("test_tensor");
        List<Object> files = model.values(key);
        if (own.isPresent()) {
            YamlSection file = own.get();
            return file.text("source")
                    .map(s -> new TestCase.Array(description, s, file.text("sha256").orElse("")));
        }
        return position < files.size()
                ? Optional.of(new TestCase.Array(description, "" + files.get(position), ""))
                : Optional.empty();
    }
}

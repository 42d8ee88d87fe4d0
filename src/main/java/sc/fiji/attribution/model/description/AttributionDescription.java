/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.model.preprocessing.Preprocessing;

/**
 * Reads our own minimal format, {@code attribution.yaml}; every key may be left out.
 *
 * <pre>{@code
 * name: Lesions or healthy
 * model: saved_model            # folder or zip beside this file; else this folder
 * sha256: 5f1c…                 # of the zip
 * axes: bzyxc
 * sizes: {z: 48, y: {min: 32, step: 16}, x: {min: 32, step: 16}, c: 3}
 * range: [0, 1]
 * channels: [T1, FLAIR, mask]   # their names, in the order of the training
 * orientation: RAS              # where x, y and z grow to: R or L, A or P, S or I
 * preprocessing:
 *   - zero_mean_unit_variance: {axes: zyx}
 *   - clip: {min: -3, max: 3}
 * labels: [healthy, lesions]
 * head: classes                 # or regression, or map; else what the network shows
 * outputs:                      # names and units of numbers, instead of labels
 *   - {name: age, unit: years}
 * tests:
 *   - {input: input.npy, output: output.npy}
 * }</pre>
 */
final class AttributionDescription implements DescriptionFormat {

    private static final String FORMAT = "Attribution for Fiji";

    /** A letter of each pair, in any order. */
    private static final Pattern ORIENTATION =
            Pattern.compile("(?=.*[RL])(?=.*[AP])(?=.*[SI])[RLAPSI]{3}");

    @Override
    public Optional<ModelDescription> read(YamlSection yaml) {
        String name = yaml.file().getFileName().toString();
        if (!name.matches(".*attribution\\.ya?ml")) {
            return Optional.empty();
        }
        List<String> warnings = new ArrayList<>();
        Optional<Axes> axes = yaml.text("axes").map(text -> axes(yaml, text));
        DataRange range = range(yaml);
        ModelDescription.Input input =
                new ModelDescription.Input(
                        axes,
                        sizes(yaml, axes),
                        range,
                        preprocessing(yaml, axes, warnings),
                        yaml.values("channels").stream().map(String::valueOf).toList(),
                        orientation(yaml));
        ModelDescription.Output output = output(yaml);
        List<ModelDescription.Weights> weights = new ArrayList<>();
        String sha256 = yaml.text("sha256").orElse("");
        yaml.text("model")
                .ifPresent(model -> weights.add(new ModelDescription.Weights("", model, sha256)));
        List<TestCase> tests = tests(yaml, input, output);
        String title = yaml.text("name").orElse("");
        warnings.addAll(yaml.unknown());
        return Optional.of(
                new ModelDescription(
                        Optional.of(yaml.file()),
                        FORMAT,
                        title,
                        input,
                        output,
                        weights,
                        tests,
                        warnings));
    }

    private static ModelDescription.Output output(YamlSection yaml) {
        List<String> labels =
                new ArrayList<>(yaml.values("labels").stream().map(String::valueOf).toList());
        List<String> units = new ArrayList<>();
        for (YamlSection each : yaml.sections("outputs")) {
            if (units.isEmpty() && !labels.isEmpty()) {
                throw yaml.refuse("outputs", "labels name the outputs already");
            }
            labels.add(each.text("name").orElseThrow(() -> each.refuse("name", "it is missing")));
            units.add(each.text("unit").orElse(""));
        }
        HeadKind head = head(yaml);
        if (head == HeadKind.UNSAID && units.stream().anyMatch(unit -> !unit.isEmpty())) {
            head = HeadKind.REGRESSION; // classes have no unit
        }
        return new ModelDescription.Output(
                head, labels.isEmpty() ? -1 : labels.size(), labels, units, List.of());
    }

    private static HeadKind head(YamlSection yaml) {
        try {
            return HeadKind.named(yaml.text("head").orElse(""));
        } catch (OptionException e) {
            throw yaml.refuse("head", "classes, regression or map was expected");
        }
    }

    private static Axes axes(YamlSection yaml, String text) {
        try {
            return new Axes(text);
        } catch (IllegalArgumentException e) {
            throw yaml.refuse("axes", e.getMessage());
        }
    }

    private static DataRange range(YamlSection yaml) {
        List<Double> ends = yaml.numbers("range");
        if (ends.isEmpty()) {
            return DataRange.ANY;
        }
        if (ends.size() != 2 || !(ends.get(0) < ends.get(1))) {
            throw yaml.refuse("range", "two numbers, the smaller first, were expected: [0, 1]");
        }
        return new DataRange(ends.get(0), ends.get(1));
    }

    private static Optional<String> orientation(YamlSection yaml) {
        Optional<String> text = yaml.text("orientation").map(t -> t.toUpperCase(Locale.ROOT));
        text.filter(t -> !ORIENTATION.matcher(t).matches())
                .ifPresent(
                        t -> {
                            throw yaml.refuse(
                                    "orientation",
                                    "where x, y and z grow to was expected: R or L, A or P, and S"
                                            + " or I, such as RAS");
                        });
        return text;
    }

    private static List<AllowedSize> sizes(YamlSection yaml, Optional<Axes> axes) {
        List<AllowedSize> sizes = new ArrayList<>();
        int channels = yaml.values("channels").size();
        if (channels > 0) {
            sizes.add(new AllowedSize('c', channels, 0));
        }
        Optional<YamlSection> section = yaml.section("sizes");
        for (String axis : section.map(s -> List.copyOf(s.keys())).orElse(List.of())) {
            YamlSection all = section.orElseThrow();
            boolean known = axes.isPresent() ? axes.get().order().contains(axis) : true;
            if (axis.length() != 1 || !Preprocessing.ALL.contains(axis) || !known) {
                throw all.refuse(axis, "the input has no such axis to give a size for");
            }
            double min;
            double step = 0;
            if (all.isSection(axis)) {
                YamlSection size = all.section(axis).orElseThrow();
                min = size.number("min").orElse(1);
                step = size.number("step").orElse(1);
            } else {
                min = all.number(axis).orElse(0);
            }
            if (min < 1 || min != (int) min || step < 0 || step != (int) step) {
                throw all.refuse(
                        axis, "a whole number from 1, or {min: 32, step: 16} was expected");
            }
            sizes.add(new AllowedSize(axis.charAt(0), (int) min, (int) step));
        }
        return sizes;
    }

    private static List<Preprocessing> preprocessing(
            YamlSection yaml, Optional<Axes> axes, List<String> warnings) {
        PreprocessingReader reader =
                new PreprocessingReader(axes.orElse(new Axes(Preprocessing.ALL)), warnings);
        List<Preprocessing> steps = new ArrayList<>();
        for (Object each : yaml.values("preprocessing")) {
            if (each instanceof Map<?, ?> map && map.size() == 1) {
                YamlSection step = yaml.child("preprocessing", map);
                String id = step.keys().iterator().next();
                steps.add(reader.read(step, id, step.section(id).orElse(step.nothing(id))));
            } else if (each instanceof String id) {
                steps.add(reader.read(yaml, id, yaml.nothing(id)));
            } else {
                throw yaml.refuse(
                        "preprocessing", "a list of steps was expected: - clip: {min: 0, max: 1}");
            }
        }
        return steps;
    }

    private static List<TestCase> tests(
            YamlSection yaml, ModelDescription.Input input, ModelDescription.Output output) {
        Path description = yaml.file();
        List<TestCase> tests = new ArrayList<>();
        for (YamlSection test : yaml.sections("tests")) {
            String given =
                    test.text("input").orElseThrow(() -> test.refuse("input", "it is missing"));
            String expected =
                    test.text("output").orElseThrow(() -> test.refuse("output", "it is missing"));
            tests.add(
                    new TestCase(
                            new TestCase.Array(description, given, ""),
                            new TestCase.Array(description, expected, ""),
                            input,
                            output));
        }
        return tests;
    }
}

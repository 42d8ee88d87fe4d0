/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.preprocessing.Preprocessing;

/**
 * Reads bioimage.io's {@code rdf.yaml} of the formats 0.4 and 0.5, and 0.3 as what became 0.4.
 * Pre-processing by macros or scripts is not run, since it is a stranger's program.
 */
final class BioimageDescription implements DescriptionFormat {

    private static final Pattern VERSION = Pattern.compile("(0\\.[345])(\\.\\d+)*");

    /** Keys that say nothing about how the network is to be run. */
    private static final String[] METADATA = {
        "attachments", "authors", "badges", "cite", "covers", "dependencies", "description",
        "documentation", "download_url", "framework", "git_repo", "icon", "id", "id_emoji",
        "implemented_by", "language", "license", "links", "maintainers", "nickname", "packaged_by",
        "parent", "rdf_source", "run_mode", "sample_inputs", "sample_outputs", "source", "tags",
        "timestamp", "training_data", "uploader", "version", "version_comment", "version_number"
    };

    @Override
    public Optional<ModelDescription> read(YamlSection yaml) {
        if (!yaml.has("format_version")) {
            return Optional.empty();
        }
        String type = yaml.text("type").orElse("nothing");
        if (!type.equals("model")) {
            throw yaml.refuse("type", "it describes a " + type + ", not a model");
        }
        String version = yaml.text("format_version").orElse("");
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.matches()) {
            throw yaml.refuse(
                    "format_version",
                    "format " + version + " is not known; save the description as 0.4 or 0.5");
        }
        List<String> warnings = new ArrayList<>();
        String name = "'" + yaml.file().getFileName() + "'";
        if (matcher.group(1).equals("0.3")) {
            warnings.add(
                    "Model description "
                            + name
                            + " is of format "
                            + version
                            + ", and is read as its successor 0.4.");
        }
        yaml.ignore(METADATA);
        return Optional.of(model(yaml, version, warnings));
    }

    private static ModelDescription model(YamlSection yaml, String version, List<String> warnings) {
        List<BioimageTensor> inputs = tensors(yaml, "inputs", version);
        List<BioimageTensor> outputs = tensors(yaml, "outputs", version);
        int image = image(yaml, inputs);
        int scores = scores(outputs);
        BioimageTensor input = inputs.get(image);
        Axes axes = input.inputAxes();
        PreprocessingReader steps = new PreprocessingReader(axes, warnings);
        List<Preprocessing> preprocessing = new ArrayList<>();
        for (BioimageTensor.Step step : input.steps("preprocessing")) {
            preprocessing.add(steps.read(input.yaml(), step.id(), step.kwargs()));
        }
        warnAboutMacros(yaml, warnings);
        ModelDescription result =
                new ModelDescription(
                        Optional.of(yaml.file()),
                        "bioimage.io " + version,
                        yaml.text("name").orElse(""),
                        new ModelDescription.Input(
                                Optional.of(axes),
                                input.sizes(),
                                input.range(),
                                preprocessing,
                                input.labels(),
                                Optional.empty()),
                        outputs.isEmpty()
                                ? ModelDescription.Output.ANY
                                : output(outputs.get(scores), warnings),
                        weights(yaml),
                        List.of(),
                        List.of());
        List<TestCase> tests = new ArrayList<>();
        Optional<TestCase.Array> given = input.test(yaml, "test_inputs", image);
        Optional<TestCase.Array> expected =
                outputs.isEmpty()
                        ? Optional.empty()
                        : outputs.get(scores).test(yaml, "test_outputs", scores);
        if (given.isPresent() && expected.isPresent()) {
            tests.add(new TestCase(given.get(), expected.get(), result.input(), result.output()));
        }
        warnings.addAll(yaml.unknown());
        return new ModelDescription(
                result.file(),
                result.format(),
                result.name(),
                result.input(),
                result.output(),
                result.weights(),
                tests,
                warnings);
    }

    private static List<BioimageTensor> tensors(YamlSection yaml, String key, String version) {
        List<BioimageTensor> tensors = new ArrayList<>();
        for (YamlSection tensor : yaml.sections(key)) {
            tensors.add(BioimageTensor.read(tensor, version));
        }
        return tensors;
    }

    private static int image(YamlSection yaml, List<BioimageTensor> inputs) {
        int image = -1;
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).axes().matches(".*[zyx].*")) {
                if (image >= 0) {
                    throw yaml.refuse(
                            "inputs",
                            "the model takes several images at once, and only one can be given");
                }
                image = i;
            }
        }
        if (image < 0) {
            throw yaml.refuse("inputs", "an input with axes in space was expected (axes: byxc)");
        }
        return image;
    }

    /** The first output that has no axes in space, else the first one. */
    private static int scores(List<BioimageTensor> outputs) {
        for (int i = 0; i < outputs.size(); i++) {
            if (outputs.get(i).isVector()) {
                return i;
            }
        }
        return 0;
    }

    private static ModelDescription.Output output(BioimageTensor tensor, List<String> warnings) {
        List<Preprocessing> steps = new ArrayList<>();
        for (BioimageTensor.Step step : tensor.steps("postprocessing")) {
            try {
                // Scores have no axes but that of the classes.
                steps.add(
                        new PreprocessingReader(Axes.ROWS, warnings)
                                .read(tensor.yaml(), step.id(), step.kwargs()));
            } catch (ModelException e) {
                warnings.add(
                        "Model description '"
                                + tensor.yaml().file().getFileName()
                                + "': its post-processing "
                                + step.id()
                                + " is not applied, which matters to its test outputs only.");
            }
        }
        return new ModelDescription.Output(
                HeadKind.UNSAID, tensor.classes(), tensor.labels(), List.of(), steps);
    }

    private static List<ModelDescription.Weights> weights(YamlSection yaml) {
        List<ModelDescription.Weights> weights = new ArrayList<>();
        Optional<YamlSection> formats = yaml.section("weights");
        if (formats.isPresent()) {
            for (String format : formats.get().keys()) {
                YamlSection each = formats.get().section(format).orElse(yaml.nothing(format));
                each.ignore(each.keys().toArray(new String[0]));
                weights.add(
                        new ModelDescription.Weights(
                                format,
                                each.text("source").orElse(""),
                                each.text("sha256").orElse("")));
            }
        }
        return weights;
    }

    /** deepImageJ lets a description name macros that prepare the image. */
    private static void warnAboutMacros(YamlSection yaml, List<String> warnings) {
        Optional<YamlSection> config = yaml.section("config");
        config.ifPresent(section -> section.ignore(section.keys().toArray(new String[0])));
        if (config.isEmpty() || !config.get().isSection("deepimagej")) {
            return;
        }
        YamlSection deepimagej = config.get().section("deepimagej").orElseThrow();
        deepimagej.ignore(deepimagej.keys().toArray(new String[0]));
        if (!deepimagej.isSection("prediction")) {
            return;
        }
        YamlSection prediction = deepimagej.section("prediction").orElseThrow();
        prediction.ignore(prediction.keys().toArray(new String[0]));
        for (YamlSection step : prediction.sections("preprocess")) {
            step.ignore(step.keys().toArray(new String[0]));
            List<Object> macros = step.values("kwargs");
            if (!macros.isEmpty()) {
                Path file = yaml.file().getFileName();
                warnings.add(
                        "Model description '"
                                + file
                                + "' prepares images with the macro "
                                + macros.get(0)
                                + ", which is not run: read it, and run it on the image first if"
                                + " the steps in the description do not say the same.");
            }
        }
    }
}

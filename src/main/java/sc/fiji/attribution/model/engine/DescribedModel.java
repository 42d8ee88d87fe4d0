/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.archive.PackageFiles;
import sc.fiji.attribution.model.description.AllowedSize;
import sc.fiji.attribution.model.description.ModelDescription;

/**
 * Brings together what a description says of a model and what the model's own file says. Where they
 * contradict each other, neither is believed.
 *
 * @param description what the description says
 * @param options what the caller says, who is right where he differs
 */
record DescribedModel(ModelDescription description, ModelOptions options) {

    /** The caller's options, filled up from the description. */
    public ModelOptions optionsForEngine(Path model) {
        String axes = options.axes();
        if (axes.isEmpty()) {
            axes = description.input().axes().map(Object::toString).orElse("");
        }
        List<String> labels = options.labels();
        if (labels.isEmpty()) {
            labels = description.output().labels();
        }
        if (labels.isEmpty() && !Files.exists(model.resolve("labels.txt"))) {
            labels = labelsBesideDescription();
        }
        HeadKind head = options.head();
        if (head == HeadKind.UNSAID) {
            head = description.output().head();
        }
        return options.withAxes(axes).withLabels(labels).withHead(head);
    }

    /** A package keeps {@code labels.txt} beside its description, not among the weights. */
    private List<String> labelsBesideDescription() {
        Path file = description.file().map(f -> f.resolveSibling("labels.txt")).orElse(null);
        if (file == null || !Files.isRegularFile(file)) {
            return List.of();
        }
        PackageFiles.requireInside(file.toAbsolutePath().getParent(), file);
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (MalformedInputException e) {
            throw new ModelException(
                    "'" + file + "' cannot be read: expected one class name per line, in UTF-8.",
                    e);
        } catch (IOException e) {
            throw new ModelException("'" + file + "' cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /**
     * What a failure of the engine means where the wrong option came from the description.
     *
     * @return the failure itself where it did not
     */
    public RuntimeException explain(RuntimeException failure) {
        boolean ours =
                failure instanceof OptionException wrong
                        && !wrong.key().isEmpty()
                        && !options.toMap().containsKey(wrong.key());
        return ours && described()
                ? new ModelException(
                        "Description and model contradict each other, "
                                + file()
                                + " says "
                                + failure.getMessage().replaceFirst("\\.$", "")
                                + ": correct the description.",
                        failure)
                : failure;
    }

    private boolean described() {
        return description.file().isPresent();
    }

    private String file() {
        return "'" + description.file().orElseThrow().getFileName() + "'";
    }

    /**
     * The model's specification with what the description adds.
     *
     * @param name what the user named
     * @throws ModelException where description and model differ in a size or the number of classes
     */
    public ModelSpec complete(ModelSpec spec, String name) {
        int[] shape = spec.shape().clone();
        for (AllowedSize size : description.input().sizes()) {
            int position = spec.axes().indexOf(size.axis());
            int extent = position < 0 ? 1 : shape[position];
            if (extent >= 0 && !size.allows(extent)) {
                throw contradiction(
                        "the extent " + size + " of the input",
                        spec.axes() + " " + Arrays.toString(spec.shape()));
            }
            if (extent < 0 && size.fixed()) {
                shape[position] = size.min();
            }
        }
        int classes = description.output().classes();
        boolean single = spec.head() == Head.BINARY_SIGMOID && classes == 1;
        if (classes >= 0 && classes != spec.classes() && !single) {
            throw contradiction(classes + " classes", spec.classes() + " classes");
        }
        return new ModelSpec(
                name,
                spec.sha256(),
                spec.axes(),
                shape,
                spec.head(),
                spec.labels(),
                description.withWarnings(spec.description().warnings()),
                options,
                spec.map(),
                spec.parts());
    }

    private ModelException contradiction(String described, String found) {
        return new ModelException(
                "Description and model contradict each other, "
                        + file()
                        + " says "
                        + described
                        + ", the model has "
                        + found
                        + ": correct "
                        + (options.axes().isEmpty() ? "" : "axes= or ")
                        + "the description.");
    }
}

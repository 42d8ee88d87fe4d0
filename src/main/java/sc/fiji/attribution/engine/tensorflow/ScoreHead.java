/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.text.Printable;
import sc.fiji.attribution.graph.AugmentedModel;
import sc.fiji.attribution.graph.head.Closing;
import sc.fiji.attribution.importer.Imported;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.archive.PackageFiles;

/**
 * What a network's scores are, and what they are called. A closing activation decides; where there
 * is none, names of classes do, or that there is one score only; else what the caller or a
 * description says. Nothing is called a class that nobody called so and no activation closes.
 *
 * @param labels a name for each class, or number
 * @param warnings what could not be decided, one line each
 */
record ScoreHead(Head head, List<String> labels, List<String> warnings) {

    /** Outputs of a model; one that states more is damaged. */
    private static final int MOST = 1 << 20;

    /** Names of outputs that exporters make up, and those that say only that it is an output. */
    private static final Pattern NOTHING_SAID =
            Pattern.compile(
                    "(?i)(.*(output|dense|identity|call|tensor|linear|add|logit|score|pred|gemm"
                            + "|matmul|activation|reshape|flatten|result|lambda).*|out|main|y|.)"
                            + "[\\d_:]*|\\d+");

    private static final String LABELS = "labels.txt";

    private static final String OUTPUT = "output";

    /** Characters of a name. */
    private static final int LONGEST = 1000;

    /**
     * @param names that the scores were given, perhaps none
     * @param source who gave them, for messages
     */
    private record Names(List<String> names, String source) {}

    /**
     * @param model its file or folder; {@code labels.txt} in it, or beside it, may name the classes
     * @throws ModelException where the number of scores is not known
     * @throws OptionException where there are more or fewer names than scores
     */
    static ScoreHead of(
            Path model, AugmentedModel augmented, Imported imported, ModelOptions options) {
        Names said = names(model, imported, options);
        requireShort(model, said.names());
        AugmentedModel.Scores end = augmented.head();
        int outputs = end.classes() > 0 ? end.classes() : -1;
        if (options.head() == HeadKind.MAP && end.map().isEmpty()) {
            throw new OptionException(
                    "head",
                    "head=map: the model's output is a vector, one score for the whole image; leave"
                            + " head out, or name the output that is a map (scores=…).");
        }
        Head head = head(end.closing(), outputs, said.names().size(), options.head());
        if (outputs < 0 && said.names().isEmpty()) {
            throw new ModelException(
                    "Model '"
                            + model
                            + "' does not say how many classes it has: name them"
                            + " (labels=healthy,lesions).");
        }
        if (outputs > MOST) {
            throw new ModelException(
                    "Model '"
                            + model
                            + "' says that it has "
                            + outputs
                            + " outputs: name the one"
                            + " with the scores (scores=…), or export it again.");
        }
        int scores = outputs < 0 ? said.names().size() : head.classes(outputs);
        if (!said.names().isEmpty() && said.names().size() != scores) {
            throw new OptionException(
                    options.labels().isEmpty() ? "" : "labels",
                    String.format(
                            Locale.ROOT,
                            "%s names %d %s, but the model has %d.",
                            Printable.line(said.source(), LONGEST),
                            said.names().size(),
                            head.isNumbers() ? "outputs" : "classes",
                            scores));
        }
        List<String> labels =
                said.names().isEmpty() ? unnamed(head, scores, end.output()) : said.names();
        boolean told =
                options.head().isDecided()
                        || !said.names().isEmpty()
                        || end.closing() == Closing.NUMBER;
        return new ScoreHead(
                head,
                labels,
                head.isNumbers() && !told ? List.of(undecided(model, labels)) : List.of());
    }

    /** Names stand in messages, tables and the properties of maps. */
    private static void requireShort(Path model, List<String> names) {
        for (String name : names) {
            if (name.length() > LONGEST) {
                throw new OptionException(
                        "labels",
                        String.format(
                                Locale.ROOT,
                                "'%s' of model '%s' is a name of %d characters; at most %d are"
                                        + " taken.",
                                Printable.line(name, 20),
                                model,
                                name.length(),
                                LONGEST));
            }
        }
    }

    private static Head head(Closing closing, int outputs, int names, HeadKind said) {
        boolean single = outputs == 1;
        if (said == HeadKind.REGRESSION) {
            return Head.NUMBERS;
        }
        boolean classes = said == HeadKind.CLASSES || names > 1;
        return switch (closing) {
            case SOFTMAX -> Head.SOFTMAX;
            case SIGMOID -> single ? Head.BINARY_SIGMOID : Head.SIGMOID;
            case PROBABILITY -> single ? Head.BINARY_LOG_ODDS : Head.LOG_ODDS;
            case NUMBER, NONE ->
                    classes
                            ? single ? Head.BINARY_SIGMOID : Head.LINEAR
                            : single || closing == Closing.NUMBER ? Head.NUMBERS : Head.UNDECIDED;
        };
    }

    private static String undecided(Path model, List<String> labels) {
        boolean one = labels.size() == 1;
        boolean named = one && !labels.get(0).equals(OUTPUT);
        return String.format(
                Locale.ROOT,
                "Model '%s' closes its %s by no activation%s: taken as %s without a probability."
                        + " Say head=regression to agree, or head=classes (or labels=…) if %s of"
                        + " classes.",
                model.getFileName(),
                one
                        ? "one output" + (named ? " '" + labels.get(0) + "'" : "")
                        : labels.size() + " outputs",
                named ? "" : one ? ", and nobody named it" : ", and nobody named them",
                one ? "a number" : "numbers",
                one ? "it is the logit" : "they are the logits");
    }

    private static List<String> unnamed(Head head, int scores, String output) {
        if (head.isNumbers() && scores == 1) {
            return List.of(NOTHING_SAID.matcher(output).matches() ? OUTPUT : output);
        }
        String what = head.isNumbers() ? "output " : "class ";
        return IntStream.range(0, scores).mapToObj(k -> what + k).toList();
    }

    private static Names names(Path model, Imported imported, ModelOptions options) {
        if (!options.labels().isEmpty()) {
            return new Names(options.labels(), "labels=" + String.join(",", options.labels()));
        }
        Path file = Files.isDirectory(model) ? model.resolve(LABELS) : model.resolveSibling(LABELS);
        List<String> labels = new ArrayList<>();
        if (Files.isRegularFile(file)) {
            PackageFiles.requireInside(file.toAbsolutePath().getParent(), file);
            try (Stream<String> lines = Files.lines(file)) {
                lines.map(String::strip).filter(line -> !line.isEmpty()).forEach(labels::add);
            } catch (IOException | UncheckedIOException e) {
                throw new ModelException(
                        "'"
                                + file
                                + "' cannot be read: expected one class name per line, in UTF-8.",
                        e);
            }
        }
        return labels.isEmpty()
                ? new Names(imported.labels(), "'" + model + "'")
                : new Names(labels, "'" + file + "'");
    }
}

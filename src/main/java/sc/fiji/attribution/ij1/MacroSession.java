/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import ij.IJ;
import ij.ImagePlus;
import java.awt.GraphicsEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.scijava.log.LogLevel;
import org.scijava.log.LogMessage;
import sc.fiji.attribution.command.host.Host;
import sc.fiji.attribution.command.input.MacroKeys;
import sc.fiji.attribution.command.input.Models;
import sc.fiji.attribution.command.tool.CommandRunner;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.text.Printable;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.model.Classifier;

/** What a macro chose and found: a model, and what that says of the last image. */
final class MacroSession {

    private String path = "";
    private String options = "";
    private Classification classification;

    /**
     * Chooses the model, and tells now what is wrong with it.
     *
     * @param said of the model, as in the options of a command
     */
    void openModel(String model, String said) {
        path = model;
        options = said;
        classification = null;
        ask(Classifier::spec);
    }

    /** For one call; models stay loaded between calls. */
    private Classifier open() {
        if (path.isBlank()) {
            throw new OptionException("No model is open: call Ext.openModel(path) first.");
        }
        return Models.open(path, Models.options(this::option, option("trust").equals("true")));
    }

    private String option(String key) {
        return MacroKeys.of(options).getOrDefault(key, "");
    }

    /** Asks the model for a list. */
    String lines(Function<Classifier, List<String>> question) {
        return String.join("\n", ask(question));
    }

    private <T> T ask(Function<Classifier, T> question) {
        try (Classifier classifier = open()) {
            return question.apply(classifier);
        }
    }

    /** Classifies the active image, in a movie the frame that it shows. */
    void classify() {
        ImagePlus image = CommandBridge.image("");
        int frame = image.getT() - 1;
        classification = ask(classifier -> Classification.of(classifier, image, frame, IJ::log));
    }

    private Classification found() {
        if (classification == null) {
            throw new OptionException("Nothing is classified yet: call Ext.classify() first.");
        }
        return classification;
    }

    String predictedClass() {
        return found().predicted();
    }

    /**
     * @param name of a class, its index, or a difference of two
     */
    double probability(String name) {
        if (!found().model().hasProbabilities()) {
            throw new OptionException(
                    "Model '"
                            + found().model().name()
                            + "' gives numbers or a map, which have no probability:"
                            + " Ext.getLogit(name, number) reads them.");
        }
        return sum(name, i -> found().probabilities()[i]);
    }

    /**
     * @param name of a class, its index, or a difference of two
     */
    double logit(String name) {
        return sum(name, i -> found().logits()[i]);
    }

    private double sum(String name, IntToDoubleFunction ofClass) {
        List<String> labels = found().labels();
        Target target =
                Target.parse(name, labels)
                        .orElse(
                                Target.ofClass(
                                        found().model().head().predicted(found().logits()),
                                        labels));
        if (target instanceof Target.Classes classes) {
            return IntStream.range(0, labels.size())
                    .mapToDouble(i -> classes.weights()[i] * ofClass.applyAsDouble(i))
                    .sum();
        }
        throw new OptionException(
                "'" + name + "' is no class; those of the model are " + String.join(", ", labels));
    }

    /**
     * Runs a command so that a mistake does not end the macro.
     *
     * @param label of one of this plug-in's commands
     * @param said its keys, as for {@code run}
     * @return empty where it worked, else why not
     */
    static String attempt(String label, String said) {
        List<String> mistakes = new ArrayList<>();
        Host quiet =
                new Host() {
                    @Override
                    public void message(LogMessage message) {
                        if (message.level() == LogLevel.ERROR) {
                            mistakes.add(message.text());
                        } else {
                            IJ.log(message.text());
                        }
                    }

                    @Override
                    public boolean progress(int done, int total, String what) {
                        IJ.showProgress(done, total);
                        return true;
                    }

                    @Override
                    public boolean endsMacro() {
                        return false;
                    }
                };
        return CommandBridge.withOwnLoader(() -> attempt(label, said, quiet, mistakes));
    }

    private static String attempt(String label, String said, Host quiet, List<String> mistakes) {
        try (CommandRunner runner = new CommandRunner(quiet)) {
            boolean worked = CommandBridge.run(runner, runner.find(label), said).isPresent();
            return worked
                    ? ""
                    : String.join(" ", mistakes.isEmpty() ? List.of("cancelled") : mistakes);
        } catch (AttributionException e) {
            return Printable.line(e.getMessage());
        }
    }

    /** Ends a process without a display, for scripts that look at its exit code. */
    static void leave(int code) {
        if (GraphicsEnvironment.isHeadless()) {
            System.exit(code);
        }
    }
}

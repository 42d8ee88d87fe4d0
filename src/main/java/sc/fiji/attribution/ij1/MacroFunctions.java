/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import ij.ImagePlus;
import ij.Macro;
import ij.macro.ExtensionDescriptor;
import ij.macro.MacroExtension;
import java.util.List;
import java.util.function.Function;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.fiji.map.Provenance;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;

/**
 * What {@code run} cannot hand to a macro. Text is returned; numbers go into variables that the
 * macro passes, since ImageJ has functions like these return text only. One instance serves one
 * macro. A mistake ends the macro with its message.
 */
final class MacroFunctions implements MacroExtension {

    /** ImageJ prints what a function returns that is called for its own sake. */
    private static final String NOTHING = "";

    private static final int TEXT = ARG_STRING;
    private static final int NUMBER = ARG_NUMBER | ARG_OUTPUT;

    /**
     * @param signature name and arguments, for people
     * @param help what it does
     * @param body takes the arguments, writes numbers into their places, and returns text
     * @param types of the arguments
     */
    private record Entry(
            String signature, String help, Function<Object[], String> body, int... types) {

        String name() {
            return signature.substring(0, signature.indexOf('('));
        }
    }

    private final MacroSession session = new MacroSession();

    private final List<Entry> entries =
            List.of(
                    new Entry(
                            "openModel(path, options)",
                            "chooses the model; options may be left out, and are axes, labels,"
                                    + " head, signature, scores, constants and trust",
                            in -> {
                                session.openModel(text(in[0]), text(in[1]));
                                return NOTHING;
                            },
                            TEXT,
                            TEXT | ARG_OPTIONAL),
                    new Entry(
                            "getClassLabels()",
                            "the names of the model's classes, a line each",
                            in -> session.lines(classifier -> classifier.spec().labels())),
                    new Entry(
                            "getMethods()",
                            "the methods that work on the model, a line each",
                            in -> session.lines(AttributionMethods::names)),
                    new Entry(
                            "getLayers()",
                            "the model's layers in the order of computation, a line each",
                            in -> session.lines(MacroFunctions::layers)),
                    new Entry(
                            "attempt(command, options)",
                            "runs a command of this plug-in; returns why it failed, or nothing, and"
                                    + " the macro goes on",
                            in -> MacroSession.attempt(text(in[0]), text(in[1])),
                            TEXT,
                            TEXT),
                    new Entry(
                            "leave(code)",
                            "ends ImageJ with that exit code, where there is no display",
                            in -> {
                                MacroSession.leave(((Number) in[0]).intValue());
                                return NOTHING;
                            },
                            ARG_NUMBER),
                    new Entry(
                            "classify()",
                            "classifies the active image, in a movie the frame that it shows",
                            in -> {
                                session.classify();
                                return NOTHING;
                            }),
                    new Entry(
                            "getPredictedClass()",
                            "the class that classify() found",
                            in -> session.predictedClass()),
                    new Entry(
                            "getProbability(class, number)",
                            "the probability that classify() found for a class, by label or index",
                            in -> set(in[1], session.probability(text(in[0]))),
                            TEXT,
                            NUMBER),
                    new Entry(
                            "getLogit(class, number)",
                            "the logit that it found for a class, or for a difference of two, or a number",
                            in -> set(in[1], session.logit(text(in[0]))),
                            TEXT,
                            NUMBER),
                    new Entry(
                            "getCompletenessError(number, share)",
                            "of the active map, in logits and (may be left out) as a share of"
                                    + " f(image) - f(baseline); NaN where its method promises no sum",
                            MacroFunctions::completenessError,
                            NUMBER,
                            NUMBER | ARG_OPTIONAL));

    /** A line for each function. */
    List<String> help() {
        return entries.stream()
                .map(entry -> "Ext." + entry.signature() + ": " + entry.help())
                .toList();
    }

    @Override
    public ExtensionDescriptor[] getExtensionFunctions() {
        return entries.stream()
                .map(each -> new ExtensionDescriptor(each.name(), each.types(), this))
                .toArray(ExtensionDescriptor[]::new);
    }

    @Override
    public String handleExtension(String name, Object[] arguments) {
        Entry entry = entries.stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
        try {
            return entry.body().apply(arguments);
        } catch (AttributionException e) {
            CommandBridge.complain(e.getMessage());
            // How ImageJ itself ends a macro from within; this one is not shown.
            throw new RuntimeException(Macro.MACRO_CANCELED, e);
        }
    }

    private static List<String> layers(Classifier classifier) {
        return classifier.layers().map(Layers::list).orElse(List.of()).stream()
                .map(Layer::name)
                .toList();
    }

    private static String completenessError(Object[] in) {
        ImagePlus map = CommandBridge.image("");
        double error = Provenance.number(map, "completeness.error");
        double sum = Provenance.number(map, "score") - Provenance.number(map, "baseline.score");
        set(in[1], Math.abs(error / sum));
        return set(in[0], error);
    }

    /** An argument that was left out is null. */
    private static String text(Object argument) {
        return argument == null ? "" : (String) argument;
    }

    private static String set(Object place, double value) {
        if (place != null) {
            ((Double[]) place)[0] = value;
        }
        return NOTHING;
    }
}

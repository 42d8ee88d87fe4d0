/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.input;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import sc.fiji.attribution.command.tool.ModelCommand;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.LoadedModels;

/** Opens the model that a command's parameters name, or takes it as the last run left it. */
public final class Models {

    /** What a dialog offers: the model that was used or written last, since this program began. */
    private static volatile String last = "";

    private Models() {}

    public static void suggest(String model) {
        last = model;
    }

    public static String suggestion() {
        return last;
    }

    /**
     * What a caller says of a model.
     *
     * @param said the text under a key of {@link ModelCommand}; null where there is none
     */
    public static ModelOptions options(UnaryOperator<String> said, boolean trust) {
        return ModelOptions.NONE
                .withAxes(text(said.apply("axes")))
                .withLabels(ModelOptions.labels(text(said.apply("labels"))))
                .withSignature(text(said.apply("signature")))
                .withScores(text(said.apply("scores")))
                .withFeed(text(said.apply("feed")))
                .withConstants(ModelOptions.constants(text(said.apply("constants"))))
                .withTrust(trust)
                .withGrey(text(said.apply("grey")).toLowerCase(Locale.ROOT))
                .withHead(HeadKind.named(text(said.apply("head"))))
                .withInputs(List.copyOf(ModelOptions.inputs(text(said.apply("inputs"))).keySet()));
    }

    /** Opens a model, or shares one that is open. */
    public static Classifier open(String model, ModelOptions options) {
        if (model == null || model.isBlank()) {
            throw new OptionException("No model was named: choose a model folder (model=…).");
        }
        try {
            Classifier opened = LoadedModels.SHARED.open(Path.of(model.strip()), options);
            suggest(model.strip());
            return opened;
        } catch (InvalidPathException e) {
            throw new OptionException("model='" + model + "' is not a path: " + e.getMessage());
        }
    }

    public static String text(String value) {
        return value == null ? "" : value.strip();
    }
}

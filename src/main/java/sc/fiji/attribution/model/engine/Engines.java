/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Engine;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.ModelSpec;

/** Opens a model with whichever engine takes it; {@link EngineLoader} keeps them apart. */
public final class Engines {

    private Engines() {}

    /**
     * Opens a model, with the description beside it where there is one ({@code attribution.yaml},
     * {@code rdf.yaml}).
     *
     * @param path a model's file or folder, the same in a zip, a bioimage.io package (folder or
     *     zip), or a description
     * @return the classifier; close it to free its native memory and what was unpacked for it
     * @throws ModelException where no engine takes it, it is broken, unsuitable or refused, or its
     *     description is wrong or contradicts it, or opening it does not end
     */
    public static Classifier open(Path path, ModelOptions options) {
        if (!Files.exists(path)) {
            throw new ModelException("Model '" + path + "' does not exist: check the path.");
        }
        return new Watchdog(String.valueOf(path.getFileName()))
                .run(() -> openAtOnce(path, options));
    }

    private static Classifier openAtOnce(Path path, ModelOptions options) {
        List<Engine> engines = new ArrayList<>();
        Set<String> formats = new TreeSet<>();
        for (Engine engine : ServiceLoader.load(Engine.class, EngineLoader.get())) {
            engines.add(EngineCalls.bind(engine));
            formats.addAll(engine.weightFormats());
        }
        ModelPackage files =
                ModelPackage.open(
                        path,
                        each -> engines.stream().anyMatch(e -> e.whyNot(each).isEmpty()),
                        formats);
        DescribedModel described = new DescribedModel(files.description(), options);
        Classifier network = null;
        try {
            network = open(engines, files.model(), described.optionsForEngine(files.model()));
            ModelSpec spec = described.complete(network.spec(), files.name());
            Classifier opened = network;
            return new PackagedClassifier(network, spec, files.facts(), () -> close(opened, files));
        } catch (RuntimeException e) {
            try (files;
                    Classifier opened = network) {
                throw files.inUsersTerms(described.explain(e));
            }
        } catch (OutOfMemoryError e) {
            try (files;
                    Classifier opened = network) {
                throw tooLarge(path, e);
            }
        }
    }

    /** Extents in a damaged file ask for any memory; what was begun is free again by now. */
    private static ModelException tooLarge(Path path, OutOfMemoryError cause) {
        return new ModelException(
                String.format(
                        Locale.ROOT,
                        "Model '%s' asks for more memory than there is (%.1f GB): it is damaged, or"
                                + " give Fiji more (Edit > Options > Memory & Threads...).",
                        path,
                        Runtime.getRuntime().maxMemory() / (double) (1 << 30)),
                cause);
    }

    /** What was unpacked for a model goes with it. */
    private static void close(Classifier network, ModelPackage files) {
        try (files) {
            network.close();
        }
    }

    private static Classifier open(List<Engine> engines, Path path, ModelOptions options) {
        List<String> reasons = new ArrayList<>();
        for (Engine engine : engines) {
            Optional<String> reason = engine.whyNot(path);
            if (reason.isEmpty()) {
                options.requireReadBy(engine.name(), engine.reads());
                return engine.open(path, options);
            }
            reasons.add("for " + engine.name() + " " + reason.get());
        }
        throw new ModelException(
                "'" + path + "' is not a model that can be opened: " + String.join("; ", reasons));
    }
}

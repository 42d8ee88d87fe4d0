/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.ModelException;

/**
 * Finds weights in a file. Keras 3's {@code model.weights.h5} has a group for each object by the
 * attribute under which its owner has it, layers by their class's name and a number; older files
 * have a group for each layer of the outermost model by its name, and in it a list.
 */
public final class WeightPlaces {

    private static final String ROOT = "model_weights";

    /** What a class is called in Keras' own code, where that is not how it is to be had. */
    private static final Map<String, String> OWN_NAMES =
            Map.of("GroupQueryAttention", "GroupedQueryAttention");

    private final Hdf5File file;

    public WeightPlaces(Hdf5File file) {
        this.file = file;
    }

    /** By the paths of Keras 3's own format. */
    public void bindByPath(LayerGraph network, Weights weights) {
        bind(network, weights, "");
    }

    private void bind(LayerGraph network, Weights weights, String path) {
        String list = path + "layers";
        // What the first Keras that wrote this format called it: each layer with weights twice.
        int twice = 1;
        if (!exists(list) && exists(path + "_layer_checkpoint_dependencies")) {
            list = path + "_layer_checkpoint_dependencies";
            twice = 2;
        }
        Map<String, Integer> used = new HashMap<>();
        for (SavedLayer layer : network.layers()) {
            if (layer.kind().startsWith("op:") || layer.name().equals(Architecture.UNNAMED_INPUT)) {
                continue;
            }
            Weights own = weights.inner(layer.name());
            String name = snakeCase(OWN_NAMES.getOrDefault(layer.className(), layer.className()));
            int number = used.merge(name, own.isEmpty() ? 1 : twice, Integer::sum);
            number -= own.isEmpty() ? 1 : twice;
            bind(layer, own, list + "/" + name + (number == 0 ? "" : "_" + number) + "/");
        }
    }

    private void bind(SavedLayer layer, Weights weights, String path) {
        if (weights.isEmpty() || !weights.visit()) {
            return;
        }
        if (layer.network().isPresent()) {
            bind(layer.network().get(), weights, path);
            return;
        }
        bindOwn(weights, path);
        weights.inner()
                .forEach(
                        (attribute, inner) -> {
                            SavedLayer wrapped = layer.wrapped().get(attribute);
                            String at = path + attribute + "/";
                            if (wrapped != null) {
                                bind(wrapped, inner, at);
                            } else {
                                boolean plain = exists(path + attribute);
                                bindAll(inner, plain ? at : path + "_" + attribute + "/");
                            }
                        });
    }

    private void bindAll(Weights weights, String path) {
        bindOwn(weights, path);
        weights.inner().forEach((attribute, inner) -> bindAll(inner, path + attribute + "/"));
    }

    private void bindOwn(Weights weights, String path) {
        int i = 0;
        for (String name : weights.names()) {
            weights.bind(name, array(path + "vars/" + i));
            i++;
        }
    }

    private boolean exists(String path) {
        return file.hasGroup(path) || file.hasGroup(path.replace('/', '\\'));
    }

    private StoredArray array(String path) {
        // On Windows, some versions took the separator of files for that of groups.
        int slash = path.lastIndexOf("/vars/");
        String other = path.substring(0, slash).replace('/', '\\') + path.substring(slash);
        Optional<StoredArray> found = file.find(path);
        return found.isPresent() || other.equals(path)
                ? found.orElseGet(() -> file.array(path))
                : file.find(other).orElseGet(() -> file.array(path));
    }

    /** As Keras names a class in a path. */
    static String snakeCase(String className) {
        return className
                .replaceAll("\\W+", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    /** By the lists of older files. */
    public void bindByOrder(LayerGraph network, Weights weights) {
        List<SavedLayer> layers =
                network.layers().stream()
                        .filter(layer -> !layer.kind().startsWith("op:"))
                        .filter(layer -> !weights.inner(layer.name()).isEmpty())
                        .toList();
        for (SavedLayer layer : layers) {
            String group = ROOT + "/" + layer.name();
            List<StoredArray> arrays = new ArrayList<>();
            for (String name : file.texts(group, "weight_names")) {
                arrays.add(file.array(group + "/" + name));
            }
            Weights own = weights.inner(layer.name());
            if (arrays.size() != own.count()) {
                throw new ModelException(
                        "Layer "
                                + layer.title()
                                + " needs "
                                + own.count()
                                + " weights, but the file holds "
                                + arrays.size()
                                + " for it: save the whole model again, with model.save.");
            }
            own.bind(arrays);
        }
    }
}

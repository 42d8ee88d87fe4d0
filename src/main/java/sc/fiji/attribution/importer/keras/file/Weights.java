/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.file;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the weights of a layer and of the layers in it stand in the file. First declared, by name
 * and in Keras' order, then bound to a file by {@link WeightPlaces}.
 */
public final class Weights {

    /** One weight: before it is bound, its name alone. */
    private static final class Slot {
        private final boolean trainable;
        private StoredArray array;

        private Slot(boolean trainable) {
            this.trainable = trainable;
        }
    }

    private final boolean trainable;
    private boolean visited;
    private final Map<String, Slot> own = new LinkedHashMap<>();
    private final Map<String, Weights> inner = new LinkedHashMap<>();

    public Weights(boolean trainable) {
        this.trainable = trainable;
    }

    /** Declares weights of the layer itself, in order. */
    public Weights own(boolean changedByTraining, String... names) {
        for (String name : names) {
            own.put(name, new Slot(changedByTraining));
        }
        return this;
    }

    /** Declares a layer within the layer, under the attribute by which Keras stores it. */
    public Weights inner(String attribute, Weights weights) {
        inner.put(attribute, weights);
        return this;
    }

    /** Weights of a layer within the layer. */
    public Weights inner(String attribute) {
        return inner.get(attribute);
    }

    public Map<String, Weights> inner() {
        return inner;
    }

    List<String> names() {
        return List.copyOf(own.keySet());
    }

    boolean isEmpty() {
        return own.isEmpty() && inner.values().stream().allMatch(Weights::isEmpty);
    }

    /** A weight by its name, with the attributes of inner layers before it and slashes between. */
    public StoredArray get(String path) {
        int slash = path.indexOf('/');
        return slash < 0
                ? own.get(path).array
                : inner.get(path.substring(0, slash)).get(path.substring(slash + 1));
    }

    void bind(String name, StoredArray array) {
        own.get(name).array = array;
    }

    /** Whether this is the first time: a layer that two networks share is stored once. */
    boolean visit() {
        boolean first = !visited;
        visited = true;
        return first;
    }

    /**
     * Binds all weights in the order of Keras' older files: those that training changes, then those
     * that it does not.
     *
     * @param arrays as many as there are weights
     */
    void bind(List<StoredArray> arrays) {
        List<Slot> changing = new ArrayList<>();
        List<Slot> fixed = new ArrayList<>();
        collect(true, changing, fixed);
        changing.addAll(fixed);
        for (int i = 0; i < changing.size(); i++) {
            changing.get(i).array = arrays.get(i);
        }
    }

    int count() {
        return own.size() + inner.values().stream().mapToInt(Weights::count).sum();
    }

    private void collect(boolean enclosing, List<Slot> changing, List<Slot> fixed) {
        boolean active = enclosing && trainable;
        own.values().forEach(slot -> (active && slot.trainable ? changing : fixed).add(slot));
        inner.values().forEach(each -> each.collect(active, changing, fixed));
    }
}

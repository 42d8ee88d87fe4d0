/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;

/**
 * Models that stay loaded after use, so that the next run on one of them starts at once.
 *
 * <p>Whoever opens a model has it alone, and {@code close} gives it back: what is in use is never
 * closed, nor shared by two threads. A model is taken again for the same path and options as long
 * as none of its files changed. Idle models are closed, those unused for longest first, where their
 * files (about what their variables take in native memory) come to more than the bound; the last
 * one used stays, whatever its size. One that was given up is not kept, so that it can be opened
 * again. Safe for use from several threads.
 */
public final class LoadedModels implements AutoCloseable {

    /** Those of this process, 1 GB; what is idle when it ends is closed. */
    public static final LoadedModels SHARED = new LoadedModels(1L << 30);

    /** Where each loading of this class finds the one before: ImageJ loads plug-ins anew. */
    private static final String PLACE = LoadedModels.class.getName();

    static {
        ProcessEnd.run("attribution-close-models", SHARED::close);
        SHARED.takeOver(System.getProperties());
    }

    private final long bound;
    private final BiFunction<Path, ModelOptions, Classifier> opener;

    private final AtomicLong opened = new AtomicLong();

    /** Whether another has its place, so that nothing is kept here any more. */
    private boolean retired;

    /** In the order in which they were given back. */
    private final Map<LoadedModel, Classifier> idle = new LinkedHashMap<>();

    /**
     * @param bound most bytes of files of idle models
     */
    public LoadedModels(long bound) {
        this(bound, Engines::open);
    }

    LoadedModels(long bound, BiFunction<Path, ModelOptions, Classifier> opener) {
        this.bound = bound;
        this.opener = opener;
    }

    /**
     * Opens a model, or takes it as it was left.
     *
     * @return the classifier; close it to give it back
     * @throws ModelException as {@link Engines#open}
     */
    public Classifier open(Path path, ModelOptions options) {
        LoadedModel key = LoadedModel.of(path, options);
        Classifier found = take(key);
        Classifier network = found != null ? found : opener.apply(path, options);
        if (found == null) {
            opened.incrementAndGet();
        }
        AtomicBoolean used = new AtomicBoolean(true);
        return new PackagedClassifier(
                network,
                network.spec(),
                Map.of(),
                () -> {
                    if (used.getAndSet(false)) {
                        giveBack(key, network);
                    }
                });
    }

    private Classifier take(LoadedModel key) {
        List<Classifier> unwanted = new ArrayList<>();
        Classifier found;
        synchronized (this) {
            found = idle.remove(key);
            List<LoadedModel> changed = idle.keySet().stream().filter(key::replaces).toList();
            changed.forEach(each -> unwanted.add(idle.remove(each)));
            if (found == null) {
                unwanted.addAll(makeRoom(key.bytes()));
            }
        }
        close(unwanted);
        return found;
    }

    private void giveBack(LoadedModel key, Classifier network) {
        List<Classifier> unwanted;
        synchronized (this) {
            boolean kept = !retired && network.usable();
            unwanted = makeRoom(kept ? key.bytes() : 0);
            Classifier twin = kept ? idle.put(key, network) : network;
            if (twin != null) {
                unwanted.add(twin);
            }
        }
        close(unwanted);
    }

    /** Takes out what is to be closed so that so many bytes more are within the bound. */
    private List<Classifier> makeRoom(long bytes) {
        List<Classifier> unwanted = new ArrayList<>();
        long total = bytes + idle.keySet().stream().mapToLong(LoadedModel::bytes).sum();
        for (LoadedModel eldest : List.copyOf(idle.keySet())) {
            if (total > bound) {
                total -= eldest.bytes();
                unwanted.add(idle.remove(eldest));
            }
        }
        return unwanted;
    }

    /** How often a model was read from disk so far, and not taken as it was left. */
    public long opened() {
        return opened.get();
    }

    /** How many are loaded and not in use. */
    public synchronized int size() {
        return idle.size();
    }

    /**
     * Takes the place of the one before in a process, which closes what it has: after ImageJ's
     * {@code Refresh Menus} nobody could reach it any more.
     *
     * @param places of the process, those of loaders of other classes among them
     */
    void takeOver(Map<Object, Object> places) {
        AutoCloseable retire = this::retire;
        Object before = places.put(PLACE, retire);
        if (before instanceof AutoCloseable last) {
            try {
                last.close();
            } catch (Exception e) {
                System.getLogger(PLACE)
                        .log(System.Logger.Level.WARNING, "Models stay in memory.", e);
            }
        }
    }

    /** Closes what is not in use, and from now on what is given back. */
    private void retire() {
        synchronized (this) {
            retired = true;
        }
        close();
    }

    /** Closes what is not in use; what is, stays open, and is kept when it is given back. */
    @Override
    public void close() {
        List<Classifier> unwanted;
        synchronized (this) {
            unwanted = List.copyOf(idle.values());
            idle.clear();
        }
        close(unwanted);
    }

    private static void close(Collection<Classifier> models) {
        RuntimeException failure = null;
        for (Classifier model : models) {
            try {
                model.close();
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.host;

import java.nio.file.Path;
import org.scijava.plugin.Plugin;
import org.scijava.service.AbstractService;
import org.scijava.service.SciJavaService;
import org.scijava.service.Service;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.LoadedModels;

/**
 * The models that stay loaded between runs, for scripts ({@code #@ ModelService models}), closed
 * with Fiji's context. The bridge to plain ImageJ has a small context for each run, without this
 * service: there they stay until ImageJ ends.
 */
@Plugin(type = Service.class)
public final class ModelService extends AbstractService implements SciJavaService {

    /**
     * Opens a model, or takes it as it was left; see {@link LoadedModels#open}.
     *
     * @return the classifier; close it to give it back
     */
    public Classifier open(Path path, ModelOptions options) {
        return LoadedModels.SHARED.open(path, options);
    }

    /** Closes the models that are not in use. */
    public void clear() {
        LoadedModels.SHARED.close();
    }

    @Override
    public void dispose() {
        clear();
    }
}

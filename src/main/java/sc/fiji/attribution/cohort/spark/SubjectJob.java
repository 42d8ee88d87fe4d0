/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.spark;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import sc.fiji.attribution.cohort.run.CohortSettings;
import sc.fiji.attribution.cohort.run.CohortTool;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * What travels to executors, and what each of them opens once for all its tasks.
 *
 * @param model path, absolute
 * @param options what was said of the model
 * @param said what was said of the run, with absolute paths
 */
record SubjectJob(String model, ModelOptions options, TreeMap<String, String> said)
        implements Serializable {

    private static Opened opened;

    SubjectJob(String model, ModelOptions options, Map<String, String> said) {
        this(model, options, new TreeMap<>(said));
    }

    /** Runs a subject, in an executor. */
    void run(int index) {
        opened(this).subjects().accept(index);
    }

    private record Opened(SubjectJob job, Classifier classifier, IntConsumer subjects) {}

    private static synchronized Opened opened(SubjectJob job) {
        if (opened == null || !opened.job().said().equals(job.said())) {
            close();
            Classifier classifier = Engines.open(Path.of(job.model()), job.options());
            IntConsumer subjects =
                    new CohortTool(classifier, CohortSettings.of(job.said())).subjects();
            opened = new Opened(job, classifier, subjects);
        }
        return opened;
    }

    /** Of executors in the process of the driver; others end with the run. */
    static synchronized void close() {
        if (opened != null) {
            opened.classifier().close();
            opened = null;
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import java.nio.file.Path;
import java.util.Optional;
import sc.fiji.attribution.cohort.table.Fingerprint;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.fiji.file.ChannelFiles;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.ModelSpec;

/**
 * Digests of all that the results of a subject follow from: where one is another than that of the
 * results that are there, they are made anew.
 *
 * @param said of the model by the user
 * @param target that maps explain
 * @param layer whose channels the score is divided among
 */
record SubjectKeys(
        ModelSpec model,
        String said,
        CohortSettings settings,
        SubjectTable table,
        RegionSums regions,
        String target,
        Optional<String> layer) {

    SubjectKeys(
            ModelSpec model,
            CohortSettings settings,
            SubjectTable table,
            RegionSums regions,
            String target,
            Optional<String> layer) {
        this(model, String.valueOf(model.said()), settings, table, regions, target, layer);
    }

    /** Of the scores. */
    String of(Subject subject) {
        Fingerprint print =
                new Fingerprint()
                        .add("model", model.sha256())
                        .add("said", said)
                        .add("layer", layer);
        subject.images().forEach(print::file);
        table.lesionFree(subject)
                .forEach((channel, file) -> print.file("without " + channel, file));
        return print.file("mask", table.path(subject, SubjectTable.MASK)).toString();
    }

    /**
     * Of a map.
     *
     * @param scores the key of the scores
     */
    String of(Subject subject, String scores, AttributionMethod method) {
        Settings options = Settings.of(CohortSettings.declared(method), settings.optionsOf(method));
        Fingerprint print =
                new Fingerprint()
                        .add("scores", scores)
                        .add("method", method.declaration().name())
                        .add("options", options.toMap());
        if (method.declaration().usesBaseline() && BaselineChoice.isImages(options)) {
            ChannelFiles.names(settings.references())
                    .forEach(name -> print.files("references", Path.of(name)));
        }
        return print.add("target", target)
                .add("file", mapFile(subject, method.declaration().name()))
                .add("regions", regions.key())
                .toString();
    }

    /** Name of the file of a map. */
    String mapFile(Subject subject, String method) {
        return subject.file() + "_" + method.replace(' ', '-') + "." + settings.suffix(subject);
    }
}

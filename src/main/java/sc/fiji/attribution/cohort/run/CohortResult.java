/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.cohort.table.CsvFile;
import sc.fiji.attribution.cohort.table.Levels;
import sc.fiji.attribution.cohort.table.Outcome;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.fiji.region.Atlas;

/**
 * What a run found; all of it is in the folder, too.
 *
 * @param cohort the subjects; of a share of them only these
 * @param folder where it is
 * @param performance by split, group column and value
 * @param bias evidence on the confound
 * @param images of groups, file names by title
 * @param clusters beyond the corrected threshold
 * @param regionTests differences of groups in regions
 * @param exploration of maps that are alike: cluster, with class and confound, and how many
 * @param notes what could not be done and why, a line each
 */
public record CohortResult(
        Cohort cohort,
        RunFolder folder,
        Map<List<String>, Performance> performance,
        BiasEvidence bias,
        Map<String, String> images,
        CsvFile clusters,
        CsvFile regionTests,
        CsvFile exploration,
        List<String> notes) {

    static final List<String> TABLES =
            List.of(
                    "predictions.csv",
                    "performance.csv",
                    "bias.csv",
                    "channels.csv",
                    "regions.csv",
                    "region-tests.csv",
                    "clusters.csv",
                    "exploration.csv");

    static CohortResult ofShare(
            SubjectTable table,
            CohortSettings settings,
            List<SubjectResult> results,
            RunFolder folder) {
        int[] part = settings.part();
        List<Subject> mine = new ArrayList<>();
        for (int i = part[0] - 1; i < table.subjects().size(); i += part[1]) {
            mine.add(table.subjects().get(i));
        }
        return new CohortResult(
                new Cohort(
                        new SubjectTable(table.file(), table.columns(), mine),
                        Outcome.NONE,
                        settings,
                        results,
                        Levels.NONE),
                folder,
                Map.of(),
                BiasEvidence.NONE,
                Map.of(),
                new CsvFile(List.of()),
                new CsvFile(List.of()),
                new CsvFile(List.of()),
                List.of());
    }

    /** The atlas' labels on the grid of an image; null without an atlas. */
    public Atlas atlas(ImagePlus image) {
        return new RegionSums(cohort.settings()).on(image);
    }

    /** A line for people: {@code "298 of 300 subjects done, 2 failed."}. */
    public String summary() {
        int all = cohort.results().size();
        long failed = cohort.failed();
        return (all - failed)
                + " of "
                + all
                + (all == 1 ? " subject" : " subjects")
                + " done"
                + (failed > 0 ? ", " + failed + " failed" : "")
                + ".";
    }
}

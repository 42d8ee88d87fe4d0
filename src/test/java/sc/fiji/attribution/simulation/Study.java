/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * Who is in a study: a table of subjects, each from a site, ill or not. Sites are seeds of
 * scanners.
 *
 * @param name of its folder
 * @param labels of the healthy and of the ill
 * @param fine voxels of the simulation, mm
 * @param factor how many of them along an axis are one voxel of the study's images
 * @param maps whether tissue maps are segmented, too
 * @param rows one for each image
 */
record Study(
        String name, List<String> labels, double fine, int factor, boolean maps, List<Row> rows) {

    /**
     * @param id name of its files
     * @param seed of its anatomy, pathology and noise
     * @param ill whether it has the pathology
     * @param site name of the scanner
     * @param scanner seed of the scanner
     * @param split {@code train}, {@code test} (other patients' lesions), or {@code new} (from
     *     scanners that were never trained on)
     * @param twin the id of the same subject, other lesions or scanner; empty where there is none
     */
    record Row(
            String id,
            long seed,
            boolean ill,
            String site,
            int scanner,
            String split,
            String twin) {

        boolean trained() {
            return split.equals("train");
        }
    }

    /** Seeds of subjects that networks are tested on begin here. */
    private static final int UNSEEN = 100_000;

    /** Seeds of scanners that networks are not trained on begin here. */
    private static final int NEW_SITES = 500;

    /**
     * The same with some of its rows.
     *
     * @param part {@code test}: all that no network is trained on; or the id of a row
     */
    Study part(String part) {
        List<Row> some =
                rows.stream()
                        .filter(row -> part.equals("test") ? !row.trained() : row.id().equals(part))
                        .toList();
        if (some.isEmpty()) {
            throw new IllegalArgumentException("no subject '" + part + "' in the study " + name);
        }
        return new Study(name, labels, fine, factor, maps, some);
    }

    /**
     * @param name of the study, without the number that a cohort has
     * @param subjects to train on
     */
    static Study named(String name, int subjects) {
        if (name.matches("(clean|mixed|biased)-\\d{2}")) {
            return cohort(name, subjects);
        }
        return switch (name) {
            case "sample" -> sample(subjects);
            case "ms" -> sites("ms", "lesions", subjects);
            case "tumour" -> sites("tumour", "tumour", subjects);
            case "scanner" -> scanner(subjects);
            default ->
                    throw new IllegalArgumentException(
                            "no study '"
                                    + name
                                    + "': sample, ms, tumour, scanner, or a cohort such as"
                                    + " clean-01, mixed-01 or biased-01");
        };
    }

    /**
     * Pairs of a brain with and without lesions, as the sample classifier learns from; eight sites,
     * and four new ones for the test.
     */
    private static Study sample(int pairs) {
        List<Row> rows = new ArrayList<>();
        for (int n = 0; n < pairs + 24; n++) {
            boolean train = n < pairs;
            int scanner = train ? n % 8 : NEW_SITES + n % 4;
            long seed = train ? n : UNSEEN + n;
            for (boolean ill : new boolean[] {false, true}) {
                String id = "%s-%03d".formatted(ill ? "lesions" : "healthy", n);
                String twin = ill ? "healthy-%03d".formatted(n) : "";
                String split = train ? "train" : "test";
                rows.add(new Row(id, seed, ill, site(scanner), scanner, split, twin));
            }
        }
        return new Study("sample", List.of("healthy", "lesions"), 3, 1, true, rows);
    }

    /** Four sites, which say nothing of the class; a test set of theirs, and one of new sites. */
    private static Study sites(String name, String ill, int subjects) {
        List<Row> rows = new ArrayList<>();
        for (int n = 0; n < subjects; n++) {
            rows.add(row(rows.size(), n, n / 4 % 2 == 1, n % 4, "train"));
        }
        for (int n = 0; n < 64; n++) {
            rows.add(row(rows.size(), UNSEEN + n, n / 4 % 2 == 1, n % 4, "test"));
        }
        for (int n = 0; n < 32; n++) {
            int scanner = NEW_SITES + n % 4;
            rows.add(row(rows.size(), 2 * UNSEEN + n, n / 4 % 2 == 1, scanner, "new"));
        }
        return new Study(name, List.of("healthy", ill), 3, 2, true, rows);
    }

    private static Row row(int id, long seed, boolean ill, int scanner, String split) {
        return new Row("sub-%03d".formatted(id), seed, ill, site(scanner), scanner, split, "");
    }

    /**
     * Two scanners, A and B. Each training subject is there from both, so that networks can be
     * trained on any pairing of class and scanner; the audit has twelve subjects for each class and
     * scanner, each with its twin from the other one.
     */
    private static Study scanner(int subjects) {
        List<Row> rows = new ArrayList<>();
        for (int n = 0; n < subjects + 48; n++) {
            boolean train = n < subjects;
            long seed = 3L * UNSEEN + (train ? n : UNSEEN + n);
            for (int scanner = 0; scanner < 2; scanner++) {
                String id = "sub-%03d%s".formatted(n, scanner == 0 ? "a" : "b");
                // The subject itself is from one scanner, its twin from the other.
                boolean twin = !train && n / 2 % 2 != scanner;
                String of = twin ? "sub-%03d%s".formatted(n, scanner == 0 ? "b" : "a") : "";
                String site = scanner == 0 ? "A" : "B";
                String split = train ? "train" : "test";
                rows.add(new Row(id, seed, n % 2 == 1, site, 40 + scanner, split, of));
            }
        }
        return new Study("scanner", List.of("healthy", "lesions"), 4, 2, true, rows);
    }

    /**
     * A cohort of its own subjects and two scanners of its own. To train on, patients are from B
     * and controls from A: half of them where it is clean, three quarters where it is mixed, all
     * where it is biased. The audit has twelve subjects for each class and scanner.
     */
    private static Study cohort(String name, int subjects) {
        String truth = name.substring(0, name.length() - 3);
        int number = Integer.parseInt(name.substring(name.length() - 2));
        int kind = List.of("clean", "mixed", "biased").indexOf(truth);
        int cohort = 100 * kind + number;
        List<Row> rows = new ArrayList<>();
        for (int n = 0; n < subjects + 48; n++) {
            boolean train = n < subjects;
            boolean ill = n % 2 == 1;
            // Of four subjects of a class, this many are where the bias puts them.
            boolean usual = n / 2 % 4 < 2 + (train ? kind : 0);
            int scanner = ill == usual ? 1 : 0;
            long seed = 10L * UNSEEN + 1_000L * cohort + n;
            String site = scanner == 0 ? "A" : "B";
            String id = "sub-%03d".formatted(n);
            String split = train ? "train" : "test";
            rows.add(new Row(id, seed, ill, site, 1_000 + 2 * cohort + scanner, split, ""));
        }
        return new Study(name, List.of("healthy", "lesions"), 4, 2, false, rows);
    }

    private static String site(int scanner) {
        return "site-" + (scanner < NEW_SITES ? scanner + 1 : "new-" + (scanner - NEW_SITES + 1));
    }
}

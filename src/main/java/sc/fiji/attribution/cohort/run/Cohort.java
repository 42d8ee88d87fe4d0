/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import sc.fiji.attribution.cohort.bias.Score;
import sc.fiji.attribution.cohort.bias.Twins;
import sc.fiji.attribution.cohort.table.Levels;
import sc.fiji.attribution.cohort.table.Outcome;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.cohort.table.SubjectTable;

/**
 * A table of subjects with what was found of each.
 *
 * @param table the subjects
 * @param outcome what the model says of a subject
 * @param settings what was asked for
 * @param results in the order of the subjects
 * @param confound what its column divides the subjects into
 */
public record Cohort(
        SubjectTable table,
        Outcome outcome,
        CohortSettings settings,
        List<SubjectResult> results,
        Levels confound) {

    private static final String TEST = "test";

    /** Its confound is divided among those that the main test is of. */
    static Cohort of(
            SubjectTable table,
            Outcome outcome,
            CohortSettings settings,
            List<SubjectResult> results) {
        Cohort all = new Cohort(table, outcome, settings, results, Levels.NONE);
        List<Subject> tested =
                all.asked().stream().filter(m -> m.truth() >= 0).map(Member::subject).toList();
        return new Cohort(
                table, outcome, settings, results, Levels.of(table, tested, settings.confound()));
    }

    /** What is told apart; of a number its name alone. */
    public List<String> classes() {
        return outcome.classes();
    }

    /**
     * A subject that did not fail.
     *
     * @param truth its class; -1 without a label
     * @param outcome what the model says of it
     */
    public record Member(Subject subject, SubjectResult result, int truth, Outcome outcome) {

        /** The number that the model gives. */
        public double number() {
            return result.logits()[outcome.place()];
        }

        /** The number that is true. */
        public double label() {
            return outcome.number(subject.label());
        }

        /** The class with the largest logit. */
        public int predicted() {
            int best = 0;
            for (int k = 1; k < result.logits().length; k++) {
                best = result.logits()[k] > result.logits()[best] ? k : best;
            }
            return best;
        }

        /** Of a class its score; of a number how far it is above the true one. */
        public double score(int label) {
            return outcome.isNumber() ? number() - label() : result.score()[label];
        }

        public double probability(int label) {
            return result.probabilities()[label];
        }

        /** The map by that method; null without one. */
        public String map(String method) {
            SubjectResult.Found found = result.maps().get(method);
            return found == null ? null : found.file();
        }
    }

    /** Those that did not fail, in the table's order. */
    public List<Member> members() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i).ok()) {
                Subject subject = table.subjects().get(i);
                int truth = outcome.truth(subject.label());
                members.add(new Member(subject, results.get(i), truth, outcome));
            }
        }
        return members;
    }

    public long failed() {
        return results.stream().filter(r -> !r.ok()).count();
    }

    /** Error lines by id. */
    public Map<String, String> failures() {
        Map<String, String> failures = new LinkedHashMap<>();
        results.stream().filter(r -> !r.ok()).forEach(r -> failures.put(r.id(), r.error()));
        return failures;
    }

    /** Each subject once. */
    private List<Member> withoutTwins(List<Member> members) {
        Set<String> once =
                table.once(members.stream().map(Member::subject).toList()).stream()
                        .map(Subject::id)
                        .collect(Collectors.toSet());
        return members.stream().filter(m -> once.contains(m.subject().id())).toList();
    }

    /** Whether any subject is in the split named test. */
    private static boolean hasTest(SubjectTable table) {
        return table.subjects().stream().anyMatch(s -> TEST.equalsIgnoreCase(s.split()));
    }

    /** What is odd about whom questions are asked of, if anything. */
    static Optional<String> oddSplit(SubjectTable table) {
        long trained = table.subjects().stream().filter(Cohort::isTrained).count();
        return hasTest(table) || trained == 0
                ? Optional.empty()
                : Optional.of(
                        "No split is called test, so that all subjects are asked, "
                                + trained
                                + " of the training among them: what is said holds of images that the"
                                + " network knows. Call the others test in the column split.");
    }

    static boolean isTrained(Subject subject) {
        return subject.split().toLowerCase(Locale.ROOT).startsWith("train");
    }

    /** The rows that questions are asked of, each subject once, where none fails. */
    static List<Subject> asked(SubjectTable table) {
        boolean split = hasTest(table);
        return table.once(
                table.subjects().stream()
                        .filter(s -> !split || TEST.equalsIgnoreCase(s.split()))
                        .toList());
    }

    /** Whom questions are asked of: the split named test where there is one, else all. */
    public List<Member> asked() {
        boolean split = hasTest(table);
        return withoutTwins(
                members().stream()
                        .filter(m -> !split || TEST.equalsIgnoreCase(m.subject().split()))
                        .toList());
    }

    /** Those of a split by its name in the table. */
    List<Member> inSplit(String split) {
        return withoutTwins(
                members().stream().filter(m -> m.subject().split().equals(split)).toList());
    }

    /** The class that scores are of: the second of two, or the target where that is a class. */
    public Optional<Integer> scored() {
        if (outcome.isNumber()) {
            return Optional.of(0);
        }
        List<String> classes = classes();
        for (int k = 0; k < classes.size(); k++) {
            if (classes.get(k).equalsIgnoreCase(settings.target())) {
                return Optional.of(k);
            }
        }
        return classes.size() == 2 ? Optional.of(1) : Optional.empty();
    }

    /** Scores of a class for those with a label and a level of the confound. */
    public List<Score> scores(List<Member> members, int label) {
        return members.stream()
                .filter(m -> m.truth() >= 0 && !level(m).isEmpty())
                .map(m -> score(m, label))
                .toList();
    }

    Score score(Member m, int label) {
        return new Score(m.subject().id(), classes().get(m.truth()), level(m), m.score(label));
    }

    /** The level of the confound; empty where there is none. */
    public String level(Member member) {
        return confound.of(member.subject());
    }

    /** What a group column divides the subjects into. */
    Levels levels(String group) {
        return group.equals(confound.column())
                ? confound
                : new Levels(group, table.levels(group), OptionalDouble.empty(), false);
    }

    /** Pairs of the same subject at two levels. */
    List<Twins.Pair> twins(int label) {
        Map<String, Member> byId = new HashMap<>();
        members().forEach(m -> byId.put(m.subject().id(), m));
        List<Twins.Pair> pairs = new ArrayList<>();
        Map<String, String> seen = new HashMap<>();
        for (Member member : members()) {
            Member twin = byId.get(member.subject().cell(SubjectTable.TWIN));
            String id = member.subject().id();
            boolean fresh = twin != null && !id.equals(seen.get(twin.subject().id()));
            if (fresh && !level(member).equals(level(twin))) {
                seen.put(id, twin.subject().id());
                pairs.add(Twins.Pair.of(bare(member, label), bare(twin, label)));
            }
        }
        return pairs;
    }

    private Score bare(Member m, int label) {
        double score = outcome.isNumber() ? m.number() : m.score(label);
        return new Score(m.subject().id(), m.subject().label(), level(m), score);
    }

    /** Group columns: those that were named, or all that look like groups. */
    public List<String> groups() {
        List<String> groups =
                new ArrayList<>(settings.groups().isEmpty() ? table.groups() : settings.groups());
        String confound = settings.confound();
        if (!confound.isEmpty() && !groups.contains(confound)) {
            groups.add(confound);
        }
        return groups;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.cohort.run.Cohort.Member;
import sc.fiji.attribution.cohort.statistics.Calibration;
import sc.fiji.attribution.cohort.statistics.Estimate;
import sc.fiji.attribution.cohort.statistics.NumberErrors;
import sc.fiji.attribution.cohort.statistics.Roc;
import sc.fiji.attribution.cohort.table.Outcome;

/**
 * How well the classes are told, or the number, in some of the subjects.
 *
 * @param n those with a label
 * @param confusion true class by predicted class; of a number without rows
 * @param metrics by name
 * @param roc by class; of two classes the second only
 * @param calibration likewise
 */
public record Performance(
        int n,
        int[][] confusion,
        Map<String, Estimate> metrics,
        Map<String, Roc> roc,
        Map<String, Calibration> calibration) {

    static Performance of(List<Member> all, Outcome outcome) {
        List<Member> members = all.stream().filter(m -> m.truth() >= 0).toList();
        return outcome.isNumber() ? ofNumbers(members) : ofClasses(members, outcome.classes());
    }

    private static Performance ofNumbers(List<Member> members) {
        double[] truth = members.stream().mapToDouble(Member::label).toArray();
        double[] predicted = members.stream().mapToDouble(Member::number).toArray();
        return new Performance(
                truth.length, new int[0][], NumberErrors.of(truth, predicted), Map.of(), Map.of());
    }

    private static Performance ofClasses(List<Member> members, List<String> classes) {
        int[][] confusion = new int[classes.size()][classes.size()];
        int right = 0;
        for (Member member : members) {
            confusion[member.truth()][member.predicted()]++;
            right += member.truth() == member.predicted() ? 1 : 0;
        }
        int n = members.size();
        Map<String, Estimate> metrics = new LinkedHashMap<>();
        Map<String, Roc> roc = new LinkedHashMap<>();
        Map<String, Calibration> calibration = new LinkedHashMap<>();
        metrics.put("accuracy", Estimate.proportion(right, n));
        List<Estimate> recalls = new ArrayList<>();
        for (int k = 0; k < classes.size(); k++) {
            int row = Arrays.stream(confusion[k]).sum();
            if (row > 0) {
                recalls.add(Estimate.proportion(confusion[k][k], row));
            }
        }
        metrics.put(
                "balanced accuracy",
                recalls.size() < 2
                        ? Estimate.none(n)
                        : Estimate.meanOf(recalls.toArray(new Estimate[0])));
        int first = classes.size() == 2 ? 1 : 0;
        for (int k = first; k < classes.size(); k++) {
            String of = classes.size() == 2 ? "" : ":" + classes.get(k);
            ofClass(members, k, confusion, of, metrics, roc, calibration, classes.get(k));
        }
        return new Performance(n, confusion, metrics, roc, calibration);
    }

    private static void ofClass(
            List<Member> members,
            int k,
            int[][] confusion,
            String of,
            Map<String, Estimate> metrics,
            Map<String, Roc> roc,
            Map<String, Calibration> calibration,
            String name) {
        int n = members.size();
        int hits = confusion[k][k];
        int positives = 0;
        int called = 0;
        for (int c = 0; c < confusion.length; c++) {
            positives += confusion[k][c];
            called += confusion[c][k];
        }
        int misses = positives - hits;
        int alarms = called - hits;
        int rejections = n - positives - alarms;
        metrics.put("sensitivity" + of, Estimate.proportion(hits, positives));
        metrics.put("specificity" + of, Estimate.proportion(rejections, n - positives));
        metrics.put("PPV" + of, Estimate.proportion(hits, called));
        metrics.put("NPV" + of, Estimate.proportion(rejections, n - called));
        // 2 J / (1 + J), with J the share of hits among all that are or are called positive.
        Estimate j = Estimate.proportion(hits, hits + misses + alarms);
        metrics.put("F1" + of, new Estimate(f1(j.value()), f1(j.low()), f1(j.high()), n));
        boolean[] positive = new boolean[n];
        double[] scores = new double[n];
        double[] probabilities = new double[n];
        for (int i = 0; i < n; i++) {
            positive[i] = members.get(i).truth() == k;
            scores[i] = members.get(i).score(k);
            probabilities[i] = members.get(i).probability(k);
        }
        Roc curve = Roc.of(scores, positive);
        roc.put(name, curve);
        metrics.put("AUC" + of, curve.auc());
        if (n > 0) {
            Calibration found = Calibration.of(probabilities, positive);
            calibration.put(name, found);
            metrics.put("Brier score" + of, found.brier());
            metrics.put("ECE" + of, found.ece());
        }
    }

    private static double f1(double j) {
        return 2 * j / (1 + j);
    }
}

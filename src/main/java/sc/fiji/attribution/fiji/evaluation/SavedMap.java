/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.evaluation.Comparison;
import sc.fiji.attribution.method.evaluation.MethodExplained;
import sc.fiji.attribution.method.evaluation.MethodExplained.Form;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.ScoredImage;

/**
 * A map that is there, ready to be judged. What asks its method runs it again by the map's record;
 * where that cannot be, it is left out, with a warning.
 */
public final class SavedMap {

    private SavedMap() {}

    /**
     * The image, and the one map by its label.
     *
     * @param map on the image's grid
     * @param needs of the metrics that are going to judge it
     * @throws AttributionException also where the map's record says another model or another score
     *     than that of the image
     */
    public static MadeMaps of(
            EvaluationSettings settings,
            ImagePlus map,
            ImagePlus image,
            Optional<ImagePlus> mask,
            Set<Need> needs) {
        MapRecord record = MapRecord.of(map);
        record.requireModel(settings.spec());
        Tensor onImage = record.onImage(image);
        TestImage test = settings.test(image, mask);
        Optional<String> other = settings.target().filter(t -> record.target().isPresent());
        if (settings.target().isEmpty()) {
            record.target().ifPresent(settings::setTarget);
        }
        BaselineChoice choice =
                settings.baseline().or(record::baseline).orElse(BaselineChoice.ZERO);
        boolean parts =
                needs.contains(Need.REGIONS)
                        || record.method()
                                .filter(m -> m.method().declaration().usesRegions())
                                .isPresent();
        Problem whole = settings.problem(test, settings.resolve(choice));
        Problem problem = parts ? settings.withRegions(whole, test) : whole;
        Score score = new Score(problem);
        String scored = score.target().description();
        if (other.isPresent() && !scored.equals(record.target().orElseThrow())) {
            settings.warn(
                    "The map is of " + record.target().orElseThrow() + ", not of " + scored + ".");
        } else {
            record.requireScore(score.ofInput(), image);
            record.renamed(image).ifPresent(settings::warn);
        }
        ScoredImage asked = ScoredImage.of(problem, score.target());
        Form form = record.summed() ? Form.SUMMED : Form.WHOLE;
        MethodExplained explained =
                method(settings, record, needs)
                        .map(
                                m ->
                                        MethodExplained.of(
                                                m.method(),
                                                problem.with(m.settings()),
                                                asked,
                                                form,
                                                settings.randomLabels()))
                        .orElseGet(() -> MethodExplained.unknown(asked));
        test.input()
                .resampling()
                .ifPresent(
                        how ->
                                settings.warn(
                                        "The map was carried to the model's grid ("
                                                + how
                                                + ") for all but localisation."));
        Comparison.Trials trials =
                new Comparison.Trials(
                        settings.trial(
                                record.onModel(test, settings.spec()),
                                Optional.empty(),
                                Optional.of(explained)),
                        settings.trial(onImage, test.mask(), Optional.empty()),
                        test.picture());
        settings.warnAll(test.input().warnings());
        return new MadeMaps(
                test,
                asked,
                Map.of(record.label(), MethodExplained.summed(onImage)),
                Map.of(record.label(), trials));
    }

    /** What made the map, where it can be run again. */
    private static Optional<ChosenMethod> method(
            EvaluationSettings settings, MapRecord record, Set<Need> needs) {
        Optional<ChosenMethod> method = record.method();
        List<String> lacks = new ArrayList<>();
        if (method.isEmpty()) {
            lacks.add("it does not say which method of this plug-in made it");
        } else if (method.orElseThrow().method().declaration().usesRegions()
                && !settings.hasRegions()) {
            lacks.add("its regions are not known (regions=…)");
        } else if (record.inside().isPresent()) {
            lacks.add("it was kept inside of " + record.inside().orElseThrow());
        } else if (method.orElseThrow().method().declaration().usesBaseline()
                && settings.baseline().or(record::baseline).isEmpty()) {
            lacks.add("its baseline images are not known (baseline=images references=…)");
        }
        boolean asked = needs.contains(Need.METHOD);
        if (asked && !lacks.isEmpty()) {
            settings.warn(
                    "The map cannot be made again, since "
                            + lacks.get(0)
                            + ": robustness and randomisation are left out.");
        }
        return lacks.isEmpty() ? method : Optional.empty();
    }
}

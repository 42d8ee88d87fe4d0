/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import ij.ImagePlus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.evaluation.Comparison;
import sc.fiji.attribution.method.evaluation.MethodExplained;
import sc.fiji.attribution.method.evaluation.MethodExplained.Form;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.ScoredImage;

/**
 * Maps that methods made of an image, ready to be judged.
 *
 * @param scored the image with what is explained; for {@code predicted} the class that it turned
 *     out to be
 * @param maps by method, on the image's grid, channels added up
 * @param trials by method
 */
public record MadeMaps(
        TestImage test,
        ScoredImage scored,
        Map<String, Tensor> maps,
        Map<String, Comparison.Trials> trials) {

    /**
     * Makes them, without judging.
     *
     * @param needs of the metrics that are going to judge them
     * @throws AttributionException where image, mask, options or model do not fit
     */
    public static MadeMaps of(
            EvaluationSettings settings,
            ImagePlus image,
            Optional<ImagePlus> mask,
            List<ChosenMethod> methods,
            Set<Need> needs,
            Progress progress) {
        methods.forEach(
                m -> AttributionMethods.require(m.method(), settings.classifier(), m.settings()));
        TestImage test = settings.test(image, mask);
        BaselineChoice choice = settings.baseline().orElse(BaselineChoice.ZERO);
        settings.warnAll(choice.doubts(image));
        Baseline reference = settings.resolve(choice);
        boolean parts =
                needs.contains(Need.REGIONS)
                        || methods.stream().anyMatch(m -> m.method().declaration().usesRegions());
        Problem whole = settings.problem(test, reference);
        Problem plain = parts ? settings.withRegions(whole, test) : whole;
        ScoredImage scored = ScoredImage.of(plain, new Score(plain).target());
        Tensor picture = test.picture();
        Map<String, Tensor> onImages = new LinkedHashMap<>();
        Map<String, Comparison.Trials> trials = new LinkedHashMap<>();
        for (int i = 0; i < methods.size(); i++) {
            ChosenMethod chosen = methods.get(i);
            Problem problem = plain.with(chosen.settings());
            Attribution found =
                    chosen.method().attribute(problem, Progress.part(progress, i, methods.size()));
            Tensor onImage =
                    TestImage.batch(
                            MethodExplained.summed(
                                    test.input().onImage(found.map(), found.quantity())));
            MapImage.warning(onImage)
                    .ifPresent(text -> settings.warn(chosen.label() + ": " + text));
            MethodExplained explained =
                    MethodExplained.of(
                            chosen.method(), problem, scored, Form.SUMMED, settings.randomLabels());
            onImages.put(chosen.label(), onImage);
            trials.put(
                    chosen.label(),
                    new Comparison.Trials(
                            settings.trial(
                                    MethodExplained.summed(found.map()),
                                    Optional.empty(),
                                    Optional.of(explained)),
                            settings.trial(onImage, test.mask(), Optional.empty()),
                            picture));
        }
        settings.warnAll(test.input().warnings());
        return new MadeMaps(test, scored, onImages, trials);
    }
}

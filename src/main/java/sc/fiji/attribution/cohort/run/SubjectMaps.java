/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import ij.ImagePlus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ChannelFiles;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelSpec;

/** How the maps of all subjects are made: target, references, and a tool for each method. */
final class SubjectMaps {

    private SubjectMaps() {}

    /** The tools by method, in the order of the settings. */
    static Map<String, AttributionTool> tools(Classifier classifier, CohortSettings settings) {
        String target = target(classifier.spec(), settings);
        List<ImagePlus> references = references(settings);
        Map<String, AttributionTool> tools = new LinkedHashMap<>();
        for (String name : settings.methods()) {
            AttributionMethod method = AttributionMethods.named(name);
            tools.put(name, tool(classifier, settings, method, target, references));
        }
        return tools;
    }

    /** What maps are measured against with {@code baseline=images}. */
    static List<ImagePlus> references(CohortSettings settings) {
        String named = settings.references();
        if (ChannelFiles.names(named).size() > 1) {
            return List.of(ChannelFiles.of(named, ImageFile::openOrFind));
        }
        return named.isEmpty() ? List.of() : ImageFile.openAll(named);
    }

    /** Of two classes the second, of more the predicted one, unless said otherwise. */
    static String target(ModelSpec model, CohortSettings settings) {
        List<String> labels = model.labels();
        if (!settings.target().isEmpty()) {
            return settings.target();
        }
        return labels.size() == 2 && model.hasProbabilities() ? second(model) : "predicted";
    }

    /** The log odds of the second of two classes, as a target. */
    static String second(ModelSpec model) {
        String second = model.labels().get(1);
        return model.head().isExclusive() ? second + " - " + model.labels().get(0) : second;
    }

    private static AttributionTool tool(
            Classifier classifier,
            CohortSettings settings,
            AttributionMethod method,
            String target,
            List<ImagePlus> references) {
        Map<String, String> options = settings.optionsOf(method);
        Settings all = Settings.of(CohortSettings.declared(method), options);
        AttributionTool tool =
                new AttributionTool(classifier).method(method.declaration().name()).target(target);
        if (method.declaration().usesBaseline()) {
            tool.baseline(
                    new BaselineChoice(
                            all.get(BaselineChoice.NAME),
                            all.get(BaselineChoice.CONSTANT),
                            all.get(BaselineChoice.SIGMA),
                            references));
        }
        options.keySet()
                .retainAll(method.declaration().options().stream().map(o -> o.key()).toList());
        return tool.options(options);
    }
}

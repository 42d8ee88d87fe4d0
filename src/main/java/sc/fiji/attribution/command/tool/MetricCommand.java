/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.tool;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.scijava.command.DynamicCommandInfo;
import org.scijava.plugin.Parameter;
import sc.fiji.attribution.command.input.MethodInputs;
import sc.fiji.attribution.command.input.Models;
import sc.fiji.attribution.fiji.file.OpenImages;
import sc.fiji.attribution.fiji.file.TableFile;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.method.evaluation.Need;

/** A command that judges maps by metrics, in a table. */
public abstract class MetricCommand extends ModelCommand {

    @Parameter(
            label = "Metrics",
            required = false,
            persist = false,
            columns = 36,
            description = "families or names, separated by commas; all; empty = the usual ones")
    private String metrics;

    @Parameter(
            label = "Target",
            required = false,
            persist = false,
            description =
                    "a class by name or index, a difference such as 1 - 0, or a hidden unit; empty"
                            + " = the map's own, or the predicted class")
    private String target;

    @Parameter(
            label = "Baseline images",
            style = "open,image",
            required = false,
            persist = false,
            description =
                    "if images: title or path of an image, those of its channels with commas"
                            + " between, or a folder of images")
    private String references;

    @Parameter(
            label = "Regions",
            style = "open,image",
            required = false,
            persist = false,
            description =
                    "for methods over regions: a label image's title or path, roi manager, or"
                            + " supervoxels (supervoxels 20 mm)")
    private String regions;

    @Parameter(
            label = "Seed",
            required = false,
            persist = false,
            min = "0",
            description = "start of the random numbers")
    private int seed;

    @Parameter(
            label = "Save table as",
            style = "save",
            required = false,
            persist = false,
            description = "CSV file with a row for each figure; empty = only show")
    private String output;

    /** The metrics that are meant where nobody names any: names and families. */
    protected abstract String usualMetrics();

    @Override
    protected void addInputs(DynamicCommandInfo info) {
        BaselineChoice.OPTIONS.forEach(option -> MethodInputs.addTo(info, option));
        super.addInputs(info);
    }

    @Override
    protected List<String> rarelyNeeded() {
        List<String> keys = new ArrayList<>(List.of("target"));
        BaselineChoice.OPTIONS.stream().map(Option::key).forEach(keys::add);
        keys.addAll(List.of("references", "regions", "seed", "output"));
        return keys;
    }

    protected final List<Metric> metrics() {
        String named = Models.text(metrics);
        return Metrics.named(named.isEmpty() ? usualMetrics() : named, absent());
    }

    /**
     * What an input would give that nobody gave: metrics that need it are not missed, unless they
     * are named themselves.
     */
    protected Set<Need> absent() {
        Set<Need> absent = EnumSet.of(Need.RANDOM_LABELS);
        if (regions().isEmpty()) {
            absent.add(Need.REGIONS);
        }
        return absent;
    }

    protected final String target() {
        return Models.text(target);
    }

    protected final String regions() {
        return Models.text(regions);
    }

    protected final int seed() {
        return seed;
    }

    protected final String output() {
        return output;
    }

    /** Refuses what cannot be read or saved, before the work is done. */
    protected void checkFiles() {
        ifNamed(output, TableFile::checkWritable);
    }

    /** What was said of the baseline; empty where nothing was. */
    protected final Optional<BaselineChoice> baseline() {
        boolean said =
                BaselineChoice.OPTIONS.stream().anyMatch(o -> !text(o.key()).isEmpty())
                        || !text("references").isEmpty();
        if (!said) {
            return Optional.empty();
        }
        Settings settings =
                Settings.of(
                        BaselineChoice.OPTIONS,
                        MethodInputs.given(BaselineChoice.OPTIONS, this::getInput));
        String name = settings.get(BaselineChoice.NAME);
        BaselineChoice.requireReferences(name, !text("references").isEmpty());
        return Optional.of(
                new BaselineChoice(
                        name,
                        settings.get(BaselineChoice.CONSTANT),
                        settings.get(BaselineChoice.SIGMA),
                        text("references").isEmpty()
                                ? List.of()
                                : OpenImages.titledOrFiles(text("references"))));
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.scijava.command.Command;
import org.scijava.command.DynamicCommandInfo;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.cohort.bias.ConfoundTest;
import sc.fiji.attribution.cohort.run.CohortResult;
import sc.fiji.attribution.cohort.run.CohortSettings;
import sc.fiji.attribution.cohort.run.CohortTool;
import sc.fiji.attribution.cohort.spark.SparkCohort;
import sc.fiji.attribution.cohort.table.Levels;
import sc.fiji.attribution.command.input.MethodInputs;
import sc.fiji.attribution.command.tool.ModelCommand;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.report.Report;

/** A table of subjects in, a folder of results and a report out. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Cohort...", weight = 40.2)
        },
        headless = true)
public class RunCohort extends ModelCommand {

    @Parameter(
            label = "Table of subjects",
            style = "open",
            persist = false,
            description = "CSV or TSV: a row per subject, with the paths of its images")
    private String table;

    @Parameter(
            label = "Method",
            required = false,
            persist = false,
            description = "several with commas; none for scores alone")
    private String method = "Integrated Gradients";

    @Parameter(
            label = "Confound",
            required = false,
            persist = false,
            description = "column, such as the site, whose use is asked about")
    private String confound;

    @Parameter(
            label = "Folder for the results",
            style = "directory",
            required = false,
            persist = false,
            description = "a run that was ended goes on there")
    private String output;

    @Parameter(
            label = "Only check",
            required = false,
            persist = false,
            description = "read all files and say what would happen")
    private boolean check;

    @Parameter(
            label = "Target",
            required = false,
            persist = false,
            description = "empty = of two classes the second minus the first, else the predicted")
    private String target;

    @Parameter(
            label = "Performance by",
            required = false,
            persist = false,
            description = "columns; empty = those that look like groups")
    private String by;

    @Parameter(
            label = "Covariates",
            required = false,
            persist = false,
            description = "columns of numbers that tests of maps take into account")
    private String covariates;

    @Parameter(
            label = "Baseline images",
            style = "open",
            required = false,
            persist = false,
            description =
                    "with baseline=images: an image or a folder of images, such as a mean brain")
    private String references;

    @Parameter(
            label = "Atlas",
            style = "open",
            required = false,
            persist = false,
            description = "label image in the space of the maps")
    private String atlas;

    @Parameter(
            label = "Names of the atlas",
            style = "open",
            required = false,
            persist = false,
            description = "FSL's XML, lines of index and name, or ITK-SNAP's or FreeSurfer's table")
    private String names;

    @Parameter(
            label = "Normalise maps",
            required = false,
            persist = false,
            description = "divide each by its total absolute value before maps are compared")
    private boolean normalise;

    @Parameter(
            label = "Permutations",
            required = false,
            persist = false,
            description = "for tests of maps; 0 for none")
    private String permutations = "1000";

    @Parameter(
            label = "Format of maps",
            required = false,
            persist = false,
            choices = {"auto", "nii.gz", "nii", "tif"})
    private String format = "auto";

    @Parameter(
            label = "Part",
            required = false,
            persist = false,
            description = "a share of the subjects, such as 3/16, join, or spark")
    private String part;

    @Override
    protected void addInputs(DynamicCommandInfo info) {
        CohortSettings.methodOptions().values().forEach(o -> MethodInputs.addTo(info, o));
        super.addInputs(info);
    }

    @Override
    protected List<String> rarelyNeeded() {
        List<String> keys =
                new ArrayList<>(
                        List.of(
                                "target",
                                "by",
                                "covariates",
                                "references",
                                "atlas",
                                "names",
                                "normalise",
                                "permutations",
                                "format",
                                "part"));
        keys.addAll(CohortSettings.methodOptions().keySet());
        return keys;
    }

    private CohortSettings settings() {
        Map<String, String> said = new LinkedHashMap<>();
        for (String key : CohortSettings.KEYS) {
            said.put(key, getInput(key) == null ? "" : getInput(key).toString());
        }
        for (String key : CohortSettings.methodOptions().keySet()) {
            said.put(key, getInput(key) == null ? "" : getInput(key).toString());
        }
        return CohortSettings.of(said);
    }

    @Override
    protected void execute() {
        CohortSettings settings = settings();
        settings = settings.isSpark() ? settings.absolute() : settings;
        CohortTool tool = new CohortTool(classifier(), settings);
        if (settings.isCheck()) {
            check(tool);
            return;
        }
        if (settings.isSpark()) {
            try (SparkCohort spark = new SparkCohort(Path.of(text("model")), options(), settings)) {
                spark.run(tool.table().subjects().size(), progress());
                run(tool.adding(spark::sums), settings);
            }
        } else {
            run(tool, settings);
        }
    }

    private void check(CohortTool tool) {
        CohortTool.Outlook found = tool.check(progress());
        found.lines().forEach(this::say);
        if (found.failing() > 0) {
            throw new AttributionException(
                    found.failing()
                            + " of "
                            + tool.table().subjects().size()
                            + " subjects cannot be run: see above.");
        }
    }

    private void run(CohortTool tool, CohortSettings settings) {
        CohortResult result = tool.run(progress());
        result.notes().forEach(this::warn);
        if (!settings.isShare()) {
            result.bias().main().ifPresent(main -> say(line(main, result.cohort().confound())));
            say("Report: " + Report.write(result));
        }
        if (result.cohort().failed() > 0) {
            String first = result.cohort().failures().entrySet().iterator().next().toString();
            throw new AttributionException(
                    result.summary()
                            + " All that could be done is in "
                            + result.folder().path()
                            + "; the first failure: "
                            + first.replaceFirst("=", ": "));
        }
        say(result.summary());
    }

    private static String line(ConfoundTest main, Levels levels) {
        String found =
                main.reason().isEmpty()
                        ? String.format(
                                Locale.ROOT,
                                "%s (share %.2f, p %.4f).",
                                main.verdict(),
                                main.share(),
                                main.p())
                        : main.verdict() + ": " + main.reason() + ".";
        return "Confound: "
                + found
                + " Levels of "
                + levels.column()
                + ": "
                + levels.description()
                + ".";
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.BaselineChoice;
import sc.fiji.attribution.fiji.DivergingLut;
import sc.fiji.attribution.fiji.ImageFile;
import sc.fiji.attribution.fiji.MapImage;
import sc.fiji.attribution.fiji.OverlayPicture;
import sc.fiji.attribution.fiji.RegionChoice;
import sc.fiji.attribution.fiji.RegionTable;
import sc.fiji.attribution.fiji.TableFile;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.model.Classifier;

/** Which voxels made a model decide so: a signed map on the grid of the image. */
@Plugin(type = Command.class, menuPath = "Plugins>Attribution>Attribution Map...", headless = true)
public class AttributionMap extends ToolCommand {

    @Parameter(label = "Image", persist = false)
    private ImagePlus input;

    @Parameter(
            label = "Model",
            style = "directory",
            persist = false,
            description = "TensorFlow SavedModel or bioimage.io package, folder or zip")
    private String model;

    @Parameter(label = "Method", persist = false, initializer = "listMethods")
    private String method = "Integrated Gradients";

    @Parameter(
            label = "Target",
            persist = false,
            description = "predicted, a class by name or index, or a difference such as 1 - 0")
    private String target = "predicted";

    @Parameter(
            label = "Steps",
            persist = false,
            min = "1",
            description = "gradients along the path (Integrated Gradients)")
    private int steps = 50;

    @Parameter(
            label = "Integration rule",
            persist = false,
            choices = {"gausslegendre", "left", "right", "middle", "trapezoid", "adaptive"})
    private String rule = "gausslegendre";

    @Parameter(
            label = "Tolerance",
            persist = false,
            description = "completeness error at which the adaptive rule stops, as a share")
    private double tolerance = 0.01;

    @Parameter(
            label = "Samples",
            persist = false,
            min = "1",
            description = "random samples (SmoothGrad and its kin, Expected Gradients)")
    private int samples = 50;

    @Parameter(
            label = "Noise",
            persist = false,
            min = "0",
            description = "standard deviation as a share of the image's value range")
    private double noise = 0.1;

    @Parameter(label = "Seed", persist = false, min = "0", description = "of the random numbers")
    private int seed = 0;

    @Parameter(
            label = "Batch",
            persist = false,
            min = "0",
            description = "images per model call, 0 = automatic")
    private int batch = 0;

    @Parameter(
            label = "Baseline",
            persist = false,
            choices = {"zero", "constant", "blurred", "mean", "localmean", "noise", "images"},
            description = "what the map is measured against")
    private String baseline = "zero";

    @Parameter(label = "Baseline value", persist = false, description = "for baseline constant")
    private double constant = 0;

    @Parameter(
            label = "Baseline blur",
            persist = false,
            description = "sigma in voxels of the model's grid, for baseline blurred")
    private double sigma = 4;

    @Parameter(
            label = "Baseline images",
            style = "open",
            required = false,
            persist = false,
            description = "an image or a folder of images, for baseline images")
    private String references;

    @Parameter(
            label = "Regions",
            required = false,
            persist = false,
            description =
                    "for methods over regions: a label image's title or path, roi manager, or"
                            + " supervoxels (supervoxels 20 mm)")
    private String regions;

    @Parameter(
            label = "Inside",
            required = false,
            persist = false,
            description =
                    "where methods that change the image may do so: selection, roi manager, or a"
                            + " mask's title or path; empty = everywhere")
    private String inside;

    @Parameter(
            label = "Channels",
            persist = false,
            choices = {"sum", "keep"},
            description = "sum over the image's channels, or a map for each")
    private String channels = "sum";

    @Parameter(
            label = "Colours",
            persist = false,
            choices = {"light", "dark"},
            description = "neutral is white (for reading) or black (for rendering)")
    private String colours = "light";

    @Parameter(
            label = "Save map as",
            style = "save",
            required = false,
            persist = false,
            description = "TIFF file; empty = only show")
    private String output;

    @Parameter(
            label = "Save picture as",
            style = "save",
            required = false,
            persist = false,
            description = "PNG file with the map over the image; empty = none")
    private String overlay;

    @Parameter(
            label = "Save table as",
            style = "save",
            required = false,
            persist = false,
            description = "CSV file with a row per region; empty = only show")
    private String table;

    @Parameter(
            label = "Axes",
            required = false,
            persist = false,
            description = "order of the model's input axes, such as bzyxc; empty = from the model")
    private String axes;

    @Parameter(
            label = "Class names",
            required = false,
            persist = false,
            description = "separated by commas; empty = from the model")
    private String labels;

    @Parameter(
            label = "Signature",
            required = false,
            persist = false,
            description = "which signature of the model; empty = the usual one")
    private String signature;

    @Parameter(
            label = "Scores",
            required = false,
            persist = false,
            description = "which output of the model; empty = the one with class scores")
    private String scores;

    @Parameter(
            label = "Constants",
            required = false,
            persist = false,
            description = "values of the model's other inputs, such as age=0.4,weight=71")
    private String constants;

    @Parameter(
            label = "Trust the model",
            required = false,
            persist = false,
            description = "run it even if it may do more than compute, such as write files")
    private boolean trust;

    @Parameter(type = ItemIO.OUTPUT, label = "Attribution map")
    private ImagePlus map;

    @Parameter(type = ItemIO.OUTPUT, label = "Region scores")
    private ResultsTable scoresOfRegions;

    void listMethods() {
        getInfo().getMutableInput("method", String.class).setChoices(AttributionMethods.names());
    }

    @Override
    void execute() {
        if (!Models.text(output).isEmpty()) {
            ImageFile.checkWritable(output);
            ImageFile.requireOther(output, input);
        }
        if (!Models.text(overlay).isEmpty()) {
            OverlayPicture.checkWritable(overlay);
        }
        requireTable();
        List<ImagePlus> images =
                Models.text(references).isEmpty() ? List.of() : ImageFile.openAll(references);
        try (Classifier classifier =
                Models.open(model, axes, labels, signature, scores, constants, trust)) {
            AttributionTool tool =
                    new AttributionTool(classifier)
                            .method(method)
                            .options(optionsOfMethod())
                            .target(target)
                            .baseline(new BaselineChoice(baseline, constant, sigma, images))
                            .channels(MapImage.Channels.named(channels))
                            .colours(DivergingLut.named(colours));
            if (!Models.text(regions).isEmpty()) {
                tool.regions(RegionChoice.named(regions, "regions", input));
            }
            if (!Models.text(inside).isEmpty()) {
                tool.inside(RegionChoice.named(inside, "inside", input));
            }
            AttributionTool.Result result = tool.run(input, progress());
            result.warnings().forEach(this::warn);
            List<String> names = classifier.spec().labels();
            for (Attribution attribution : result.attributions()) {
                say(summary(attribution, names));
                attribution.findings().forEach((key, text) -> say(key + ": " + text));
            }
            if (!Models.text(output).isEmpty()) {
                ImageFile.save(result.image(), output);
                say("Map: " + output);
            }
            if (!Models.text(overlay).isEmpty()) {
                OverlayPicture.of(input, result.image())
                        .caption(result.image().getTitle())
                        .save(overlay);
                say("Picture: " + overlay);
            }
            map = result.image();
            if (AttributionMethods.named(method).declaration().usesRegions()) {
                scoresOfRegions = RegionTable.of(result.attributions());
                if (!Models.text(table).isEmpty()) {
                    TableFile.save(scoresOfRegions, table);
                    say("Table: " + table);
                }
            }
        }
    }

    private void requireTable() {
        if (!Models.text(table).isEmpty()) {
            TableFile.checkWritable(table);
            if (!AttributionMethods.named(method).declaration().usesRegions()) {
                throw new OptionException("table: " + method + " has no regions to list.");
            }
        }
    }

    /** This command has a parameter for every option of every method; the method reads some. */
    private Map<String, String> optionsOfMethod() {
        Map<String, Object> values =
                Map.of(
                        "steps", steps,
                        "rule", rule,
                        "tolerance", tolerance,
                        "samples", samples,
                        "noise", noise,
                        "seed", seed,
                        "batch", batch);
        Map<String, String> options = new LinkedHashMap<>();
        for (Option<?> option : AttributionMethods.named(method).declaration().options()) {
            if (values.containsKey(option.key())) {
                options.put(option.key(), values.get(option.key()).toString());
            }
        }
        return options;
    }

    private static String summary(Attribution a, List<String> labels) {
        int predicted = Target.predicted(a.classLogits());
        String line =
                String.format(
                        Locale.ROOT,
                        "Class: %s (probability %.4f). %s for %s: score %.4f",
                        labels.get(predicted),
                        a.probabilities()[predicted],
                        a.method(),
                        a.target().description(),
                        a.score());
        if (a.relativeCompletenessError().isPresent()) {
            line +=
                    String.format(
                            Locale.ROOT,
                            ", completeness error %.2g (%.2g %%)",
                            a.completenessError().getAsDouble(),
                            100 * a.relativeCompletenessError().getAsDouble());
        }
        return line + ", " + a.passes() + " passes.";
    }
}

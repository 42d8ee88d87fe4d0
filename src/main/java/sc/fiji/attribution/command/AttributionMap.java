/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.command.DynamicCommandInfo;
import org.scijava.module.ModuleItem;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.dialog.MethodInputs;
import sc.fiji.attribution.command.dialog.ModelCommand;
import sc.fiji.attribution.command.dialog.Models;
import sc.fiji.attribution.command.dialog.Page;
import sc.fiji.attribution.command.dialog.Targets;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.PictureFile;
import sc.fiji.attribution.fiji.file.TableFile;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.fiji.overlay.Overlay;
import sc.fiji.attribution.fiji.overlay.OverlayPicture;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.fiji.region.RegionTable;
import sc.fiji.attribution.method.AllClasses;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.ModelSpec;

/** Which voxels made a model decide so: a signed map on the grid of the image. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Attribution Map...", weight = 2)
        },
        headless = true)
public class AttributionMap extends ModelCommand {

    @Parameter(label = "Image", persist = false)
    private ImagePlus input;

    @Parameter(label = "Method", persist = false, description = "its options are on the next page")
    private String method = "Integrated Gradients";

    @Parameter(
            label = "Target",
            persist = false,
            description =
                    "predicted, a class by name or index, all of them, a difference such as 1 - 0,"
                            + " or a hidden channel or unit: layer[channel] or layer[channel, x, y,"
                            + " z]")
    private String target = "predicted";

    @Parameter(
            label = "Baseline images",
            style = "open",
            required = false,
            persist = false,
            description = "if images: an image or a folder of images")
    private String references;

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
            label = "Save table as",
            style = "save",
            required = false,
            persist = false,
            description = "CSV file with a row per region; empty = only show")
    private String table;

    @Parameter(type = ItemIO.OUTPUT, label = "Attribution map")
    private ImagePlus map;

    @Parameter(type = ItemIO.OUTPUT, required = false, label = "Region scores")
    private ResultsTable scoresOfRegions;

    /** The options of all methods are inputs; the method reads some of them. */
    @Override
    protected void addInputs(DynamicCommandInfo info) {
        info.getMutableInput("method", String.class).setChoices(AttributionMethods.names());
        MethodInputs.addTo(info);
        super.addInputs(info);
    }

    @Override
    protected List<Page> pages() {
        return List.of(
                () -> items("input", "model", "method", ADVANCED), this::advanced, new Options());
    }

    /** What the method reads, and the classes of the model by name. */
    private final class Options implements Page {

        @Override
        public List<ModuleItem<?>> items() {
            ModelSpec spec = classifier().spec();
            ModelInput.of(spec, input); // tells now what does not fit
            forgetOthers();
            List<ModuleItem<?>> items = new ArrayList<>();
            items.add(
                    isAdvanced()
                            ? Targets.free(getInfo(), spec.labels())
                            : Targets.orAll(getInfo(), spec.labels(), target));
            for (Option<?> option : MethodInputs.declared(method())) {
                items.add(MethodInputs.field(getInfo(), option));
                if (option == BaselineChoice.SIGMA) {
                    items.addAll(AttributionMap.this.items("references"));
                }
            }
            if (reads("regions")) {
                items.addAll(AttributionMap.this.items("regions"));
            }
            if (isAdvanced()) {
                Stream.of("inside", "channels", "colours", "output", "overlay", "table")
                        .filter(AttributionMap.this::reads)
                        .forEach(key -> items.addAll(AttributionMap.this.items(key)));
            }
            return items;
        }

        /** What was said for another method, before the user went back. */
        private void forgetOthers() {
            List<String> others = new ArrayList<>(MethodInputs.all().keySet());
            others.removeAll(keys(MethodInputs.declared(method())));
            Stream.of("references", "regions", "inside", "table")
                    .filter(key -> !reads(key))
                    .forEach(others::add);
            others.forEach(key -> setInput(key, null));
        }

        @Override
        public String introduction() {
            Declaration declaration = method().declaration();
            return declaration.name() + ": " + declaration.summary();
        }

        @Override
        public void check() {
            checkOutputs();
            settings();
            checkTarget();
        }
    }

    /** Whether the method reads one of the keys that stand above for all methods. */
    private boolean reads(String key) {
        Declaration declaration = method().declaration();
        return switch (key) {
            case "references" -> declaration.usesBaseline();
            case "regions", "table" -> declaration.usesRegions();
            case "inside" -> declaration.changesImage();
            default -> true;
        };
    }

    private AttributionMethod method() {
        return AttributionMethods.named(method);
    }

    private Settings settings() {
        return Settings.of(
                MethodInputs.declared(method()), MethodInputs.given(method(), this::getInput));
    }

    private void checkOutputs() {
        ifNamed(output, ImageFile::checkWritable);
        ifNamed(output, path -> ImageFile.requireOther(path, input));
        ifNamed(overlay, PictureFile::checkWritable);
        ifNamed(table, TableFile::checkWritable);
        if (!Models.text(table).isEmpty() && !method().declaration().usesRegions()) {
            throw new OptionException("table: " + method + " has no regions to list.");
        }
    }

    /** What the tool cannot know: a picture shows one map. */
    private void checkTarget() {
        boolean all = AllClasses.requireTarget(classifier(), target);
        if (all && !Models.text(overlay).isEmpty()) {
            throw new OptionException(
                    "overlay: a picture shows the map of one class; with target=all save the map,"
                            + " and choose its mapchannel in Attribution Overlay....");
        }
    }

    @Override
    protected void execute() {
        checkOutputs();
        checkTarget();
        Settings settings = settings();
        Map<String, String> options = settings.toMap();
        options.keySet().retainAll(keys(method().declaration().options()));
        AttributionTool tool =
                new AttributionTool(classifier())
                        .method(method)
                        .options(options)
                        .target(target)
                        .baseline(baseline(settings))
                        .channels(MapImage.Channels.named(channels))
                        .colours(DivergingLut.named(colours));
        ifNamed(regions, name -> tool.regions(RegionChoice.named(name, "regions", input)));
        ifNamed(inside, name -> tool.inside(RegionChoice.named(name, "inside", input)));
        AttributionTool.Result result = tool.run(input, progress());
        result.warnings().forEach(this::warn);
        List<String> names = classifier().spec().labels();
        for (Attribution attribution : result.attributions()) {
            say(summary(attribution, names));
            attribution.findings().forEach((key, text) -> say(key + ": " + text));
        }
        if (result.perFrame() > 1) {
            say("All classes together: " + result.passes() + " passes.");
        }
        save("Map", output, path -> ImageFile.save(result.image(), path));
        save(
                "Picture",
                overlay,
                path ->
                        OverlayPicture.of(Overlay.of(input, result.image()))
                                .caption(result.image().getTitle())
                                .save(path));
        map = result.image();
        if (method().declaration().usesRegions()) {
            scoresOfRegions = RegionTable.of(result);
            save("Table", table, path -> TableFile.save(scoresOfRegions, path));
        }
    }

    private BaselineChoice baseline(Settings settings) {
        boolean named = !Models.text(references).isEmpty();
        if (!method().declaration().usesBaseline()) {
            if (named) {
                throw new OptionException(
                        "references: " + method + " does not measure against a baseline.");
            }
            return BaselineChoice.ZERO;
        }
        return new BaselineChoice(
                settings.get(BaselineChoice.NAME),
                settings.get(BaselineChoice.CONSTANT),
                settings.get(BaselineChoice.SIGMA),
                named ? ImageFile.openAll(references) : List.of());
    }

    private static List<String> keys(List<Option<?>> options) {
        return options.stream().map(Option::key).toList();
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
        if (a.completenessError().isPresent()) {
            double error = a.completenessError().getAsDouble();
            line += String.format(Locale.ROOT, ", completeness error %.2g", error);
        }
        if (a.relativeCompletenessError().isPresent()) {
            double share = a.relativeCompletenessError().getAsDouble();
            line += String.format(Locale.ROOT, " (%.2g %%)", 100 * share);
        }
        return line + ", " + a.passes() + " passes.";
    }
}

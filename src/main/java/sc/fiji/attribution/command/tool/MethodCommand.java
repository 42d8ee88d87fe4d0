/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.tool;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.scijava.command.DynamicCommandInfo;
import org.scijava.module.ModuleItem;
import org.scijava.plugin.Parameter;
import sc.fiji.attribution.command.dialog.MethodChoices;
import sc.fiji.attribution.command.dialog.Page;
import sc.fiji.attribution.command.input.Applicable;
import sc.fiji.attribution.command.input.Inputs;
import sc.fiji.attribution.command.input.MethodInputs;
import sc.fiji.attribution.command.input.Targets;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.OpenImages;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.fiji.segmentation.MapPart;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.ModelSpec;

/**
 * A command that runs a method on an image. Its dialog asks for image, model and method, and then
 * for what this method reads, with the model's classes by name and what it says of the image.
 */
public abstract class MethodCommand extends ModelCommand {

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
            label = "Inside",
            style = "open,image",
            required = false,
            persist = false,
            description =
                    "where methods that change the image may do so: selection, roi manager, or a"
                            + " mask's title or path; empty = everywhere")
    private String inside;

    @Parameter(
            label = "Where",
            required = false,
            persist = false,
            description =
                    "for models that put out a map: everywhere, selection, roi manager, a mask's or"
                            + " label image's title or path (labels.tif label 3), component 2 of"
                            + " the class, component at x, y, z, or component at selection")
    private String where;

    @Parameter(
            label = "Pooling",
            persist = false,
            choices = {"mean", "sum"},
            description = "what the scores there become")
    private String pooling = "mean";

    /** Keys that the last page asks for where the user wants rarely needed things. */
    protected abstract List<String> rarelyAsked();

    /** Refuses what cannot be saved, before the work is done. */
    protected abstract void checkOutputs();

    /** The options of all methods are inputs; the method reads some of them. */
    @Override
    protected void addInputs(DynamicCommandInfo info) {
        info.getMutableInput("method", String.class).setChoices(AttributionMethods.names());
        MethodInputs.addTo(info);
        super.addInputs(info);
    }

    @Override
    protected List<Page> pages() {
        return List.of(new First(), ofModel(), unclear(this::input), new Options());
    }

    /** What is worked on, and how. */
    private final class First implements Page {

        @Override
        public List<ModuleItem<?>> items() {
            return MethodCommand.this.items("input", "model", "method", ADVANCED);
        }

        @Override
        public List<String> choices(ModuleItem<?> item, Map<String, Object> answers) {
            return item.getName().equals("method") ? MethodChoices.grouped() : Inputs.choices(item);
        }

        @Override
        public String advice(Map<String, Object> answers) {
            return MethodChoices.advice(String.valueOf(answers.get("method")));
        }

        /** Neither a missing image nor a misspelt method waits for the model to load. */
        @Override
        public void check() {
            method();
        }
    }

    /** What the method reads, and the classes of the model by name. */
    private final class Options implements Page {

        @Override
        public List<ModuleItem<?>> items() {
            ModelSpec model = classifier().spec();
            recall();
            forgetOthers();
            List<ModuleItem<?>> items = new ArrayList<>();
            items.add(
                    isAdvanced()
                            ? Targets.free(getInfo(), model)
                            : Targets.orAll(getInfo(), model, target));
            for (Option<?> option : MethodInputs.declared(method())) {
                items.add(MethodInputs.field(getInfo(), option));
                if (option == BaselineChoice.SIGMA) {
                    items.addAll(MethodCommand.this.items("references"));
                }
            }
            Stream<String> last =
                    isAdvanced()
                            ? Stream.concat(
                                    Stream.of("where", "pooling", "regions", "inside"),
                                    rarelyAsked().stream())
                            : Stream.of("where", "pooling", "regions");
            last.filter(MethodCommand.this::reads)
                    .forEach(key -> items.addAll(MethodCommand.this.items(key)));
            return items;
        }

        /** What was said for another method, before the user went back. */
        private void forgetOthers() {
            List<String> others = new ArrayList<>(MethodInputs.all().keySet());
            others.removeAll(keys(MethodInputs.declared(method())));
            Stream.of("references", "regions", "inside", "table")
                    .filter(key -> getInfo().getInput(key) != null && !reads(key))
                    .forEach(others::add);
            others.forEach(key -> setInput(key, null));
        }

        @Override
        public String introduction() {
            return String.join("\n", Prediction.lines(classifier(), joined(input)));
        }

        @Override
        public boolean applies(String key, Map<String, Object> answers) {
            return Applicable.isRead(key, answers);
        }

        @Override
        public String advice(Map<String, Object> answers) {
            return MethodChoices.advice(method);
        }

        @Override
        public void check() {
            checkOutputs();
            settings();
            ifNamed(where, text -> MapPart.named(text, input));
        }
    }

    /** Whether the method reads one of the keys that stand above for all methods. */
    protected final boolean reads(String key) {
        Declaration declaration = method().declaration();
        return switch (key) {
            case "references" -> declaration.usesBaseline();
            case "regions", "table" -> declaration.usesRegions();
            case "inside" -> declaration.changesImage();
            case "where", "pooling" -> classifier().spec().map().isPresent();
            default -> true;
        };
    }

    protected final AttributionMethod method() {
        return AttributionMethods.named(method);
    }

    protected final ImagePlus input() {
        return input;
    }

    protected final String target() {
        return target;
    }

    private Settings settings() {
        return Settings.of(
                MethodInputs.declared(method()), MethodInputs.given(method(), this::getInput));
    }

    /** The tool as the inputs say. */
    protected final AttributionTool tool() {
        Settings settings = settings();
        Map<String, String> options = settings.toMap();
        options.keySet().retainAll(keys(method().declaration().options()));
        AttributionTool tool =
                new AttributionTool(classifier())
                        .method(method)
                        .options(options)
                        .target(target)
                        .baseline(baseline(settings));
        ifNamed(regions, name -> tool.regions(RegionChoice.named(name, "regions", input)));
        ifNamed(inside, name -> tool.inside(RegionChoice.named(name, "inside", input)));
        ifNamed(where, text -> tool.where(MapPart.named(text, input)));
        tool.pooling(MapPart.Pooling.named(pooling));
        return tool;
    }

    private BaselineChoice baseline(Settings settings) {
        boolean named = !text("references").isEmpty();
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
                named ? OpenImages.titledOrFiles(text("references")) : List.of());
    }

    private static List<String> keys(List<Option<?>> options) {
        return options.stream().map(Option::key).toList();
    }
}

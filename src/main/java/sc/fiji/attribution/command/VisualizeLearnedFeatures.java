/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import ij.macro.Interpreter;
import java.awt.GraphicsEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.command.DynamicCommandInfo;
import org.scijava.module.ModuleItem;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.dialog.Page;
import sc.fiji.attribution.command.input.MethodInputs;
import sc.fiji.attribution.command.input.Models;
import sc.fiji.attribution.command.tool.ModelCommand;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.fiji.LearnedFeatureTool;
import sc.fiji.attribution.fiji.feature.LivePreview;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.feature.ActivationMaximisation;

/** The image that a class, a hidden unit or a channel responds to most. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Visualize Learned Features...", weight = 10.4)
        },
        headless = true)
public class VisualizeLearnedFeatures extends ModelCommand {

    private static final List<Option<?>> OPTIONS = ActivationMaximisation.DECLARATION.options();

    @Parameter(
            label = "Target",
            persist = false,
            description = "a class, layer[channel] or layer[channel, x, y, z]")
    private String target;

    @Parameter(
            label = "Start from",
            style = "open",
            required = false,
            persist = false,
            description = "an image's title or path; empty = noise")
    private String start;

    @Parameter(
            label = "Size",
            required = false,
            persist = false,
            description = "x, y, z in voxels, where the model takes any: 64,64,32")
    private String size;

    @Parameter(
            label = "Range",
            required = false,
            persist = false,
            description = "smallest and largest pixel value: 0,255; empty = from the model")
    private String range;

    @Parameter(
            label = "Save image as",
            style = "save",
            required = false,
            persist = false,
            description = "TIFF file; empty = only show")
    private String output;

    @Parameter(type = ItemIO.OUTPUT, label = "Learned feature")
    private ImagePlus feature;

    @Override
    protected void addInputs(DynamicCommandInfo info) {
        OPTIONS.forEach(option -> MethodInputs.addTo(info, option));
        super.addInputs(info);
    }

    @Override
    protected List<Page> pages() {
        return List.of(() -> items("model", ADVANCED), this::advanced, new Choices());
    }

    /** The classes by name, and the options. */
    private final class Choices implements Page {

        @Override
        public List<ModuleItem<?>> items() {
            classifier();
            List<ModuleItem<?>> items =
                    new ArrayList<>(
                            VisualizeLearnedFeatures.this.items(
                                    "target", "start", "size", "range"));
            OPTIONS.forEach(option -> items.add(MethodInputs.field(getInfo(), option)));
            if (isAdvanced()) {
                items.addAll(VisualizeLearnedFeatures.this.items("output"));
            }
            return items;
        }

        @Override
        public String introduction() {
            return ActivationMaximisation.DECLARATION.summary()
                    + " Classes: "
                    + String.join(", ", classifier().spec().labels())
                    + ".";
        }

        @Override
        public void check() {
            ifNamed(output, ImageFile::checkWritable);
            tool().check();
        }
    }

    private LearnedFeatureTool tool() {
        LearnedFeatureTool tool =
                new LearnedFeatureTool(classifier())
                        .options(MethodInputs.given(OPTIONS, this::getInput))
                        .target(Models.text(target))
                        .size(Models.text(size))
                        .range(Models.text(range));
        ifNamed(start, name -> tool.start(ImageFile.openOrFind(name)));
        return tool;
    }

    @Override
    protected void execute() {
        ifNamed(output, ImageFile::checkWritable);
        LearnedFeatureTool tool = tool();
        LearnedFeatureTool.Result result;
        if (GraphicsEnvironment.isHeadless() || Interpreter.isBatchMode()) {
            result = tool.run(progress());
        } else {
            try (LivePreview preview = new LivePreview()) {
                result = tool.viewer(preview).run(progress());
            }
        }
        result.warnings().forEach(this::warn);
        say(summary(result.attribution()));
        save("Image", output, path -> ImageFile.save(result.image(), path));
        feature = result.image();
    }

    private static String summary(Attribution found) {
        return String.format(
                Locale.ROOT,
                "%s: score %.4f, from %s at the start, after %s iterations.",
                found.target().description(),
                found.score(),
                found.findings().get("score.start"),
                found.options().get(ActivationMaximisation.ITERATIONS.key()));
    }
}

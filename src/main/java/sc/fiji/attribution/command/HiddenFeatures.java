/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.util.ArrayList;
import java.util.List;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.module.DefaultMutableModuleItem;
import org.scijava.module.ModuleItem;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.dialog.Page;
import sc.fiji.attribution.command.input.Models;
import sc.fiji.attribution.command.input.Targets;
import sc.fiji.attribution.command.tool.ModelCommand;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.HiddenFeaturesTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.PictureFile;
import sc.fiji.attribution.fiji.file.TableFile;
import sc.fiji.attribution.method.feature.LayerFeatures;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;

/** What a layer makes of an image: its activations, and which channels count for the target. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Hidden Features...", weight = 10.2)
        },
        headless = true)
public class HiddenFeatures extends ModelCommand {

    @Parameter(label = "Image", persist = false)
    private ImagePlus input;

    @Parameter(
            label = "Layer",
            required = false,
            persist = false,
            description = "by its name in Model Info...; empty = the last convolution")
    private String layer;

    @Parameter(
            label = "Target",
            persist = false,
            description = "channels are ranked by what they contribute to it")
    private String target = "predicted";

    @Parameter(
            label = "Grid",
            persist = false,
            choices = {"layer", "image"},
            description = "the layer's own, or the image's (interpolated)")
    private String grid = "layer";

    @Parameter(
            label = "Save features as",
            style = "save",
            required = false,
            persist = false,
            description = "TIFF file; empty = only show")
    private String output;

    @Parameter(
            label = "Save montage as",
            style = "save",
            required = false,
            persist = false,
            description = "PNG file with a slice of each channel; empty = only show")
    private String montage;

    @Parameter(
            label = "Save table as",
            style = "save",
            required = false,
            persist = false,
            description = "CSV file with a row per channel; empty = only show")
    private String table;

    @Parameter(type = ItemIO.OUTPUT, required = false, label = "Montage")
    private ImagePlus montageOfChannels;

    /** Behind the montage, so that it is the active image of a macro. */
    @Parameter(type = ItemIO.OUTPUT, label = "Hidden features")
    private ImagePlus features;

    @Parameter(type = ItemIO.OUTPUT, label = "Channels")
    private ResultsTable channels;

    @Override
    protected List<Page> pages() {
        return List.of(() -> items("input", "model", ADVANCED), this::advanced, new Choices());
    }

    /** The layers and classes by name. */
    private final class Choices implements Page {

        @Override
        public List<ModuleItem<?>> items() {
            Classifier classifier = classifier();
            List<ModuleItem<?>> items = new ArrayList<>();
            items.add(layers(classifier));
            items.add(Targets.field(getInfo(), classifier.spec(), target));
            items.addAll(HiddenFeatures.this.items("grid"));
            if (isAdvanced()) {
                items.addAll(HiddenFeatures.this.items("output", "montage", "table"));
            }
            return items;
        }

        @Override
        public void check() {
            HiddenFeatures.this.check();
        }
    }

    private ModuleItem<String> layers(Classifier classifier) {
        DefaultMutableModuleItem<String> field =
                new DefaultMutableModuleItem<>(
                        getInfo(), getInfo().getInput("layer", String.class));
        classifier
                .layers()
                .ifPresent(
                        layers -> {
                            field.setChoices(layers.list().stream().map(Layer::name).toList());
                            layers.lastConvolution()
                                    .map(Layer::name)
                                    .ifPresent(field::setDefaultValue);
                        });
        return field;
    }

    private HiddenFeaturesTool tool() {
        return new HiddenFeaturesTool(classifier())
                .layer(Models.text(layer))
                .target(target)
                .grid(grid);
    }

    /** What can be found wrong before anything is computed. */
    private void check() {
        ifNamed(output, ImageFile::checkWritable);
        ifNamed(output, path -> ImageFile.requireOther(path, input));
        ifNamed(montage, PictureFile::checkWritable);
        ifNamed(table, TableFile::checkWritable);
        Layer chosen = tool().check();
        if (!Models.text(montage).isEmpty() && !chosen.spatial()) {
            throw new OptionException(
                    "montage: layer '"
                            + chosen.name()
                            + "' has one value per channel and no"
                            + " slices to show; take the table.");
        }
    }

    @Override
    protected void execute() {
        check();
        HiddenFeaturesTool.Result result = tool().run(joined(input), progress());
        result.warnings().forEach(this::warn);
        for (LayerFeatures frame : result.frames()) {
            say(frame.summary());
        }
        save("Features", output, path -> ImageFile.save(result.image(), path));
        save("Montage", montage, path -> PictureFile.save(result.montage().orElseThrow(), path));
        save("Table", table, path -> TableFile.save(result.table(), path));
        features = result.image();
        montageOfChannels = result.montage().orElse(null);
        channels = result.table();
    }
}

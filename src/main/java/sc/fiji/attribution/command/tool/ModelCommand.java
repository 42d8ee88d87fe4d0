/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.tool;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.scijava.ItemVisibility;
import org.scijava.command.DynamicCommandInfo;
import org.scijava.module.DefaultMutableModuleItem;
import org.scijava.module.ModuleItem;
import org.scijava.plugin.Parameter;
import sc.fiji.attribution.command.dialog.Page;
import sc.fiji.attribution.command.input.FileKeys;
import sc.fiji.attribution.command.input.Inputs;
import sc.fiji.attribution.command.input.LastSettings;
import sc.fiji.attribution.command.input.Models;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.JoinedImages;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.input.Question;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;

/**
 * A command that needs a model. Its dialog asks for the model; what a caller may have to say of it
 * has a page of its own, for those who ask for it. The model is opened once, for the pages and for
 * the work, and closed at the end.
 */
public abstract class ModelCommand extends ToolCommand {

    /** What may be said of a model that its file does not, or says otherwise. */
    private static final List<String> OF_MODEL =
            List.of(
                    "axes",
                    "grey",
                    "labels",
                    "head",
                    "signature",
                    "scores",
                    "feed",
                    "constants",
                    "inputs",
                    "trust");

    /** Asks in the dialog for rarely needed things; no key of macros. */
    protected static final String ADVANCED = "advanced";

    @Parameter(
            label = "Model",
            style = "open",
            persist = false,
            description = "a model's folder or file")
    private String model;

    @Parameter(
            label = "Axes",
            required = false,
            persist = false,
            description = "order of the model's input axes, such as bzyxc; empty = from the model")
    private String axes;

    @Parameter(
            label = "Grey",
            required = false,
            persist = false,
            choices = {"", "repeat", "mean"},
            description =
                    "repeat: a grey image for each channel of the model; mean: a colour image made"
                            + " grey")
    private String grey = "";

    @Parameter(
            label = "Class names",
            required = false,
            persist = false,
            description = "of classes or numbers, separated by commas; empty = from the model")
    private String labels;

    @Parameter(
            label = "Head",
            required = false,
            persist = false,
            description =
                    "what the scores are: classes, regression (numbers) or map (a score for each"
                            + " voxel); empty = what the network shows")
    private String head;

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
            label = "Feed",
            required = false,
            persist = false,
            description = "layer that the image is fed to, behind a decoder; empty = the input")
    private String feed;

    @Parameter(
            label = "Inputs",
            required = false,
            persist = false,
            description =
                    "the model's other inputs, such as flair=flair.nii.gz, age=41; numbers get"
                            + " attributions, too")
    private String inputs;

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

    private Classifier opened;
    private String recalled = "";
    private List<Object> openedAs;

    /** Images first, then the command's own inputs, and last what is rarely needed. */
    @Override
    protected void addInputs(DynamicCommandInfo info) {
        List<ModuleItem<?>> items = new ArrayList<>();
        info.inputs().forEach(items::add);
        items.forEach(info::removeInput);
        items.sort(Comparator.comparingInt(ModelCommand::rank));
        items.forEach(info::addInput);
        DefaultMutableModuleItem<Boolean> advanced =
                new DefaultMutableModuleItem<>(info, ADVANCED, Boolean.class);
        advanced.setLabel("Advanced");
        advanced.setDescription("ask for rarely needed things, too");
        advanced.setRequired(false);
        advanced.setPersisted(false);
        advanced.setDefaultValue(false);
        // Shown, but neither recorded nor a key.
        advanced.setVisibility(ItemVisibility.INVISIBLE);
        info.addInput(advanced);
    }

    private static int rank(ModuleItem<?> item) {
        return item.getType() == ImagePlus.class ? 0 : OF_MODEL.contains(item.getName()) ? 2 : 1;
    }

    @Override
    protected void suggest() {
        if (Models.text(model).isEmpty()) {
            model = Models.suggestion();
        }
        recall();
    }

    /** Sets what nobody said to what was chosen for this model the last time. */
    protected final void recall() {
        if (text("model").isEmpty() || text("model").equals(recalled)) {
            return;
        }
        recalled = text("model");
        LastSettings last = new LastSettings(title(), recalled);
        for (ModuleItem<?> item : Inputs.keys(getInfo())) {
            if (isRemembered(item) && isDefault(item.getName())) {
                last.of(item.getName()).ifPresent(text -> setText(item.getName(), text));
            }
        }
    }

    @Override
    protected void remember() {
        Map<String, String> settings = new LinkedHashMap<>();
        for (ModuleItem<?> item : Inputs.keys(getInfo())) {
            if (isRemembered(item)) {
                settings.put(item.getName(), isDefault(item.getName()) ? "" : text(item.getName()));
            }
        }
        new LastSettings(title(), text("model")).keep(settings);
    }

    /** Neither images nor files to write, which would be replaced, nor trust. */
    private static boolean isRemembered(ModuleItem<?> item) {
        return item.getType() != ImagePlus.class
                && !"save".equals(item.getWidgetStyle())
                && !List.of("model", "trust").contains(item.getName());
    }

    /** Keys of what else is rarely needed, asked for on one page with what is said of the model. */
    protected List<String> rarelyNeeded() {
        return List.of();
    }

    @Override
    protected List<Page> pages() {
        return List.of(this::usual, ofModel(), unclear(() -> (ImagePlus) getInput("input")));
    }

    /** What only the user knows of how the image goes in; left out where it is clear. */
    protected final Page unclear(Supplier<ImagePlus> image) {
        return new Page() {

            private Optional<Question> question = Optional.empty();

            @Override
            public List<ModuleItem<?>> items() {
                question =
                        Optional.ofNullable(image.get())
                                .flatMap(i -> ModelInput.question(classifier().spec(), i));
                List<ModuleItem<?>> items = new ArrayList<>();
                question.ifPresent(asked -> items.add(field(asked)));
                return items;
            }

            @Override
            public String introduction() {
                return question.map(asked -> asked.text() + "\n" + shapes()).orElse("");
            }
        };
    }

    private ModuleItem<String> field(Question question) {
        ModuleItem<?> known = getInfo().getInput(question.key());
        DefaultMutableModuleItem<String> item =
                new DefaultMutableModuleItem<>(getInfo(), question.key(), String.class);
        item.setLabel(known.getLabel());
        item.setDescription(known.getDescription());
        item.setChoices(question.answers());
        item.setDefaultValue(question.answers().get(0));
        item.setRequired(false);
        item.setPersisted(false);
        return item;
    }

    /** What may be said of the model, beside what it says itself. */
    protected final Page ofModel() {
        return new Page() {
            @Override
            public List<ModuleItem<?>> items() {
                return advanced();
            }

            @Override
            public String introduction() {
                return shapes();
            }
        };
    }

    private String shapes() {
        List<String> lines = new ArrayList<>();
        for (ModuleItem<?> item : Inputs.of(getInfo())) {
            if (getInput(item.getName()) instanceof ImagePlus image) {
                lines.add(Prediction.shape(image));
            }
        }
        try {
            lines.add(Prediction.shape(classifier().spec()));
        } catch (OptionException e) {
            lines.add(e.getMessage()); // that is what the page is for
        }
        return String.join("\n", lines);
    }

    private List<ModuleItem<?>> usual() {
        List<ModuleItem<?>> items = FileKeys.without(Inputs.of(getInfo()));
        items.removeIf(
                item ->
                        OF_MODEL.contains(item.getName())
                                || rarelyNeeded().contains(item.getName()));
        return items;
    }

    /** What may be said of the model, where the user asked for it. */
    protected final List<ModuleItem<?>> advanced() {
        List<ModuleItem<?>> items = new ArrayList<>();
        if (isAdvanced()) {
            items.addAll(items(rarelyNeeded().toArray(new String[0])));
            items.addAll(items(OF_MODEL.toArray(new String[0])));
        }
        return items;
    }

    protected final boolean isAdvanced() {
        return Boolean.TRUE.equals(getInput(ADVANCED));
    }

    /** An image together with the model's other inputs, where it has several. */
    protected final ImagePlus joined(ImagePlus image) {
        return JoinedImages.of(
                classifier().spec(),
                image,
                ModelOptions.inputs(text("inputs")),
                ImageFile::openOrFind);
    }

    /** The model as the inputs say, opened when it is first needed; this command closes it. */
    protected final Classifier classifier() {
        ModelOptions options = options();
        List<Object> wanted = Arrays.asList(model, options);
        if (opened == null || !wanted.equals(openedAs)) {
            close();
            status("Opening " + text("model") + " ...");
            opened = open(model, options);
            openedAs = wanted;
            status("");
        }
        return opened;
    }

    /** What was said of the model. */
    protected final ModelOptions options() {
        return Models.options(key -> (String) getInput(key), trust);
    }

    /** Opens a model; see {@link Models#open}. */
    protected Classifier open(String path, ModelOptions options) {
        return Models.open(path, options);
    }

    @Override
    protected void close() {
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }
}

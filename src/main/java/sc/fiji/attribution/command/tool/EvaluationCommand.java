/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.tool;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.scijava.plugin.Parameter;
import sc.fiji.attribution.command.input.Models;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.EvaluationTool;
import sc.fiji.attribution.fiji.evaluation.EvaluationPicture;
import sc.fiji.attribution.fiji.evaluation.EvaluationResult;
import sc.fiji.attribution.fiji.evaluation.TestImage;
import sc.fiji.attribution.fiji.file.PictureFile;
import sc.fiji.attribution.fiji.file.TableFile;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.model.Classifier;

/** A command that judges maps by a mask and by the network, with curves. */
public abstract class EvaluationCommand extends MetricCommand {

    @Parameter(
            label = "Mask",
            style = "open,image",
            required = false,
            persist = false,
            description =
                    "what should count: an image's title or path, where * stands for the image's"
                            + " name, or for what it stands for in the images' pattern; empty = no"
                            + " localisation")
    private String mask;

    @Parameter(
            label = "Dilate the mask by",
            required = false,
            persist = false,
            min = "0",
            description = "voxels to each side; 0 = as it is")
    private int dilate;

    @Parameter(
            label = "Steps",
            required = false,
            persist = false,
            min = "2",
            description = "of curves: images that are scored on the way")
    private int steps = Trial.STEPS;

    @Parameter(
            label = "Samples",
            required = false,
            persist = false,
            min = "2",
            description = "random images for robustness")
    private int samples = Trial.SAMPLES;

    @Parameter(
            label = "Save curves as",
            style = "save",
            required = false,
            persist = false,
            description = "CSV file with a row for each point of each curve; empty = none")
    private String curves;

    @Parameter(
            label = "Save picture as",
            style = "save",
            required = false,
            persist = false,
            description = "PNG file with figures, curves and maps on one page; empty = only show")
    private String picture;

    @Parameter(
            label = "Model of random labels",
            style = "open",
            required = false,
            persist = false,
            description =
                    "a network of the same form, trained on labels in random order: folder or file;"
                            + " empty = none")
    private String randomised;

    private Optional<Classifier> second = Optional.empty();

    @Override
    protected List<String> rarelyNeeded() {
        List<String> keys = new ArrayList<>(List.of("dilate", "steps", "samples", "randomised"));
        keys.addAll(super.rarelyNeeded());
        keys.addAll(List.of("curves", "picture"));
        return keys;
    }

    @Override
    protected void checkFiles() {
        super.checkFiles();
        ifNamed(curves, TableFile::checkWritable);
        ifNamed(picture, PictureFile::checkWritable);
    }

    @Override
    protected Set<Need> absent() {
        Set<Need> absent = super.absent();
        if (!Models.text(randomised).isEmpty()) {
            absent.remove(Need.RANDOM_LABELS);
        }
        return absent;
    }

    /** The tool as the inputs say. */
    protected final EvaluationTool tool() {
        EvaluationTool tool =
                new EvaluationTool(classifier(), metrics())
                        .target(target())
                        .regions(regions())
                        .steps(steps)
                        .samples(samples)
                        .seed(seed());
        baseline().ifPresent(tool::baseline);
        if (!Models.text(randomised).isEmpty()) {
            second = Optional.of(open(randomised, options()));
            tool.randomLabels(second.orElseThrow());
        }
        return tool;
    }

    @Override
    protected void close() {
        second.ifPresent(Classifier::close);
        second = Optional.empty();
        super.close();
    }

    /**
     * What a tool finds; a user who ends it early keeps the figures that were found until then, and
     * the macro ends once they are shown.
     *
     * @param work judges
     */
    protected final EvaluationResult result(EvaluationTool tool, Runnable work) {
        try {
            work.run();
        } catch (CancelledException e) {
            if (tool.result().rows().isEmpty()) {
                throw e;
            }
            endEarly();
            warn(
                    "Ended early: the figures that were found until then are kept (and saved where"
                            + " a file was named).");
        }
        return tool.result();
    }

    protected final Optional<ImagePlus> mask(ImagePlus image) {
        return TestImage.mask(Models.text(mask), pattern(), dilate, image);
    }

    /** What names the images, where there are several. */
    protected String pattern() {
        return "";
    }

    /**
     * Tells and saves what every such command does.
     *
     * @return the page with figures, curves and maps
     */
    protected final ImagePlus conclude(EvaluationResult result) {
        if (result.rows().isEmpty()) {
            throw new OptionException(
                    "metrics: there is nothing to judge by. " + String.join(" ", result.notes()));
        }
        result.warnings().forEach(this::warn);
        result.notes().forEach(this::warn);
        if (dilate > 0 && !Models.text(mask).isEmpty()) {
            say("The mask was dilated by " + dilate + " voxels.");
        }
        say(result.recommendation().reason());
        save("Table", output(), path -> TableFile.save(result.table(), path));
        save("Curves", curves, path -> TableFile.save(result.curvePoints(), path));
        ImagePlus page = PictureFile.image(title(), EvaluationPicture.of(result));
        save("Picture", picture, path -> PictureFile.save(page, path));
        return page;
    }
}

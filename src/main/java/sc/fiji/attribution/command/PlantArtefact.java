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
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.input.Models;
import sc.fiji.attribution.command.tool.MetricCommand;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.ArtefactTool;
import sc.fiji.attribution.fiji.EvaluationTool;
import sc.fiji.attribution.fiji.evaluation.Artefact;
import sc.fiji.attribution.fiji.evaluation.ArtefactResult;
import sc.fiji.attribution.fiji.evaluation.ChosenMethod;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.TableFile;

/** Would the network, and would a map, see a signature that we put there ourselves? */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Plant Artefact...", weight = 30.4)
        },
        headless = true)
public class PlantArtefact extends MetricCommand {

    @Parameter(label = "Image", persist = false)
    private ImagePlus input;

    @Parameter(
            label = "Artefact",
            required = false,
            persist = false,
            description = "corner, blur, step or spot; several with commas; all")
    private String artefact = "all";

    @Parameter(
            label = "Methods",
            required = false,
            persist = false,
            description =
                    "separated by commas, options in brackets: LRP, Occlusion (window=8 stride=4);"
                            + " all; empty = the usual ones")
    private String methods;

    @Parameter(
            label = "Size",
            required = false,
            persist = false,
            min = "0",
            description =
                    "in voxels: side of the marker, sigma of the blur, radius of the spot; 0 = one"
                            + " that suits the image")
    private int size;

    @Parameter(
            label = "Strength",
            required = false,
            persist = false,
            description = "as a share of the values' range or gain, such as 0.3; empty = usual")
    private String strength;

    @Parameter(
            label = "Save planted image as",
            style = "save",
            required = false,
            persist = false,
            description = "TIFF or NIfTI file; empty = none")
    private String planted;

    @Parameter(type = ItemIO.OUTPUT, required = false, label = "Image with artefact")
    private ImagePlus image;

    @Parameter(type = ItemIO.OUTPUT, label = "Planted artefacts")
    private ResultsTable table;

    @Override
    protected String usualMetrics() {
        return "Relevance Mass, Relevance Rank, Voxel AUC, Pointing Game";
    }

    @Override
    protected List<String> rarelyNeeded() {
        List<String> keys = new ArrayList<>(List.of("metrics"));
        keys.addAll(super.rarelyNeeded());
        keys.addAll(List.of("size", "strength", "planted"));
        return keys;
    }

    private double strength() {
        try {
            String text = Models.text(strength);
            return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new OptionException("strength=" + strength + ": expected a number such as 0.3.");
        }
    }

    @Override
    protected void execute() {
        checkFiles();
        ifNamed(planted, ImageFile::checkWritable);
        ifNamed(planted, path -> ImageFile.requireOther(path, input));
        List<Artefact> artefacts = Artefact.named(Models.text(artefact));
        if (artefacts.size() > 1 && !Models.text(planted).isEmpty()) {
            throw new OptionException(
                    "planted: name one artefact, whose image it is (artefact=…).");
        }
        List<ChosenMethod> chosen =
                ChosenMethod.list(Models.text(methods), classifier(), !regions().isEmpty());
        EvaluationTool judge =
                new EvaluationTool(classifier(), metrics())
                        .target(target())
                        .regions(regions())
                        .seed(seed());
        baseline().ifPresent(judge::baseline);
        ArtefactTool tool = new ArtefactTool(judge).size(size).strength(strength()).seed(seed());
        ImagePlus last = null;
        for (int i = 0; i < artefacts.size(); i++) {
            Progress part = Progress.part(progress(), i, artefacts.size());
            last = tool.plant(input, artefacts.get(i), chosen, part);
        }
        ArtefactResult result = tool.result();
        result.judged().warnings().forEach(this::warn);
        result.effects().forEach(effect -> say(effect.summary()));
        ResultsTable rows = result.table();
        save("Table", output(), path -> TableFile.save(rows, path));
        if (artefacts.size() == 1) {
            ImagePlus only = last;
            save("Image", planted, path -> ImageFile.save(only, path));
            image = only;
        }
        table = rows;
    }
}

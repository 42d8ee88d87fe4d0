/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import ij.WindowManager;
import ij.measure.ResultsTable;
import java.util.ArrayList;
import java.util.List;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.input.Models;
import sc.fiji.attribution.command.tool.EvaluationCommand;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.EvaluationTool;
import sc.fiji.attribution.fiji.evaluation.ChosenMethod;
import sc.fiji.attribution.fiji.evaluation.EvaluationResult;
import sc.fiji.attribution.fiji.evaluation.ImageList;
import sc.fiji.attribution.fiji.file.ChannelFiles;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.OpenImages;
import sc.fiji.attribution.fiji.file.TableFile;
import sc.fiji.attribution.method.evaluation.Metrics;

/** Which method is right for this network? Figures, ranks, and a recommendation. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Compare Methods...", weight = 30.2)
        },
        headless = true)
public class CompareMethods extends EvaluationCommand {

    @Parameter(label = "Image", persist = false)
    private ImagePlus input;

    @Parameter(
            label = "More images",
            style = "open",
            required = false,
            persist = false,
            description =
                    "besides that one: a folder or a pattern such as folder/brain-*.tif, or those"
                            + " of the channels' files with commas between; empty = only that one")
    private String images;

    @Parameter(
            label = "Methods",
            required = false,
            persist = false,
            columns = 36,
            description =
                    "separated by commas, options in brackets: LRP, Occlusion (window=8 stride=4);"
                            + " all; empty = the usual ones")
    private String methods;

    @Parameter(
            label = "Save ranks as",
            style = "save",
            required = false,
            persist = false,
            description = "CSV file with a row for each method; empty = only show")
    private String ranks;

    @Parameter(type = ItemIO.OUTPUT, label = "Ranks of methods")
    private ResultsTable standings;

    /** Behind the ranks, so that it is the table of a macro without windows. */
    @Parameter(type = ItemIO.OUTPUT, label = "Comparison of methods")
    private ResultsTable table;

    @Parameter(type = ItemIO.OUTPUT, label = "Picture")
    private ImagePlus page;

    @Override
    protected String usualMetrics() {
        return Metrics.USUAL;
    }

    /** Of an active map the image that it was made of. */
    @Override
    protected void suggest() {
        super.suggest();
        ImagePlus active = input == null ? WindowManager.getCurrentImage() : input;
        if (active != null && OpenImages.isMap(active)) {
            input = OpenImages.pair(active).image().orElse(active);
        }
    }

    @Override
    protected List<String> rarelyNeeded() {
        List<String> keys = new ArrayList<>(super.rarelyNeeded());
        keys.add("ranks");
        return keys;
    }

    @Override
    protected void checkFiles() {
        super.checkFiles();
        ifNamed(ranks, TableFile::checkWritable);
    }

    @Override
    protected String pattern() {
        return Models.text(images);
    }

    /** One image that cannot be judged does not cost what was found in the others. */
    private void add(
            EvaluationTool tool, String name, List<ChosenMethod> chosen, Progress progress) {
        try {
            ImagePlus image = ChannelFiles.of(name, ImageFile::open);
            tool.compare(image, mask(image), chosen, progress);
        } catch (ImageException e) {
            warn(name + " is left out: " + e.getMessage());
        }
    }

    private void compare(EvaluationTool tool, List<ChosenMethod> chosen, List<String> others) {
        int parts = 1 + others.size();
        tool.compare(input, mask(input), chosen, Progress.part(progress(), 0, parts));
        for (int i = 1; i < parts; i++) {
            add(tool, others.get(i - 1), chosen, Progress.part(progress(), i, parts));
        }
    }

    @Override
    protected void execute() {
        checkFiles();
        EvaluationTool tool = tool();
        List<ChosenMethod> chosen =
                ChosenMethod.list(Models.text(methods), classifier(), !regions().isEmpty());
        List<String> others = ImageList.besides(input, Models.text(images));
        EvaluationResult result = result(tool, () -> compare(tool, chosen, others));
        page = conclude(result);
        save("Ranks", ranks, path -> TableFile.save(result.ranks(), path));
        standings = result.ranks();
        table = result.table();
    }
}

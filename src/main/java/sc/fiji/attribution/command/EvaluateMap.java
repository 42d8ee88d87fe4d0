/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import ij.WindowManager;
import ij.measure.ResultsTable;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.tool.EvaluationCommand;
import sc.fiji.attribution.fiji.EvaluationTool;
import sc.fiji.attribution.fiji.evaluation.EvaluationResult;
import sc.fiji.attribution.fiji.file.OpenImages;

/** Can this map be believed? A row for each metric in a results table. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Evaluate Map...", weight = 30)
        },
        headless = true)
public class EvaluateMap extends EvaluationCommand {

    @Parameter(label = "Map", persist = false)
    private ImagePlus map;

    @Parameter(
            label = "Image",
            required = false,
            persist = false,
            autoFill = false,
            description = "that the map was made of")
    private ImagePlus input;

    @Parameter(type = ItemIO.OUTPUT, label = "Evaluation")
    private ResultsTable table;

    @Parameter(type = ItemIO.OUTPUT, label = "Picture")
    private ImagePlus page;

    @Override
    protected String usualMetrics() {
        return "all";
    }

    /** The active image is either of the two. */
    @Override
    protected void suggest() {
        super.suggest();
        ImagePlus active = map == null ? WindowManager.getCurrentImage() : map;
        if (active != null && input == null) {
            OpenImages.Pair both = OpenImages.pair(active);
            map = both.map();
            input = both.image().orElse(null);
        }
    }

    @Override
    protected void execute() {
        checkFiles();
        ImagePlus image = input == null ? OpenImages.requireSourceOf(map) : input;
        EvaluationTool tool = tool();
        EvaluationResult result =
                result(tool, () -> tool.judge(map, image, mask(image), progress()));
        page = conclude(result);
        table = result.table();
    }
}

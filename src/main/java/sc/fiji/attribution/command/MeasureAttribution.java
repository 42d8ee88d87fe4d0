/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.ImagePlus;
import ij.WindowManager;
import ij.measure.ResultsTable;
import java.nio.file.Path;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.command.DynamicCommandInfo;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.input.Models;
import sc.fiji.attribution.command.tool.ToolCommand;
import sc.fiji.attribution.fiji.file.OpenImages;
import sc.fiji.attribution.fiji.file.TableFile;
import sc.fiji.attribution.fiji.region.AtlasNames;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.fiji.region.RegionStatistics;

/** What a map adds up to in regions: a row for each in a results table. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Measure Attribution...", weight = 20.8)
        },
        headless = true)
public class MeasureAttribution extends ToolCommand {

    @Parameter(label = "Map", persist = false)
    private ImagePlus map;

    @Parameter(
            label = "Regions",
            required = false,
            persist = false,
            description = "selections go through the stack; or a label image, such as an atlas")
    private String regions;

    @Parameter(
            label = "Names of labels",
            style = "open",
            required = false,
            persist = false,
            description = "FSL's XML, lines of index and name, ITK-SNAP, FreeSurfer or BIDS")
    private String names;

    @Parameter(
            label = "Save table as",
            style = "save",
            required = false,
            persist = false,
            description = "CSV file; empty = only show")
    private String output;

    @Parameter(type = ItemIO.OUTPUT, label = "Attribution in regions")
    private ResultsTable table;

    /** In macros, a path too. */
    @Override
    protected void addInputs(DynamicCommandInfo info) {
        info.getMutableInput("regions", String.class).setChoices(RegionStatistics.choices());
    }

    /** Where the active image is no map, it may be the labels to measure one in. */
    @Override
    protected void suggest() {
        ImagePlus active = map == null ? WindowManager.getCurrentImage() : map;
        if (active != null && Models.text(regions).isEmpty()) {
            boolean isMap = OpenImages.isMap(active);
            map = isMap ? active : OpenImages.mapFor(active).orElse(active);
            regions =
                    map == active
                            ? RegionStatistics.choice("", map).description()
                            : active.getTitle();
        }
    }

    @Override
    protected void execute() {
        ifNamed(output, TableFile::checkWritable);
        RegionChoice where = RegionStatistics.choice(Models.text(regions), map);
        if (!Models.text(names).isBlank()) {
            where = where.named(AtlasNames.read(Path.of(Models.text(names).strip())));
        }
        where.outside(map).ifPresent(this::warn);
        table = RegionStatistics.of(map, where, progress());
        save("Table", output, path -> TableFile.save(table, path));
    }
}

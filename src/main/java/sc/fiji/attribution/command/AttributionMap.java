/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import ij.IJ;
import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.tool.MethodCommand;
import sc.fiji.attribution.command.view.OverlayView;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.MapSummary;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.OwnGrids;
import sc.fiji.attribution.fiji.file.PictureFile;
import sc.fiji.attribution.fiji.file.TableFile;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.fiji.overlay.Overlay;
import sc.fiji.attribution.fiji.overlay.OverlayPicture;
import sc.fiji.attribution.fiji.region.RegionTable;
import sc.fiji.attribution.fiji.segmentation.MapPart;
import sc.fiji.attribution.method.AllClasses;

/** Which voxels made a model decide so: a signed map on the grid of the image. */
@Plugin(
        type = Command.class,
        menu = {
            @Menu(label = "Plugins"),
            @Menu(label = "Attribution"),
            @Menu(label = "Attribution Map...", weight = 10)
        },
        headless = true)
public class AttributionMap extends MethodCommand {

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
            description = "TIFF or NIfTI file; empty = only show")
    private String output;

    @Parameter(
            label = "Save picture as",
            style = "save",
            required = false,
            persist = false,
            description = "PNG file with the map over the image; empty = none")
    private String overlay;

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

    private Map<String, ImagePlus> others = Map.of();

    @Override
    protected List<String> rarelyAsked() {
        return List.of("channels", "colours", "output", "overlay", "table");
    }

    @Override
    protected void checkOutputs() {
        ifNamed(output, ImageFile::checkWritable);
        ifNamed(output, path -> ImageFile.requireOther(path, input()));
        for (String name : ownGrids()) {
            ifNamed(output, path -> requireNew(OwnGrids.beside(path.strip(), name)));
        }
        ifNamed(overlay, PictureFile::checkWritable);
        ifNamed(table, TableFile::checkWritable);
        if (!text("table").isEmpty() && !reads("table") && !hasNumbers()) {
            throw new OptionException("table: " + text("method") + " has no regions to list.");
        }
        boolean all =
                AllClasses.requireTarget(
                        classifier(), MapPart.classOf(target(), classifier().spec()));
        if (all && !text("overlay").isEmpty()) {
            throw new OptionException(
                    "overlay: a picture shows the map of one class; with target=all save the map,"
                            + " and choose its mapchannel in Attribution Overlay....");
        }
    }

    @Override
    protected void execute() {
        checkOutputs();
        AttributionTool.Result result =
                tool().channels(MapImage.Channels.named(channels))
                        .colours(DivergingLut.named(colours))
                        .run(joined(input()), progress());
        result.warnings().forEach(this::warn);
        MapSummary.lines(result, classifier().spec()).forEach(this::say);
        map = result.image();
        others = result.others();
        save("Map", output, path -> ImageFile.save(map, path));
        others.forEach(
                (name, image) ->
                        ifNamed(
                                output,
                                path ->
                                        save(
                                                "Map of " + name,
                                                OwnGrids.beside(path, name),
                                                beside -> ImageFile.save(image, beside))));
        save("Picture", overlay, path -> picture().save(path));
        if (reads("table") || hasNumbers()) {
            scoresOfRegions =
                    RegionTable.of(map.getTitle(), result.attributions(), result.perFrame());
            save("Table", table, path -> TableFile.save(scoresOfRegions, path));
        }
    }

    /** Further images on grids of their own, whose maps are saved beside the first one's. */
    private List<String> ownGrids() {
        return classifier().spec().parts().stream()
                .skip(1)
                .filter(InputPart::hasOwnGrid)
                .map(InputPart::name)
                .toList();
    }

    private void requireNew(String path) {
        ImageFile.checkWritable(path);
        if (!isReplacing() && Files.exists(Path.of(path))) {
            throw new OptionException(
                    "output: '"
                            + path
                            + "', for the map of a further image, exists already; name another, or"
                            + " replace it with overwrite=true.");
        }
    }

    @Override
    protected List<ImagePlus> furtherImages() {
        return List.copyOf(others.values());
    }

    /** Whether the model takes numbers besides images, which a table lists. */
    private boolean hasNumbers() {
        return !classifier().spec().parts().stream().allMatch(InputPart::isImage);
    }

    private OverlayPicture picture() {
        return OverlayPicture.of(Overlay.of(input(), map));
    }

    /** What answers the question: the map over the anatomy. */
    @Override
    protected void showBeside() {
        boolean one = map != null && !AllClasses.ALL.equals(map.getProp("attribution.target"));
        if (one && IJ.getInstance() != null) {
            OverlayView.open(Overlay.of(input(), map));
        }
    }
}

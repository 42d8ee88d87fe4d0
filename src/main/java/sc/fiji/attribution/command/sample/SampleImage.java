/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.sample;

import ij.ImagePlus;
import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Menu;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.command.tool.ToolCommand;
import sc.fiji.attribution.fiji.file.SampleData;

/** Opens an image of the plug-in's jar; there is a command for each. */
abstract class SampleImage extends ToolCommand {

    private final String name;

    @Parameter(type = ItemIO.OUTPUT, label = "Sample image")
    private ImagePlus image;

    SampleImage(String name) {
        this.name = name;
    }

    @Override
    protected void execute() {
        image = SampleData.open(name);
    }

    /** Tissue maps of a brain, with lesions. */
    @Plugin(
            type = Command.class,
            menu = {
                @Menu(label = "Plugins"),
                @Menu(label = "Attribution"),
                @Menu(label = "Sample Data", weight = 1.1),
                @Menu(label = "Brain with Lesions", weight = 1.11)
            },
            headless = true)
    public static class Lesions extends SampleImage {
        public Lesions() {
            super("brain-lesions-1.tif");
        }
    }

    /** The same brain without them. */
    @Plugin(
            type = Command.class,
            menu = {
                @Menu(label = "Plugins"),
                @Menu(label = "Attribution"),
                @Menu(label = "Sample Data", weight = 1.1),
                @Menu(label = "Brain without Lesions", weight = 1.12)
            },
            headless = true)
    public static class Healthy extends SampleImage {
        public Healthy() {
            super("brain-healthy-1.tif");
        }
    }

    /** The mean of many healthy brains: a baseline that anyone has. */
    @Plugin(
            type = Command.class,
            menu = {
                @Menu(label = "Plugins"),
                @Menu(label = "Attribution"),
                @Menu(label = "Sample Data", weight = 1.1),
                @Menu(label = "Mean Healthy Brain", weight = 1.13)
            },
            headless = true)
    public static class Reference extends SampleImage {
        public Reference() {
            super("brain-reference.tif");
        }
    }

    /** Where the lesions are. */
    @Plugin(
            type = Command.class,
            menu = {
                @Menu(label = "Plugins"),
                @Menu(label = "Attribution"),
                @Menu(label = "Sample Data", weight = 1.1),
                @Menu(label = "Lesion Mask", weight = 1.14)
            },
            headless = true)
    public static class Mask extends SampleImage {
        public Mask() {
            super("brain-lesions-1-mask.tif");
        }
    }
}

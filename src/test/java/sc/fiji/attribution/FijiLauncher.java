/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import ij.IJ;
import ij.ImagePlus;
import org.scijava.Context;
import org.scijava.console.ConsoleService;
import org.scijava.convert.AbstractConverter;
import org.scijava.convert.Converter;
import org.scijava.plugin.PluginInfo;
import org.scijava.plugin.PluginService;
import org.scijava.script.AdaptedScriptLanguage;
import org.scijava.script.ScriptLanguage;
import org.scijava.script.ScriptService;
import org.scijava.startup.StartupService;

/**
 * Stands in for the launcher of a Fiji: reads its command line and runs what that asks for, by the
 * parts of SciJava that Fiji has this from. What is not to be had here is stood in for: the
 * language Groovy, the image type's short name in scripts, and the opening of a path where an image
 * is wanted.
 */
public final class FijiLauncher {

    private FijiLauncher() {}

    /** As imagej-legacy's: what is no image arrives as one without pixels. */
    public static final class PathToImage extends AbstractConverter<String, ImagePlus> {

        @Override
        @SuppressWarnings("unchecked")
        public <T> T convert(Object path, Class<T> type) {
            ImagePlus image = IJ.openImage(path.toString());
            return (T) (image == null ? new ImagePlus() : image);
        }

        @Override
        public Class<ImagePlus> getOutputType() {
            return ImagePlus.class;
        }

        @Override
        public Class<String> getInputType() {
            return String.class;
        }
    }

    /** As scripting-groovy's. */
    public static final class Groovy extends AdaptedScriptLanguage {
        public Groovy() {
            super("groovy");
        }
    }

    /** A context with all services, as Fiji's. */
    static Context context() {
        Context context = new Context();
        PluginService plugins = context.service(PluginService.class);
        plugins.addPlugin(new PluginInfo<>(PathToImage.class, Converter.class));
        plugins.addPlugin(new PluginInfo<>(Groovy.class, ScriptLanguage.class));
        context.service(ScriptService.class).addAlias(ImagePlus.class);
        return context;
    }

    /**
     * @param arguments as of {@code fiji --headless --run …}
     */
    public static void main(String[] arguments) {
        try (Context context = context()) {
            context.service(ConsoleService.class).processArgs(arguments);
            context.service(StartupService.class).executeOperations();
        }
        System.exit(0);
    }
}

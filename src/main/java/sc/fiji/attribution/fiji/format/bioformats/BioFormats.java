/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.bioformats;

import ij.IJ;
import ij.ImagePlus;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.machine.JavaHeap;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.Source;

/**
 * Opens images by {@code loci.plugins.BF}: no dialog, one series, as a virtual stack where it would
 * take more than half of the free memory. Its calibration has one unit for all axes.
 */
public final class BioFormats {

    private static final String ENTRY = "loci.plugins.BF";
    private static final String OPTIONS = "loci.plugins.in.ImporterOptions";
    private static final String PROCESS = "loci.plugins.in.ImportProcess";

    private final ClassLoader loader;

    /**
     * @param loader that may know Bio-Formats
     */
    public BioFormats(ClassLoader loader) {
        this.loader = loader;
    }

    /** Looked for where the host finds its plug-ins. */
    public static BioFormats ofHost() {
        BioFormats threads = new BioFormats(Thread.currentThread().getContextClassLoader());
        return threads.isThere() ? threads : new BioFormats(IJ.getClassLoader());
    }

    public boolean isThere() {
        try {
            Class.forName(ENTRY, false, loader); // null: that of the JDK
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** With its version, where it says that. */
    public String name() {
        try {
            Object version =
                    Class.forName("loci.formats.FormatTools", true, loader)
                            .getField("VERSION")
                            .get(null);
            return "Bio-Formats " + version;
        } catch (ReflectiveOperationException | LinkageError e) {
            return "Bio-Formats";
        }
    }

    /**
     * Reads one series: the chosen one, else the first.
     *
     * @throws ImageException where it cannot read the file, with its own reason
     */
    public ImagePlus read(Path file, Series series) {
        try {
            Object options = loaded(OPTIONS).getConstructor().newInstance();
            call(options, "setId", String.class, file.toString());
            call(options, "setQuiet", boolean.class, true);
            call(options, "setWindowless", boolean.class, true);
            Object process =
                    loaded(PROCESS).getConstructor(options.getClass()).newInstance(options);
            if (!Boolean.TRUE.equals(call(process, "execute"))) {
                throw refuse(file, "it gave up", null);
            }
            List<String> names = names(process);
            int chosen = series.isChosen() ? series.among(names, file) : 0;
            call(options, "clearSeries");
            options.getClass()
                    .getMethod("setSeriesOn", int.class, boolean.class)
                    .invoke(options, chosen, true);
            long bytes = (Long) call(process, "getMemoryUsage");
            call(options, "setVirtual", boolean.class, bytes > JavaHeap.free() / 2);
            call(call(process, "getReader"), "close");
            ImagePlus[] images =
                    (ImagePlus[])
                            loaded(ENTRY)
                                    .getMethod("openImagePlus", options.getClass())
                                    .invoke(null, options);
            if (images == null || images.length == 0 || images[0] == null) {
                throw refuse(file, "it gave no image", null);
            }
            Source source = new Source(name(), file);
            (names.size() < 2
                            ? source
                            : source.with(
                                    "Series "
                                            + (chosen + 1)
                                            + " of "
                                            + names.size()
                                            + " ("
                                            + names.get(chosen)
                                            + ") was read; choose another with series=."))
                    .attach(images[0]);
            return images[0];
        } catch (InvocationTargetException e) {
            throw refuse(file, String.valueOf(e.getCause().getMessage()), e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            throw refuse(file, "this version has another interface: " + e, e);
        }
    }

    private static List<String> names(Object process) throws ReflectiveOperationException {
        int count = (Integer) call(process, "getSeriesCount");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(String.valueOf(call(process, "getSeriesLabel", int.class, i)));
        }
        return names;
    }

    private Class<?> loaded(String name) throws ClassNotFoundException {
        return Class.forName(name, true, loader);
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }

    private static Object call(Object target, String method, Class<?> type, Object argument)
            throws ReflectiveOperationException {
        return target.getClass().getMethod(method, type).invoke(target, argument);
    }

    private static ImageException refuse(Path file, String reason, Throwable cause) {
        String line = reason.replaceAll("\\p{Cntrl}+", " ");
        return new ImageException(
                "'" + file + "' could not be read by Bio-Formats either: " + line, cause);
    }
}

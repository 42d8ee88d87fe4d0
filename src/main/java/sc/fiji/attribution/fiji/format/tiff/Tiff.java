/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileInfo;
import ij.io.ImageReader;
import ij.io.Opener;
import ij.io.TiffDecoder;
import ij.measure.Calibration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.machine.JavaHeap;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * TIFF and OME-TIFF. ImageJ decodes what it decodes rightly; signed 8 and unsigned 32 bits become
 * 32-bit float with the values that they mean. Of several images in a file the first is read unless
 * another is chosen, and that is noted.
 */
public final class Tiff implements ImageFormat {

    @Override
    public String name() {
        return "TIFF";
    }

    @Override
    public boolean recognises(FileHead file) {
        return file.has(0, "II*\0") || file.has(0, "MM\0*") || isBig(file);
    }

    private static boolean isBig(FileHead file) {
        return file.has(0, "II+\0") || file.has(0, "MM\0+");
    }

    /** An image of the file: which pages, as which axes. */
    private record Stack(String name, int[] pages, int[] size, OmeXml ome) {}

    @Override
    public ImagePlus read(Path file, Series series) {
        try {
            if (isBig(FileHead.of(file))) {
                throw new UnreadKindException("'" + file + "' is BigTIFF");
            }
            List<Directory> directories = Directory.of(file);
            String description = directories.get(0).description();
            List<Page> pages = new ArrayList<>();
            for (Directory directory : directories) {
                Page page = Page.of(file, directory);
                PackedStrips.requireSound(file, directory, page);
                pages.add(page);
            }
            boolean ome = OmeXml.isOme(description);
            if (description.startsWith("ImageJ=")) {
                series.requireOnly(file);
                requireMemory(file, planes(description) * pages.get(0).bytes());
                return byImageJ(file);
            }
            List<Stack> stacks =
                    ome
                            ? OmeXml.of(file, description, pages.size()).stream()
                                    .map(i -> new Stack(i.name(), i.pages(), i.size(), i))
                                    .toList()
                            : stacks(pages);
            boolean one = stacks.size() == 1;
            int chosen = series.isChosen() ? series.among(names(stacks), file) : 0;
            Stack stack = stacks.get(chosen);
            Page first = pages.get(stack.pages[0]);
            requireMemory(
                    file,
                    stack.pages.length
                            * (first.isMistaken()
                                    ? 4.0 * first.width() * first.height()
                                    : first.bytes()));
            boolean plain = one && !ome && stack.pages.length == pages.size();
            if (plain && !first.isMistaken() || first.samples() > 1) {
                if (!plain) {
                    throw new UnreadKindException(
                            "'" + file + "' is TIFF in colour with several images");
                }
                return byImageJ(file);
            }
            ImagePlus image = assemble(file, pages, stack);
            Source source = new Source(ome ? "OME-TIFF" : name(), file);
            (one
                            ? source
                            : source.with(
                                    "Series "
                                            + (chosen + 1)
                                            + " of "
                                            + stacks.size()
                                            + " ("
                                            + stack.name
                                            + ") was read; choose another with series=."))
                    .attach(image);
            return image;
        } catch (IOException e) {
            throw new ImageException("'" + file + "' cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** Of files that ImageJ wrote the pixels are read when asked for; others are read. */
    @Override
    public ImagePlus outline(Path file) {
        try {
            if (!isBig(FileHead.of(file))
                    && Directory.first(file).description().startsWith("ImageJ=")) {
                ImagePlus virtual = silently(() -> IJ.openVirtual(file.toString()));
                if (virtual != null) {
                    // ImageJ leaves them out there: a place in the world may be among them.
                    String[] properties = decoder(file).getTiffInfo()[0].properties;
                    if (properties != null) {
                        virtual.setProperties(properties);
                    }
                    return virtual;
                }
            }
        } catch (IOException e) {
            throw new ImageException("'" + file + "' cannot be read: " + e.getMessage() + ".", e);
        }
        return read(file, Series.ANY);
    }

    private static List<String> names(List<Stack> stacks) {
        return stacks.stream().map(Stack::name).toList();
    }

    /** How many planes ImageJ's own description promises; they stand in one piece. */
    private static double planes(String description) {
        java.util.regex.Matcher images =
                java.util.regex.Pattern.compile("(?m)^images=(\\d{1,9})\\s*$").matcher(description);
        return images.find() ? Math.max(1, Integer.parseInt(images.group(1))) : 1;
    }

    private static void requireMemory(Path file, double needed) {
        long free = JavaHeap.free();
        if (needed > free) {
            throw new ImageException(
                    "'"
                            + file
                            + "': its image takes "
                            + ((long) needed >> 20)
                            + " MB, and "
                            + (free >> 20)
                            + " MB are free; give Fiji more memory (Edit > Options > Memory).");
        }
    }

    /** Pages in a row that can be planes of one image. */
    private static List<Stack> stacks(List<Page> pages) {
        List<List<Integer>> groups = new ArrayList<>();
        for (int i = 0; i < pages.size(); i++) {
            if (pages.get(i).thumbnail() && pages.size() > 1) {
                continue;
            }
            List<Integer> last = groups.isEmpty() ? null : groups.get(groups.size() - 1);
            if (last == null || !pages.get(last.get(0)).isLike(pages.get(i))) {
                last = new ArrayList<>();
                groups.add(last);
            }
            last.add(i);
        }
        if (groups.isEmpty()) {
            groups.add(List.of(0));
        }
        return groups.stream()
                .map(group -> group.stream().mapToInt(i -> i).toArray())
                .map(
                        group ->
                                new Stack(
                                        title(pages.get(group[0])),
                                        group,
                                        new int[] {1, group.length, 1},
                                        null))
                .toList();
    }

    private static String title(Page page) {
        return page.width() + "x" + page.height() + ", " + page.bits() + " bits";
    }

    private static ImagePlus byImageJ(Path file) {
        Opener opener = new Opener();
        opener.setSilentMode(true);
        return silently(() -> opener.openImage(file.toString()));
    }

    /** ImageJ reports a failure in its log then, instead of in a dialog. */
    private static ImagePlus silently(Supplier<ImagePlus> reading) {
        IJ.redirectErrorMessages(true);
        try {
            return reading.get();
        } finally {
            IJ.redirectErrorMessages(false);
        }
    }

    private static ImagePlus assemble(Path file, List<Page> pages, Stack stack) throws IOException {
        String name = String.valueOf(file.getFileName());
        FileInfo[] infos = decoder(file).getTiffInfo();
        if (infos == null || infos.length < pages.size()) {
            throw Directory.damaged(file, "ImageJ reads not all of its pages");
        }
        Page first = pages.get(stack.pages[0]);
        ImageStack planes = new ImageStack(first.width(), first.height(), stack.pages.length);
        for (int i = 0; i < stack.pages.length; i++) {
            Page page = pages.get(stack.pages[i]);
            if (!page.isLike(first)) {
                throw Directory.damaged(file, "its OME-XML joins pages of different kinds");
            }
            planes.setPixels(pixels(file, infos[stack.pages[i]], page), i + 1);
        }
        ImagePlus image = new ImagePlus(name, planes);
        image.setDimensions(stack.size[0], stack.size[1], stack.size[2]);
        image.setOpenAsHyperStack(stack.size[0] * stack.size[2] > 1);
        Calibration calibration = image.getCalibration();
        if (first.bits() == 16 && first.kind() == Page.Kind.SIGNED) {
            calibration.setSigned16BitCalibration();
        }
        if (stack.ome != null) {
            double[] step = stack.ome.step();
            calibration.pixelWidth = step[0];
            calibration.pixelHeight = step[1];
            calibration.pixelDepth = step[2];
            calibration.setUnit(stack.ome.unit());
            calibration.frameInterval = stack.size[2] > 1 ? stack.ome.interval() : 0;
        }
        image.resetDisplayRange();
        return image;
    }

    private static TiffDecoder decoder(Path file) {
        return new TiffDecoder(
                file.toAbsolutePath().getParent() + "/", String.valueOf(file.getFileName()));
    }

    private static Object pixels(Path file, FileInfo info, Page page) throws IOException {
        info.nImages = 1;
        if (page.isMistaken() && page.bits() == 32) {
            info.fileType = FileInfo.GRAY32_UNSIGNED;
        }
        Object pixels;
        try (InputStream in = Files.newInputStream(file)) {
            pixels = new ImageReader(info).readPixels(in);
        }
        if (pixels == null) {
            throw Directory.damaged(file, "ImageJ cannot decode its pixels");
        }
        if (page.isMistaken() && pixels instanceof byte[] bytes) {
            float[] values = new float[bytes.length];
            IntStream.range(0, bytes.length).forEach(i -> values[i] = bytes[i]);
            return values;
        }
        return pixels;
    }
}

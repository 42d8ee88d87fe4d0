/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import ij.IJ;
import ij.ImagePlus;
import ij.io.Opener;
import ij.io.TiffDecoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.ImageMemory;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.SilentImageJ;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * TIFF and OME-TIFF. ImageJ reads what is not packed and of its own kinds of numbers, all else is
 * decoded here; numbers that ImageJ has not become 32-bit float. Of several images in a file the
 * first is read unless another is chosen, and that is noted.
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

    /**
     * An image of the file: which pages, as which axes.
     *
     * @param size channels, slices, frames
     * @param ome null where it is no OME-TIFF
     */
    record Stack(String name, int[] pages, int[] size, OmeXml ome) {}

    @Override
    public ImagePlus read(Path file, Series series) {
        try {
            if (isBig(FileHead.of(file))) {
                throw new UnreadKindException(file, "BigTIFF");
            }
            List<Directory> directories = Directory.of(file);
            List<Page> pages = new ArrayList<>();
            for (Directory directory : directories) {
                pages.add(Page.of(file, directory));
            }
            if (!DecoderView.isWhole(directories.get(0))) {
                throw Directory.damaged(file, "what ImageJ wrote beside its pixels is cut short");
            }
            PlanesInARow row = PlanesInARow.of(file, pages);
            row.requireKnown();
            String description = directories.get(0).description();
            boolean own = description.startsWith("ImageJ=") || row.isBehindOnePage();
            if (own && row.isImageJs()) {
                series.requireOnly(file);
                requireMemory(file, row.bytes());
                return byImageJ(row);
            }
            boolean ome = OmeXml.isOme(description);
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
            // Besides, the page that is being decoded.
            requireMemory(file, (stack.pages.length + 1) * first.bytes());
            ImagePlus image = new TiffImage(file, pages, stack).read();
            List<String> notes = new ArrayList<>(first.notes());
            if (!one) {
                notes.add(
                        "Series "
                                + (chosen + 1)
                                + " of "
                                + stacks.size()
                                + " ("
                                + stack.name
                                + ") was read; choose another with series=.");
            }
            new Source(ome ? "OME-TIFF" : name(), List.of(file), notes).attach(image);
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
                ImagePlus virtual = SilentImageJ.read(() -> IJ.openVirtual(file.toString()));
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

    private static void requireMemory(Path file, double needed) {
        ImageMemory.require("'" + file + "'", needed);
    }

    /** Pages in a row that can be planes of one image. */
    private static List<Stack> stacks(List<Page> pages) {
        List<List<Integer>> groups = new ArrayList<>();
        for (int i = 0; i < pages.size(); i++) {
            if (pages.get(i).isThumbnail() && pages.size() > 1) {
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

    private ImagePlus byImageJ(PlanesInARow row) throws IOException {
        Optional<HeadedTiff> headed = HeadedTiff.of(row);
        if (headed.isPresent()) {
            return whole(headed.get().read(), row);
        }
        Opener opener = new Opener();
        opener.setSilentMode(true);
        String file = row.file().toString();
        return whole(SilentImageJ.read(() -> opener.openImage(file)), row);
    }

    private ImagePlus whole(ImagePlus image, PlanesInARow row) {
        if (image == null || image.getStackSize() != row.count()) {
            throw new ImageException(
                    "'"
                            + row.file()
                            + "' was not read to its end: it was stopped, or memory ended, or it is"
                            + " damaged.");
        }
        new Source(name(), List.of(row.file()), row.pages().get(0).notes()).attach(image);
        return image;
    }

    private static TiffDecoder decoder(Path file) {
        return new TiffDecoder(
                file.toAbsolutePath().getParent() + "/", String.valueOf(file.getFileName()));
    }
}

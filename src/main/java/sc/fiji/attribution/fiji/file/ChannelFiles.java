/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import ij.ImagePlus;
import ij.ImageStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.input.ImageView;

/**
 * The channels of one image in files of their own, as tissue maps come: {@code [c1.nii.gz,
 * c2.nii.gz, c3.nii.gz]}.
 */
public final class ChannelFiles {

    /** Between the commas of one name. */
    private static final int MOST_PIECES = 8;

    private ChannelFiles() {}

    /**
     * The image that a text names, or the one whose channels it names in their order.
     *
     * @param text a name, or several with commas between, perhaps in brackets
     * @param find the image of one name: a title or a path
     * @throws ImageException where there is no such image, or the channels are not on one grid
     */
    public static ImagePlus of(String text, Function<String, ImagePlus> find) {
        List<String> names = names(text);
        if (names.size() == 1) {
            return find.apply(names.get(0));
        }
        return join(names.stream().map(find).toList());
    }

    /**
     * The names in a text. A comma ends a name, unless the longer text is the name of a file, a
     * folder or an open image, or a pattern that files have.
     */
    public static List<String> names(String text) {
        String whole = text.strip();
        if (!whole.contains(",") || isThere(whole)) {
            return List.of(text);
        }
        boolean bracketed = whole.startsWith("[") && whole.endsWith("]");
        List<String> pieces =
                List.of((bracketed ? whole.substring(1, whole.length() - 1) : whole).split(","));
        List<String> names = new ArrayList<>();
        for (int from = 0, to; from < pieces.size(); from = to) {
            to = Math.min(pieces.size(), from + MOST_PIECES);
            while (to > from + 1 && !isMeant(name(pieces, from, to))) {
                to--;
            }
            names.add(name(pieces, from, to));
        }
        names.removeIf(String::isEmpty);
        return names.isEmpty() ? List.of(text) : names;
    }

    private static String name(List<String> pieces, int from, int to) {
        return String.join(",", pieces.subList(from, to)).strip();
    }

    private static boolean isMeant(String name) {
        try {
            return isThere(name) || FilePattern.isOne(name) && !FilePattern.files(name).isEmpty();
        } catch (IOException e) {
            return false; // there is no such folder
        }
    }

    /** Whether a file or an open image has that name. */
    public static boolean isThere(String name) {
        try {
            return OpenImages.titled(name).isPresent() || Files.exists(Path.of(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /**
     * One image of all channels of some images, in their order. Slices keep their pixels where they
     * hold 32 bits, else they are copied.
     *
     * @throws ImageException where they do not lie on one grid, or differ in time points
     */
    public static ImagePlus join(List<ImagePlus> images) {
        ImagePlus first = images.get(0);
        images.forEach(image -> requireSameGrid(first, image));
        List<ImageView> views = images.stream().map(ImageView::ofColours).toList();
        ImageStack stack = new ImageStack(first.getWidth(), first.getHeight());
        for (int t = 0; t < first.getNFrames(); t++) {
            for (int z = 0; z < first.getNSlices(); z++) {
                for (int i = 0; i < views.size(); i++) {
                    for (int c = 0; c < views.get(i).size('c'); c++) {
                        stack.addSlice(images.get(i).getTitle(), views.get(i).slice(c, z, t));
                    }
                }
            }
        }
        int channels = views.stream().mapToInt(view -> view.size('c')).sum();
        ImagePlus joined = new ImagePlus(title(images), stack);
        joined.setDimensions(channels, first.getNSlices(), first.getNFrames());
        joined.setOpenAsHyperStack(true);
        joined.setCalibration(first.getCalibration().copy());
        joined.getCalibration().disableDensityCalibration();
        ImageGeometry.copy(first, joined);
        source(images, views).attach(joined);
        return joined;
    }

    private static String title(List<ImagePlus> images) {
        return images.stream().map(ImagePlus::getTitle).collect(Collectors.joining(" + "));
    }

    /** What read them, and which is which channel. */
    private static Source source(List<ImagePlus> images, List<ImageView> views) {
        List<String> parts = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        int next = 1;
        for (int i = 0; i < images.size(); i++) {
            ImagePlus image = images.get(i);
            int last = next + views.get(i).size('c') - 1;
            String numbers = next == last ? "channel " + next : "channels " + next + "-" + last;
            String reader = Source.of(image).map(source -> ", " + source.reader()).orElse("");
            parts.add(numbers + ": " + image.getTitle() + reader);
            files.addAll(Outputs.filesOf(image));
            Source.of(image).ifPresent(source -> notes.addAll(source.notes()));
            next = last + 1;
        }
        return new Source(String.join("; ", parts), files, notes);
    }

    private static void requireSameGrid(ImagePlus first, ImagePlus image) {
        if (image.getWidth() < 1 || first.getWidth() < 1) {
            ImageView.ofColours(first);
            ImageView.ofColours(image);
        }
        String problem = null;
        if (!ImageGeometry.sameExtents(first, image)) {
            problem = extents(image) + " instead of " + extents(first) + " voxels";
        } else if (first.getNFrames() != image.getNFrames()) {
            problem = image.getNFrames() + " instead of " + first.getNFrames() + " time points";
        } else if (!ImageGeometry.sameGrid(first, image)) {
            problem = "its voxels lie elsewhere (affine " + affine(image, first) + ")";
        }
        if (problem != null) {
            throw new ImageException(
                    "'"
                            + image.getTitle()
                            + "' is not on the grid of '"
                            + first.getTitle()
                            + "', as the channels of one image must be: "
                            + problem
                            + "; register or resample it first.");
        }
    }

    private static String extents(ImagePlus image) {
        return image.getWidth() + "x" + image.getHeight() + "x" + image.getNSlices();
    }

    /** Where the affines differ most; affines are long. */
    private static String affine(ImagePlus image, ImagePlus first) {
        VoxelToWorld a = ImageGeometry.world(image);
        VoxelToWorld b = ImageGeometry.world(first);
        if (a == null || b == null) {
            return (a == null ? "none" : "one")
                    + ", where the other has "
                    + (b == null ? "none" : "one");
        }
        int worst =
                IntStream.range(0, 12)
                        .reduce(0, (i, j) -> difference(a, b, j) > difference(a, b, i) ? j : i);
        return String.format(
                Locale.ROOT,
                "row %d, column %d: %s instead of %s",
                worst / 4 + 1,
                worst % 4 + 1,
                (float) a.rows()[worst],
                (float) b.rows()[worst]);
    }

    private static double difference(VoxelToWorld a, VoxelToWorld b, int i) {
        return Math.abs(a.rows()[i] - b.rows()[i]);
    }
}

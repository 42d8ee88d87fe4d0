/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import ij.ImagePlus;
import ij.ImageStack;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.input.SlicedMap;
import sc.fiji.attribution.model.ModelSpec;

/**
 * The images of a model whose inputs lie on grids of their own, such as a slice and a volume: on
 * the way in each is put into the corner of one that holds them all, on the way back a map is cut
 * out of it. They are not resampled.
 */
public final class OwnGrids {

    private static final String IMAGES = "attribution.images";

    private OwnGrids() {}

    /** An empty image of the extents that hold them all, placed as another. */
    static ImagePlus canvas(ModelSpec spec, ImagePlus like) {
        int width = spec.size('x');
        int height = spec.size('y');
        int slices = Math.max(1, spec.size('z'));
        ImageStack stack = new ImageStack(width, height);
        for (int i = 0; i < slices * like.getNFrames(); i++) {
            stack.addSlice(null, new float[width * height]);
        }
        ImagePlus image = new ImagePlus(like.getTitle(), stack);
        image.setDimensions(1, slices, like.getNFrames());
        image.setCalibration(like.getCalibration().copy());
        ImageGeometry.copy(like, image);
        return image;
    }

    /**
     * @throws ImageException where the image has other extents than the input takes
     */
    static ImagePlus inCorner(ModelSpec spec, InputPart part, ImagePlus image, ImagePlus canvas) {
        ImageView view = ImageView.ofColours(image);
        for (char axis : spec.axes().spatial().toCharArray()) {
            if (view.size(axis) != part.extent(spec.axes(), axis, 1)) {
                throw unfit(part, image, view);
            }
        }
        if (image.getNFrames() != canvas.getNFrames()) {
            throw new ImageException(
                    "Image '"
                            + image.getTitle()
                            + "' has "
                            + image.getNFrames()
                            + " time points instead of "
                            + canvas.getNFrames()
                            + ": give images with as many.");
        }
        ImageStack stack = new ImageStack(canvas.getWidth(), canvas.getHeight());
        for (int t = 0; t < canvas.getNFrames(); t++) {
            for (int z = 0; z < canvas.getNSlices(); z++) {
                for (int c = 0; c < part.channels(); c++) {
                    float[] plane = new float[canvas.getWidth() * canvas.getHeight()];
                    float[] from = z < view.size('z') ? view.slice(c, z, t) : new float[0];
                    for (int y = 0; y * view.size('x') < from.length; y++) {
                        int row = y * canvas.getWidth();
                        System.arraycopy(from, y * view.size('x'), plane, row, view.size('x'));
                    }
                    stack.addSlice(image.getTitle(), plane);
                }
            }
        }
        ImagePlus padded = new ImagePlus(image.getTitle(), stack);
        padded.setDimensions(part.channels(), canvas.getNSlices(), canvas.getNFrames());
        padded.setCalibration(canvas.getCalibration().copy());
        ImageGeometry.copy(canvas, padded);
        Source.of(image).ifPresent(source -> source.attach(padded));
        return padded;
    }

    private static ImageException unfit(InputPart part, ImagePlus image, ImageView view) {
        return new ImageException(
                String.format(
                        Locale.ROOT,
                        "Image '%s' has %d×%d×%d voxels (x, y, z), but input '%s' of the model"
                                + " takes %s (slowest first), and images on grids of their own are"
                                + " not resampled: choose another (inputs=%s=…), or resample it"
                                + " (Image > Scale...).",
                        image.getTitle(),
                        view.size('x'),
                        view.size('y'),
                        view.size('z'),
                        part.name(),
                        part.extents().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining("×")),
                        part.name()));
    }

    /** Keeps the images with what is made of them. */
    static void remember(ImagePlus joined, List<ImagePlus> images) {
        joined.setProperty(IMAGES, List.copyOf(images));
    }

    /** The images of a joined one as they are, those of the model's parts in their order. */
    public static List<ImagePlus> of(ImagePlus joined) {
        return joined.getProperty(IMAGES) instanceof List<?> images
                ? images.stream().map(ImagePlus.class::cast).toList()
                : List.of();
    }

    /** The path of a further map: {@code map-flair.nii.gz} beside {@code map.nii.gz}. */
    public static String beside(String path, String name) {
        int begin = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
        int dot =
                path.toLowerCase(Locale.ROOT).endsWith(".nii.gz")
                        ? path.length() - ".nii.gz".length()
                        : path.lastIndexOf('.');
        int end = dot > begin ? dot : path.length();
        String plain = name.replaceAll("[^\\w.-]+", "_");
        return path.substring(0, end) + "-" + plain + path.substring(end);
    }

    /** Cuts a channel out of a map, as large as an image. */
    public static SlicedMap cut(SlicedMap map, int channel, ImagePlus image) {
        int width = image.getWidth();
        int height = image.getHeight();
        return new SlicedMap(
                width,
                height,
                image.getNSlices(),
                1,
                (c, z) -> {
                    float[] whole = map.slice(channel, z);
                    float[] cut = new float[width * height];
                    for (int y = 0; y < height; y++) {
                        System.arraycopy(whole, y * map.width(), cut, y * width, width);
                    }
                    return cut;
                });
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import ij.ImagePlus;
import java.io.File;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.model.ModelSpec;

/**
 * An image to judge maps of: its first time point.
 *
 * @param image as it is
 * @param input the way to the model's grid and back
 * @param tensor what the model sees
 * @param mask which voxels are meant, in the order of the image's slices; empty where nobody knows
 */
public record TestImage(
        ImagePlus image, ModelInput input, Tensor tensor, Optional<boolean[]> mask) {

    /** Order of values on the image's grid. */
    private static final Axes AXES = new Axes("bzcyx");

    /**
     * @param mask of the image's extents in space, above 0 where it is meant
     * @throws ImageException where the image does not fit the model, or the mask the image
     */
    public static TestImage of(ModelSpec spec, ImagePlus image, Optional<ImagePlus> mask) {
        ModelInput input = ModelInput.of(spec, image);
        Optional<boolean[]> meant = mask.map(given -> meant(given, image));
        return new TestImage(image, input, input.tensor(0), meant);
    }

    private static boolean[] meant(ImagePlus mask, ImagePlus image) {
        ImageView view = ImageView.of(mask);
        requireSameGrid("Mask", view, mask, image);
        requireOne("channels", view.size('c'), mask);
        requireOne("time points", view.size('t'), mask);
        view.requireFinite(0);
        boolean[] meant = new boolean[view.size('x') * view.size('y') * view.size('z')];
        int count = 0;
        for (int z = 0, i = 0; z < view.size('z'); z++) {
            for (float value : view.slice(0, z, 0)) {
                meant[i++] = value > 0;
                count += value > 0 ? 1 : 0;
            }
        }
        if (count == 0 || count == meant.length) {
            throw new ImageException(
                    "Mask '"
                            + mask.getTitle()
                            + (count == 0
                                    ? "' is empty: it has no voxel above 0."
                                    : "' is the whole image: every voxel of it is above 0.")
                            + " Name another (mask=…), or none.");
        }
        return meant;
    }

    private static void requireOne(String what, int count, ImagePlus mask) {
        if (count > 1) {
            throw new ImageException(
                    "Mask '"
                            + mask.getTitle()
                            + "' has "
                            + count
                            + " "
                            + what
                            + ": keep the one that is meant (Image > Duplicate...).");
        }
    }

    /**
     * Checks that an image lies on the grid of another.
     *
     * @throws ImageException with both extents where it does not
     */
    static void requireSameGrid(String what, ImageView view, ImagePlus given, ImagePlus image) {
        if (view.size('x') != image.getWidth()
                || view.size('y') != image.getHeight()
                || view.size('z') != image.getNSlices()) {
            throw new ImageException(
                    String.format(
                            Locale.ROOT,
                            "%s '%s' is %dx%dx%d, and image '%s' is %dx%dx%d: use one of the same"
                                    + " extents.",
                            what,
                            given.getTitle(),
                            view.size('x'),
                            view.size('y'),
                            view.size('z'),
                            image.getTitle(),
                            image.getWidth(),
                            image.getHeight(),
                            image.getNSlices()));
        }
    }

    /** The image's own values: on its grid, with its channels. */
    public Tensor picture() {
        return values(image);
    }

    /** The first time point of an image as a tensor of {@code bzcyx}. */
    public static Tensor values(ImagePlus image) {
        ImageView view = ImageView.ofColours(image);
        Tensor values =
                Tensor.zeros(
                        AXES, 1, view.size('z'), view.size('c'), view.size('y'), view.size('x'));
        for (int z = 0; z < view.size('z'); z++) {
            for (int c = 0; c < view.size('c'); c++) {
                float[] slice = view.slice(c, z, 0);
                int at = (z * view.size('c') + c) * slice.length;
                System.arraycopy(slice, 0, values.data(), at, slice.length);
            }
        }
        return values;
    }

    /** A map on the image's grid with a batch axis, in the order of the mask. */
    public static Tensor batch(Tensor onImage) {
        int[] shape = {
            1, onImage.size('z'), onImage.size('c'), onImage.size('y'), onImage.size('x')
        };
        return new Tensor(AXES, shape, onImage.data());
    }

    /**
     * The mask of an image as commands name it.
     *
     * @param text title or path; a {@code *} in it stands for the image's name without its ending
     *     or, where there is no such file, for what the names of its channels' files have in
     *     common, or for what it stands for in the images' pattern
     * @param images that pattern, as {@link ImageList} reads it; may be empty
     * @param dilation voxels that it grows by to each side, along all axes; 0 for none
     * @return empty where the text is
     */
    public static Optional<ImagePlus> mask(
            String text, String images, int dilation, ImagePlus image) {
        if (dilation < 0 || dilation > 100) {
            throw new OptionException("dilate=" + dilation + ": expected 0 to 100 voxels.");
        }
        if (text.isBlank()) {
            return Optional.empty();
        }
        Set<String> meant = new LinkedHashSet<>(ImageList.stems(image.getTitle()));
        ImageList.part(images, image.getTitle()).ifPresent(meant::add);
        List<String> named =
                meant.stream().map(part -> text.strip().replace("*", part)).distinct().toList();
        String path =
                named.stream()
                        .filter(file -> new File(file).isFile())
                        .findFirst()
                        .orElse(named.get(0));
        ImagePlus mask = ImageFile.openOrFind(path);
        return Optional.of(dilation == 0 ? mask : Dilation.of(mask, dilation));
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileInfo;
import ij.process.ColorProcessor;
import ij.process.ImageProcessor;
import java.awt.image.Raster;
import java.nio.file.Path;

/** Images of decoded samples, as they are stored. */
final class RasterImage {

    private static final int BYTE = (1 << Byte.SIZE) - 1;

    private RasterImage() {}

    /**
     * @param channels of the raster that are taken, the first ones
     * @param most the largest value that may occur: up to 255 three channels are one of red, green
     *     and blue, and grey values below are shown up to it
     */
    static ImagePlus of(Path file, Raster raster, int channels, int most) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        boolean wide = most > BYTE;
        ImageStack stack = ImageStack.create(width, height, channels, wide ? Short.SIZE : 8);
        int[] row = new int[width];
        for (int c = 0; c < channels; c++) {
            ImageProcessor plane = stack.getProcessor(c + 1);
            for (int y = 0; y < height; y++) {
                raster.getSamples(0, y, width, 1, c, row);
                for (int x = 0; x < width; x++) {
                    plane.set(x, y, row[x]);
                }
            }
        }
        ImagePlus image = new ImagePlus(String.valueOf(file.getFileName()), stack);
        image.setDimensions(channels, 1, 1);
        image.resetDisplayRange();
        if (most < BYTE) {
            image.setDisplayRange(0, most);
        }
        if (channels == 3 && !wide) {
            ColorProcessor colours = new ColorProcessor(width, height);
            colours.setRGB(
                    (byte[]) stack.getPixels(1),
                    (byte[]) stack.getPixels(2),
                    (byte[]) stack.getPixels(3));
            image = new ImagePlus(image.getTitle(), colours);
        } else if (channels > 1) {
            image = new CompositeImage(image, CompositeImage.COMPOSITE);
        }
        FileInfo info = new FileInfo();
        info.fileFormat = FileInfo.IMAGEIO;
        info.fileName = image.getTitle();
        info.directory = file.toAbsolutePath().getParent() + "/";
        image.setFileInfo(info);
        return image;
    }
}

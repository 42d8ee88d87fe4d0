/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import ij.ImagePlus;
import ij.process.ColorProcessor;
import java.awt.image.BufferedImage;
import javax.imageio.ImageIO;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.storage.WholeFile;

/** Pictures for documents on disk, as PNG. */
public final class PictureFile {

    private PictureFile() {}

    /**
     * Checks that a picture can be saved there, before the work is done.
     *
     * @throws ImageException if not
     */
    public static void checkWritable(String path) {
        WholeFile.at(path).requireWritable(".png");
    }

    /**
     * Saves an RGB image, wholly or not at all.
     *
     * @throws ImageException as {@link #checkWritable}, or if the disk is full
     */
    public static void save(ImagePlus picture, String path) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        BufferedImage copy = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        // ImageJ's own way there asks the toolkit of the screen.
        copy.setRGB(0, 0, width, height, (int[]) picture.getProcessor().getPixels(), 0, width);
        save(copy, path);
    }

    /** The picture as an RGB image. */
    public static ImagePlus image(String title, BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        int[] pixels = picture.getRGB(0, 0, width, height, null, 0, width);
        return new ImagePlus(title, new ColorProcessor(width, height, pixels));
    }

    public static void save(BufferedImage picture, String path) {
        checkWritable(path);
        WholeFile.at(path).write(out -> ImageIO.write(picture, "png", out));
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileInfo;
import ij.io.FileOpener;
import ij.measure.Calibration;
import ij.process.ColorProcessor;
import ij.process.ImageProcessor;
import ij.process.LUT;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * An image out of pages that are decoded here, with what else their directories say: sizes of
 * pixels, a palette, ImageJ's own lines.
 */
record TiffImage(Path file, List<Page> pages, Tiff.Stack stack) {

    ImagePlus read() throws IOException {
        Page first = pages.get(stack.pages()[0]);
        ImageStack planes = new ImageStack(first.width(), first.height());
        for (int index : stack.pages()) {
            Page page = pages.get(index);
            if (!page.isLike(first)) {
                throw Directory.damaged(file, "its OME-XML joins pages of different kinds");
            }
            Object[] channels = Pixels.of(file, page);
            if (page.isRgb()) {
                planes.addSlice("", rgb(page, channels));
            } else {
                for (Object each : channels) {
                    planes.addSlice("", each);
                }
            }
        }
        ImagePlus image = new ImagePlus(String.valueOf(file.getFileName()), planes);
        int channels = stack.size()[0] * (first.isRgb() ? 1 : first.channels());
        arrange(image, channels, stack.size()[1], stack.size()[2]);
        if (first.bits() > 8 && first.bits() <= 16 && first.kind() == Page.Kind.SIGNED) {
            image.getCalibration().setSigned16BitCalibration();
        }
        describe(image, first);
        if (stack.ome() != null) {
            scale(image.getCalibration());
        }
        image.resetDisplayRange();
        return channels > 1 && !first.isRgb()
                ? new CompositeImage(image, CompositeImage.GRAYSCALE)
                : image;
    }

    private static void arrange(ImagePlus image, int channels, int slices, int frames) {
        image.setDimensions(channels, slices, frames);
        image.setOpenAsHyperStack(channels * frames > 1);
    }

    private static ImageProcessor rgb(Page page, Object[] channels) {
        ColorProcessor pixels = new ColorProcessor(page.width(), page.height());
        pixels.setRGB((byte[]) channels[0], (byte[]) channels[1], (byte[]) channels[2]);
        return pixels;
    }

    private void scale(Calibration calibration) {
        double[] step = stack.ome().step();
        calibration.pixelWidth = step[0];
        calibration.pixelHeight = step[1];
        calibration.pixelDepth = step[2];
        calibration.setUnit(stack.ome().unit());
        calibration.frameInterval = stack.size()[2] > 1 ? stack.ome().interval() : 0;
    }

    private static void describe(ImagePlus image, Page page) throws IOException {
        scaleByResolution(image.getCalibration(), page.fields());
        if (page.photometric() == Page.PALETTE && page.bits() <= Byte.SIZE) {
            image.setLut(palette(page.fields().all(Directory.PALETTE)));
        }
        if (page.photometric() == Page.WHITE_IS_ZERO && page.samples() == 1) {
            image.getProcessor().invertLut();
        }
        String description = page.fields().description();
        if (!description.isBlank()) {
            image.setProperty("Info", description);
        }
        if (description.startsWith("ImageJ=")) {
            describeByImageJ(image, description);
        }
    }

    private static void scaleByResolution(Calibration calibration, Directory fields) {
        int unit = (int) fields.get(Directory.RESOLUTION_UNIT, 2);
        double width = step(fields.all(Directory.X_RESOLUTION));
        double height = step(fields.all(Directory.Y_RESOLUTION));
        if (width > 0 && height > 0 && unit > 1) {
            calibration.pixelWidth = width;
            calibration.pixelHeight = height;
            calibration.setUnit(unit == 3 ? "cm" : "inch");
        }
    }

    /** 0 where the fraction is none. */
    private static double step(long[] fraction) {
        return fraction.length < 2 || fraction[0] == 0 ? 0 : (double) fraction[1] / fraction[0];
    }

    /** Red, green and blue of 16 bits each, one after the other. */
    private static LUT palette(long[] colours) {
        byte[][] parts = new byte[3][1 << Byte.SIZE];
        int count = Math.min(parts[0].length, colours.length / 3);
        for (int i = 0; i < 3 * count; i++) {
            parts[i / count][i % count] =
                    (byte) (colours[i / count * (colours.length / 3) + i % count] >> Byte.SIZE);
        }
        return new LUT(parts[0], parts[1], parts[2]);
    }

    /** What ImageJ wrote, and another program packed. */
    private static void describeByImageJ(ImagePlus image, String description) throws IOException {
        FileInfo info = new FileInfo();
        info.description = description;
        Properties said = new FileOpener(info).decodeDescriptionString(info);
        int channels = number(said, "channels");
        int slices = number(said, "slices");
        int frames = number(said, "frames");
        if ((long) channels * slices * frames == image.getStackSize()) {
            arrange(image, channels, slices, frames);
        }
        Calibration calibration = image.getCalibration();
        if (info.pixelDepth > 0) {
            calibration.pixelDepth = info.pixelDepth;
        }
        if (info.unit != null) {
            calibration.setUnit(info.unit);
        }
    }

    private static int number(Properties said, String key) {
        String text = said.getProperty(key, "1");
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 1;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.io.FileInfo;
import ij.io.FileOpener;
import ij.measure.Calibration;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.ColourTable;
import sc.fiji.attribution.fiji.format.SilentImageJ;

/**
 * An image out of pages that are decoded here. All else is made of the file by ImageJ, which is
 * handed the decoded planes: palette, calibration, labels, ranges, overlay and properties are as in
 * a file that it reads alone.
 */
record TiffImage(Path file, List<Page> pages, Tiff.Stack stack) {

    ImagePlus read() throws IOException {
        Page first = pages.get(stack.pages()[0]);
        List<Page> planes = Arrays.stream(stack.pages()).mapToObj(pages::get).toList();
        if (!planes.stream().allMatch(first::isLike)) {
            throw Directory.damaged(file, "its OME-XML joins pages of different kinds");
        }
        int channels = stack.size()[0] * (first.isRgb() ? 1 : first.channels());
        int count = channels * stack.size()[1] * stack.size()[2];
        FileInfo info = described(first);
        info.fileType =
                first.type() == FileInfo.GRAY8 && info.lutSize > 0 ? FileInfo.COLOR8 : first.type();
        info.samplesPerPixel = first.isRgb() ? 3 : 1;
        info.intelByteOrder = DecodedPages.ORDER == ByteOrder.LITTLE_ENDIAN;
        info.nImages = count;
        ImagePlus image;
        try (DecodedPages decoded = new DecodedPages(file, planes)) {
            info.inputStream = decoded;
            image = SilentImageJ.read(() -> new FileOpener(info).openImage());
            decoded.requireSound();
        }
        if (image == null || image.getStackSize() != count) {
            throw new ImageException(
                    "'" + file + "' was not read to its end: it was stopped, or memory ended.");
        }
        info.inputStream = null;
        info.fileName = String.valueOf(file.getFileName());
        info.directory = file.toAbsolutePath().getParent() + "/";
        image.setTitle(info.fileName);
        return arranged(image, first, channels);
    }

    /** All but the pixels. */
    private FileInfo described(Page page) {
        try {
            return new DecoderView(page).info();
        } catch (IOException | RuntimeException e) {
            // ImageJ's decoder ends so on what it does not expect.
            throw Directory.damaged(file, "what ImageJ wrote beside its pixels is cut short");
        }
    }

    private ImagePlus arranged(ImagePlus image, Page first, int channels) {
        String description = pages.get(0).fields().description();
        boolean imageJs = description.startsWith("ImageJ=");
        boolean own = imageJs && image.getNChannels() > 1;
        if (!own && (channels > 1 || stack.size()[2] > 1 || stack.ome() != null)) {
            image.setDimensions(channels, stack.size()[1], stack.size()[2]);
            image.setOpenAsHyperStack(channels * stack.size()[2] > 1);
        }
        if (stack.ome() != null) {
            scale(image.getCalibration());
        }
        if (first.bits() < Byte.SIZE && first.photometric() != Page.PALETTE) {
            image.setDisplayRange(0, (1 << first.bits()) - 1);
        }
        if (first.photometric() == Page.PALETTE && !imageJs) {
            // With ImageJ it is a way of showing; it says where it is meant as colours.
            ColourTable.markAsColours(image);
        }
        boolean composite = image.getOpenAsHyperStack() || description.contains("mode=");
        if (image.getNChannels() < 2 || image.getType() == ImagePlus.COLOR_RGB || !composite) {
            return image;
        }
        return new CompositeImage(image, own ? mode(description) : mode(first));
    }

    /** As ImageJ has it. */
    static int mode(String description) {
        return description.contains("mode=composite")
                ? IJ.COMPOSITE
                : description.contains("mode=gray") ? IJ.GRAYSCALE : IJ.COLOR;
    }

    private static int mode(Page page) {
        return page.photometric() == Page.COLOUR && page.channels() == 3
                ? IJ.COMPOSITE
                : IJ.GRAYSCALE;
    }

    private void scale(Calibration calibration) {
        double[] step = stack.ome().step();
        calibration.pixelWidth = step[0];
        calibration.pixelHeight = step[1];
        calibration.pixelDepth = step[2];
        calibration.setUnit(stack.ome().unit());
        calibration.frameInterval = stack.size()[2] > 1 ? stack.ome().interval() : 0;
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.VirtualStack;
import ij.measure.Calibration;
import ij.process.ColorProcessor;
import ij.process.ImageProcessor;
import ij.process.LUT;
import java.awt.Color;
import java.util.Locale;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.Provenance;
import sc.fiji.attribution.fiji.map.SliceLabels;

/**
 * An overlay as an image of all slices and frames, on the grid of the image under it and with its
 * calibration and slice labels.
 */
public final class OverlayImage {

    /** In a composite the colours are added to the grey, which must leave room for them. */
    private static final double ROOM = 0.6;

    /** What kind of image. */
    public enum Type {
        /** Colours mixed once and for all; the more opaque, the larger the absolute value. */
        RGB,
        /**
         * 32-bit, the image in the first channel and the map in the second, both with their values.
         * Range and colours can still be changed; bright voxels shine through.
         */
        COMPOSITE;

        /**
         * @param name {@code rgb} or {@code composite}
         */
        public static Type named(String name) {
            for (Type type : values()) {
                if (type.name().equalsIgnoreCase(name.strip())) {
                    return type;
                }
            }
            throw new OptionException("type='" + name + "': expected rgb or composite.");
        }
    }

    private OverlayImage() {}

    /** Makes the image; the overlay's two stay as they are. */
    public static ImagePlus of(Overlay overlay, Type type) {
        ImagePlus source = overlay.image();
        SliceLabels labels = new SliceLabels(source);
        OverlayColours colours = overlay.colours();
        ImageStack stack = new ImageStack(source.getWidth(), source.getHeight());
        for (int t = 0; t < overlay.frames(); t++) {
            for (int z = 0; z < source.getNSlices(); z++) {
                int frame = Math.min(t, source.getNFrames() - 1);
                String label = labels.of(overlay.shownChannel(), z, frame);
                if (type == Type.RGB) {
                    stack.addSlice(label, mix(overlay, colours, z, t));
                } else {
                    stack.addSlice(label, overlay.values(z, t).clone());
                    stack.addSlice(label, overlay.attribution(z, t));
                }
            }
        }
        ImagePlus result = new ImagePlus(overlay.map().getTitle() + " (overlay)", stack);
        int channels = type == Type.RGB ? 1 : 2;
        result.setDimensions(channels, source.getNSlices(), overlay.frames());
        result.setOpenAsHyperStack(result.getNDimensions() > 3);
        if (type == Type.COMPOSITE) {
            result = composite(result, overlay.contrast(), colours.limit());
        }
        return finish(result, overlay, type.name(), colours);
    }

    /**
     * The image of type {@link Type#RGB} as a virtual stack, which mixes a slice when it is shown,
     * in the colours that the overlay has then.
     */
    public static ImagePlus live(Overlay overlay) {
        ImagePlus source = overlay.image();
        ImagePlus view = new ImagePlus(overlay.map().getTitle() + " (view)", new Live(overlay));
        view.setDimensions(1, source.getNSlices(), overlay.frames());
        view.setOpenAsHyperStack(overlay.frames() > 1 && source.getNSlices() > 1);
        return finish(view, overlay, "view", overlay.colours());
    }

    private static ImagePlus finish(
            ImagePlus result, Overlay overlay, String type, OverlayColours colours) {
        ImagePlus source = overlay.image();
        Calibration calibration = source.getCalibration().copy();
        calibration.disableDensityCalibration();
        result.setCalibration(calibration);
        ImageGeometry.copy(source, result);
        result.setPosition(1, overlay.map().getSlice(), overlay.map().getFrame());
        if (result.getStackSize() == 1) {
            // ImageJ drops the stack of a single plane, and with it the label.
            String label = new SliceLabels(source).of(overlay.shownChannel(), 0, 0);
            result.setProp("Slice_Label", label);
        }
        record(result, overlay, type, colours);
        return result;
    }

    /** Slices that are mixed when they are asked for. */
    private static final class Live extends VirtualStack {

        private final Overlay overlay;
        private final int slices;

        Live(Overlay overlay) {
            super(overlay.image().getWidth(), overlay.image().getHeight(), null, "");
            this.overlay = overlay;
            this.slices = overlay.image().getNSlices();
            setBitDepth(24);
        }

        @Override
        public int size() {
            return slices * overlay.frames();
        }

        @Override
        public int getSize() {
            return size();
        }

        @Override
        public ImageProcessor getProcessor(int number) {
            int z = (number - 1) % slices;
            return mix(overlay, overlay.colours(), z, (number - 1) / slices);
        }

        @Override
        public Object getPixels(int number) {
            return getProcessor(number).getPixels();
        }

        @Override
        public String getSliceLabel(int number) {
            ImagePlus source = overlay.image();
            int frame = Math.min((number - 1) / slices, source.getNFrames() - 1);
            return new SliceLabels(source).of(overlay.shownChannel(), (number - 1) % slices, frame);
        }
    }

    private static ColorProcessor mix(Overlay overlay, OverlayColours colours, int z, int t) {
        float[] grey = overlay.grey(z, t);
        float[] values = overlay.attribution(z, t);
        int[] mixed = new int[grey.length];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = 0xff000000 | colours.mix(grey[i], values[i]);
        }
        return new ColorProcessor(overlay.image().getWidth(), overlay.image().getHeight(), mixed);
    }

    private static ImagePlus composite(ImagePlus channels, Contrast contrast, double limit) {
        CompositeImage composite = new CompositeImage(channels, IJ.COMPOSITE);
        LUT grey = LUT.createLutFromColor(Color.WHITE);
        grey.min = contrast.low();
        grey.max = contrast.low() + (contrast.high() - contrast.low()) / ROOM;
        LUT map = DivergingLut.DARK.lut();
        map.min = -limit;
        map.max = limit;
        composite.setLuts(new LUT[] {grey, map});
        return composite;
    }

    /** The map's own record, and how it is drawn here. */
    private static void record(
            ImagePlus result, Overlay overlay, String type, OverlayColours colours) {
        String[] properties = overlay.map().getPropertiesAsArray();
        for (int i = 0; properties != null && i + 1 < properties.length; i += 2) {
            if (properties[i].startsWith("attribution.")) {
                result.setProp(properties[i], properties[i + 1]);
            }
        }
        result.setProp(Provenance.OVERLAY, type.toLowerCase(Locale.ROOT));
        result.setProp("attribution.overlay.image", overlay.image().getTitle());
        result.setProp("attribution.overlay.limit", colours.limit());
    }
}

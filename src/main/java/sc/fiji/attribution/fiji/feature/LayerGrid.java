/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.feature;

import ij.ImagePlus;
import ij.measure.Calibration;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.Optional;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.AxisResampling;
import sc.fiji.attribution.core.grid.Grid;
import sc.fiji.attribution.core.grid.ReceptiveField;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;

/**
 * How a coarser grid, such as that of a layer, lies in an image. Arrays are in the order x, y, z;
 * places are in voxels of the image, counted from the centre of the first one.
 *
 * @param extents of the grid
 * @param origin where the centre of its first voxel lies
 * @param step how far the next one lies behind it
 * @param exact whether that is where the layer looks; otherwise both grids are taken to cover the
 *     same length
 */
public record LayerGrid(int[] extents, double[] origin, double[] step, boolean exact) {

    private static final String ORDER = "xyz";

    /**
     * Of a layer: the voxel centres lie in the middle of the receptive fields.
     *
     * @param activations of the layer
     * @param model how the model's grid lies in the image
     * @param space axes of space of the model, in the order of the field's arrays
     * @param field where the layer looks, where that is known
     */
    public static LayerGrid of(
            ImagePlus image,
            Tensor activations,
            Grid model,
            String space,
            Optional<ReceptiveField> field) {
        int[] sizes = sizes(image);
        int[] extents = new int[3];
        double[] origin = new double[3];
        double[] step = new double[3];
        for (int i = 0; i < 3; i++) {
            char axis = ORDER.charAt(i);
            extents[i] = activations.size(axis);
            int position = space.indexOf(axis);
            if (field.isPresent() && position >= 0) {
                double scale = model.scale()[i];
                origin[i] = (field.get().centre(position) + 0.5) / scale - 0.5;
                step[i] = field.get().stride()[position] / scale;
            } else {
                step[i] = (double) sizes[i] / extents[i];
                origin[i] = 0.5 * step[i] - 0.5;
            }
        }
        return new LayerGrid(extents, origin, step, field.isPresent());
    }

    /** Of the model's input. */
    public static LayerGrid ofInput(Grid model, Tensor input) {
        int[] extents = new int[3];
        double[] origin = new double[3];
        double[] step = new double[3];
        for (int i = 0; i < 3; i++) {
            extents[i] = input.size(ORDER.charAt(i));
            step[i] = 1 / model.scale()[i];
            origin[i] = 0.5 * step[i] - 0.5;
        }
        return new LayerGrid(extents, origin, step, true);
    }

    private static int[] sizes(ImagePlus image) {
        return new int[] {image.getWidth(), image.getHeight(), image.getNSlices()};
    }

    /**
     * Gives an image on this grid its place: voxel sizes and origin, where ImageJ's coordinate (i -
     * origin) × size is that of the centre of voxel i, as for NIfTI.
     *
     * @param source the image that the grid lies in
     */
    void calibrate(ImagePlus source, ImagePlus image) {
        Calibration calibration = source.getCalibration().copy();
        calibration.disableDensityCalibration();
        calibration.pixelWidth *= step[0];
        calibration.pixelHeight *= step[1];
        calibration.pixelDepth *= step[2];
        calibration.xOrigin = (calibration.xOrigin - origin[0]) / step[0];
        calibration.yOrigin = (calibration.yOrigin - origin[1]) / step[1];
        calibration.zOrigin = (calibration.zOrigin - origin[2]) / step[2];
        image.setCalibration(calibration);
        ImageGeometry.copyTo(image, source, origin, step);
    }

    /**
     * Carries one channel to the image's grid by linear interpolation between the voxel centres;
     * beyond the outermost ones their values hold.
     *
     * @param channel with axes {@code zyx}
     * @return with the same axes and the image's extents
     */
    public Tensor onImage(Tensor channel, ImagePlus image) {
        int[] sizes = sizes(image);
        Tensor carried = channel;
        for (int i = 0; i < 3; i++) {
            if (!isSame(i, sizes)) {
                carried =
                        AxisResampling.between(extents[i], sizes[i], origin[i], step[i])
                                .apply(carried, ORDER.charAt(i));
            }
        }
        return carried;
    }

    /**
     * The adjoint of {@link #onImage}: weights of the image's voxels become weights of the places
     * that these are interpolated from.
     *
     * @param voxels with axes {@code zyx} and the image's extents
     */
    public Tensor fromImage(Tensor voxels, ImagePlus image) {
        int[] sizes = sizes(image);
        Tensor carried = voxels;
        for (int i = 2; i >= 0; i--) {
            if (!isSame(i, sizes)) {
                carried =
                        AxisResampling.between(extents[i], sizes[i], origin[i], step[i])
                                .transpose()
                                .apply(carried, ORDER.charAt(i));
            }
        }
        return carried;
    }

    private boolean isSame(int axis, int[] sizes) {
        return extents[axis] == sizes[axis] && origin[axis] == 0 && step[axis] == 1;
    }

    /** One channel of activations, with axes {@code zyx}. */
    public Tensor channel(Tensor activations, int c) {
        Tensor channel = Tensor.zeros(new Axes("zyx"), extents[2], extents[1], extents[0]);
        int at = c * activations.stride('c');
        for (int i = 0; i < channel.length(); i++) {
            int x = i % extents[0];
            int y = i / extents[0] % extents[1];
            int z = i / extents[0] / extents[1];
            channel.data()[i] =
                    activations
                            .data()[
                            at
                                    + x * activations.stride('x')
                                    + y * activations.stride('y')
                                    + z * activations.stride('z')];
        }
        return channel;
    }

    /** For the record, for example {@code 24x28x24, every 2x2x2 voxels from 0.5, 0.5, 0.5}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%dx%dx%d, every %sx%sx%s voxels from %s, %s, %s%s",
                extents[0],
                extents[1],
                extents[2],
                number(step[0]),
                number(step[1]),
                number(step[2]),
                number(origin[0]),
                number(origin[1]),
                number(origin[2]),
                exact ? "" : " (by the ratio of the extents)");
    }

    private static String number(double value) {
        BigDecimal rounded = BigDecimal.valueOf(value).round(new MathContext(5));
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}

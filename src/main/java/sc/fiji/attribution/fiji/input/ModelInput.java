/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import ij.ImagePlus;
import ij.measure.Calibration;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.Quantity;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.AxisResampling;
import sc.fiji.attribution.core.grid.Grid;
import sc.fiji.attribution.model.ModelSpec;

/**
 * The way from an image to a model's input and of a map back to the image's grid. Where the model
 * allows only other extents in space than the image has, the image is resampled linearly to the
 * nearest ones (half-pixel centres, antialiased where it shrinks). Where its description asks for
 * pre-processing, that comes last.
 *
 * <p>With the image as x and the resampling as a matrix A, the model sees y = A x. A map holds an
 * amount for each voxel of y; the way back is the adjoint Aᵀ, which hands each amount to the image
 * voxels that this y was interpolated from, in proportion to their weights in it. Each row of A
 * adds up to 1, so the map's total stays the same, and with it completeness; interpolating the map
 * instead would scale the total by the ratio of the voxel counts. For a map of gradients Aᵀ is the
 * chain rule. The pre-processing is not differentiated: a map explains the values that the network
 * sees.
 */
public final class ModelInput {

    /** Order of a map on the image's grid, which is that of ImageJ's slices: c before z. */
    public static final Axes IMAGE_AXES = new Axes("zcyx");

    /** Property of an image with the names of the inputs that its channels are. */
    private static final String JOINED = "attribution.joined";

    private static final Axes PLANE = new Axes("yx");

    private final ModelSpec spec;
    private final ImageView view;
    private final ColourFit colours;
    private final ImagePlus image;
    private final List<String> warnings = new ArrayList<>();

    /** Least and largest value of the image so far. */
    private float low = Float.POSITIVE_INFINITY;

    private float high = Float.NEGATIVE_INFINITY;

    private ModelInput(ModelSpec spec, ColourFit colours, ImagePlus image) {
        this.spec = spec;
        this.image = image;
        this.colours = colours;
        this.view = colours.view();
    }

    /**
     * Looks at an image as the input of a model.
     *
     * @throws ImageException if the image is empty, its axes or channels are not the model's, or it
     *     is too large
     */
    public static ModelInput of(ModelSpec spec, ImagePlus image) {
        ModelFit.question(spec, image)
                .ifPresent(
                        question -> {
                            throw new ImageException(question.text());
                        });
        if (!spec.parts().isEmpty() && !names(spec).equals(image.getProperty(JOINED))) {
            throw new ImageException(
                    "Model '"
                            + spec.name()
                            + "' takes "
                            + names(spec)
                            + " together: name the images and numbers besides the first as"
                            + " inputs=[name=image, name=1 2 3].");
        }
        ColourFit colours = ColourFit.of(spec, image);
        ImageView view = colours.view();
        ModelFit.require(spec, colours, image.getTitle());
        int channels = colours.channels();
        requireTensor(image, "has", view.size('x'), view.size('y'), view.size('z'), channels);
        requireTensor(
                image,
                "resampled to the grid of model '" + spec.name() + "' has",
                spec.extent('x', view.size('x')),
                spec.extent('y', view.size('y')),
                spec.extent('z', view.size('z')),
                channels);
        return new ModelInput(spec, colours, image);
    }

    /** Notes that an image holds all inputs of a model in its channels. */
    public static void markJoined(ImagePlus image, ModelSpec spec) {
        image.setProperty(JOINED, names(spec));
    }

    private static String names(ModelSpec spec) {
        return spec.parts().stream().map(InputPart::name).collect(Collectors.joining(", "));
    }

    /** For people: {@code clinic (2 numbers)}, {@code slice (1×10×12)} on a grid of its own. */
    public static String described(InputPart part) {
        if (!part.isImage()) {
            return part.name() + " (" + ModelFit.count(part.channels(), "number") + ")";
        }
        return part.hasOwnGrid()
                ? part.name()
                        + part.extents().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining("×", " (", ")"))
                : part.name();
    }

    private static void requireTensor(ImagePlus image, String has, int... extents) {
        double values = 1;
        for (int extent : extents) {
            values *= extent;
        }
        if (values > Integer.MAX_VALUE - 8) {
            throw new ImageException(
                    String.format(
                            Locale.ROOT,
                            "Image '%s' %s %.0f values in one frame, more than a tensor holds"
                                    + " (2^31): crop it, or make it smaller with Image > Scale...",
                            image.getTitle(),
                            has,
                            values));
        }
    }

    /**
     * What only the user can say of how an image goes into a model; empty where it is clear, or was
     * said.
     *
     * @throws ImageException if the image is empty
     */
    public static Optional<Question> question(ModelSpec spec, ImagePlus image) {
        Optional<Question> order = ModelFit.question(spec, image);
        return order.isPresent() ? order : ColourFit.question(spec, image);
    }

    /**
     * What the map's channels are called; empty where the image's own slices say it, or nothing.
     */
    public List<String> channelNames() {
        return colours.names();
    }

    /** Number of inputs in the image: its time points. */
    public int frames() {
        return view.size('t');
    }

    /**
     * Checks all time points, before work begins that would be lost.
     *
     * @throws ImageException if a value is NaN or infinite
     */
    public void requireFinite() {
        for (int frame = 0; frame < frames(); frame++) {
            view.requireFinite(frame);
        }
    }

    /**
     * The input for one time point.
     *
     * @param frame from 0
     * @return a new tensor with the model's axes and extents, batch 1: the calibrated values after
     *     the pre-processing that the model's description asks for
     * @throws ImageException if a value is NaN or infinite
     */
    public Tensor tensor(int frame) {
        if (frame < 0 || frame >= frames()) {
            throw new IllegalArgumentException(
                    "frame " + frame + " of an image with " + frames() + ", counted from 0");
        }
        view.requireFinite(frame);
        AxisResampling alongX = resampling('x');
        AxisResampling alongY = resampling('y');
        Tensor planes = Tensor.zeros(spec.axes(), shape(view.size('z')));
        int channels = view.size('c');
        // Plane by plane, so that a large image never stands in memory as a whole tensor.
        IntStream.range(0, view.size('z') * channels)
                .parallel()
                .forEach(
                        i -> {
                            int z = i / channels;
                            int c = i % channels;
                            Tensor plane = apply(alongY, plane(c, z, frame), 'y');
                            plane = apply(alongX, plane, 'x');
                            for (int each = c; each < c + colours.repeats(); each++) {
                                copyPlane(plane, 0, planes, offset(planes, z, each));
                            }
                        });
        Tensor tensor = apply(resampling('z'), planes, 'z');
        // Interpolated values lie between those of the image, so the range holds for both.
        if (warnings.isEmpty() && spec.parts().stream().allMatch(InputPart::isImage)) {
            spec.description().input().range().warning(tensor).ifPresent(warnings::add);
        }
        spec.description().input().preprocess(tensor);
        return tensor;
    }

    /** A slice as it is; those of a virtual stack are read one at a time. */
    private Tensor plane(int channel, int slice, int frame) {
        float[] values;
        synchronized (view) {
            values = view.slice(channel, slice, frame);
            note(channel, slice, values);
        }
        return new Tensor(PLANE, new int[] {view.size('y'), view.size('x')}, values);
    }

    /**
     * What is odd about the image beside the model, and about the values of the first tensor that
     * was odd; empty where nothing is.
     */
    public List<String> warnings() {
        List<String> all = new ArrayList<>(warnings);
        ModelFit.orientation(spec, image).ifPresent(all::add);
        ModelFit.ratios(spec, view).ifPresent(all::add);
        return all;
    }

    private boolean isOfImage(int channel) {
        List<InputPart> parts = spec.parts();
        return parts.isEmpty() || parts.stream().anyMatch(p -> p.isImage() && p.holds(channel));
    }

    private void noteAll(int frame) {
        for (int z = 0; z < view.size('z'); z++) {
            for (int c = 0; c < view.size('c'); c++) {
                note(c, z, view.slice(c, z, frame));
            }
        }
    }

    /**
     * Numbers beside images are no values of an image, and neither is what surrounds a small one.
     */
    private void note(int channel, int slice, float[] values) {
        int width = view.size('x');
        int height = view.size('y');
        for (InputPart part : spec.parts()) {
            if (part.holds(channel)) {
                boolean there = slice < part.extent(spec.axes(), 'z', view.size('z'));
                width = part.isImage() && there ? part.extent(spec.axes(), 'x', width) : 0;
                height = part.extent(spec.axes(), 'y', height);
            }
        }
        int row = view.size('x');
        float least = low;
        float most = high;
        for (int y = 0; y < height; y++) {
            for (int i = y * row; i < y * row + width; i++) {
                float value = values[i];
                least = value < least ? value : least;
                most = value > most ? value : most;
            }
        }
        low = least;
        high = most;
    }

    /**
     * What goes in, in one line: {@code image 20×24×18, 3 channels, 0…1 → model bzyxc 18×24×20}.
     * The range is that of the frames that became tensors so far, or of all; extents are those of
     * the image in the order x, y, z, and those that the model sees in the order of its axes.
     */
    public String summary() {
        boolean own = spec.parts().stream().anyMatch(InputPart::hasOwnGrid);
        StringBuilder line =
                new StringBuilder(own ? ownGrids() : "image " + ModelFit.extents(view));
        int channels = (int) IntStream.range(0, view.size('c')).filter(this::isOfImage).count();
        line.append(", ").append(ModelFit.count(channels, "channel"));
        if (frames() > 1) {
            line.append(", ").append(ModelFit.count(frames(), "frame"));
        }
        if (low > high) {
            for (int frame = 0; frame < frames(); frame++) {
                noteAll(frame);
            }
        }
        if (low <= high) {
            line.append(", ").append(number(low)).append('…').append(number(high));
        }
        line.append(" → model ").append(spec.axes()).append(' ');
        String separator = "";
        for (char axis : spec.axes().order().toCharArray()) {
            if ("xyz".indexOf(axis) >= 0) {
                line.append(separator).append(extent(axis));
                separator = "×";
            }
        }
        if (resampling().isPresent()) {
            line.append(", resampled");
        }
        if (colours.repeats() > 1) {
            line.append(", grey in ").append(colours.repeats()).append(" channels");
        } else if (!colours.names().isEmpty()) {
            line.append(", channels ").append(String.join(" ", colours.names()));
        }
        if (!spec.parts().isEmpty()) {
            line.append(", inputs ")
                    .append(
                            spec.parts().stream()
                                    .map(ModelInput::described)
                                    .collect(Collectors.joining(", ")));
        }
        if (!spec.description().input().steps().isEmpty()) {
            line.append(", pre-processed");
        }
        ModelFit.otherOrder(spec, view)
                .ifPresent(
                        other ->
                                line.append("; its order of axes is assumed: say axes=")
                                        .append(other)
                                        .append(" if it was trained on arrays with x first, as")
                                        .append(" nibabel's"));
        return line.toString();
    }

    /** Images of different extents, with those in the order of an image's. */
    private String ownGrids() {
        List<String> images = new ArrayList<>();
        for (InputPart part : spec.parts()) {
            if (part.isImage()) {
                String extents = "";
                for (char axis : new char[] {'x', 'y', 'z'}) {
                    int extent = part.extent(spec.axes(), axis, 1);
                    boolean plane = axis == 'z' && extent == 1;
                    extents += plane ? "" : (axis == 'x' ? "" : "×") + extent;
                }
                images.add(part.name() + " " + extents);
            }
        }
        return "images " + String.join(", ", images);
    }

    /** At most five digits, without needless zeros. */
    public static String number(float value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(5)).stripTrailingZeros();
        return Math.abs(value) < 1e9 ? rounded.toPlainString() : rounded.toString();
    }

    /** How the model's grid lies in the image, with the image's calibration. */
    public Grid grid() {
        Calibration calibration = image.getCalibration();
        double[] scale = new double[3];
        for (int i = 0; i < scale.length; i++) {
            char axis = "xyz".charAt(i);
            scale[i] = (double) extent(axis) / view.size(axis);
        }
        double[] size = {calibration.pixelWidth, calibration.pixelHeight, calibration.pixelDepth};
        return new Grid(scale, size, calibration.getUnit());
    }

    /**
     * Carries labels from the image's grid to the model's: each voxel takes that of the image voxel
     * at its centre.
     *
     * @param slices the labels of slice z from 0, x fastest
     * @return a new tensor with the model's extents and axes but for the channels
     */
    public Tensor nearest(IntFunction<float[]> slices) {
        Axes axes = new Axes(spec.axes().order().replace("c", ""));
        int[] shape = new int[axes.rank()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = axes.axis(i) == 'b' ? 1 : extent(axes.axis(i));
        }
        Tensor labels = Tensor.zeros(axes, shape);
        for (int z = 0; z < labels.size('z'); z++) {
            float[] slice = slices.apply(source('z', z));
            for (int y = 0; y < labels.size('y'); y++) {
                for (int x = 0; x < labels.size('x'); x++) {
                    int at =
                            z * labels.stride('z')
                                    + y * labels.stride('y')
                                    + x * labels.stride('x');
                    labels.data()[at] = slice[source('y', y) * view.size('x') + source('x', x)];
                }
            }
        }
        return labels;
    }

    /** The image's position at the centre of one of the model's. */
    private int source(char axis, int position) {
        return (int) ((position + 0.5) * view.size(axis) / extent(axis));
    }

    /**
     * Carries a map from the model's grid to the image's: amounts so that their total stays the
     * same, levels by linear interpolation.
     *
     * @param map as for {@link #onImage(Tensor)}
     */
    public Tensor onImage(Tensor map, Quantity quantity) {
        return carried(map, quantity);
    }

    /**
     * Carries a map from the model's grid to the image's; its total stays the same.
     *
     * @param map one image, with the model's extents in space, in any order of axes; its channels
     *     may be fewer than the model's, or none
     * @return a new tensor with {@link #IMAGE_AXES}, the image's extents in space and the map's
     *     channels; of those that repeat a grey image one, their sum or, for levels, their mean
     */
    public Tensor onImage(Tensor map) {
        return carried(map, Quantity.AMOUNT);
    }

    private void requireOnGrid(Tensor map) {
        for (char axis : new char[] {'z', 'y', 'x'}) {
            if (map.size(axis) != extent(axis)) {
                throw new IllegalArgumentException(
                        "map " + map + " is not on the grid of the model along " + axis);
            }
        }
        if (map.size('b') != 1) {
            throw new IllegalArgumentException("map " + map + " is not of one image");
        }
    }

    private Tensor carried(Tensor map, Quantity quantity) {
        requireOnGrid(map);
        map = colours.back(map, quantity);
        int channels = map.size('c');
        int[] shape = {view.size('z'), channels, view.size('y'), view.size('x')};
        Tensor result = Tensor.zeros(IMAGE_AXES, shape);
        AxisResampling alongX = back('x', quantity);
        AxisResampling alongY = back('y', quantity);
        Tensor slices = apply(back('z', quantity), map, 'z');
        IntStream.range(0, shape[0] * channels)
                .parallel()
                .forEach(
                        i -> {
                            int z = i / channels;
                            int c = i % channels;
                            Tensor plane = Tensor.zeros(PLANE, extent('y'), extent('x'));
                            copyPlane(slices, offset(slices, z, c), plane, 0);
                            plane = apply(alongY, apply(alongX, plane, 'x'), 'y');
                            copyPlane(plane, 0, result, offset(result, z, c));
                        });
        return result;
    }

    /**
     * For the record: from which grid to which the image was resampled, for example {@code linear,
     * 182x218x182 to 96x112x96}; empty where the model sees the image's own voxels.
     */
    public Optional<String> resampling() {
        String from = "";
        String to = "";
        for (char axis : new char[] {'x', 'y', 'z'}) {
            if (spec.axes().has(axis)) {
                from += (from.isEmpty() ? "" : "x") + view.size(axis);
                to += (to.isEmpty() ? "" : "x") + extent(axis);
            }
        }
        return from.equals(to) ? Optional.empty() : Optional.of("linear, " + from + " to " + to);
    }

    private AxisResampling back(char axis, Quantity quantity) {
        return quantity == Quantity.AMOUNT
                ? resampling(axis).transpose()
                : AxisResampling.linear(extent(axis), view.size(axis));
    }

    private AxisResampling resampling(char axis) {
        return AxisResampling.linear(view.size(axis), extent(axis));
    }

    /** Extent that the model sees along an axis of space. */
    private int extent(char axis) {
        return spec.extent(axis, view.size(axis));
    }

    /** Shape of the input, for slices that are not yet resampled along z. */
    private int[] shape(int slices) {
        int[] shape = new int[spec.axes().rank()];
        for (int i = 0; i < shape.length; i++) {
            char axis = spec.axes().axis(i);
            shape[i] =
                    switch (axis) {
                        case 'b' -> 1;
                        case 'c' -> colours.channels();
                        case 'z' -> slices;
                        default -> extent(axis);
                    };
        }
        return shape;
    }

    /** Leaves out what would change nothing, and axes that the tensor lacks. */
    private static Tensor apply(AxisResampling resampling, Tensor tensor, char axis) {
        return resampling.sources() == resampling.targets() || !tensor.axes().has(axis)
                ? tensor
                : resampling.apply(tensor, axis);
    }

    private static int offset(Tensor tensor, int z, int c) {
        return z * tensor.stride('z') + c * tensor.stride('c');
    }

    private static void copyPlane(Tensor from, int fromOffset, Tensor to, int toOffset) {
        int height = to.size('y');
        int width = to.size('x');
        int fromRow = from.stride('y');
        int toRow = to.stride('y');
        int fromStep = from.stride('x');
        int toStep = to.stride('x');
        float[] source = from.data();
        float[] target = to.data();
        for (int y = 0; y < height; y++) {
            int read = fromOffset + y * fromRow;
            int write = toOffset + y * toRow;
            if (fromStep == 1 && toStep == 1) {
                System.arraycopy(source, read, target, write, width);
                continue;
            }
            for (int x = 0; x < width; x++, read += fromStep, write += toStep) {
                target[write] = source[read];
            }
        }
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import ij.ImagePlus;
import ij.ImageStack;
import ij.measure.Calibration;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.CRC32C;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.converter.Converters;
import net.imglib2.img.basictypeaccess.array.ArrayDataAccess;
import net.imglib2.img.basictypeaccess.array.ByteArray;
import net.imglib2.img.basictypeaccess.array.FloatArray;
import net.imglib2.img.basictypeaccess.array.ShortArray;
import net.imglib2.img.planar.PlanarImg;
import net.imglib2.type.NativeType;
import net.imglib2.type.numeric.integer.UnsignedByteType;
import net.imglib2.type.numeric.integer.UnsignedShortType;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.util.Fraction;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Span;

/**
 * The calibrated values of an image, which is what the calibration function makes of the stored
 * ones: signed 16-bit data such as NIfTI or Analyze is stored with an offset. Nothing is copied
 * where the pixels are in memory; the slices of a virtual stack are read when first needed and
 * forgotten when memory is short. The view is for reading, and shows later changes of the pixels
 * only where nothing was copied.
 */
public final class ImageView {

    private static final Fraction ONE_ENTITY = new Fraction();

    private final ImagePlus image;
    private final Colours colours;
    private final ImageStack stack;

    /** Calibrated value of each stored one; null where they are the same. */
    private final float[] table;

    private ImageView(ImagePlus image, Colours colours) {
        this.image = image;
        this.colours = colours;
        this.stack = image.getStack();
        Calibration calibration = image.getCalibration();
        this.table = calibration.calibrated() ? table(image.getType(), calibration) : null;
    }

    /**
     * By the type: virtual stacks of Bio-Formats report a depth of 0 bits, and then ImageJ makes no
     * table either.
     */
    private static float[] table(int type, Calibration calibration) {
        int count =
                switch (type) {
                    case ImagePlus.GRAY8, ImagePlus.COLOR_256 -> 1 << 8;
                    case ImagePlus.GRAY16 -> 1 << 16;
                    default -> 0;
                };
        float[] table = calibration.getCTable();
        if (count == 0 || table != null && table.length == count) {
            return count == 0 ? null : table;
        }
        table = new float[count];
        for (int i = 0; i < count; i++) {
            table[i] = (float) calibration.getCValue(i);
        }
        return table;
    }

    /**
     * Looks at a grey image of 8, 16 or 32 bit.
     *
     * @throws ImageException if the image is missing, empty or RGB
     */
    public static ImageView of(ImagePlus image) {
        requirePixels(image);
        if (image.getType() == ImagePlus.COLOR_RGB) {
            throw new ImageException(
                    "Image '"
                            + image.getTitle()
                            + "' is in colour (RGB): make it grey with Image > Type > 32-bit"
                            + " (run(\"32-bit\") in a macro).");
        }
        return new ImageView(image, Colours.NONE);
    }

    /**
     * Looks at any image; red, green and blue of an RGB image are its three channels, 0 to 255.
     *
     * @throws ImageException if the image is missing or empty
     */
    public static ImageView ofColours(ImagePlus image) {
        requirePixels(image);
        boolean rgb = image.getType() == ImagePlus.COLOR_RGB;
        return new ImageView(image, rgb ? Colours.CHANNELS : Colours.NONE);
    }

    /**
     * Looks at an image with a colour table as that table shows it: red, green and blue are its
     * three channels.
     */
    static ImageView ofColourTable(ImagePlus image) {
        requirePixels(image);
        return new ImageView(image, Colours.CHANNELS);
    }

    /**
     * Looks at any image; the value of an RGB image is the mean of red, green and blue, as {@code
     * Image > Type > 32-bit} makes it.
     *
     * @throws ImageException if the image is missing or empty
     */
    public static ImageView ofGrey(ImagePlus image) {
        requirePixels(image);
        boolean rgb = image.getType() == ImagePlus.COLOR_RGB;
        return new ImageView(image, rgb ? Colours.MEAN : Colours.NONE);
    }

    private static void requirePixels(ImagePlus image) {
        if (image == null) {
            throw new ImageException("No image: open one, or give its title or its path.");
        }
        if (image.getWidth() < 1 || image.getHeight() < 1 || image.getProcessor() == null) {
            // What a host hands over for a path that it could not open.
            throw new ImageException(
                    "Image '"
                            + image.getTitle()
                            + "' has no pixels; if it was given as a path, the file does not exist"
                            + " or is no image: check the path.");
        }
    }

    /** What a view makes of the colours of a pixel. */
    private enum Colours {
        /** There are none. */
        NONE,
        CHANNELS,
        MEAN
    }

    /** Whether the colours of a pixel stand as channels. */
    boolean isColour() {
        return colours == Colours.CHANNELS;
    }

    /** Extent along an axis of the image: x, y, c, z or t. */
    public int size(char axis) {
        return switch (axis) {
            case 'x' -> stack.getWidth();
            case 'y' -> stack.getHeight();
            case 'c' -> image.getNChannels() * parts();
            case 'z' -> image.getNSlices();
            case 't' -> image.getNFrames();
            default -> throw new IllegalArgumentException("axis '" + axis + "' of an image");
        };
    }

    /** Channels that a slice of the stack holds. */
    private int parts() {
        return isColour() ? 3 : 1;
    }

    /**
     * All values, always with the five dimensions x, y, c, z, t, which is ImageJ's order of slices;
     * {@code Views.dropSingletonDimensions} drops those of extent 1.
     */
    public RandomAccessibleInterval<FloatType> pixels() {
        if (stack.isVirtual() || colours != Colours.NONE) {
            return planar(new LazySlices(this), FloatType::new);
        }
        if (image.getType() == ImagePlus.GRAY8 || image.getType() == ImagePlus.COLOR_256) {
            List<ByteArray> stored = slices(array -> new ByteArray((byte[]) array));
            RandomAccessibleInterval<UnsignedByteType> planar =
                    planar(stored, UnsignedByteType::new);
            return Converters.convert(
                    planar, (in, out) -> out.set(calibrated(in.get())), new FloatType());
        }
        if (image.getType() == ImagePlus.GRAY16) {
            List<ShortArray> stored = slices(array -> new ShortArray((short[]) array));
            RandomAccessibleInterval<UnsignedShortType> planar =
                    planar(stored, UnsignedShortType::new);
            return Converters.convert(
                    planar, (in, out) -> out.set(calibrated(in.get())), new FloatType());
        }
        List<FloatArray> values = slices(array -> new FloatArray((float[]) array));
        return planar(values, FloatType::new);
    }

    /**
     * The values of one slice, x fastest. For an image of 32 bit in memory this is the slice's own
     * array: not to be written to.
     *
     * @param channel from 0
     * @param slice from 0
     * @param frame from 0
     */
    public float[] slice(int channel, int slice, int frame) {
        int number = image.getStackIndex(channel / parts() + 1, slice + 1, frame + 1);
        return colours == Colours.NONE ? values(number) : ofColours(number, channel % 3);
    }

    /** CRC-32C of all values as big-endian floats, in ImageJ's order, in hexadecimal. */
    public String checksum() {
        CRC32C sum = new CRC32C();
        // In pieces: a plane may have more bytes than an array.
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
        for (int number = 0; number < stack.size() * parts(); number++) {
            int c = number % size('c');
            int z = number / size('c') % size('z');
            add(slice(c, z, number / size('c') / size('z')), bytes, sum);
        }
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    private static void add(float[] values, ByteBuffer bytes, CRC32C sum) {
        for (int at = 0; at < values.length; at += bytes.capacity() / Float.BYTES) {
            int count = Math.min(values.length - at, bytes.capacity() / Float.BYTES);
            bytes.clear().asFloatBuffer().put(values, at, count);
            sum.update(bytes.limit(count * Float.BYTES));
        }
    }

    /** Whether its values are read from a file whenever they are asked for. */
    public boolean isVirtual() {
        return stack.isVirtual();
    }

    /** Red, green, blue, or their mean, of the slice with ImageJ's number. */
    private float[] ofColours(int number, int part) {
        Object pixels = stack.getProcessor(number).convertToRGB().getPixels();
        int[] stored = (int[]) pixels;
        float[] values = new float[stored.length];
        for (int i = 0; i < values.length; i++) {
            int rgb = stored[i];
            values[i] =
                    isColour()
                            ? rgb >> 16 - 8 * part & 0xff
                            : ((rgb >> 16 & 0xff) + (rgb >> 8 & 0xff) + (rgb & 0xff)) / 3f;
        }
        return values;
    }

    /**
     * Checks that every value of a frame is a number.
     *
     * @param frame from 0
     * @throws ImageException if some are NaN or infinite: how many, where the first is, and how to
     *     replace them
     */
    public void requireFinite(int frame) {
        if (colours == Colours.NONE && possible().isEmpty()) {
            FiniteValues.require(this, frame, image.getTitle());
        }
    }

    /**
     * Least and largest value that whole numbers in memory may stand for; empty of others, and
     * where one stands for none.
     */
    Optional<Span> possible() {
        if (stack.isVirtual() || colours != Colours.NONE || image.getType() == ImagePlus.GRAY32) {
            return Optional.empty();
        }
        int largest = image.getType() == ImagePlus.GRAY16 ? 0xffff : 0xff;
        Span span = table == null ? new Span(0, largest, true) : Span.of(table);
        return Optional.of(span).filter(Span::numbers);
    }

    private float calibrated(int stored) {
        return table == null ? stored : table[stored];
    }

    private void calibrate(float[] stored) {
        for (int i = 0; table != null && i < stored.length; i++) {
            stored[i] = table[(int) stored[i]];
        }
    }

    /** Values of the slice with ImageJ's number, from 1. */
    public float[] values(int number) {
        // A virtual stack is asked for the processor: some make their pixels only there.
        Object pixels =
                stack.isVirtual()
                        ? stack.getProcessor(number).getPixels()
                        : stack.getPixels(number);
        if (pixels instanceof float[] values) {
            return values;
        }
        float[] values = new float[size('x') * size('y')];
        if (pixels instanceof byte[] stored) {
            convert(stored, values);
            calibrate(values);
        } else if (pixels instanceof short[] stored) {
            convert(stored, values);
            calibrate(values);
        } else {
            throw new ImageException(
                    "Image '"
                            + image.getTitle()
                            + "', slice "
                            + number
                            + ", could not be read: open it without 'Use virtual stack'.");
        }
        return values;
    }

    private static void convert(byte[] stored, float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = stored[i] & 0xff;
        }
    }

    private static void convert(short[] stored, float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = stored[i] & 0xffff;
        }
    }

    private <A> List<A> slices(Function<Object, A> access) {
        List<A> slices = new ArrayList<>();
        for (int i = 1; i <= stack.size(); i++) {
            slices.add(access.apply(stack.getPixels(i)));
        }
        return slices;
    }

    private <T extends NativeType<T>, A extends ArrayDataAccess<A>> PlanarImg<T, A> planar(
            List<A> slices, Function<PlanarImg<T, A>, T> type) {
        long[] size = {size('x'), size('y'), size('c'), size('z'), size('t')};
        PlanarImg<T, A> planar = new PlanarImg<>(slices, size, ONE_ENTITY);
        planar.setLinkedType(type.apply(planar));
        return planar;
    }
}

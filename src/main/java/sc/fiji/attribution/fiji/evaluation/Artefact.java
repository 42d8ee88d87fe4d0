/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import ij.ImagePlus;
import ij.ImageStack;
import ij.measure.Calibration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.GaussianBlur;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;

/**
 * A known signature that is put into an image, as a scanner, a site or an illness might: whether a
 * network looks at it, and whether a map shows that, can then be known.
 */
public enum Artefact {
    /** A bright square in the corner of every slice, as of a burnt-in mark. */
    CORNER("a marker in the corner") {
        @Override
        void change(Planting planting) {
            int size = planting.sizeOr(planting.extent('x') / 10);
            planting.each(
                    (x, y, z) -> x >= 1 && x <= size && y >= 1 && y <= size,
                    (value, low, high) -> low + (0.5 + planting.strengthOr(0.5)) * (high - low));
        }
    },

    /** The right half blurred, as by motion or another reconstruction. */
    BLUR("a blurred half") {
        @Override
        void change(Planting planting) {
            planting.blur(planting.sizeOr(2));
        }
    },

    /** The right half brighter, as by an uneven coil. */
    STEP("a brightness step") {
        @Override
        void change(Planting planting) {
            int middle = planting.extent('x') / 2;
            double gain = 1 + planting.strengthOr(0.3);
            planting.each((x, y, z) -> x >= middle, (value, low, high) -> value * gain);
        }
    },

    /** An uneven ball in the foreground whose values are turned over, as a lesion's are. */
    SPOT("a lesion-shaped spot") {
        @Override
        void change(Planting planting) {
            double share = planting.strengthOr(0.8);
            planting.each(
                    planting.ball(planting.sizeOr(Math.max(2, planting.extent('x') / 16))),
                    (value, low, high) -> value + share * (low + high - 2 * value));
        }
    };

    private final String text;

    Artefact(String text) {
        this.text = text;
    }

    /** For people: {@code "a blurred half"}. */
    public String text() {
        return text;
    }

    /** In macros. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    abstract void change(Planting planting);

    /** Keys of all. */
    public static List<String> keys() {
        return Arrays.stream(values()).map(Artefact::key).toList();
    }

    /**
     * Those that a list names, separated by commas; {@code all} and an empty text mean every one.
     *
     * @throws OptionException for what is none
     */
    public static List<Artefact> named(String list) {
        if (list.isBlank() || list.strip().equalsIgnoreCase("all")) {
            return List.of(values());
        }
        List<Artefact> found = new ArrayList<>();
        for (String name : list.strip().split("\\s*,\\s*")) {
            found.add(
                    Arrays.stream(values())
                            .filter(a -> a.key().equalsIgnoreCase(name))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new OptionException(
                                                    "artefact='"
                                                            + name
                                                            + "': there are "
                                                            + keys().stream()
                                                                    .collect(
                                                                            Collectors.joining(
                                                                                    ", "))
                                                            + " and all.")));
        }
        return found.stream().distinct().toList();
    }

    /**
     * @param image 32-bit, the first time point with the signature in it
     * @param mask 255 where any channel was changed
     * @param share of the voxels that were
     */
    public record Planted(ImagePlus image, ImagePlus mask, double share) {}

    /**
     * Puts it into a copy of the image.
     *
     * @param size in voxels: side of the marker, standard deviation of the blur, radius of the
     *     spot; 0 for one that suits the image
     * @param strength of the change, as a share of the channel's range or as a gain; NaN for a
     *     usual one
     * @param seed where the spot lies and how it is shaped
     * @throws ImageException where it changes nothing
     */
    public Planted plant(ImagePlus image, int size, double strength, long seed) {
        Tensor before = TestImage.values(image);
        Planting planting = new Planting(before, size, strength, seed);
        change(planting);
        boolean[] changed = planting.changed();
        int count = 0;
        for (boolean each : changed) {
            count += each ? 1 : 0;
        }
        if (count == 0 || count == changed.length) {
            throw new ImageException(
                    "'"
                            + image.getTitle()
                            + "': "
                            + text
                            + " changes "
                            + (count == 0 ? "nothing" : "every voxel")
                            + " here; choose another size=, strength= or artefact=.");
        }
        ImagePlus planted = image(image, image.getTitle() + " with " + text, planting.after());
        ImagePlus mask = mask(image, text + " in " + image.getTitle(), changed);
        return new Planted(planted, mask, (double) count / changed.length);
    }

    private static ImagePlus image(ImagePlus source, String title, Tensor values) {
        ImageStack stack = new ImageStack(source.getWidth(), source.getHeight());
        int plane = source.getWidth() * source.getHeight();
        for (int i = 0; i < values.length() / plane; i++) {
            float[] slice = Arrays.copyOfRange(values.data(), i * plane, (i + 1) * plane);
            stack.addSlice(source.getStack().getSliceLabel(i + 1), slice);
        }
        return placed(source, title, stack, values.size('c'));
    }

    private static ImagePlus mask(ImagePlus source, String title, boolean[] in) {
        ImageStack stack = new ImageStack(source.getWidth(), source.getHeight());
        int plane = source.getWidth() * source.getHeight();
        for (int z = 0; z < in.length / plane; z++) {
            byte[] slice = new byte[plane];
            for (int i = 0; i < plane; i++) {
                slice[i] = (byte) (in[z * plane + i] ? 255 : 0);
            }
            stack.addSlice(null, slice);
        }
        return placed(source, title, stack, 1);
    }

    private static ImagePlus placed(
            ImagePlus source, String title, ImageStack stack, int channels) {
        ImagePlus image = new ImagePlus(title, stack);
        image.setDimensions(channels, source.getNSlices(), 1);
        image.setOpenAsHyperStack(image.getNDimensions() > 3);
        Calibration calibration = source.getCalibration().copy();
        calibration.disableDensityCalibration();
        image.setCalibration(calibration);
        ImageGeometry.copy(source, image);
        image.setPosition(1, (source.getNSlices() + 1) / 2, 1);
        return image;
    }

    /** Whether a voxel belongs to the signature. */
    interface Where {
        boolean at(int x, int y, int z);
    }

    /** What becomes of a value of a channel with that range. */
    interface What {
        double of(double value, double low, double high);
    }

    /** One signature on its way into one image. */
    static final class Planting {

        private final Tensor before;
        private final Tensor after;
        private final int size;
        private final double strength;
        private final SplittableRandom random;

        Planting(Tensor before, int size, double strength, long seed) {
            this.before = before;
            this.after = before.copy();
            this.size = size;
            this.strength = strength;
            this.random = new SplittableRandom(seed);
        }

        int extent(char axis) {
            return before.size(axis);
        }

        int sizeOr(int usual) {
            return size > 0 ? size : Math.max(1, usual);
        }

        double strengthOr(double usual) {
            return Double.isNaN(strength) ? usual : strength;
        }

        Tensor after() {
            return after;
        }

        /** Voxels of which any channel differs. */
        boolean[] changed() {
            int channels = before.size('c');
            int plane = before.size('y') * before.size('x');
            boolean[] changed = new boolean[before.length() / channels];
            for (int i = 0; i < before.length(); i++) {
                if (before.data()[i] != after.data()[i]) {
                    changed[i / plane / channels * plane + i % plane] = true;
                }
            }
            return changed;
        }

        void each(Where where, What what) {
            int channels = before.size('c');
            int plane = before.size('y') * before.size('x');
            for (int c = 0; c < channels; c++) {
                double[] range = range(c);
                for (int i = 0; i < before.length(); i++) {
                    int z = i / plane / channels;
                    int x = i % before.size('x');
                    int y = i / before.size('x') % before.size('y');
                    if (i / plane % channels == c && where.at(x, y, z)) {
                        after.data()[i] = (float) what.of(before.data()[i], range[0], range[1]);
                    }
                }
            }
        }

        private double[] range(int channel) {
            int channels = before.size('c');
            int plane = before.size('y') * before.size('x');
            double[] range = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
            for (int i = 0; i < before.length(); i++) {
                if (i / plane % channels == channel) {
                    range[0] = Math.min(range[0], before.data()[i]);
                    range[1] = Math.max(range[1], before.data()[i]);
                }
            }
            return range;
        }

        void blur(double sigma) {
            Tensor blurred = GaussianBlur.blur(before, sigma);
            int middle = extent('x') / 2;
            for (int i = 0; i < before.length(); i++) {
                if (i % before.size('x') >= middle) {
                    after.data()[i] = blurred.data()[i];
                }
            }
        }

        /** About a place in the foreground, farther in one direction than in another. */
        Where ball(int radius) {
            int[] centre = foreground();
            double[] wave = random.doubles(6, -1, 1).toArray();
            boolean flat = extent('z') == 1;
            return (x, y, z) -> {
                double dx = x - centre[0];
                double dy = y - centre[1];
                double dz = flat ? 0 : z - centre[2];
                double distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
                double azimuth = Math.atan2(dy, dx);
                double height = distance == 0 ? 0 : dz / distance;
                double reach =
                        1
                                + 0.2 * wave[0] * Math.cos(azimuth + Math.PI * wave[1])
                                + 0.2 * wave[2] * Math.cos(2 * azimuth + Math.PI * wave[3])
                                + 0.2 * wave[4] * height
                                + 0.2 * wave[5] * height * height;
                return distance <= radius * reach;
            };
        }

        /** A voxel drawn of those whose blurred values are above the image's mean. */
        private int[] foreground() {
            Tensor blurred = GaussianBlur.blur(before, 3);
            int channels = before.size('c');
            int width = before.size('x');
            int plane = before.size('y') * width;
            double[] sums = new double[before.length() / channels];
            double mean = 0;
            for (int i = 0; i < before.length(); i++) {
                sums[i / plane / channels * plane + i % plane] += blurred.data()[i];
                mean += (double) before.data()[i] / sums.length;
            }
            List<Integer> inside = new ArrayList<>();
            for (int i = 0; i < sums.length; i++) {
                if (sums[i] >= mean) {
                    inside.add(i);
                }
            }
            int at = inside.isEmpty() ? sums.length / 2 : inside.get(random.nextInt(inside.size()));
            return new int[] {at % width, at / width % before.size('y'), at / plane};
        }
    }
}

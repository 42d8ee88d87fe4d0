/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.geometry.BodyAxes;
import sc.fiji.attribution.model.ModelSpec;

/**
 * Whether an image's axes are those that a model takes, and what to do where they are not. Extents
 * in space may differ, since {@link ModelInput} resamples.
 */
final class ModelFit {

    /** Channels of an image in colour. */
    private static final int RGB = 3;

    /** Between image and model along an axis; more is worth a warning. */
    private static final double RATIO = 1.5;

    /** Orders that are named. */
    private static final int MANY = 3;

    private final ModelSpec spec;
    private final ImageView view;
    private final String title;
    private final int channels;
    private final int slices;
    private final int frames;

    /** Channels that the model wants, -1 for any. */
    private final int wanted;

    private ModelFit(ModelSpec spec, ColourFit colours, String title) {
        this.view = colours.view();
        this.spec = spec;
        this.title = title;
        this.channels = colours.channels();
        this.slices = view.size('z');
        this.frames = view.size('t');
        this.wanted = spec.size('c');
    }

    /**
     * @throws ImageException if the image has other channels than the model, or is flat where the
     *     model takes volumes or the other way round
     */
    static void require(ModelSpec spec, ColourFit colours, String title) {
        ImageView view = colours.view();
        for (char axis : new char[] {'x', 'y'}) {
            if (!spec.axes().has(axis) && view.size(axis) > 1) {
                throw new ImageException(
                        "Image '"
                                + title
                                + "' has "
                                + view.size(axis)
                                + " pixels along "
                                + axis
                                + ", an axis that the input of model '"
                                + spec.name()
                                + "' ("
                                + spec.axes()
                                + ") does not have: make it one pixel with Image > Scale...");
            }
        }
        new ModelFit(spec, colours, title).require();
    }

    /** Whether the axes of the image may be meant in another order, which only the user knows. */
    static Optional<Question> question(ModelSpec spec, ImagePlus image) {
        ImageView view = ImageView.ofColours(image);
        List<String> fitting =
                isTold(spec) ? List.of() : AxisOrders.fitting(spec, sizes(spec, view));
        if (fitting.isEmpty()) {
            return Optional.empty();
        }
        String assumed = spec.axes().order();
        List<String> some = fitting.subList(0, Math.min(fitting.size(), MANY));
        String orders = some.stream().map(o -> "axes=" + o).collect(Collectors.joining(" or "));
        List<String> answers = new ArrayList<>(some);
        answers.add(assumed);
        return Optional.of(
                new Question(
                        "axes",
                        "Image '"
                                + image.getTitle()
                                + "' ("
                                + named(view)
                                + ") does not fit model '"
                                + spec.name()
                                + "' with the axes "
                                + assumed
                                + " ("
                                + named(spec)
                                + "), but exactly in another order: say "
                                + orders
                                + " if the network was trained so, as on arrays of nibabel or on"
                                + " transposed images, or axes="
                                + assumed
                                + " to have the image resampled.",
                        answers));
    }

    private static boolean isTold(ModelSpec spec) {
        return !spec.said().axes().isEmpty() || spec.description().input().axes().isPresent();
    }

    private static IntUnaryOperator sizes(ModelSpec spec, ImageView view) {
        return axis -> axis == 'c' ? channels(spec, view) : view.size((char) axis);
    }

    /**
     * The order of axes that the image would fit as well, where nobody said the one that is
     * assumed: a mistake there changes the scores without a sign.
     */
    static Optional<String> otherOrder(ModelSpec spec, ImageView view) {
        return isTold(spec) ? Optional.empty() : AxisOrders.turned(spec, sizes(spec, view));
    }

    /** Channels of the image, or those of the model where one stands for the other. */
    private static int channels(ModelSpec spec, ImageView view) {
        int wanted = spec.size('c');
        int given = view.size('c');
        return given == 1 && wanted == 3 || given == 3 && wanted == 1 ? wanted : given;
    }

    private static String named(ImageView view) {
        return "x "
                + view.size('x')
                + ", y "
                + view.size('y')
                + (view.size('z') > 1 ? ", z " + view.size('z') : "")
                + (view.size('c') > 1 ? ", " + count(view.size('c'), "channel") : "");
    }

    private static String named(ModelSpec spec) {
        List<String> parts = new ArrayList<>();
        for (char axis : spec.axes().order().toCharArray()) {
            int size = spec.size(axis);
            if (axis == 'c' && size > 0) {
                parts.add(count(size, "channel"));
            } else if (axis != 'b') {
                parts.add(axis + " " + (size < 0 ? "any" : "" + size));
            }
        }
        return String.join(", ", parts);
    }

    /** The image's extents in space, {@code 48×64×56}. */
    static String extents(ImageView view) {
        return view.size('x')
                + "×"
                + view.size('y')
                + (view.size('z') > 1 ? "×" + view.size('z') : "");
    }

    /** A warning where the image is known to lie otherwise than those of the training. */
    static Optional<String> orientation(ModelSpec spec, ImagePlus image) {
        Optional<String> trained = spec.description().input().orientation();
        Optional<String> found = BodyAxes.of(image).map(BodyAxes::letters);
        return trained.isEmpty() || found.isEmpty() || found.equals(trained)
                ? Optional.empty()
                : Optional.of(
                        "The image is stored as "
                                + found.orElseThrow()
                                + " (where x, y and z grow to), those of the training were "
                                + trained.orElseThrow()
                                + " by the model's description: the network sees it turned or"
                                + " mirrored; store it as "
                                + trained.orElseThrow()
                                + " first.");
    }

    /** A warning where the image is stretched or shrunk a lot, or to a single voxel. */
    static Optional<String> ratios(ModelSpec spec, ImageView view) {
        List<String> parts = new ArrayList<>();
        for (char axis : new char[] {'x', 'y', 'z'}) {
            int size = view.size(axis);
            int seen = spec.extent(axis, size);
            if (spec.axes().has(axis) && Math.max(size, seen) > RATIO * Math.min(size, seen)) {
                parts.add(axis + " " + size + " → " + seen);
            }
        }
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "The image is resampled by more than a factor of 1.5 ("
                                + String.join(", ", parts)
                                + "): the network sees another scale than in training, unless its"
                                + " images were resampled so too; crop the image, or choose the"
                                + " order of the axes (axes=).");
    }

    private void require() {
        boolean volumes = spec.axes().has('z') && spec.size('z') != 1;
        boolean rightChannels = wanted < 0 || wanted == channels;
        if (volumes && slices == 1) {
            throw refuse(
                    "is 2-D (slices: 1), but model '" + spec.name() + "' takes volumes",
                    "give a whole stack, one slice per z position.");
        }
        if (!volumes && slices > 1) {
            throw refuse(
                    "is a stack of "
                            + slices
                            + " slices, but model '"
                            + spec.name()
                            + "' takes single 2-D images",
                    "take one slice with Image > Duplicate... and 'Duplicate stack' off.");
        }
        if (!rightChannels && isTold(spec)) {
            List<String> orders =
                    AxisOrders.all(spec, axis -> axis == 'c' ? channels : view.size((char) axis));
            if (!orders.isEmpty()) {
                throw new ImageException(
                        "Image '"
                                + title
                                + "' ("
                                + named(view)
                                + ") does not fit model '"
                                + spec.name()
                                + "' with the axes "
                                + spec.axes()
                                + ", in which it takes "
                                + named(spec)
                                + "; it fits with axes="
                                + String.join(
                                        " or axes=",
                                        orders.subList(0, Math.min(orders.size(), MANY)))
                                + ": axes says in which order the network takes them.");
            }
        }
        if (!rightChannels) {
            throw refuse(
                    "has "
                            + count(channels, "channel")
                            + ", but model '"
                            + spec.name()
                            + "' takes "
                            + wanted,
                    channels < wanted
                            ? missing(channels == 1 && wanted == RGB)
                            : "keep those of the training with Image > Duplicate...");
        }
    }

    /** How to bring in channels that an image lacks. */
    private static String missing(boolean grey) {
        return (grey
                        ? "if it was trained on grey images with three equal channels, say"
                                + " grey=repeat. Else "
                        : "")
                + "give the files of the channels in the order of the training (input=[c1.tif,"
                + " c2.tif, …]), or merge them with Image > Color > Merge Channels....";
    }

    private ImageException refuse(String finding, String otherwise) {
        String arrangement = arrangement(Math.max(1, wanted));
        return new ImageException(
                "Image '"
                        + title
                        + "' "
                        + finding
                        + ": "
                        + (arrangement == null ? otherwise : arrangement + " Else " + otherwise));
    }

    /**
     * Where the same pixels fit with their axes named otherwise (volumes often arrive as channels
     * or as frames): how to rename them; null where they do not fit.
     */
    private String arrangement(int c) {
        boolean flat = !spec.axes().has('z') || spec.size('z') == 1;
        boolean oneAxis = (channels > 1 ? 1 : 0) + (slices > 1 ? 1 : 0) + (frames > 1 ? 1 : 0) == 1;
        int total = channels * slices * frames;
        if (oneAxis && total % c == 0 && (flat ? total == c : total > c)) {
            String meant =
                    "if its "
                            + total
                            + " planes are "
                            + (flat ? "the channels" : c > 1 ? "channels of slices" : "the slices")
                            + ", say so with ";
            return c > 1 && total > c
                    // Only this one asks which of the two runs fastest.
                    ? meant + hyperstack("xyczt(default)", c, total / c) + "."
                    : String.format(
                            Locale.ROOT,
                            "%sImage > Properties... (channels %d, slices %d, frames 1), in a macro"
                                    + " Stack.setDimensions(%d, %d, 1).",
                            meant,
                            c,
                            total / c,
                            c,
                            total / c);
        }
        if (!oneAxis && slices == c && frames == 1 && (flat ? channels == 1 : channels > 1)) {
            return swapped("channels and slices", hyperstack("xyzct", c, channels)) + ".";
        }
        if (!oneAxis && frames > 1 && slices == 1 && channels == c && !flat) {
            return swapped("slices and frames", hyperstack("xyczt(default)", c, frames)) + ".";
        }
        if (!oneAxis && frames == c && channels == 1 && (flat ? slices == 1 : slices > 1)) {
            return swapped("channels and frames", hyperstack("xyzct", c, slices))
                    + ", or headless with a file for each of them, input=[c1.nii, c2.nii, …].";
        }
        return null;
    }

    private static String swapped(String axes, String command) {
        return "if its " + axes + " are swapped, set them right with " + command;
    }

    /** In the menus of Fiji and of ImageJ, and for macros. */
    private static String hyperstack(String order, int channels, int slices) {
        return String.format(
                Locale.ROOT,
                "Image > Hyperstacks > Stack to Hyperstack..., in a macro run(\"Stack to"
                        + " Hyperstack...\", \"order=%s channels=%d slices=%d frames=1\")",
                order,
                channels,
                slices);
    }

    static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.dicom;

import ij.ImagePlus;
import ij.ImageStack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.ImageMemory;
import sc.fiji.attribution.fiji.format.Placement;
import sc.fiji.attribution.fiji.format.Source;

/**
 * Parallel slices of one size as one volume: sorted along their normal by where they lie, several
 * at one place as time points in the order of their numbers.
 */
final class SliceStack {

    /** Slices nearer than that, in millimetres, lie at one place. */
    private static final double SAME_PLACE = 1e-3;

    /** A gap that much larger than the usual one is a missing slice. */
    private static final double GAP = 1.5;

    /** Distances that differ by a larger share of the usual one are told. */
    private static final double UNEVEN = 0.05;

    private static final double[] LEFT_BACK_UP = {-1, -1, 1};

    private final Path named;
    private final List<Slice> slices;
    private int places = 1;
    private String note = "";

    /**
     * @param named what the user named, for messages
     * @param slices parallel to each other, at least one
     */
    SliceStack(Path named, List<Slice> slices) {
        this.named = named;
        this.slices = new ArrayList<>(slices);
    }

    /** For people: number, description and how many slices. */
    String name() {
        DataSet first = slices.get(0).file();
        String description = first.text(Tag.SERIES_DESCRIPTION).map(DataSet::clean).orElse("");
        String number = first.text(Tag.SERIES_NUMBER).map(DataSet::clean).orElse("");
        return String.join(
                        " ",
                        description.isEmpty() ? "series " + number : description,
                        "(" + slices.size() + (slices.size() == 1 ? " image)" : " images)"))
                .strip();
    }

    boolean holds(Path file) {
        return slices.stream().anyMatch(slice -> slice.file().file().equals(file));
    }

    ImagePlus read() {
        sort();
        Map<Path, Frames> frames = new HashMap<>();
        int bits = 8;
        for (Slice slice : slices) {
            Frames file =
                    frames.computeIfAbsent(slice.file().file(), f -> new Frames(slice.file()));
            int needed = file.bits(slice.scale());
            if (needed == 24 != (bits == 24) && slice != slices.get(0)) {
                throw slice.file().damaged("is in colour, and others of its series are not");
            }
            bits = Math.max(bits, needed);
        }
        Frames first = frames.get(slices.get(0).file().file());
        requireMemory(first, bits);
        ImageStack stack = new ImageStack(first.width(), first.height(), slices.size());
        try {
            for (int i = 0; i < slices.size(); i++) {
                Slice slice = slices.get(i);
                Frames file = frames.get(slice.file().file());
                if (file.width() != first.width() || file.height() != first.height()) {
                    throw slice.file().damaged("is of another size than its series");
                }
                stack.setPixels(file.read(slice.frame(), slice.scale(), bits), i + 1);
                stack.setSliceLabel(label(slice), i + 1);
            }
        } catch (IOException e) {
            throw new ImageException("DICOM '" + named + "' cannot be read: " + e, e);
        }
        return image(stack);
    }

    private void requireMemory(Frames first, int bits) {
        double needed =
                (double) first.width()
                        * first.height()
                        * slices.size()
                        * (bits == 24 ? 4 : bits / 8);
        if ((double) first.width() * first.height() * 8 > Integer.MAX_VALUE) {
            throw new ImageException(
                    "DICOM '"
                            + named
                            + "': planes of "
                            + first.width()
                            + "x"
                            + first.height()
                            + " pixels are more than ImageJ's arrays hold; crop or split it.");
        }
        ImageMemory.require("DICOM '" + named + "'", needed);
    }

    private static String label(Slice slice) {
        String name = String.valueOf(slice.file().file().getFileName());
        return slice.frame() == 0
                        && !slice.file().text(Tag.FRAMES).filter(n -> !n.equals("1")).isPresent()
                ? name
                : name + " frame " + (slice.frame() + 1);
    }

    private ImagePlus image(ImageStack stack) {
        int frames = slices.size() / places;
        ImagePlus image = new ImagePlus(String.valueOf(named.getFileName()), stack);
        boolean movie = frames == 1 && isMovie();
        image.setDimensions(1, movie ? 1 : places, movie ? places : frames);
        image.setOpenAsHyperStack(frames > 1);
        placement().attach(image);
        image.setSlice(image.getStackIndex(1, image.getNSlices() / 2 + 1, 1));
        image.resetDisplayRange();
        List<Path> files = slices.stream().map(s -> s.file().file()).distinct().toList();
        Source source = new Source("DICOM", files, List.of());
        (note.isEmpty() ? source : source.with(note)).attach(image);
        return image;
    }

    /** Frames that follow each other in time, without a place. */
    private boolean isMovie() {
        DataSet file = slices.get(0).file();
        int pointer = file.whole(Tag.FRAME_INCREMENT).orElse(0);
        // Group and element are two numbers of two bytes each.
        byte[] bytes = file.values().get(Tag.FRAME_INCREMENT);
        boolean time =
                bytes != null
                        && bytes.length >= 4
                        && (pointer == 0x10630018
                                || pointer == 0x10650018
                                || pointer == Tag.FRAME_TIME);
        return slices.size() > 1 && time;
    }

    /** Along the normal, then by time; of slices without a place by their numbers. */
    private void sort() {
        Slice any = slices.get(0);
        Comparator<Slice> byNumber =
                Comparator.<Slice>comparingDouble(s -> number(s, Tag.TEMPORAL_POSITION))
                        .thenComparingDouble(s -> number(s, Tag.ACQUISITION_NUMBER))
                        .thenComparingDouble(s -> number(s, Tag.INSTANCE_NUMBER))
                        .thenComparing(s -> s.file().file().toString())
                        .thenComparingInt(Slice::frame);
        boolean oneFile = slices.stream().allMatch(s -> s.file() == any.file());
        boolean placed = any.hasPlace() && !(oneFile && samePlace());
        if (!placed) {
            slices.sort(byNumber);
            places = slices.size();
            if (!oneFile && slices.size() > 1) {
                note = "The files say not where their slices lie: sorted by their numbers.";
            }
            return;
        }
        double[] normal = any.normal();
        slices.sort(Comparator.comparingDouble(slice -> slice.distance(normal)));
        List<List<Slice>> byPlace = new ArrayList<>();
        double last = Double.NEGATIVE_INFINITY;
        for (Slice slice : slices) {
            double distance = slice.distance(normal);
            if (distance - last > SAME_PLACE) {
                byPlace.add(new ArrayList<>());
            }
            byPlace.get(byPlace.size() - 1).add(slice);
            last = distance;
        }
        byPlace.replaceAll(here -> withoutCopies(here, byNumber));
        places = byPlace.size();
        int times = byPlace.get(0).size();
        for (List<Slice> here : byPlace) {
            if (here.size() != times) {
                throw new ImageException(
                        "DICOM '"
                                + named
                                + "': "
                                + byPlace.stream().mapToInt(List::size).sum()
                                + " images lie at "
                                + places
                                + " places, at some more than at others; export the series whole.");
            }
        }
        requireNoGap(byPlace, normal);
        slices.clear();
        for (int time = 0; time < times; time++) {
            for (List<Slice> here : byPlace) {
                slices.add(here.get(time));
            }
        }
    }

    private boolean samePlace() {
        double[] normal = slices.get(0).normal();
        double first = slices.get(0).distance(normal);
        return slices.stream().allMatch(s -> Math.abs(s.distance(normal) - first) <= SAME_PLACE);
    }

    /**
     * At one place, images of the same numbers are no time points but copies, or files that only
     * claim to be of the series: the one that was named counts.
     */
    private List<Slice> withoutCopies(List<Slice> here, Comparator<Slice> byNumber) {
        List<Slice> kept = new ArrayList<>();
        for (Slice slice : here) {
            Slice twin = null;
            for (Slice other : kept) {
                twin = sameNumbers(slice, other) ? other : twin;
            }
            if (twin == null) {
                kept.add(slice);
            } else if (isNamed(slice)) {
                kept.set(kept.indexOf(twin), slice);
            } else if (!isNamed(twin) && !isCopy(slice, twin)) {
                throw new ImageException(
                        "DICOM '"
                                + named
                                + "': '"
                                + twin.file().file().getFileName()
                                + "' and '"
                                + slice.file().file().getFileName()
                                + "' have the same series, number and place; keep one of them.");
            }
        }
        kept.sort(byNumber);
        return kept;
    }

    private static boolean sameNumbers(Slice one, Slice other) {
        return one.file() != other.file()
                && number(one, Tag.TEMPORAL_POSITION) == number(other, Tag.TEMPORAL_POSITION)
                && number(one, Tag.ACQUISITION_NUMBER) == number(other, Tag.ACQUISITION_NUMBER)
                && number(one, Tag.INSTANCE_NUMBER) == number(other, Tag.INSTANCE_NUMBER);
    }

    private static boolean isCopy(Slice one, Slice other) {
        return one.file().text(Tag.INSTANCE).isPresent()
                && one.file().text(Tag.INSTANCE).equals(other.file().text(Tag.INSTANCE));
    }

    private boolean isNamed(Slice slice) {
        return slice.file().file().equals(named.toAbsolutePath());
    }

    private void requireNoGap(List<List<Slice>> byPlace, double[] normal) {
        if (places < 3) {
            return;
        }
        double[] gaps = new double[places - 1];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] =
                    byPlace.get(i + 1).get(0).distance(normal)
                            - byPlace.get(i).get(0).distance(normal);
        }
        double[] sorted = gaps.clone();
        java.util.Arrays.sort(sorted);
        double usual = sorted[sorted.length / 2];
        for (int i = 0; i < gaps.length; i++) {
            if (gaps[i] > GAP * usual) {
                throw new ImageException(
                        String.format(
                                Locale.ROOT,
                                "DICOM '%s': slices are missing; between '%s' and '%s' lie %s mm,"
                                        + " elsewhere %s mm. Export the series whole.",
                                named,
                                byPlace.get(i).get(0).file().file().getFileName(),
                                byPlace.get(i + 1).get(0).file().file().getFileName(),
                                number(gaps[i]),
                                number(usual)));
            }
        }
        double spread = (sorted[sorted.length - 1] - sorted[0]) / usual;
        if (spread > UNEVEN) {
            note =
                    String.format(
                            Locale.ROOT,
                            "Slices are %s to %s mm apart: taken as evenly spaced.",
                            number(sorted[0]),
                            number(sorted[sorted.length - 1]));
        }
    }

    /** Without needless digits. */
    private static String number(double length) {
        return Float.toString(Math.round(length * 1000) / 1000f).replaceFirst("\\.0$", "");
    }

    private static double number(Slice slice, int tag) {
        String text = slice.file().text(tag).orElse("0");
        return text.matches("-?\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    private Placement placement() {
        Slice first = slices.get(0);
        Slice last = slices.get(places - 1);
        double thickness = first.thickness() > 0 ? first.thickness() : 1;
        if (!first.hasPlace()) {
            return Placement.ofSizes(
                    new double[] {first.spacing()[0], first.spacing()[1], thickness}, "mm", 0);
        }
        double[][] columns = new double[3][3];
        boolean apart = last.distance(first.normal()) - first.distance(first.normal()) > SAME_PLACE;
        for (int row = 0; row < 3; row++) {
            columns[0][row] = first.row()[row] * first.spacing()[0];
            columns[1][row] = first.column()[row] * first.spacing()[1];
            columns[2][row] =
                    apart
                            ? (last.position()[row] - first.position()[row]) / (places - 1)
                            : first.normal()[row] * thickness;
        }
        return Placement.ofColumns(columns, first.position(), LEFT_BACK_UP, "mm", 0);
    }
}

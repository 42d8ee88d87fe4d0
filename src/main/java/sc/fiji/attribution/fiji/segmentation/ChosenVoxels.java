/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.segmentation;

import ij.ImagePlus;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Target;

/**
 * The voxels that a part of a map has.
 *
 * @param voxels of the image, x fastest
 * @param description for people
 */
record ChosenVoxels(int[] voxels, String description) {

    /**
     * Those of any part but everywhere.
     *
     * @param target the class whose components count; empty for the predicted one
     * @throws ImageException where the part has no voxel, or does not fit the image
     */
    static ChosenVoxels of(
            MapPart part, Optional<Target> target, Segmentation found, ImagePlus image) {
        if (part instanceof MapPart.Inside inside) {
            return inside(inside, image);
        }
        if (part instanceof MapPart.Voxel voxel) {
            int at = index(voxel.place(), image);
            return new ChosenVoxels(new int[] {at}, "at " + text(voxel.place()));
        }
        int[] labels = found.labels();
        int index;
        int number;
        if (part instanceof MapPart.Around around) {
            int at = index(around.place(), image);
            index = predicted(labels[at], found);
            Optional<Integer> named = single(target);
            if (index < 0 || named.isPresent() && named.get() != index) {
                throw new ImageException(
                        String.format(
                                Locale.ROOT,
                                "where=component at %s: the model sees %s there%s.",
                                text(around.place()),
                                index < 0
                                        ? "none of its classes"
                                        : found.model().labels().get(index),
                                components(labels, named, found)));
            }
            number = found.components(labels, index).at(at);
        } else {
            number = ((MapPart.Numbered) part).number();
            index =
                    single(target)
                            .orElseThrow(
                                    () ->
                                            new OptionException(
                                                    "where=component "
                                                            + number
                                                            + ": name the class whose components"
                                                            + " count (target=…), or a point of the"
                                                            + " component (component at x, y,"
                                                            + " z)."));
        }
        Components all = found.components(labels, index);
        if (number < 1 || number > all.count()) {
            throw new ImageException(
                    "where=component "
                            + number
                            + ": there is none"
                            + components(labels, Optional.of(index), found)
                            + ".");
        }
        int[] members = all.members().get(number - 1);
        return new ChosenVoxels(
                members,
                String.format(
                        Locale.ROOT,
                        "inside component %d of %s (%d voxels)",
                        number,
                        found.model().labels().get(index),
                        members.length));
    }

    /** The class that has a label; -1 for none. */
    private static int predicted(int label, Segmentation found) {
        return label - found.label(0);
    }

    /** The class of a target that is one. */
    private static Optional<Integer> single(Optional<Target> target) {
        if (target.isPresent() && target.get() instanceof Target.Classes classes) {
            float[] weights = classes.weights();
            List<Integer> all =
                    IntStream.range(0, weights.length)
                            .filter(k -> weights[k] != 0)
                            .boxed()
                            .toList();
            return all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty();
        }
        return Optional.empty();
    }

    /** For messages: {@code "; it sees 2 components of lesions (120, 14 voxels)"}. */
    private static String components(int[] labels, Optional<Integer> index, Segmentation found) {
        if (index.isEmpty()) {
            return "";
        }
        List<int[]> all = found.components(labels, index.get()).members();
        return String.format(
                Locale.ROOT,
                "; it sees %d of %s%s",
                all.size(),
                found.model().labels().get(index.get()),
                all.stream()
                        .limit(5)
                        .map(each -> Integer.toString(each.length))
                        .collect(
                                Collectors.joining(
                                        ", ",
                                        all.isEmpty() ? "" : " (",
                                        all.isEmpty() ? "" : " voxels)")));
    }

    private static ChosenVoxels inside(MapPart.Inside inside, ImagePlus image) {
        inside.regions().names(image); // refuses those that do not lie on the image's grid
        int plane = image.getWidth() * image.getHeight();
        boolean[] marked = new boolean[plane * image.getNSlices()];
        inside.regions()
                .visit(
                        image,
                        (region, slice, i) ->
                                marked[slice * plane + i] |=
                                        inside.only() < 0 || region == inside.only());
        int[] voxels = IntStream.range(0, marked.length).filter(i -> marked[i]).toArray();
        if (voxels.length == 0) {
            throw new ImageException(
                    "where="
                            + inside.name()
                            + " marks no voxel of '"
                            + image.getTitle()
                            + "': mark what is meant.");
        }
        return new ChosenVoxels(
                voxels,
                String.format(Locale.ROOT, "inside %s (%d voxels)", inside.name(), voxels.length));
    }

    private static int index(List<Integer> place, ImagePlus image) {
        int[] extents = {image.getWidth(), image.getHeight(), image.getNSlices()};
        int axes = image.getNSlices() > 1 ? 3 : 2;
        boolean fits = place.size() == axes || place.size() == 3;
        for (int i = 0; fits && i < place.size(); i++) {
            fits = place.get(i) < extents[i];
        }
        if (!fits) {
            throw new OptionException(
                    String.format(
                            Locale.ROOT,
                            "'%s' has no voxel at %s: count from 0 to %s.",
                            image.getTitle(),
                            text(place),
                            IntStream.range(0, axes)
                                    .mapToObj(i -> Integer.toString(extents[i] - 1))
                                    .collect(Collectors.joining(", "))));
        }
        int z = place.size() > 2 ? place.get(2) : 0;
        return (z * extents[1] + place.get(1)) * extents[0] + place.get(0);
    }

    private static String text(List<Integer> place) {
        return place.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import ij.ImagePlus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where an image in memory came from; carried along as a property that is not saved.
 *
 * @param reader what read it, for people: {@code "NRRD"}, {@code "Bio-Formats 8.1.1"}
 * @param files all that were read, the one that was named first
 * @param notes what a user should know of the reading, a line each
 */
public record Source(String reader, List<Path> files, List<String> notes) {

    private static final String PROPERTY = "attribution.source";

    /** Of a map: where the image that it was made of came from. */
    private static final String INPUT = "attribution.source.input";

    public Source {
        files = List.copyOf(files);
        notes = List.copyOf(notes);
    }

    public Source(String reader, Path file) {
        this(reader, List.of(file), List.of());
    }

    /** The same with one more note. */
    public Source with(String note) {
        List<String> all = new ArrayList<>(notes);
        all.add(note);
        return new Source(reader, files, all);
    }

    public void attach(ImagePlus image) {
        image.setProperty(PROPERTY, this);
    }

    /** Has a map remember where the image came from that it was made of. */
    public static void remember(ImagePlus map, ImagePlus image) {
        of(image).ifPresent(source -> map.setProperty(INPUT, source));
    }

    /**
     * Where the image came from that a map was made of; empty where the map has been saved since.
     */
    public static Optional<Source> ofInput(ImagePlus map) {
        return Optional.ofNullable((Source) map.getProperty(INPUT));
    }

    /** Empty where the image was not opened by this plug-in. */
    public static Optional<Source> of(ImagePlus image) {
        return Optional.ofNullable((Source) image.getProperty(PROPERTY));
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import ij.ImagePlus;
import ij.WindowManager;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.map.Provenance;

/** Which of the open images are maps, and of which others they were made. */
public final class OpenImages {

    /** A property, with the title that was looked for; not saved. */
    private static final String FOUND = "attribution.found";

    /** Where it was read. */
    private static final String FILES = "attribution.found.files";

    private OpenImages() {}

    /**
     * The open image of a title.
     *
     * @throws ImageException where several have it
     */
    public static Optional<ImagePlus> titled(String title) {
        ImagePlus one = WindowManager.getImage(title.strip());
        long count = all().stream().filter(i -> i.getTitle().equals(title.strip())).count();
        if (count > 1) {
            throw new ImageException(
                    count
                            + " open images are titled '"
                            + title.strip()
                            + "': rename them, or give the ID of the one that is meant"
                            + " (getImageID).");
        }
        return Optional.ofNullable(one);
    }

    /**
     * The open image of a title or, where there is none, what lies at a path; one image where the
     * files of its channels are named, as {@link ChannelFiles} reads them.
     */
    public static List<ImagePlus> titledOrFiles(String name) {
        if (ChannelFiles.names(name).size() > 1) {
            return List.of(ChannelFiles.of(name, ImageFile::openOrFind));
        }
        return titled(name).map(List::of).orElseGet(() -> ImageFile.openAll(name));
    }

    /** Whether an image was made by this plug-in, an overlay included. */
    public static boolean isMap(ImagePlus image) {
        return image.getProp(Provenance.METHOD) != null;
    }

    /**
     * A map, and the image that it was made of.
     *
     * @param image empty where it is not to be found
     */
    public record Pair(ImagePlus map, Optional<ImagePlus> image) {}

    /** The two that are meant by an active image, which is either of them. */
    public static Pair pair(ImagePlus active) {
        if (isMap(active)) {
            return new Pair(active, sourceOf(active));
        }
        ImagePlus map = mapFor(active).orElse(active);
        return new Pair(map, openSourceOf(map).or(() -> Optional.of(active)));
    }

    /**
     * The image that a map was made of: an open one or, where it was only read from files, what
     * these hold; of a map that was opened again those that lie beside it.
     */
    static Optional<ImagePlus> sourceOf(ImagePlus map) {
        try {
            return foundSourceOf(map);
        } catch (AttributionException e) {
            return Optional.empty(); // as if it were not there: whoever needs it says so
        }
    }

    private static Optional<ImagePlus> foundSourceOf(ImagePlus map) {
        return openSourceOf(map).or(() -> read(map, map.getProp(Provenance.IMAGE)));
    }

    /** The image that a map was made of, if it is open. */
    private static Optional<ImagePlus> openSourceOf(ImagePlus map) {
        String title = map.getProp(Provenance.IMAGE);
        return all().stream().filter(image -> image.getTitle().equals(title)).findFirst();
    }

    private static Optional<ImagePlus> read(ImagePlus map, String title) {
        if (title == null) {
            return Optional.empty();
        }
        List<String> files = files(map, title).stream().map(Path::toString).toList();
        List<ImagePlus> channels = files.stream().map(ImageFile::open).toList();
        Optional<ImagePlus> found =
                (channels.size() > 1
                                ? Optional.of(ChannelFiles.join(channels))
                                : channels.stream().findFirst())
                        .filter(image -> image.getTitle().equals(title));
        found.ifPresent(
                image -> {
                    image.setProperty(FOUND, title);
                    image.setProperty(FILES, String.join(", ", files));
                });
        return found;
    }

    /** Whether an image was read for that map, so that it is found again where nobody names it. */
    public static boolean isFoundBy(ImagePlus map, ImagePlus image) {
        Object title = image.getProperty(FOUND);
        return title != null && title.equals(map.getProp(Provenance.IMAGE));
    }

    /** The files, as they are named, of an image that was read for a map, and not opened. */
    public static Optional<String> filesOfFound(ImagePlus image) {
        return Optional.ofNullable((String) image.getProperty(FILES));
    }

    /**
     * Files to open for a map's image, in the order of its channels. Of one image they are one,
     * since a slice stands for its whole series and a header for what lies beside it. Names of
     * channels stand in a title with a plus between, which may also be a file's own.
     */
    private static List<Path> files(ImagePlus map, String title) {
        List<Path> known = Source.ofInput(map).map(Source::files).orElse(List.of());
        Optional<Path> whole = file(map, known, title);
        if (whole.isPresent()) {
            return List.of(whole.orElseThrow());
        }
        List<String> names = List.of(title.split(" \\+ "));
        if (names.size() == 1) {
            return known.stream().limit(1).toList();
        }
        if (known.size() == names.size()) {
            return known;
        }
        List<Path> found = names.stream().flatMap(name -> file(map, known, name).stream()).toList();
        return found.size() == names.size() ? found : List.of();
    }

    /** One of the known files, or one beside the map. */
    private static Optional<Path> file(ImagePlus map, List<Path> known, String name) {
        return known.stream()
                .filter(file -> file.getFileName().toString().equals(name))
                .findFirst()
                .or(() -> beside(map, name))
                .filter(Files::isRegularFile);
    }

    private static Optional<Path> beside(ImagePlus map, String name) {
        try {
            // A title is a stranger's text.
            String last = new File(name).getName();
            return folder(map).map(folder -> folder.resolve(last));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Where a map was opened from. */
    private static Optional<Path> folder(ImagePlus map) {
        return Outputs.filesOf(map).stream()
                .map(file -> file.toAbsolutePath().getParent())
                .filter(Objects::nonNull)
                .findFirst();
    }

    /**
     * The image that a map was made of; see {@link #sourceOf}.
     *
     * @throws ImageException where it is not to be found, or the map is none of this plug-in's
     */
    public static ImagePlus requireSourceOf(ImagePlus map) {
        return foundSourceOf(map).orElseThrow(() -> new ImageException(missing(map)));
    }

    private static String missing(ImagePlus map) {
        if (!isMap(map)) {
            return "'"
                    + map.getTitle()
                    + "' is no map of Attribution Map...: choose the map (map=). If it"
                    + " is one of another program, name its image too (input=).";
        }
        String image = map.getProp(Provenance.IMAGE);
        return "input: '"
                + map.getTitle()
                + "' was made of "
                + (image == null ? "an image that it does not name" : "'" + image + "'")
                + ", which is not open"
                + folder(map).map(folder -> " and does not lie in " + folder).orElse("")
                + ": open that image, or name it (input=).";
    }

    /** The last opened map of an image or, where it has none, of any. */
    public static Optional<ImagePlus> mapFor(ImagePlus image) {
        List<ImagePlus> maps = all().stream().filter(each -> isRaw(each)).toList();
        return maps.stream()
                .filter(map -> image.getTitle().equals(map.getProp(Provenance.IMAGE)))
                .findFirst()
                .or(() -> maps.stream().findFirst());
    }

    /** Whether it is a map with its values, no picture of one. */
    static boolean isRaw(ImagePlus image) {
        return isMap(image)
                && image.getBitDepth() == 32
                && image.getProp(Provenance.OVERLAY) == null;
    }

    /** Titles of all that are not maps. */
    public static List<String> others() {
        return all().stream().filter(image -> !isMap(image)).map(ImagePlus::getTitle).toList();
    }

    /** The last opened first. */
    private static List<ImagePlus> all() {
        List<ImagePlus> images = new ArrayList<>();
        int[] open = WindowManager.getIDList();
        for (int i = open == null ? -1 : open.length - 1; i >= 0; i--) {
            ImagePlus image = WindowManager.getImage(open[i]);
            if (image != null) {
                images.add(image);
            }
        }
        return images;
    }
}

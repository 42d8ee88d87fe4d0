/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ChannelFiles;
import sc.fiji.attribution.fiji.file.FilePattern;
import sc.fiji.attribution.fiji.format.Source;

/** Images that one text names, to be opened one after the other. */
public final class ImageList {

    private ImageList() {}

    /**
     * The images that a text names, in the order of their names, but for one.
     *
     * @param given an image that is there already
     * @param text empty for none; a file; a folder for all in it; or a pattern in a folder with
     *     {@code *}, {@code ?} and {@code [abc]}; with commas between, patterns of the channels'
     *     files, which differ from image to image as those of the first pattern do
     * @return what {@link ChannelFiles#of} opens
     * @throws ImageException where there are no such files
     */
    public static List<String> besides(ImagePlus given, String text) {
        if (text.isBlank()) {
            return List.of();
        }
        List<String> patterns = ChannelFiles.names(text);
        List<Path> files = files(patterns.get(0).strip());
        List<Path> own = Source.of(given).map(Source::files).orElse(List.of());
        files.removeIf(
                file ->
                        own.stream().anyMatch(path -> path.toAbsolutePath().equals(file))
                                || file.getFileName().toString().equals(given.getTitle()));
        return files.stream().map(file -> channels(file, patterns)).toList();
    }

    private static String channels(Path file, List<String> patterns) {
        if (patterns.size() == 1) {
            return file.toString();
        }
        String name = file.getFileName().toString();
        String part =
                part(patterns.get(0), name)
                        .orElseThrow(
                                () ->
                                        new ImageException(
                                                "images: '"
                                                        + patterns.get(0)
                                                        + "' leaves nothing open; write a * where"
                                                        + " the names differ."));
        List<String> channels = new ArrayList<>(List.of(file.toString()));
        for (String pattern : patterns.subList(1, patterns.size())) {
            channels.add(start(pattern) + part + end(pattern));
        }
        return "[" + String.join(", ", channels) + "]";
    }

    /**
     * What a file's name has between the start and the end that a pattern says: {@code 121} of
     * {@code sub-121_T1.tif} for {@code sub-*[13579]_T1.tif}.
     *
     * @param pattern or several, of which the first counts
     * @param title of an image, or of several that were joined
     * @return empty where the pattern leaves nothing open, or the name is none of its
     */
    static Optional<String> part(String pattern, String title) {
        String last = ChannelFiles.names(pattern).get(0).strip().replaceFirst(".*[/\\\\]", "");
        String name = title.split(" \\+ ")[0];
        String start = start(last);
        String end = end(last);
        return start.length() < last.length()
                        && name.length() >= start.length() + end.length()
                        && name.startsWith(start)
                        && name.endsWith(end)
                ? Optional.of(name.substring(start.length(), name.length() - end.length()))
                : Optional.empty();
    }

    /**
     * What an image may be called: its title without the ending; of one whose channels were joined
     * the first file's, and what the names of all have in common.
     */
    static List<String> stems(String title) {
        List<String> names =
                Arrays.stream(title.split(" \\+ "))
                        .map(name -> name.replaceFirst("(?i)(\\.nii)?\\.[a-z0-9]{1,8}$", ""))
                        .toList();
        String common = names.stream().reduce(ImageList::common).orElseThrow();
        return common.isBlank() ? names.subList(0, 1) : List.of(names.get(0), common);
    }

    /** The longest text that stands in both. */
    private static String common(String a, String b) {
        for (int length = a.length(); length > 0; length--) {
            for (int from = 0; from + length <= a.length(); from++) {
                if (b.contains(a.substring(from, from + length))) {
                    return a.substring(from, from + length);
                }
            }
        }
        return "";
    }

    /** What stands before all that is open. */
    private static String start(String pattern) {
        return pattern.replaceFirst("(?s)[*?\\[].*", "");
    }

    /** What stands behind it. */
    private static String end(String pattern) {
        return pattern.replaceFirst("(?s).*[*?\\]]", "");
    }

    private static List<Path> files(String text) {
        try {
            if (Files.isRegularFile(Path.of(text))) {
                return new ArrayList<>(List.of(Path.of(text).toAbsolutePath()));
            }
        } catch (InvalidPathException e) {
            // A star cannot stand in the names of some systems' files.
        }
        List<Path> files;
        try {
            files =
                    FilePattern.files(text).stream()
                            .map(Path::toAbsolutePath)
                            .collect(Collectors.toCollection(ArrayList::new));
        } catch (IOException e) {
            throw new ImageException(
                    "images="
                            + text
                            + ": there is no such folder or file: name a folder, or a pattern such"
                            + " as folder/brain-*.tif.",
                    e);
        }
        if (files.isEmpty()) {
            throw new ImageException("images=" + text + ": there are no such files.");
        }
        return files;
    }
}

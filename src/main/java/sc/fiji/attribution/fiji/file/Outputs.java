/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import ij.ImagePlus;
import ij.io.FileInfo;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.storage.WholeFile;

/**
 * What a command reads and writes, by the keys of its inputs. No output may be one of the files
 * that are read, whatever links lead there, nor another output; what else is there already is
 * replaced only where the user says so.
 */
public final class Outputs {

    private final Map<Path, String> read = new LinkedHashMap<>();
    private final Map<String, WholeFile> written = new LinkedHashMap<>();

    /** Notes the files that an image in memory came from. */
    public Outputs reads(String key, ImagePlus image) {
        String what = "the image itself, which " + key + "= reads";
        filesOf(image).forEach(file -> read.putIfAbsent(file, what));
        return this;
    }

    /** Notes a file or a folder that a text names; what names none is not looked at. */
    public Outputs reads(String key, String text) {
        try {
            Path path = Path.of(text.strip());
            if (!text.isBlank() && Files.exists(path)) {
                read.putIfAbsent(path.toAbsolutePath(), "what " + key + "= reads");
            }
        } catch (InvalidPathException e) {
            // Many texts are no paths: a title, a method.
            return this;
        }
        return this;
    }

    /** Notes a file that is to be written; an empty text names none. */
    public Outputs writes(String key, String path) {
        if (path != null && !path.isBlank()) {
            written.put(key, WholeFile.at(path));
        }
        return this;
    }

    /** The files that an image in memory was read from, as far as that is known. */
    static List<Path> filesOf(ImagePlus image) {
        List<Path> files = new ArrayList<>(Source.of(image).map(Source::files).orElse(List.of()));
        FileInfo info = image.getOriginalFileInfo();
        if (info != null && info.getFilePath() != null && !info.getFilePath().isBlank()) {
            files.add(WholeFile.at(info.getFilePath()).path());
        }
        return files;
    }

    /**
     * Checks that no output is a file that is read, lies as one in a folder that is read, or is
     * another output.
     *
     * @throws ImageException if one is; nothing was written then
     */
    public void requireApart() {
        List<String> keys = new ArrayList<>(written.keySet());
        for (int i = 0; i < keys.size(); i++) {
            WholeFile file = written.get(keys.get(i));
            for (Map.Entry<Path, String> other : read.entrySet()) {
                if (file.is(other.getKey()) || file.isPartOf(other.getKey())) {
                    throw refuse(keys.get(i), file, "that is " + other.getValue());
                }
            }
            for (String other : keys.subList(0, i)) {
                if (file.is(written.get(other).path())) {
                    throw refuse(keys.get(i), file, "that is what " + other + "= writes");
                }
            }
        }
    }

    /** The outputs whose files are there already, by their keys. */
    public Map<String, Path> existing() {
        Map<String, Path> existing = new LinkedHashMap<>();
        written.forEach(
                (key, file) -> {
                    if (Files.isRegularFile(file.path())) {
                        existing.put(key, file.path());
                    }
                });
        return existing;
    }

    /** What to ask before {@link #existing()} are replaced; empty where nothing is. */
    public String question() {
        Map<String, Path> existing = existing();
        return existing.isEmpty()
                ? ""
                : existing.values().stream()
                        .map(path -> "'" + path + "'")
                        .collect(
                                Collectors.joining(
                                        ", ",
                                        "",
                                        existing.size() == 1
                                                ? " exists already. Replace it?"
                                                : " exist already. Replace them?"));
    }

    /**
     * For hosts where nobody can be asked.
     *
     * @throws OptionException where a file is there already
     */
    public void requireNew() {
        existing()
                .forEach(
                        (key, path) -> {
                            throw new OptionException(
                                    key
                                            + "="
                                            + path
                                            + ": this file exists already; name another, or replace it"
                                            + " with overwrite=true.");
                        });
    }

    private static ImageException refuse(String key, WholeFile file, String reason) {
        return new ImageException(
                "Cannot save as "
                        + file
                        + " ("
                        + key
                        + "=): "
                        + reason
                        + ", which would be lost; choose another name.");
    }
}

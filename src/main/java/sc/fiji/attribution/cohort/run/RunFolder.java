/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import ij.ImagePlus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.machine.Disk;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.region.Atlas;
import sc.fiji.attribution.fiji.storage.WholeFile;

/**
 * The folder of a run: tables and the report on top, maps in {@code maps}, what is common to groups
 * in {@code groups}, and what is known of each subject in {@code subjects}.
 */
public final class RunFolder {

    static final Gson JSON =
            new GsonBuilder()
                    .serializeSpecialFloatingPointValues()
                    .disableHtmlEscaping()
                    .setPrettyPrinting()
                    .create();

    private final Path folder;

    private RunFolder(Path folder) {
        this.folder = folder;
    }

    /** Makes what is missing of it, and removes what a killed run left half-written. */
    static RunFolder create(Path folder) {
        try {
            for (String name : new String[] {"maps", "groups", "subjects"}) {
                Path made = Files.createDirectories(folder.resolve(name));
                try (Stream<Path> files = Files.list(made)) {
                    for (Path file : files.filter(RunFolder::isLeftover).toList()) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        } catch (IOException e) {
            throw new ImageException(
                    "output='"
                            + folder
                            + "' cannot be written to: choose another ("
                            + Disk.reason(e)
                            + ").",
                    e);
        }
        return new RunFolder(folder);
    }

    /** Others may be at work in the same folder: only what is old is left over. */
    private static boolean isLeftover(Path file) {
        try {
            String name = file.getFileName().toString();
            return name.startsWith(".")
                    && name.endsWith(".part")
                    && System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis()
                            > 3_600_000;
        } catch (IOException e) {
            return false; // gone meanwhile
        }
    }

    public Path path() {
        return folder;
    }

    public Path map(String file) {
        return folder.resolve("maps").resolve(file);
    }

    /** Places that a subject's mask marks on the grid of an image, x fastest. */
    int[] marked(SubjectTable table, Subject subject, ImagePlus image) {
        ImagePlus mask = ImageFile.open(table.path(subject, SubjectTable.MASK).toString());
        int[][] labels = Atlas.on(image, mask, Map.of()).labels();
        int plane = image.getWidth() * image.getHeight();
        return IntStream.range(0, plane * labels.length)
                .filter(i -> labels[i / plane][i % plane] > 0)
                .toArray();
    }

    Path group(String file) {
        return folder.resolve("groups").resolve(file);
    }

    /** What is known of a subject; empty where nothing is, or the file is not ours. */
    Optional<SubjectResult> read(Subject subject) {
        Path file = state(subject);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            SubjectResult result =
                    JSON.fromJson(
                            Files.readString(file, StandardCharsets.UTF_8), SubjectResult.class);
            return Optional.ofNullable(result)
                    .filter(r -> subject.id().equals(r.id()) && r.error() != null);
        } catch (IOException | JsonParseException e) {
            return Optional.empty(); // it will be made anew
        }
    }

    void write(Subject subject, SubjectResult result) {
        write(state(subject), JSON.toJson(result));
    }

    static void write(Path file, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        WholeFile.at(file.toString()).write(out -> out.write(bytes));
    }

    private Path state(Subject subject) {
        return folder.resolve("subjects").resolve(subject.file() + ".json");
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.archive.PackageFiles;

/** A format of model descriptions; a new one is a class and a line in {@link #FORMATS}. */
public interface DescriptionFormat {

    /** Those that are tried, in this order. */
    List<DescriptionFormat> FORMATS =
            List.of(new BioimageDescription(), new AttributionDescription());

    /** File names to look for, those that win first. */
    List<String> NAMES =
            List.of(
                    "attribution.yaml",
                    "attribution.yml",
                    "rdf.yaml",
                    "bioimageio.yaml",
                    ".bioimageio.yaml",
                    ".rdf.yaml",
                    "model.yaml",
                    ".model.yaml");

    /**
     * Reads a description.
     *
     * @return empty where the file is of another format
     * @throws ModelException where it is of this format and wrong; the message names file and key
     */
    Optional<ModelDescription> read(YamlSection yaml);

    /**
     * Reads a file.
     *
     * @throws ModelException where it is of no known format, or wrong
     */
    static ModelDescription read(Path file) {
        return find(file)
                .orElseThrow(
                        () ->
                                new ModelException(
                                        "'"
                                                + file
                                                + "' is no model description: the keys"
                                                + " format_version and type: model (bioimage.io)"
                                                + " were expected, or the name attribution.yaml."));
    }

    private static Optional<ModelDescription> find(Path file) {
        YamlSection yaml = YamlSection.read(file);
        return FORMATS.stream().flatMap(format -> format.read(yaml).stream()).findFirst();
    }

    /** Whether a file's name says that it is a description. */
    static boolean isNamedSo(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    /**
     * The description in a folder, if there is one.
     *
     * @throws ModelException where it is wrong
     */
    static Optional<ModelDescription> in(Path folder) {
        for (String name : NAMES) {
            for (Path file : candidates(folder, name)) {
                // Other programs write files of that name, too.
                Optional<ModelDescription> found =
                        name.endsWith("model.yaml") ? find(file) : Optional.of(read(file));
                if (found.isPresent()) {
                    return found.map(each -> each.withWarnings(notRead(folder, file)));
                }
            }
        }
        return Optional.empty();
    }

    /** A warning for each other description in the folder. */
    private static List<String> notRead(Path folder, Path chosen) {
        return NAMES.stream()
                .filter(name -> !name.endsWith("model.yaml"))
                .flatMap(name -> candidates(folder, name).stream())
                .filter(file -> !file.equals(chosen))
                .map(
                        file ->
                                "'"
                                        + file.getFileName()
                                        + "' was not read, since '"
                                        + chosen.getFileName()
                                        + "' stands beside it and goes first.")
                .toList();
    }

    private static List<Path> candidates(Path folder, String name) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(
                            file -> {
                                String each = file.getFileName().toString();
                                return name.startsWith(".")
                                        ? each.endsWith(name) && !each.equals(name)
                                        : each.equals(name);
                            })
                    .sorted()
                    .peek(file -> PackageFiles.requireInside(folder, file))
                    .toList();
        } catch (IOException e) {
            throw new ModelException(
                    "Folder '" + folder + "' cannot be read: " + e.getMessage() + ".", e);
        }
    }
}

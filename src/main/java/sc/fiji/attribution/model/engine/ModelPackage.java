/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.machine.Disk;
import sc.fiji.attribution.model.archive.FileDigest;
import sc.fiji.attribution.model.archive.PackageFiles;
import sc.fiji.attribution.model.archive.SafeArchive;
import sc.fiji.attribution.model.archive.TemporaryFolder;
import sc.fiji.attribution.model.description.DescriptionFormat;
import sc.fiji.attribution.model.description.ModelDescription;

/**
 * What a user names as a model, as it lies on disk: a folder or file that an engine opens, the same
 * in a zip, a description, or a bioimage.io package of description and weights.
 */
final class ModelPackage implements AutoCloseable {

    private final Path named;
    private final Predicate<Path> isModel;
    private final Set<String> formats;
    private TemporaryFolder temporary;
    private Path model;
    private ModelDescription description = ModelDescription.NONE;

    private ModelPackage(Path named, Predicate<Path> isModel, Set<String> formats) {
        this.named = named;
        this.isModel = isModel;
        this.formats = formats;
    }

    /**
     * Finds model and description, and unpacks what is packed.
     *
     * @param named exists
     * @param isModel whether an engine takes a path
     * @param formats bioimage.io's names of the weights that the engines take
     * @throws ModelException where an archive is refused, a description is wrong, or there are only
     *     weights of other formats; no temporary folder is left then
     */
    public static ModelPackage open(Path named, Predicate<Path> isModel, Set<String> formats) {
        ModelPackage result = new ModelPackage(named, isModel, formats);
        try {
            result.find();
            return result;
        } catch (RuntimeException e) {
            result.close();
            throw result.inUsersTerms(e);
        }
    }

    /** What the engine is to open. */
    public Path model() {
        return model;
    }

    public ModelDescription description() {
        return description;
    }

    /** Which of the package's weights are used, for people; empty where it says nothing of any. */
    public Map<String, String> facts() {
        if (taken.isEmpty()) {
            return Map.of();
        }
        List<String> others =
                description.weights().stream()
                        .map(ModelDescription.Weights::format)
                        .filter(format -> !format.equals(taken))
                        .toList();
        return Map.of(
                "weights", others.isEmpty() ? taken : taken + ", not " + String.join(", ", others));
    }

    /** The name of what the user named, without {@code .zip}. */
    public String name() {
        Path absolute = named.toAbsolutePath().normalize();
        if (DescriptionFormat.isNamedSo(absolute)) {
            absolute = absolute.getParent();
        }
        return String.valueOf(absolute.getFileName()).replaceFirst("(?i)\\.zip$", "");
    }

    /** Weights that are used, by bioimage.io's name of their format. */
    private String taken = "";

    private void find() {
        if (PackageFiles.isZip(named)) {
            Path top = unpack(named, "package");
            Path inner = PackageFiles.onlyFolder(top);
            findIn(DescriptionFormat.in(top).isPresent() ? top : inner);
            if (description == ModelDescription.NONE && !isModel.test(model)) {
                searchIn(top);
            }
        } else if (Files.isRegularFile(named) && DescriptionFormat.isNamedSo(named)) {
            description = DescriptionFormat.read(named);
            describedIn(named.toAbsolutePath().getParent());
        } else if (Files.isDirectory(named)) {
            findIn(named);
        } else {
            model = named;
            describedBeside(named.toAbsolutePath().normalize());
        }
    }

    /**
     * A description in a file's folder speaks of it where it names it, or no other model is there.
     */
    private void describedBeside(Path file) {
        Path folder = file.getParent();
        Optional<ModelDescription> found =
                folder == null || !isModel.test(file)
                        ? Optional.empty()
                        : DescriptionFormat.in(folder);
        if (found.isEmpty()) {
            return;
        }
        ModelDescription beside = found.get();
        Optional<ModelDescription.Weights> weights =
                beside.weights().stream()
                        .filter(each -> file.equals(inside(folder, each.source())))
                        .findFirst();
        weights.ifPresent(
                each -> {
                    taken = each.format();
                    FileDigest.require(file, each.sha256(), beside.file().orElseThrow());
                });
        boolean alone =
                beside.weights().isEmpty()
                        && (isModel.test(folder)
                                || onlyFile(folder).filter(file::equals).isPresent());
        description =
                weights.isPresent() || alone
                        ? beside
                        : ModelDescription.NONE.withWarnings(
                                List.of(
                                        "'"
                                                + beside.file().orElseThrow().getFileName()
                                                + "' beside it was not read, since "
                                                + (beside.weights().isEmpty()
                                                        ? "other models lie there too"
                                                        : "it speaks of other weights")
                                                + ": name it instead, or put each model into a"
                                                + " folder of its own."));
    }

    private static Path inside(Path folder, String source) {
        // A package brings the file along under its name, wherever it was published first.
        return PackageFiles.inside(
                folder, isRemote(source) ? source.replaceFirst(".*/", "") : source);
    }

    private static boolean isRemote(String source) {
        return source.matches("(?i)[a-z]{2,}:.*");
    }

    private void findIn(Path folder) {
        Optional<ModelDescription> found = DescriptionFormat.in(folder);
        if (found.isPresent()) {
            description = found.get();
            describedIn(folder);
        } else {
            model = isModel.test(folder) ? folder : onlyFile(folder).orElse(folder);
        }
    }

    /** The one file in a folder that is a model. */
    private Optional<Path> onlyFile(Path folder) {
        List<Path> models = PackageFiles.below(folder, 1, this::isFileOf);
        return models.size() == 1 ? Optional.of(models.get(0)) : Optional.empty();
    }

    private boolean isFileOf(Path path) {
        return Files.isRegularFile(path) && isModel.test(path);
    }

    /** A zip without a description: the one folder in it that is a model, one zip, or one file. */
    private void searchIn(Path top) {
        List<Path> models =
                PackageFiles.below(top, path -> Files.isDirectory(path) && isModel.test(path));
        List<Path> zips = PackageFiles.below(top, PackageFiles::isZip);
        if (models.isEmpty() && zips.size() == 1) {
            Path inner = unpack(zips.get(0), "inner");
            models =
                    PackageFiles.below(
                            inner, path -> Files.isDirectory(path) && isModel.test(path));
        }
        if (models.isEmpty()) {
            models = PackageFiles.below(top, this::isFileOf);
        }
        if (models.size() > 1) {
            throw new ModelException(
                    "'"
                            + named
                            + "' holds several models ("
                            + models.stream()
                                    .map(each -> top.relativize(each).toString())
                                    .collect(Collectors.joining(", "))
                            + "): unpack it and name one.");
        }
        if (models.size() == 1 && Files.isRegularFile(models.get(0))) {
            model = models.get(0);
        } else if (models.size() == 1) {
            findIn(models.get(0));
        } else {
            model = top; // the engines say what is missing there
        }
    }

    /** The weights that the description names, or the folder itself. */
    private void describedIn(Path folder) {
        List<ModelDescription.Weights> ours =
                description.weights().stream()
                        .filter(w -> w.format().isEmpty() || formats.contains(w.format()))
                        .toList();
        if (!ours.isEmpty()) {
            taken = ours.get(0).format();
            weights(folder, ours.get(0));
        } else if (description.weights().isEmpty() || isModel.test(folder)) {
            model = isModel.test(folder) ? folder : onlyFile(folder).orElse(folder);
        } else {
            throw new ModelException(
                    "Model '"
                            + named
                            + "' has weights of the format "
                            + description.weights().stream()
                                    .map(ModelDescription.Weights::format)
                                    .collect(Collectors.joining(", "))
                            + "; needed is "
                            + String.join(" or ", formats)
                            + ": export the network to that, or get a package that has it.");
        }
    }

    private void weights(Path folder, ModelDescription.Weights weights) {
        String source = weights.source();
        Path file = inside(folder, source);
        if (!Files.exists(file) && isModel.test(folder)) {
            model = folder;
            return;
        }
        if (!Files.exists(file)) {
            throw new ModelException(
                    "The weights '"
                            + source
                            + "' of model '"
                            + named
                            + "' are not there: "
                            + (isRemote(source) ? "download them to '" : "copy them to '")
                            + file
                            + "'.");
        }
        if (Files.isRegularFile(file)) {
            FileDigest.require(file, weights.sha256(), description.file().orElseThrow());
        }
        if (PackageFiles.isZip(file)) {
            Path top = unpack(file, "weights");
            List<Path> models =
                    PackageFiles.below(top, path -> Files.isDirectory(path) && isModel.test(path));
            model = models.size() == 1 ? models.get(0) : top;
        } else {
            boolean partOfModel = Files.isRegularFile(file) && !isModel.test(file);
            model = partOfModel && isModel.test(file.getParent()) ? file.getParent() : file;
        }
    }

    private Path unpack(Path zip, String name) {
        if (temporary == null) {
            temporary = TemporaryFolder.create();
        }
        try {
            Path folder = Files.createDirectory(temporary.path().resolve(name));
            SafeArchive.unpack(zip, folder, SafeArchive.Limits.USUAL);
            return folder;
        } catch (IOException e) {
            throw Disk.temporary("Archive '" + zip + "' cannot be unpacked to", e);
        }
    }

    /** The same error with what the user named in place of the temporary folder. */
    public RuntimeException inUsersTerms(RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        if (temporary == null || !message.contains(temporary.path().toString())) {
            return e;
        }
        String folder = Pattern.quote(temporary.path().toString());
        String clear =
                message.replaceAll(
                        folder + "([/\\\\](package|weights|inner))?",
                        Matcher.quoteReplacement(named.toString()));
        return new ModelException(clear, e);
    }

    /** Deletes what was unpacked. */
    @Override
    public void close() {
        if (temporary != null) {
            temporary.close();
        }
    }
}

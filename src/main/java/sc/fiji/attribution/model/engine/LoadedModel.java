/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.description.DescriptionFormat;

/**
 * What tells one loaded model from another.
 *
 * @param path of what the user named, without links
 * @param options without the constants, whose arrays do not compare
 * @param constants as text
 * @param files size, time of change and identity of each file, as text
 * @param bytes size of all files
 */
record LoadedModel(Path path, ModelOptions options, String constants, String files, long bytes) {

    /** How deep models are stored: a package, its model, variables. */
    private static final int DEPTH = 4;

    /** Of a model; a folder that somebody named by mistake may have many more. */
    private static final int FILES = 10_000;

    /**
     * @throws ModelException where the model's files cannot be read
     */
    static LoadedModel of(Path named, ModelOptions options) {
        if (!Files.exists(named)) {
            throw new ModelException("Model '" + named + "' does not exist: check the path.");
        }
        try {
            Path path = named.toRealPath();
            Survey survey = new Survey();
            if (DescriptionFormat.isNamedSo(path) || path.endsWith("saved_model.pb")) {
                // Of several files, those beside it.
                survey.walk(path.getParent());
            } else if (Files.isRegularFile(path)) {
                survey.single(path);
            } else {
                survey.walk(path);
            }
            return new LoadedModel(
                    path,
                    comparable(options),
                    text(options.constants()),
                    survey.stamps.toString(),
                    survey.bytes);
        } catch (IOException e) {
            throw new ModelException("Model '" + named + "' cannot be read: " + e + ".", e);
        }
    }

    /**
     * Size, time of change and identity of each file; what cannot be read is left to the engine.
     */
    private static final class Survey extends SimpleFileVisitor<Path> {
        private final Map<Path, String> stamps = new TreeMap<>();
        private long bytes;

        void walk(Path folder) throws IOException {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, this);
        }

        /** A file, its labels, and what lies beside it under its name, such as its weights. */
        void single(Path file) throws IOException {
            String name = file.getFileName().toString();
            try (DirectoryStream<Path> beside =
                    Files.newDirectoryStream(
                            file.getParent(),
                            other ->
                                    other.getFileName().toString().startsWith(name)
                                            || other.endsWith("labels.txt"))) {
                for (Path each : beside) {
                    visitFile(each, Files.readAttributes(each, BasicFileAttributes.class));
                }
            }
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes now) {
            if (now.isRegularFile()) {
                bytes += now.size();
                stamps.put(file, now.size() + " " + now.lastModifiedTime() + " " + now.fileKey());
            }
            return stamps.size() < FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }

    private static ModelOptions comparable(ModelOptions options) {
        return options.withConstants(Map.of());
    }

    private static String text(Map<String, float[]> constants) {
        Map<String, String> texts = new TreeMap<>();
        constants.forEach((name, values) -> texts.put(name, Arrays.toString(values)));
        return texts.toString();
    }

    /** Whether the other is of the same path, before its files changed. */
    boolean replaces(LoadedModel other) {
        return path.equals(other.path) && !files.equals(other.files);
    }
}

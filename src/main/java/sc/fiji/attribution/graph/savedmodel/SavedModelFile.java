/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.core.ModelException;

/**
 * A SavedModel on disk.
 *
 * @param folder the folder that holds {@code saved_model.pb} and {@code variables}
 * @param metaGraph the graph tagged {@code serve}
 */
public record SavedModelFile(Path folder, MetaGraphDef metaGraph) {

    static final String SERVE = "serve";

    private static final String FILE = "saved_model.pb";

    /** Why a path is not a SavedModel, by names alone; empty where it is one. */
    public static Optional<String> whyNot(Path path) {
        return Files.isRegularFile(path.resolve(FILE))
                ? Optional.empty()
                : Optional.of("a folder with " + FILE + " in it" + hint(path));
    }

    /**
     * Reads {@code saved_model.pb}; the variables stay on disk.
     *
     * @param folder one for which {@link #whyNot} is empty
     * @throws ModelException where it is broken
     */
    public static SavedModelFile read(Path folder) {
        Path file = folder.resolve(FILE);
        SavedModel model = parse(LocalFile.require(folder, file));
        List<MetaGraphDef> serving =
                model.getMetaGraphsList().stream()
                        .filter(graph -> graph.getMetaInfoDef().getTagsList().contains(SERVE))
                        .toList();
        if (serving.isEmpty()) {
            throw new ModelException(
                    "'"
                            + file
                            + "' has no graph tagged 'serve': export the model for serving, for"
                            + " example with model.export(folder) in Keras.");
        }
        return new SavedModelFile(folder, serving.get(0));
    }

    private static SavedModel parse(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            CodedInputStream coded = CodedInputStream.newInstance(in);
            coded.setSizeLimit(Integer.MAX_VALUE);
            SavedModel model = SavedModel.parseFrom(coded);
            if (model.getMetaGraphsCount() == 0) {
                throw new ModelException(
                        "'" + file + "' is empty or is not a SavedModel: copy or export it again.");
            }
            return model;
        } catch (InvalidProtocolBufferException e) {
            throw new ModelException(
                    "'" + file + "' is truncated or is not a SavedModel: copy or export it again.",
                    e);
        } catch (IOException e) {
            throw new ModelException("'" + file + "' cannot be read: " + e.getMessage(), e);
        }
    }

    private static String hint(Path path) {
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        if (name.endsWith(".h5") || name.endsWith(".hdf5") || name.endsWith(".keras")) {
            return "; this is a Keras file: load it in Python and call model.export(folder).";
        }
        if (name.endsWith(".zip")) {
            return "; the archive has none.";
        }
        if (Files.isDirectory(path)) {
            try (Stream<Path> files = Files.walk(path, 3)) {
                return files.filter(f -> f.endsWith("saved_model.pb"))
                        .findFirst()
                        .map(f -> "; did you mean '" + f.getParent() + "'?")
                        .orElse("; it has none.");
            } catch (IOException e) {
                return ".";
            }
        }
        return ".";
    }
}

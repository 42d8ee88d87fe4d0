/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.kohsuke.MetaInfServices;
import org.tensorflow.proto.MetaGraphDef;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.savedmodel.LocalFile;
import sc.fiji.attribution.graph.savedmodel.SavedModelFile;

/**
 * TensorFlow's own format: a folder, or the {@code saved_model.pb} in it. Its weights stay there.
 */
@MetaInfServices(FrontEnd.class)
public final class SavedModels implements FrontEnd {

    private static final String FILE = "saved_model.pb";

    @Override
    public String name() {
        return "TensorFlow SavedModel";
    }

    @Override
    public List<String> weightFormats() {
        return List.of("tensorflow_saved_model_bundle");
    }

    @Override
    public Optional<String> whyNot(Path path) {
        return SavedModelFile.whyNot(folder(path));
    }

    /** Where the model is, whichever of the two was named. */
    private static Path folder(Path path) {
        boolean file = path.endsWith(FILE) && Files.isRegularFile(path);
        return file ? path.toAbsolutePath().getParent() : path;
    }

    @Override
    public Path location(Path path) {
        return folder(path);
    }

    /** {@code saved_model.pb}, then the files in {@code variables} in the order of their names. */
    @Override
    public List<Path> files(Path path) {
        Path folder = folder(path);
        List<Path> files = new ArrayList<>(List.of(folder.resolve(FILE)));
        Path variables = folder.resolve("variables");
        if (Files.isDirectory(variables)) {
            try (Stream<Path> all = Files.list(variables)) {
                all.filter(Files::isRegularFile)
                        .sorted()
                        .forEach(file -> files.add(LocalFile.require(folder, file)));
            } catch (IOException e) {
                throw new ModelException(
                        "'" + variables + "' cannot be read: " + e.getMessage(), e);
            }
        }
        return files;
    }

    @Override
    public Imported read(Path path, WeightStore weights) {
        Path folder = folder(path);
        MetaGraphDef graph = SavedModelFile.read(folder).metaGraph();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("format", name());
        String version = graph.getMetaInfoDef().getTensorflowVersion();
        if (!version.isEmpty()) {
            facts.put("written by", "TensorFlow " + version);
        }
        return new Imported(
                graph, folder.resolve("variables"), Optional.empty(), List.of(), facts, List.of());
    }
}

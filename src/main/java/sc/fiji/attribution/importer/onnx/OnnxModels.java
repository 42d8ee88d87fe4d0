/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.FrontEnd;
import sc.fiji.attribution.importer.Imported;
import sc.fiji.attribution.importer.WeightStore;
import sc.fiji.attribution.importer.network.Network;

/** ONNX files, opsets 7 to 23, as PyTorch, tf2onnx and others write them. */
@MetaInfServices(FrontEnd.class)
public final class OnnxModels implements FrontEnd {

    private static final long OLDEST = 7;

    @Override
    public String name() {
        return "ONNX";
    }

    @Override
    public List<String> weightFormats() {
        return List.of("onnx");
    }

    @Override
    public Optional<String> whyNot(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".onnx") && Files.isRegularFile(path)
                ? Optional.empty()
                : Optional.of("an .onnx file");
    }

    /** The file, and those beside it that hold its weights. */
    @Override
    public List<Path> files(Path path) {
        OnnxModel model = parse(path);
        Set<Path> files = new LinkedHashSet<>(List.of(path));
        model.graph().initializers().values().stream()
                .map(OnnxTensor::file)
                .filter(file -> file != null && !file.equals(path))
                .sorted()
                .forEach(files::add);
        return new ArrayList<>(files);
    }

    private static OnnxModel parse(Path path) {
        try {
            return OnnxReader.read(path);
        } catch (IOException | RuntimeException e) {
            if (e instanceof AttributionException) {
                throw new ModelException("ONNX model '" + path + "': " + line(e) + ".", e);
            }
            throw new ModelException(
                    "'"
                            + path
                            + "' is truncated, or not a sound ONNX file ("
                            + line(e)
                            + "): copy or export it again.",
                    e);
        }
    }

    private static String line(Throwable e) {
        if (e instanceof InvalidProtocolBufferException) {
            return "its bytes end early or are no messages";
        }
        return String.valueOf(e.getMessage()).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    }

    @Override
    public Imported read(Path path, WeightStore weights) {
        OnnxModel model = parse(path);
        long opset = model.opsets().getOrDefault("", 0L);
        try {
            if (opset > 0 && opset < OLDEST) {
                throw new ModelException(
                        "its opset " + opset + " is older than " + OLDEST + ": export it again");
            }
            OnnxImport visit = new OnnxImport(model, weights);
            Network network = visit.network();
            return network.imported(
                    Optional.of(visit.channelsFirst()),
                    labels(model),
                    facts(model),
                    warnings(model));
        } catch (RuntimeException | StackOverflowError e) {
            if (e instanceof AttributionException || !(e instanceof RuntimeException)) {
                String reason = e instanceof StackOverflowError ? "it is nested too deep" : line(e);
                throw new ModelException(
                        "ONNX model '" + path + "': " + reason.replaceFirst("[.]$", "") + ".", e);
            }
            throw new ModelException(
                    "ONNX model '" + path + "' is not sound (" + line(e) + "): export it again.",
                    e);
        }
    }

    /** What the exporter is known to have changed, which the file cannot give back. */
    private static List<String> warnings(OnnxModel model) {
        long opset = model.opsets().getOrDefault("", 0L);
        boolean linear =
                model.graph().nodes().stream()
                        .filter(node -> List.of("Upsample", "Resize").contains(node.op()))
                        .map(node -> node.attributes().get("mode"))
                        .anyMatch(mode -> mode != null && mode.text().contains("linear"));
        boolean changed = model.producer().equals("pytorch") && opset < 11 && linear;
        return changed
                ? List.of(
                        "Opset "
                                + opset
                                + " cannot say how PyTorch enlarges images linearly: this file's"
                                + " scores differ from those of the network it was made of. Export"
                                + " it with opset_version=17.")
                : List.of();
    }

    private static Map<String, String> facts(OnnxModel model) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("format", "ONNX, opset " + model.opsets().getOrDefault("", 0L));
        if (!model.producer().isEmpty()) {
            facts.put("written by", (model.producer() + " " + model.producerVersion()).strip());
        }
        return facts;
    }

    /** From the file's metadata: {@code labels}, {@code classes} or {@code names}. */
    private static List<String> labels(OnnxModel model) {
        for (String key : List.of("labels", "classes", "class_names", "names")) {
            String text = model.metadata().get(key);
            if (text != null && !text.isBlank()) {
                return Labels.parse(text);
            }
        }
        return List.of();
    }
}

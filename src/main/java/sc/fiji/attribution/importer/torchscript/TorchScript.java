/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.FrontEnd;
import sc.fiji.attribution.importer.Imported;
import sc.fiji.attribution.importer.WeightStore;
import sc.fiji.attribution.importer.torchscript.archive.ExtraFiles;
import sc.fiji.attribution.importer.torchscript.archive.TorchArchive;
import sc.fiji.attribution.importer.torchscript.archive.TracedInputs;

/**
 * Reads TorchScript: networks of PyTorch that were traced, scripted or frozen. The file's code is
 * walked through with nodes of a graph in place of tensors; nothing of it is run, and nothing is
 * unpickled by Python's rules.
 */
@MetaInfServices(FrontEnd.class)
public final class TorchScript implements FrontEnd {

    private static final List<String> ENDINGS =
            List.of(".pt", ".pth", ".ts", ".torchscript", ".pt2", ".ptl", ".jit");

    /** What a user of PyTorch does to get a file that can be read. */
    static final String EXPORT =
            "in Python, export it with: model.eval(); torch.jit.trace(model,"
                    + " example).save('model.pt') or torch.onnx.export(model, example,"
                    + " 'model.onnx')";

    @Override
    public String name() {
        return "TorchScript";
    }

    @Override
    public List<String> weightFormats() {
        return List.of("torchscript");
    }

    @Override
    public Optional<String> whyNot(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        if (Files.isRegularFile(path) && ENDINGS.stream().anyMatch(name::endsWith)) {
            return Optional.empty();
        }
        return Optional.of("a TorchScript file (.pt, .ts)");
    }

    @Override
    public Imported read(Path path, WeightStore weights) {
        return read(path, weights, new int[0]);
    }

    @Override
    public Imported read(Path path, WeightStore weights, int... image) {
        try {
            return imported(path, weights, image);
        } catch (ModelException e) {
            String what = e.getMessage().replaceFirst("[.]$", "");
            throw new ModelException(
                    "Model '" + path.getFileName() + "' cannot be opened: " + what + ".", e);
        } catch (RuntimeException e) {
            throw new ModelException(
                    "Model '"
                            + path.getFileName()
                            + "' cannot be opened: its code or its parameters are not as PyTorch"
                            + " writes them.",
                    e);
        }
    }

    private Imported imported(Path path, WeightStore weights, int... image) {
        if (!isZip(path)) {
            throw new ModelException(
                    isPickle(path)
                            ? "it holds weights or an object of Python, not the network: " + EXPORT
                            : "it is no TorchScript file, or is damaged: copy it again, or "
                                    + EXPORT);
        }
        try (TorchArchive archive = TorchArchive.open(path)) {
            check(archive);
            ScriptModule module = new ScriptModule(archive);
            Import network = new Import(module, TracedInputs.shapes(archive), image);
            List<String> labels = ExtraFiles.labels(archive);
            return network.imported(weights, labels, facts(archive));
        }
    }

    private static boolean isZip(Path path) {
        byte[] first = first(path);
        return first.length > 3 && first[0] == 'P' && first[1] == 'K' && first[2] <= 8;
    }

    /** Of torch.save before version 1.6. */
    private static boolean isPickle(Path path) {
        byte[] first = first(path);
        return first.length > 1 && (first[0] & 0xff) == 0x80 && first[1] <= 5;
    }

    private static byte[] first(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(4);
        } catch (IOException e) {
            throw new ModelException(
                    "the file cannot be read ("
                            + Objects.requireNonNullElse(e.getMessage(), "it ends early")
                            + ")",
                    e);
        }
    }

    /** Says what else PyTorch writes into zips. */
    private static void check(TorchArchive archive) {
        boolean exported =
                archive.has("archive_format")
                        || archive.has("serialized_exported_program.json")
                        || !archive.names("models/").isEmpty();
        if (exported) {
            throw new ModelException(
                    "it is an exported program (torch.export), not TorchScript: " + EXPORT);
        }
        if (archive.has("model.json")) {
            throw new ModelException("it was written by PyTorch 1.0, which is not read: " + EXPORT);
        }
        if (!archive.has("data.pkl")) {
            throw new ModelException(
                    "the archive has no 'data.pkl', so it is no TorchScript file: " + EXPORT);
        }
        if (archive.names("code/").isEmpty()) {
            throw new ModelException(
                    "it holds weights (a state dict) or an object of Python, but not the network"
                            + " itself: "
                            + EXPORT);
        }
        if (archive.has("byteorder") && archive.text("byteorder").strip().equals("big")) {
            throw new ModelException(
                    "it was written by a machine with another order of bytes, which is not read");
        }
    }

    private Map<String, String> facts(TorchArchive archive) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("format", name());
        List<String> how = new ArrayList<>(List.of("PyTorch"));
        if (archive.has("traced_inputs.pkl")) {
            how.add("traced");
        }
        facts.put("written by", String.join(", ", how));
        for (String name : List.of("version", ".data/version")) {
            if (archive.has(name)) {
                facts.put("file format", archive.text(name).strip());
            }
        }
        return facts;
    }
}

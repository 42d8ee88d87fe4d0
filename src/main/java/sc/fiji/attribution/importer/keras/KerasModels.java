/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.kohsuke.MetaInfServices;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.FrontEnd;
import sc.fiji.attribution.importer.Imported;
import sc.fiji.attribution.importer.WeightStore;
import sc.fiji.attribution.importer.keras.file.Architecture;
import sc.fiji.attribution.importer.keras.file.Argument;
import sc.fiji.attribution.importer.keras.file.Config;
import sc.fiji.attribution.importer.keras.file.LayerGraph;
import sc.fiji.attribution.importer.keras.file.OneLine;
import sc.fiji.attribution.importer.keras.file.SavedLayer;
import sc.fiji.attribution.importer.keras.file.Variables;
import sc.fiji.attribution.importer.network.NetworkBuilder;
import sc.fiji.attribution.importer.network.Value;

/** Models that Keras saved: {@code .keras}, {@code .h5} and {@code .hdf5}. */
@MetaInfServices(FrontEnd.class)
public final class KerasModels implements FrontEnd {

    private static final List<String> HDF5 = List.of(".h5", ".hdf5", ".hdf", ".keras");

    @Override
    public String name() {
        return "Keras";
    }

    @Override
    public List<String> weightFormats() {
        return List.of("keras_v3", "keras_hdf5");
    }

    @Override
    public Optional<String> whyNot(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        boolean archive = name.endsWith(".keras") && KerasFile.isArchive(path);
        boolean older = HDF5.stream().anyMatch(name::endsWith) && KerasFile.isHdf5(path);
        if (Files.isRegularFile(path) && (archive || older)) {
            return Optional.empty();
        }
        return Optional.of("a file .keras or .h5 that Keras saved whole");
    }

    @Override
    public Imported read(Path path, WeightStore weights) {
        try {
            return translate(path, weights);
        } catch (ModelException e) {
            throw named(e, path);
        } catch (AttributionException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            // A description that Keras never writes: text for numbers, lists for names.
            throw new ModelException(
                    "'"
                            + path.getFileName()
                            + "' describes its network in a way that cannot be read ("
                            + OneLine.of(String.valueOf(e.getMessage()))
                            + "): copy or save it again.",
                    e);
        }
    }

    /** What happens deep inside a file does not know whose it is. */
    private static ModelException named(ModelException e, Path path) {
        String quoted = "'" + path.getFileName() + "'";
        String said = e.getMessage();
        boolean told =
                said.startsWith("Model " + quoted)
                        || said.startsWith(quoted)
                        || said.startsWith("'" + path + "'");
        return told ? e : new ModelException("Model " + quoted + " cannot be opened: " + said, e);
    }

    private static Imported translate(Path path, WeightStore weights) {
        try (KerasFile file = KerasFile.open(path, weights.folder())) {
            NetworkBuilder builder = new NetworkBuilder(weights);
            Translation translation = new Translation(builder, new Variables(file.before3()));
            LayerGraph network = file.network();
            Map<String, SavedLayer> layers = new LinkedHashMap<>();
            network.layers().forEach(layer -> layers.put(layer.name(), layer));
            List<Value> inputs = new ArrayList<>();
            for (Argument.Of input : network.inputs()) {
                SavedLayer layer = layers.get(input.layer());
                if (layer == null || !layer.className().equals("InputLayer")) {
                    throw new ModelException(
                            "Model '" + path.getFileName() + "' does not say what it is fed.");
                }
                inputs.add(builder.input(inputName(layer), DataType.DT_FLOAT, shape(layer)));
            }
            List<Value> results = translation.write(network, file.weights(), inputs, "");
            Map<String, Value> outputs = new LinkedHashMap<>();
            for (int i = 0; i < results.size(); i++) {
                String name = network.outputs().get(i).layer();
                String free = name;
                for (int k = 1; outputs.containsKey(free); k++) {
                    free = name + "_" + k;
                }
                outputs.put(free, results.get(i));
            }
            return builder.finish(outputs)
                    .imported(
                            Optional.of(isChannelsFirst(network)),
                            file.labels(),
                            facts(file),
                            translation.warnings());
        }
    }

    private static String inputName(SavedLayer layer) {
        return layer.name().equals(Architecture.UNNAMED_INPUT) ? "input" : layer.name();
    }

    /** The batch is left open: any number of images can be computed at once. */
    private static int[] shape(SavedLayer layer) {
        Config config = layer.config();
        JsonElement given =
                config.get("batch_shape")
                        .or(() -> config.get("batch_input_shape"))
                        .orElseThrow(() -> config.wrong("it does not say the shape of its input"));
        if (!(given instanceof JsonArray array) || array.size() < 2 || array.size() > 8) {
            throw config.wrong("the shape of its input is " + given);
        }
        int[] shape = new int[array.size()];
        for (int i = 0; i < shape.length; i++) {
            JsonElement extent = array.get(i);
            boolean open = i == 0 || extent.isJsonNull();
            if (!open && !(extent.isJsonPrimitive() && extent.getAsJsonPrimitive().isNumber())) {
                throw config.wrong("the shape of its input is " + given);
            }
            shape[i] = open ? -1 : extent.getAsInt();
            if (!open && (shape[i] < 1 || shape[i] > 1 << 20)) {
                throw config.wrong("the shape of its input is " + given);
            }
        }
        return shape;
    }

    private static boolean isChannelsFirst(LayerGraph network) {
        for (SavedLayer layer : network.layers()) {
            boolean inside = layer.network().map(KerasModels::isChannelsFirst).orElse(false);
            String format =
                    layer.config().text("data_format", layer.config().text("dim_ordering", ""));
            if (inside || format.equals("channels_first") || format.equals("th")) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, String> facts(KerasFile file) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("format", file.format());
        if (!file.version().isEmpty()) {
            facts.put("written by", "Keras " + OneLine.of(file.version()));
        }
        return facts;
    }
}

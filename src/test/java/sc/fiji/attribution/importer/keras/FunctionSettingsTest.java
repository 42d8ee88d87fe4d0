/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.WeightStore;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * TensorFlow's functions as Keras 2 writes them, their settings beside the call, against figures
 * worked out by hand; and settings of Keras 3's functions, against its own.
 */
class FunctionSettingsTest {

    /** [[1, -2, 3], [4, 0, -6]] for one image. */
    private static final Npy X =
            new Npy(new int[] {1, 2, 3}, new double[] {1, -2, 3, 4, 0, -6}, new String[0]);

    private static final String TENSOR =
            "{'class_name':'__keras_tensor__','config':"
                    + "{'shape':[null,2,3],'dtype':'float32','keras_history':['i',0,0]}}";

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "norm | {'ord': 1, 'axis': 1} | 5 2 9",
                "linalg.norm | {'ord': 1, 'axis': 2, 'keepdims': true} | 6 10",
                "norm | {'ord': 'euclidean', 'axis': [1, 2]} | 8.124038",
                "norm | {'axis': 2} | 3.741657 7.211103",
                "math.cumsum | {'axis': 2, 'exclusive': true} | 0 1 -1 0 4 4",
                "math.cumsum | {'axis': 2, 'reverse': true} | 2 1 3 -2 -6 -6",
                "cumsum | {'axis': 1, 'exclusive': true, 'reverse': true} | 4 0 -6 0 0 0",
                "math.cumprod | {'axis': 2, 'exclusive': true} | 1 1 -2 1 4 0",
                "math.cumprod | {'axis': 2, 'reverse': true} | -6 -6 3 0 0 -6",
                "math.l2_normalize | {'axis': 2, 'epsilon': 56} |"
                        + " 0.133631 -0.267261 0.400892 0.534522 0 -0.801784",
                "math.l2_normalize | {'axis': [1, 2]} |"
                        + " 0.123091 -0.246183 0.369274 0.492366 0 -0.738549",
                "gather | {'indices': 1, 'axis': 1, 'batch_dims': 0} | 4 0 -6",
                "gather | {'indices': [[2, 0], [1, 1]], 'axis': 2} | 3 1 -2 -2 -6 4 0 0",
                "math.logical_not | {} | 0 0 0 0 1 0",
                "math.logical_and | {'y': [0.3, 0.0, -1.0]} | 1 0 1 1 0 1",
                "math.logical_or | {'y': [0.0, 0.3, 0.0]} | 1 1 1 1 1 1",
                "where | {'x': 1.0, 'y': 2.0} | 1 1 1 1 2 1",
                "math.top_k | {'k': 2} | 3 1 4 0",
                "cast | {'dtype': 'bool'} | 1 1 1 1 0 1"
            })
    void computesWhatTheSettingsSay(String function, String settings, String expected)
            throws IOException {
        float[] actual = ImportedRun.outputs(older(function, settings), Map.of("i", X)).get("f");
        assertArrayEquals(figures(expected), actual, 1e-5f);
    }

    private static float[] figures(String texts) {
        String[] numbers = texts.split(" ");
        float[] figures = new float[numbers.length];
        for (int i = 0; i < figures.length; i++) {
            figures[i] = Float.parseFloat(numbers[i]);
        }
        return figures;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "norm | {'ord': 1, 'axis': [1, 2]} | norm '1' of a matrix",
                "norm | {'ord': 3, 'axis': 1} | norm '3'",
                "math.l2_normalize | {} | the axes of the batch",
                "nn.softmax | {'axis': [1, 2]} | several axes",
                "gather | {'indices': [0], 'axis': 2, 'batch_dims': 1} | batch_dims",
                "gather | {'indices': [0]} | the axes of the batch",
                "gather | {'indices': ['i', 0, 0], 'axis': 1} | a computed indices",
                "math.top_k | {'k': 0} | it takes 0 of 3",
                "math.top_k | {'k': 4} | it takes 4 of 3",
                "clip_by_value | {'clip_value_min': [0, 1, 2], 'clip_value_max': 3} |"
                        + " clip_value_min [0,1,2]",
                "cast | {'dtype': 'uint8'} | the type uint8",
                "cast | {'dtype': 'complex64'} | the type complex64"
            })
    void refusesWhatItWouldGetWrong(String function, String settings, String reason)
            throws IOException {
        refused(older(function, settings), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Average | {'axis': 1} | {'weights': [1.0, 3.0]} | weights",
                "Norm | {'ord': 2, 'axis': [1, 2]} | {} | norm '2' of a matrix",
                "Normalize | {'axis': null, 'order': 2} | {} | the axes of the batch",
                "Softmax | {'axis': [1, 2]} | {} | several axes",
                "Softmax | {'axis': null} | {} | all axes at once",
                "Cumsum | {'axis': 1, 'dtype': 'int8'} | {} | the type int8",
                "Cast | {'dtype': 'uint8'} | {} | the type uint8",
                "Prod | {'axis': 1, 'dtype': 'int32'} | {} | a product in whole numbers",
                "Round | {'decimals': [1, 2]} | {} | decimals [1,2]",
                "Max | {'axis': 1, 'initial': [1, 2]} | {} | initial [1,2]",
                "TopK | {'k': 9} | {} | it takes 9 of 3"
            })
    void refusesWhatKeras3WouldComputeOtherwise(
            String function, String config, String named, String reason) throws IOException {
        refused(newer(function, config, named), reason);
    }

    /** What a call of a layer asks for besides its tensors. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Sequential | {'layers': [{'class_name': 'InputLayer', 'config': {'name': 'j',"
                        + " 'batch_shape': [null, 2, 3]}}, {'class_name': 'BatchNormalization',"
                        + " 'config': {'name': 'f', 'axis': -1}}]}"
                        + " | {'training': true} | training=True",
                "GlobalAveragePooling1D | {'keepdims': false} | {'mask': {'class_name':"
                        + " '__keras_tensor__', 'config': {'shape': [null, 2], 'dtype': 'bool',"
                        + " 'keras_history': ['i', 0, 0]}}} | mask",
                "Attention | {'use_scale': false} | {'mask': [{'class_name':"
                        + " '__keras_tensor__', 'config': {'shape': [null, 2], 'dtype': 'bool',"
                        + " 'keras_history': ['i', 0, 0]}}, null]} | mask"
            })
    void refusesCallsThatItWouldGetWrong(String layer, String config, String named, String reason)
            throws IOException {
        refused(newer("keras.layers", layer, config, named), reason);
    }

    /** A tensor by place that is no input of the layer. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Softmax | X | argument 2",
                "GlobalAveragePooling1D | X | argument 2",
                "Attention | [X, X] | argument 2",
                "Bidirectional | null, X | argument 3"
            })
    void refusesMasksByPlace(String layer, String further, String reason) throws IOException {
        refused(
                newer(
                        "keras.layers",
                        layer,
                        "{'trainable': true}",
                        ", " + further.replace("X", TENSOR),
                        "{}"),
                reason);
    }

    /** Keras drops at random there; here nothing is. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Attention | {'dropout': 0.1} | , null, true | {} | 1",
                "Attention | {'dropout': 0.1} | , null, false | {} | 0",
                "Attention | {'dropout': 0} | | {'training': true} | 0",
                "Dropout | {'rate': 0.1} | , true | {} | 1",
                "ActivityRegularization | {'l1': 0.1} | | {'training': true} | 0"
            })
    void saysWhatIsLeftOut(String layer, String config, String further, String named, int warnings)
            throws IOException {
        String more = further == null ? "" : further;
        Path file = newer("keras.layers", layer, config, more, named);
        try (WeightStore weights = new WeightStore(Files.createTempDirectory(folder, "w"))) {
            List<String> said = new KerasModels().read(file, weights).warnings();
            assertEquals(warnings, said.stream().filter(s -> s.contains("at random")).count());
        }
    }

    /** What Keras 3.15 gives for [[1.7, -2.55, 0.25], [-0.7, 12.5, 0]]. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Cast | {'dtype': 'int32'} | 1 -2 0 0 12 0",
                "Cast | {'dtype': 'int64'} | 1 -2 0 0 12 0",
                "Cast | {'dtype': 'bool'} | 1 1 1 1 1 0",
                "Round | {'decimals': 0} | 2 -3 0 -1 12 0",
                "Round | {'decimals': 1} | 1.7 -2.6 0.2 -0.7 12.5 0",
                "Round | {'decimals': -1} | 0 0 0 0 10 0",
                "Max | {'axis': 2, 'initial': 2.0} | 2 12.5",
                "Max | {'axis': 2, 'initial': null} | 1.7 12.5",
                "Min | {'axis': 2, 'keepdims': true, 'initial': -1} | -2.55 -1",
                "Amax | {'axis': 1} | 1.7 12.5 0.25",
                "Sort | {'axis': -1} | -2.55 0.25 1.7 -0.7 0 12.5",
                "Sort | {'axis': 1} | -0.7 -2.55 0 1.7 12.5 0.25",
                "Reshape | {'newshape': [-1, 3]} | 1.7 -2.55 0.25 -0.7 12.5 0",
                "Prod | {'axis': 2, 'dtype': 'float32'} | -1.08375 0",
                "Cumsum | {'axis': 2, 'dtype': 'bfloat16'} | 1.7 -0.85 -0.6 -0.7 11.8 11.8",
                "Cumsum | {'axis': 2, 'dtype': 'int32'} | 1 -1 -1 0 12 12",
                "Cumsum | {'axis': 2, 'dtype': 'bool'} | 1 2 3 1 2 2"
            })
    void computesWhatKeras3Computes(String function, String config, String expected)
            throws IOException {
        Npy x =
                new Npy(
                        new int[] {1, 2, 3},
                        new double[] {1.7, -2.55, 0.25, -0.7, 12.5, 0},
                        new String[0]);
        Path file = newer(function, config, "{}");
        float[] actual = ImportedRun.outputs(file, Map.of("i", x)).get("f");
        assertArrayEquals(figures(expected), actual, 1e-5f);
    }

    private Path newer(String function, String config, String named) throws IOException {
        return newer("keras.src.ops.numpy", function, config, named);
    }

    private Path newer(String module, String function, String config, String named)
            throws IOException {
        return newer(module, function, config, "", named);
    }

    private Path newer(String module, String function, String config, String more, String named)
            throws IOException {
        String layer =
                "{'class_name':'"
                        + function
                        + "','module':'"
                        + module
                        + "','registered_name':null,'name':'f','config':"
                        + config.replaceFirst("\\{", "{'name':'f',")
                        + ",'inbound_nodes':[{'args':["
                        + TENSOR
                        + more
                        + "],'kwargs':"
                        + named
                        + "}]}";
        return file(layer);
    }

    private static void refused(Path file, String reason) {
        ModelException refusal =
                assertThrows(ModelException.class, () -> ImportedRun.outputs(file, Map.of("i", X)));
        assertTrue(refusal.getMessage().contains("Layer 'f'"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    private Path older(String function, String settings) throws IOException {
        return file(
                "{'class_name':'TFOpLambda','name':'f','config':{'name':'f','trainable':true,"
                        + "'dtype':'float32','function':'"
                        + function
                        + "'},'inbound_nodes':[['i',0,0,"
                        + settings
                        + "]]}");
    }

    /** A model of one input and the one layer. */
    private Path file(String layer) throws IOException {
        String config =
                "{'class_name':'Functional','config':{'name':'m','layers':[{'class_name':"
                        + "'InputLayer','name':'i','config':{'batch_shape':[null,2,3],'name':'i'},"
                        + "'inbound_nodes':[]},"
                        + layer
                        + "],'input_layers':[['i',0,0]],'output_layers':[['f',0,0]]}}";
        Path file = Files.createTempFile(folder, "made", ".keras");
        Path weights = Resources.bundled("keras/layers").resolve("merging.keras");
        try (ZipFile old = new ZipFile(weights.toFile());
                ZipOutputStream made = new ZipOutputStream(Files.newOutputStream(file))) {
            made.putNextEntry(new ZipEntry("config.json"));
            made.write(config.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
            made.putNextEntry(new ZipEntry("model.weights.h5"));
            old.getInputStream(old.getEntry("model.weights.h5")).transferTo(made);
        }
        return file;
    }
}

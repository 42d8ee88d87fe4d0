/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.description.AllowedSize;
import sc.fiji.attribution.model.description.DescriptionFormat;
import sc.fiji.attribution.model.description.ModelDescription;
import sc.fiji.attribution.testing.Resources;

/** Strangers' descriptions: read, or refused for a stated reason. */
class RealDescriptionsTest {

    @Test
    void eachIsReadOrRefusedForAReason() throws IOException {
        Map<String, String> refused = new TreeMap<>();
        Map<String, ModelDescription> read = new TreeMap<>();
        for (Path file : files()) {
            String name = file.getFileName().toString();
            try {
                ModelDescription description = DescriptionFormat.read(file);
                read.put(name, description);
                System.out.printf(
                        "%-75s %-17s %-6s %-32s %s | %s | %d warnings%n",
                        name,
                        description.format(),
                        description.input().axes().orElseThrow(),
                        description.input().sizes(),
                        description.input().steps(),
                        description.weights().stream()
                                .map(ModelDescription.Weights::format)
                                .collect(Collectors.joining(" ")),
                        description.warnings().size());
            } catch (ModelException e) {
                assertTrue(e.getMessage().contains(name), e.getMessage());
                assertEquals(1, e.getMessage().lines().count());
                refused.put(name, e.getMessage().replaceFirst(".*" + name, "…"));
            }
        }
        refused.forEach((name, why) -> System.out.printf("%-75s REFUSED %s%n", name, why));
        read.forEach((name, d) -> d.warnings().forEach(w -> System.out.println("  " + w)));
        assertEquals(
                List.of(
                        "spec_datasets_covid_if_training_data_bioimageio.yaml",
                        "spec_models_unet2d_multi_tensor_bioimageio.yaml",
                        "spec_models_unet2d_nuclei_broad_environment.yaml"),
                List.copyOf(refused.keySet()));
        assertEquals(
                "ensure_dtype(float32), zero_mean_unit_variance(axes xy, eps 1.0E-6),"
                        + " ensure_dtype(float32)",
                read.get("spec_models_unet2d_nuclei_broad_bioimageio.yaml").input().steps());
        ModelDescription stardist =
                read.get("spec_models_stardist_example_model_v0_4.bioimageio.yaml");
        assertEquals(new AllowedSize('y', 80, 16), stardist.input().size('y').orElseThrow());
        assertEquals(new AllowedSize('c', 1, 0), stardist.input().size('c').orElseThrow());
        assertEquals("TF_SavedModel.zip", stardist.weights().get(0).source());
        assertEquals(
                "scale_range(axes yx, percentiles 1 to 99.8, eps 1.0E-6)",
                stardist.input().steps());
        assertEquals(1, stardist.testCases().size());
    }

    private static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(Resources.shared("rdf"))) {
            all.filter(f -> f.toString().endsWith(".yaml")).sorted().forEach(files::add);
        }
        return files;
    }
}

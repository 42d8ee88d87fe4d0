/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import ij.ImagePlus;
import ij.io.Opener;
import ij.measure.Calibration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.storage.WholeFile;

/** The sample brains and the sample classifier, which lie in the plug-in's own jar. */
public final class SampleData {

    private static final String PLACE = "/sc/fiji/attribution/";
    private static final String CLASSIFIER = "lesion-classifier";

    private static final List<String> FILES =
            List.of(
                    "attribution.yaml",
                    "labels.txt",
                    "saved_model.pb",
                    "variables/variables.data-00000-of-00001",
                    "variables/variables.index");

    private SampleData() {}

    /**
     * Opens a sample image.
     *
     * @param name for example {@code brain-lesions-1.tif}
     */
    public static ImagePlus open(String name) {
        try (InputStream in = stream("sample-images/" + name)) {
            ImagePlus image = new Opener().openTiff(in, name);
            place(image);
            // The first slice of a brain is empty.
            image.setPosition(1, (image.getNSlices() + 1) / 2, 1);
            return image;
        } catch (IOException e) {
            throw new ImageException("Sample image " + name + " cannot be read: " + e, e);
        }
    }

    /** x runs to the right, y to the front and z upwards, about the template's origin. */
    private static void place(ImagePlus image) {
        Calibration known = image.getCalibration().copy();
        double[] size = {known.pixelWidth, known.pixelHeight, known.pixelDepth};
        double[] rows = {
            size[0],
            0,
            0,
            -size[0] * known.xOrigin,
            0,
            size[1],
            0,
            -size[1] * known.yOrigin,
            0,
            0,
            size[2],
            -size[2] * known.zOrigin
        };
        ImageGeometry.attach(image, new VoxelToWorld(rows), size, known.getUnit(), 0);
        image.setCalibration(known);
    }

    /**
     * Writes the sample classifier into a folder, since a model is loaded from disk. What is there
     * already is not written again.
     *
     * @param folder an existing one
     * @param replace whether other files of these names, such as those of another version, are
     *     replaced
     * @return the model: the folder {@code lesion-classifier} in that folder
     * @throws OptionException where the folder is missing, or has other files of these names;
     *     nothing was written then
     */
    public static Path unpackClassifier(Path folder, boolean replace) {
        Path model = folder.toAbsolutePath().normalize().resolve(CLASSIFIER);
        if (!Files.isDirectory(folder)) {
            throw new OptionException(
                    "output=" + folder + ": there is no such folder; create it, or name another.");
        }
        try {
            Map<Path, byte[]> missing = new LinkedHashMap<>();
            for (String name : FILES) {
                Path file = model.resolve(name);
                byte[] content;
                try (InputStream in = stream("sample-images/" + CLASSIFIER + "/" + name)) {
                    content = in.readAllBytes();
                }
                boolean exists = Files.exists(file);
                if (exists && Arrays.equals(content, Files.readAllBytes(file))) {
                    continue;
                }
                if (exists && !replace) {
                    throw new OptionException(
                            file
                                    + " is there and is another file: name another folder"
                                    + " (output=…), or replace it with overwrite=true.");
                }
                missing.put(file, content);
            }
            for (Map.Entry<Path, byte[]> each : missing.entrySet()) {
                Files.createDirectories(each.getKey().getParent());
                WholeFile.at(each.getKey().toString()).write(out -> out.write(each.getValue()));
            }
        } catch (IOException e) {
            throw new OptionException(
                    "The sample classifier cannot be written to '"
                            + model
                            + "' ("
                            + e
                            + "): name another folder (output=…).");
        }
        return model;
    }

    private static InputStream stream(String name) throws IOException {
        InputStream in = SampleData.class.getResourceAsStream(PLACE + name);
        if (in == null) {
            throw new IOException(name + " is not in the plug-in's jar");
        }
        return in;
    }
}

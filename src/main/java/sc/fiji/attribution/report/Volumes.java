/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import ij.ImagePlus;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.overlay.MapFacts;
import sc.fiji.attribution.fiji.region.Atlas;

/** Volumes that stand in the page itself: as a row of slices, and as numbers for the viewer. */
final class Volumes {

    /** Larger volumes are shown at every second, third, … voxel. */
    private static final int MOST_VOXELS = 400_000;

    /** What is in the page must not end its script. */
    private static final Gson JSON =
            new GsonBuilder().serializeSpecialFloatingPointValues().create();

    private Volumes() {}

    static String picture(BufferedImage image, String description) {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            ImageIO.write(image, "png", out);
            return String.format(
                    Locale.ROOT,
                    "<img alt=\"%s\" src=\"data:image/png;base64,%s\">",
                    Html.escape(description),
                    Base64.getEncoder().encodeToString(out.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The three planes of a background with maps on its grid.
     *
     * @param maps by name
     * @param atlas labels under the cursor; null without
     */
    static String viewer(ImagePlus background, Map<String, ImagePlus> maps, Atlas atlas) {
        int stride = 1;
        while (count(background, stride) > MOST_VOXELS) {
            stride++;
        }
        Map<String, Object> data = new LinkedHashMap<>();
        int[] size = {
            extent(background.getWidth(), stride),
            extent(background.getHeight(), stride),
            extent(background.getNSlices(), stride)
        };
        double[] step = {
            Math.abs(background.getCalibration().pixelWidth),
            Math.abs(background.getCalibration().pixelHeight),
            Math.abs(background.getCalibration().pixelDepth)
        };
        data.put("size", size);
        data.put("step", step);
        data.put("affine", affine(background, stride));
        data.put("unit", background.getCalibration().getUnit());
        data.put("background", volume(background, stride));
        if (atlas != null) {
            int reduced = stride;
            int width = background.getWidth();
            data.put(
                    "labels",
                    packed(
                            size,
                            (x, y, z) ->
                                    atlas.labels()[z * reduced][
                                            y * reduced * width + x * reduced]));
            data.put("names", atlas.names());
        }
        Map<String, String> volumes = new LinkedHashMap<>();
        Map<String, String> units = new LinkedHashMap<>();
        for (Map.Entry<String, ImagePlus> map : maps.entrySet()) {
            volumes.put(map.getKey(), volume(map.getValue(), stride));
            units.put(map.getKey(), new MapFacts(map.getValue()).unit());
        }
        data.put("maps", volumes);
        data.put("units", units);
        return "<div class=\"viewer\"><label>Map <select></select></label>"
                + "<label>Opacity <input class=\"opacity\" type=\"range\" min=\"0\" max=\"1\""
                + " step=\"0.05\" value=\"0.9\"></label>"
                + "<label>Threshold <input class=\"threshold\" type=\"range\" min=\"0\" max=\"1\""
                + " step=\"0.01\" value=\"0\"></label>"
                + "<div class=\"planes\"></div><output></output>"
                + "<script type=\"application/json\">"
                + JSON.toJson(data)
                + "</script></div>\n";
    }

    private interface Value {
        double at(int x, int y, int z);
    }

    private static int extent(int size, int stride) {
        return (size + stride - 1) / stride;
    }

    private static long count(ImagePlus image, int stride) {
        return (long) extent(image.getWidth(), stride)
                * extent(image.getHeight(), stride)
                * extent(image.getNSlices(), stride);
    }

    private static double[] affine(ImagePlus image, int stride) {
        VoxelToWorld world = ImageGeometry.world(image);
        double[] rows = (world == null ? ImageGeometry.of(image).affine() : world).rows().clone();
        for (int row = 0; row < 3; row++) {
            for (int axis = 0; axis < 3; axis++) {
                rows[4 * row + axis] *= stride;
            }
        }
        return rows;
    }

    private static String volume(ImagePlus image, int stride) {
        ImageView view = ImageView.ofGrey(image);
        int width = image.getWidth();
        int[] size = {
            extent(width, stride),
            extent(image.getHeight(), stride),
            extent(image.getNSlices(), stride)
        };
        float[][] slices = new float[image.getNSlices()][];
        for (int z = 0; z < slices.length; z += stride) {
            slices[z] = view.slice(0, z, 0);
        }
        return packed(size, (x, y, z) -> slices[z * stride][y * stride * width + x * stride]);
    }

    private static String packed(int[] size, Value value) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Float.BYTES * size[0] * size[1] * size[2])
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int z = 0; z < size[2]; z++) {
            for (int y = 0; y < size[1]; y++) {
                for (int x = 0; x < size[0]; x++) {
                    bytes.putFloat((float) value.at(x, y, z));
                }
            }
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(packed.toByteArray());
    }
}

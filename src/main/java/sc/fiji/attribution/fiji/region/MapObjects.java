/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import ij.ImagePlus;
import ij.ImageStack;
import ij.measure.Calibration;
import ij.measure.ResultsTable;
import ij.process.ShortProcessor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.geometry.BodyAxes;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.map.LabelColours;
import sc.fiji.attribution.fiji.map.MapDisplay;

/**
 * The objects of a map: voxels above a threshold that touch each other and have the same sign, in
 * three dimensions, in each channel of each frame by itself; a label image of them and a table.
 *
 * @param labels 16-bit, on the map's grid: the number of the object, 0 outside of all
 * @param table a row for each, the largest absolute sum first
 */
public record MapObjects(ImagePlus labels, ResultsTable table) {

    private static final int MOST = 65535;

    private record Found(int frame, int channel, int sign, int[] voxels) {}

    /**
     * Finds them.
     *
     * @param smallest voxels of the smallest object
     * @param neighbours of a voxel: 6 across faces, 18 across edges too, 26 across corners too
     */
    public static MapObjects of(
            ImagePlus map,
            MapThreshold threshold,
            int smallest,
            int neighbours,
            Progress progress) {
        if (neighbours != 6 && neighbours != 18 && neighbours != 26) {
            throw new OptionException("neighbours=" + neighbours + ": expected 6, 18 or 26.");
        }
        ImageView view = ImageView.of(map);
        int planes = view.size('t') * view.size('c');
        List<Found> found = new ArrayList<>();
        double[] amounts = new double[planes];
        for (int i = 0; i < planes; i++) {
            progress.update(i, planes, "Finding objects");
            int frame = i / view.size('c');
            int channel = i % view.size('c');
            float[] values = volume(view, channel, frame);
            for (float value : values) {
                amounts[i] += Float.isFinite(value) ? Math.abs(value) : 0;
            }
            for (Found object : components(map, values, threshold, neighbours)) {
                if (object.voxels.length >= smallest) {
                    found.add(new Found(frame, channel, object.sign, object.voxels));
                }
            }
        }
        if (found.size() > MOST) {
            throw new ImageException(
                    "'"
                            + map.getTitle()
                            + "' falls into "
                            + found.size()
                            + " objects: raise percentile or smallest.");
        }
        return new Numbered(map, view, found, amounts).result();
    }

    private static float[] volume(ImageView view, int channel, int frame) {
        int plane = view.size('x') * view.size('y');
        float[] values = new float[Math.multiplyExact(plane, view.size('z'))];
        for (int z = 0; z < view.size('z'); z++) {
            System.arraycopy(view.slice(channel, z, frame), 0, values, z * plane, plane);
        }
        return values;
    }

    private static List<Found> components(
            ImagePlus map, float[] values, MapThreshold threshold, int neighbours) {
        int width = map.getWidth();
        int height = map.getHeight();
        int depth = map.getNSlices();
        int reach = neighbours == 6 ? 1 : neighbours == 18 ? 2 : 3;
        byte[] open = new byte[values.length];
        for (int i = 0; i < open.length; i++) {
            open[i] = (byte) threshold.of(values[i]);
        }
        int[] queue = new int[values.length];
        List<Found> found = new ArrayList<>();
        for (int start = 0; start < open.length; start++) {
            int sign = open[start];
            if (sign == 0) {
                continue;
            }
            int end = 0;
            queue[end++] = start;
            open[start] = 0;
            for (int next = 0; next < end; next++) {
                int x = queue[next] % width;
                int y = queue[next] / width % height;
                int z = queue[next] / width / height;
                for (int n = 0; n < 27; n++) {
                    int dx = n % 3 - 1;
                    int dy = n / 3 % 3 - 1;
                    int dz = n / 9 - 1;
                    boolean inside =
                            Math.abs(dx) + Math.abs(dy) + Math.abs(dz) <= reach
                                    && x + dx >= 0
                                    && x + dx < width
                                    && y + dy >= 0
                                    && y + dy < height
                                    && z + dz >= 0
                                    && z + dz < depth;
                    int near = queue[next] + dx + width * (dy + height * dz);
                    if (inside && open[near] == sign) {
                        open[near] = 0;
                        queue[end++] = near;
                    }
                }
            }
            found.add(new Found(0, 0, sign, Arrays.copyOf(queue, end)));
        }
        return found;
    }

    /** The objects in order, as labels and as rows. */
    private record Numbered(ImagePlus map, ImageView view, List<Found> found, double[] amounts) {

        MapObjects result() {
            found.sort(
                    Comparator.comparingInt(Found::frame)
                            .thenComparingInt(Found::channel)
                            .thenComparingDouble(object -> -Math.abs(sum(object))));
            ImageStack stack = new ImageStack(map.getWidth(), map.getHeight());
            for (int i = 1; i <= map.getStackSize(); i++) {
                stack.addSlice(
                        map.getStack().getSliceLabel(i),
                        new ShortProcessor(map.getWidth(), map.getHeight()));
            }
            ImagePlus labels =
                    MapThreshold.onGridOf(map, new ImagePlus(map.getTitle() + " (objects)", stack));
            ResultsTable table = new ResultsTable();
            table.setPrecision(6);
            int plane = map.getWidth() * map.getHeight();
            for (int n = 0; n < found.size(); n++) {
                Found object = found.get(n);
                for (int voxel : object.voxels) {
                    int index =
                            map.getStackIndex(
                                    object.channel + 1, voxel / plane + 1, object.frame + 1);
                    ((short[]) stack.getPixels(index))[voxel % plane] = (short) (n + 1);
                }
                addRow(table, n + 1, object);
            }
            LabelColours.show(labels, found.size());
            RegionStatistics.showDigits(table, MapDisplay.limit(map, 100));
            return new MapObjects(labels, table);
        }

        private float value(Found object, int voxel) {
            int plane = map.getWidth() * map.getHeight();
            return view.slice(object.channel, voxel / plane, object.frame)[voxel % plane];
        }

        private double sum(Found object) {
            double sum = 0;
            for (int voxel : object.voxels) {
                sum += value(object, voxel);
            }
            return sum;
        }

        private void addRow(ResultsTable table, int number, Found object) {
            double sum = 0;
            double[] moment = new double[3];
            int peak = object.voxels[0];
            for (int voxel : object.voxels) {
                float value = value(object, voxel);
                sum += value;
                int[] at = at(voxel);
                for (int axis = 0; axis < 3; axis++) {
                    moment[axis] += Math.abs(value) * (at[axis] + 0.5);
                }
                peak = Math.abs(value) > Math.abs(value(object, peak)) ? voxel : peak;
            }
            Calibration calibration = map.getCalibration();
            boolean flat = map.getNSlices() == 1;
            double size = calibration.pixelWidth * calibration.pixelHeight;
            double volume = object.voxels.length * size * (flat ? 1 : calibration.pixelDepth);
            table.addRow();
            table.addValue("Object", number);
            if (map.getNFrames() > 1) {
                table.addValue("Frame", object.frame + 1);
            }
            if (map.getNChannels() > 1) {
                table.addValue("Channel", object.channel + 1);
            }
            table.addValue("Sign", object.sign > 0 ? "for" : "against");
            table.addValue("Voxels", object.voxels.length);
            table.addValue(flat ? "Area" : "Volume", volume);
            table.addValue("Unit", calibration.getUnit() + (flat ? "^2" : "^3"));
            table.addValue("Sum", sum);
            table.addValue("Mean", sum / object.voxels.length);
            table.addValue("Peak", value(object, peak));
            if (!flat) {
                table.addValue("Slice", at(peak)[2] + 1);
            }
            double all = amounts[object.frame * map.getNChannels() + object.channel];
            table.addValue("Share", Math.abs(sum) / all);
            table.addValue("X", calibration.getX(moment[0] / Math.abs(sum)));
            table.addValue("Y", calibration.getY(moment[1] / Math.abs(sum)));
            if (!flat) {
                table.addValue("Z", calibration.getZ(moment[2] / Math.abs(sum)));
            }
            if (BodyAxes.of(map).isPresent()) {
                int[] at = at(peak);
                double[] world = ImageGeometry.of(map).affine().world(at[0], at[1], at[2]);
                table.addValue("Right", world[0]);
                table.addValue("Front", world[1]);
                table.addValue("Up", world[2]);
            }
            // Last, since a title is wide.
            table.addValue("Map", map.getTitle());
        }

        private int[] at(int voxel) {
            int width = map.getWidth();
            return new int[] {
                voxel % width, voxel / width % map.getHeight(), voxel / width / map.getHeight()
            };
        }
    }
}

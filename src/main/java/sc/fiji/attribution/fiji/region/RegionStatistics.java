/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import ij.ImagePlus;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.measure.ResultsTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.file.OpenImages;
import sc.fiji.attribution.fiji.geometry.BodyAxes;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.map.MapDisplay;

/**
 * What a map adds up to in regions: a row for each region, of each channel of each frame, in a
 * results table. Regions may overlap. Values that are NaN, as ImageJ leaves them outside of a
 * threshold, are no part of any region.
 *
 * <pre>{@code
 * RegionChoice lesions = new RegionChoice.Labels(mask);
 * ResultsTable table = RegionStatistics.of(map, lesions, Progress.NONE);
 * }</pre>
 */
public final class RegionStatistics {

    /** Sums over the voxels of a region. */
    private static final class Sums {
        private long voxels;
        private double positive;
        private double negative;
        private double min = Double.NaN;
        private double max = Double.NaN;
        private final double[] moment = new double[3];

        void add(double value, int x, int y, int z) {
            voxels++;
            positive += Math.max(0, value);
            negative += Math.min(0, value);
            min = min <= value ? min : value;
            max = max >= value ? max : value;
            double weight = Math.abs(value);
            moment[0] += weight * (x + 0.5);
            moment[1] += weight * (y + 0.5);
            moment[2] += weight * (z + 0.5);
        }

        double amount() {
            return positive - negative;
        }
    }

    private static final String ALL = "whole image";
    private static final String SELECTION = "selection";

    private RegionStatistics() {}

    /**
     * Where to measure: {@code whole image}, or what {@link RegionChoice#named} reads; empty stands
     * for the map's selection, or all of it where it has none.
     */
    public static RegionChoice choice(String text, ImagePlus map) {
        String wanted = text.strip();
        if (!wanted.isEmpty() && !wanted.equalsIgnoreCase(ALL)) {
            return RegionChoice.named(wanted, "regions", map);
        }
        if (wanted.isEmpty() && map.getRoi() != null) {
            return RegionChoice.named(SELECTION, "regions", map);
        }
        Roi all = new Roi(0, 0, map.getWidth(), map.getHeight());
        all.setName(ALL);
        return new RegionChoice.Rois(List.of(all), ALL);
    }

    /** What a user may choose from among what is open, see {@link #choice}. */
    public static List<String> choices() {
        List<String> choices = new ArrayList<>(List.of(ALL, SELECTION, "roi manager"));
        choices.addAll(OpenImages.others());
        return choices;
    }

    /**
     * Measures.
     *
     * <p>Columns: Map, its title; Region; Frame and Channel, from 1, where there are several;
     * Voxels; Volume (of a single slice: Area) and its Unit; Sum, Mean, Min, Max; Positive and
     * Negative, the sums of either sign; Share, the region's part of the sum of absolute values in
     * that channel and frame, 0 to 1; X, Y and Z, the centre of the absolute values in calibrated
     * units, where as in ImageJ's own measurements the centre of the first voxel is at 0.5 voxels.
     *
     * @param map a grey image
     * @param regions on its grid
     * @param progress told between frames and channels
     */
    public static ResultsTable of(ImagePlus map, RegionChoice regions, Progress progress) {
        ImageView view = ImageView.of(map);
        List<String> names = regions.titles(map);
        ResultsTable table = new ResultsTable();
        table.setPrecision(6);
        int channels = view.size('c');
        int frames = view.size('t');
        for (int i = 0; i < frames * channels; i++) {
            progress.update(i, (long) frames * channels, "Measuring");
            int frame = i / channels;
            int channel = i % channels;
            Sums all = new Sums();
            float[][] values = new float[view.size('z')][];
            for (int z = 0; z < values.length; z++) {
                values[z] = view.slice(channel, z, frame);
                for (float value : values[z]) {
                    if (!Float.isNaN(value)) {
                        all.add(value, 0, 0, 0);
                    }
                }
            }
            Sums[] sums = sums(map, regions, names.size(), values);
            for (int region = 0; region < sums.length; region++) {
                table.addRow();
                table.addValue("Region", names.get(region));
                if (frames > 1) {
                    table.addValue("Frame", frame + 1);
                }
                if (channels > 1) {
                    table.addValue("Channel", channel + 1);
                }
                addTo(table, sums[region], all, map);
                // Last, since a title is wide.
                table.addValue("Map", map.getTitle());
            }
        }
        showDigits(table, MapDisplay.limit(map, 100));
        return table;
    }

    private static Sums[] sums(ImagePlus map, RegionChoice regions, int count, float[][] values) {
        Sums[] sums = new Sums[count];
        Arrays.setAll(sums, i -> new Sums());
        int width = map.getWidth();
        regions.visit(
                map,
                (region, z, i) -> {
                    if (!Float.isNaN(values[z][i])) {
                        sums[region].add(values[z][i], i % width, i / width, z);
                    }
                });
        return sums;
    }

    private static void addTo(ResultsTable table, Sums sums, Sums all, ImagePlus map) {
        Calibration calibration = map.getCalibration();
        boolean flat = map.getNSlices() == 1;
        double size = calibration.pixelWidth * calibration.pixelHeight;
        table.addValue("Voxels", sums.voxels);
        table.addValue(
                flat ? "Area" : "Volume", sums.voxels * size * (flat ? 1 : calibration.pixelDepth));
        table.addValue("Unit", calibration.getUnit() + (flat ? "^2" : "^3"));
        double sum = sums.positive + sums.negative;
        table.addValue("Sum", sum);
        table.addValue("Mean", sums.voxels == 0 ? Double.NaN : sum / sums.voxels);
        table.addValue("Min", sums.min);
        table.addValue("Max", sums.max);
        table.addValue("Positive", sums.positive);
        table.addValue("Negative", sums.negative);
        table.addValue("Share", sums.amount() / all.amount());
        addPlace(table, map, Arrays.stream(sums.moment).map(m -> m / sums.amount()).toArray());
    }

    /**
     * Adds columns of a place: along ImageJ's axes, and in the world where the image says how it
     * lies there.
     *
     * @param at x, y and z in voxels; the centre of the first one is at a half
     */
    public static void addPlace(ResultsTable table, ImagePlus image, double[] at) {
        Calibration calibration = image.getCalibration();
        table.addValue("X", calibration.getX(at[0]));
        table.addValue("Y", calibration.getY(at[1]));
        if (image.getNSlices() > 1) {
            table.addValue("Z", calibration.getZ(at[2]));
        }
        if (BodyAxes.of(image).isPresent()) {
            double[] world =
                    ImageGeometry.of(image).affine().world(at[0] - 0.5, at[1] - 0.5, at[2] - 0.5);
            table.addValue("Right", world[0]);
            table.addValue("Front", world[1]);
            table.addValue("Up", world[2]);
        }
    }

    /**
     * Six decimals would be zeros where values are in millionths, and are none that anybody reads
     * in millimetres.
     */
    static void showDigits(ResultsTable table, double largest) {
        for (String column : List.of("X", "Y", "Z", "Right", "Front", "Up")) {
            if (table.columnExists(column)) {
                table.setDecimalPlaces(table.getColumnIndex(column), 3);
            }
        }
        for (String column : List.of("Volume", "Area")) {
            if (table.columnExists(column) && table.size() > 0) {
                double most = Arrays.stream(table.getColumn(column)).max().orElse(1);
                int before = (int) Math.floor(Math.log10(Math.max(1e-6, most)));
                table.setDecimalPlaces(table.getColumnIndex(column), clamp(4 - before));
            }
        }
        for (String column : List.of("Sum", "Mean", "Min", "Max", "Peak", "Positive", "Negative")) {
            if (largest < 0.01 && table.columnExists(column)) {
                table.setDecimalPlaces(table.getColumnIndex(column), -6);
            }
        }
    }

    /** Decimals that ImageJ can show. */
    private static int clamp(int decimals) {
        return Math.max(0, Math.min(9, decimals));
    }
}

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.imglib2.img.Img;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.view.Views;

/**
 * SLIC as it is defined: every position looks at every centre, and places are in calibrated units.
 */
public final class BruteForceSlic {

    private final List<long[]> places = new ArrayList<>();
    private final List<double[]> values = new ArrayList<>();
    private final double[] spacing;
    private final double length;
    private final double[] step;
    private final int[] label;

    public BruteForceSlic(Img<FloatType> image, double[] spacing, double length) {
        this.spacing = spacing;
        this.length = length;
        this.step = new double[spacing.length];
        for (int d = 0; d < step.length; d++) {
            double extent = image.dimension(d) * spacing[d];
            long most = image.dimension(d);
            step[d] = extent / Math.min(most, Math.max(1, Math.round(extent / length)));
        }
        long channels = image.dimension(spacing.length);
        var cursor = Views.flatIterable(Views.hyperSlice(image, step.length, 0)).localizingCursor();
        while (cursor.hasNext()) {
            cursor.fwd();
            long[] place = cursor.positionAsLongArray();
            long[] at = Arrays.copyOf(place, place.length + 1);
            double[] value = new double[(int) channels];
            for (int c = 0; c < channels; c++) {
                at[place.length] = c;
                value[c] = image.getAt(at).get();
            }
            places.add(place);
            values.add(value);
        }
        label = new int[places.size()];
    }

    public int[] divide() {
        List<List<Integer>> regions = new ArrayList<>();
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < label.length; i++) {
            String cell = "";
            for (int d = 0; d < step.length; d++) {
                cell += (int) (places.get(i)[d] * spacing[d] / step[d] + 1e-9) + " ";
            }
            if (!cells.contains(cell)) {
                cells.add(cell);
                regions.add(new ArrayList<>());
            }
            label[i] = cells.indexOf(cell);
        }
        double[][] centres = new double[cells.size()][];
        double[] deviation = deviation();
        for (int iteration = 0; iteration < 10; iteration++) {
            for (int k = 0; k < centres.length; k++) {
                centres[k] = centre(k, centres[k]);
            }
            for (int i = 0; i < label.length; i++) {
                double nearest = Double.POSITIVE_INFINITY;
                for (int k = 0; k < centres.length; k++) {
                    double distance = distance(i, centres[k], deviation);
                    if (distance < nearest) {
                        nearest = distance;
                        label[i] = k;
                    }
                }
            }
        }
        return joined();
    }

    private double[] centre(int k, double[] before) {
        int dimensions = step.length;
        double[] sum = new double[dimensions + values.get(0).length];
        int members = 0;
        for (int i = 0; i < label.length; i++) {
            if (label[i] == k) {
                members++;
                for (int d = 0; d < sum.length; d++) {
                    sum[d] +=
                            d < dimensions
                                    ? places.get(i)[d] * spacing[d]
                                    : values.get(i)[d - dimensions];
                }
            }
        }
        double count = members;
        return members == 0 ? before : Arrays.stream(sum).map(s -> s / count).toArray();
    }

    private double[] deviation() {
        double[] deviation = new double[values.get(0).length];
        for (int c = 0; c < deviation.length; c++) {
            int channel = c;
            double mean = values.stream().mapToDouble(v -> v[channel]).average().getAsDouble();
            deviation[c] =
                    Math.sqrt(
                            values.stream()
                                    .mapToDouble(v -> Math.pow(v[channel] - mean, 2))
                                    .average()
                                    .getAsDouble());
        }
        return deviation;
    }

    /** Infinite outside the centre's surroundings. */
    private double distance(int i, double[] centre, double[] deviation) {
        double sum = 0;
        for (int d = 0; d < step.length; d++) {
            double away = Math.abs(places.get(i)[d] * spacing[d] - centre[d]);
            if (away > step[d] + 1e-9) {
                return Double.POSITIVE_INFINITY;
            }
            sum += away * away / (length * length);
        }
        for (int c = 0; c < deviation.length; c++) {
            double away = (values.get(i)[c] - centre[step.length + c]) / deviation[c];
            sum += 4 * away * away / deviation.length;
        }
        return sum;
    }

    /** Pieces below a quarter of a cell go to the first numbered neighbour that they touch. */
    private int[] joined() {
        double cell = 1;
        for (int d = 0; d < step.length; d++) {
            cell *= step[d] / spacing[d];
        }
        int[] pieces = new int[label.length];
        int count = 0;
        for (int start = 0; start < label.length; start++) {
            if (pieces[start] > 0) {
                continue;
            }
            count++;
            List<Integer> piece = new ArrayList<>();
            ArrayDeque<Integer> open = new ArrayDeque<>(List.of(start));
            pieces[start] = count;
            int neighbour = 0;
            while (!open.isEmpty()) {
                int i = open.removeFirst();
                piece.add(i);
                for (int j : near(i)) {
                    if (pieces[j] == 0 && label[j] == label[start]) {
                        pieces[j] = count;
                        open.addLast(j);
                    } else if (neighbour == 0 && pieces[j] != count) {
                        neighbour = pieces[j];
                    }
                }
            }
            if (piece.size() < Math.floor(cell / 4) && neighbour > 0) {
                for (int i : piece) {
                    pieces[i] = neighbour;
                }
                count--;
            }
        }
        return pieces;
    }

    /** Slowest dimension first, before and behind. */
    private List<Integer> near(int i) {
        List<Integer> near = new ArrayList<>();
        for (int d = step.length - 1; d >= 0; d--) {
            for (int way = -1; way <= 1; way += 2) {
                for (int j = 0; j < label.length; j++) {
                    long apart = places.get(j)[d] - places.get(i)[d];
                    boolean same = apart == way;
                    for (int e = 0; same && e < step.length; e++) {
                        same = e == d || places.get(j)[e] == places.get(i)[e];
                    }
                    if (same) {
                        near.add(j);
                    }
                }
            }
        }
        return near;
    }
}

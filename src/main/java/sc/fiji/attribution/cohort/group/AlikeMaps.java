/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.group;

import ij.ImagePlus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sc.fiji.attribution.core.machine.JavaHeap;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.map.Provenance;

/**
 * Those of the maps of a method that lie on one grid, the one that most have. A file is read once
 * where the maps fit into a quarter of the free memory, else whenever it is asked for.
 */
public final class AlikeMaps {

    /** Files that are read beside each other, where there is room. */
    private static final int AT_ONCE = 4;

    private final List<Path> files;
    private final boolean normalise;
    private final float[][] values;
    private boolean kept = true;
    private long room = JavaHeap.free() / 4; // tests need as much again
    private int[] alike;
    private ImagePlus grid;

    private AlikeMaps(List<Path> files, boolean normalise) {
        this.files = files;
        this.normalise = normalise;
        this.values = new float[files.size()][];
    }

    /**
     * @param normalise divides each map by the sum of its absolute values
     * @throws sc.fiji.attribution.core.ImageException where a file cannot be read
     */
    public static AlikeMaps of(List<Path> files, boolean normalise) {
        AlikeMaps maps = new AlikeMaps(files, normalise);
        List<ImagePlus> grids = new ArrayList<>();
        List<List<Integer>> onGrid = new ArrayList<>();
        List<ImagePlus> read = List.of();
        int from = 0;
        for (int i = 0; i < files.size(); i++) {
            if (i == from + read.size()) {
                from = i;
                read = List.of(); // what was read may go
                read = maps.read(from, Math.min(files.size(), from + maps.atOnce(i)));
            }
            ImagePlus map = maps.look(i, read.get(i - from));
            int at = 0;
            while (at < grids.size() && !ImageGeometry.sameGrid(grids.get(at), map)) {
                at++;
            }
            if (at == grids.size()) {
                grids.add(map);
                onGrid.add(new ArrayList<>());
            }
            onGrid.get(at).add(i);
        }
        int most = 0;
        for (int at = 1; at < grids.size(); at++) {
            most = onGrid.get(at).size() > onGrid.get(most).size() ? at : most;
        }
        maps.grid = grids.isEmpty() ? null : grids.get(most);
        maps.alike =
                grids.isEmpty() ? new int[0] : onGrid.get(most).stream().mapToInt(i -> i).toArray();
        return maps;
    }

    /**
     * The first map tells how large they are; images and their values take room beside those kept.
     */
    private int atOnce(int next) {
        if (next == 0 || !kept) {
            return 1;
        }
        long map = 2L * Float.BYTES * Math.max(1, values[next - 1].length);
        return (int) Math.max(1, Math.min(AT_ONCE, room / map));
    }

    private List<ImagePlus> read(int from, int to) {
        return files.subList(from, to).parallelStream()
                .map(Path::toString)
                .map(file -> kept ? ImageFile.open(file) : ImageFile.outline(file))
                .toList();
    }

    /** Of a map its values are kept, until all together turn out to be too much. */
    private ImagePlus look(int i, ImagePlus map) {
        if (!kept) {
            return map;
        }
        values[i] = values(map);
        room -= (long) Float.BYTES * values[i].length;
        if (room < 0) {
            kept = false;
            Arrays.fill(values, null);
        }
        return map;
    }

    /** Their places among all files, ascending. */
    public int[] places() {
        return alike.clone();
    }

    /** One of the maps, for its grid. */
    public ImagePlus grid() {
        return grid;
    }

    /** Of their values, as the maps say it, or of shares of their totals. */
    public String unit() {
        String unit = grid.getProp(Provenance.UNIT);
        return normalise ? "share of |map|" : unit == null ? "" : unit;
    }

    /** Extents along x, y and z. */
    public int[] size() {
        return new int[] {grid.getWidth(), grid.getHeight(), grid.getNSlices()};
    }

    /** Number of voxels. */
    public int voxels() {
        return grid.getWidth() * grid.getHeight() * grid.getNSlices();
    }

    /** Memory of one map's values. */
    public long bytes() {
        return bytes(grid);
    }

    private static long bytes(ImagePlus map) {
        return (long) Float.BYTES * map.getWidth() * map.getHeight() * map.getNSlices();
    }

    /** Whether each is divided by the sum of its absolute values. */
    public boolean isNormalised() {
        return normalise;
    }

    /** Whether they are in memory. */
    public boolean inMemory() {
        return kept;
    }

    /**
     * Values of a map, x fastest; not to be written to.
     *
     * @param place among all files
     */
    public float[] values(int place) {
        return kept ? values[place] : values(ImageFile.open(files.get(place).toString()));
    }

    private float[] values(ImagePlus map) {
        return values(map, normalise);
    }

    /** Values of the first channel of a map, x fastest, of total absolute value 1 where asked. */
    static float[] values(ImagePlus map, boolean normalise) {
        ImageView view = ImageView.of(map);
        int plane = map.getWidth() * map.getHeight();
        float[] values = new float[plane * map.getNSlices()];
        for (int z = 0; z < map.getNSlices(); z++) {
            System.arraycopy(view.slice(0, z, 0), 0, values, z * plane, plane);
        }
        double total = 0;
        for (int i = 0; normalise && i < values.length; i++) {
            total += Math.abs(values[i]);
        }
        for (int i = 0; total > 0 && i < values.length; i++) {
            values[i] = (float) (values[i] / total);
        }
        return values;
    }
}

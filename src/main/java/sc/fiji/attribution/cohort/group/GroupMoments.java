/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.group;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import sc.fiji.attribution.fiji.file.ImageFile;

/** Moments of all maps and of each group. */
public final class GroupMoments implements Serializable {

    private static final long serialVersionUID = 1;

    private final Moments all = new Moments();
    private final Moments[] groups;

    /**
     * @param groups how many there are
     */
    public GroupMoments(int groups) {
        this.groups = new Moments[groups];
        for (int k = 0; k < groups; k++) {
            this.groups[k] = new Moments();
        }
    }

    /** Where the sums are taken: here, or by many machines. */
    public interface Adding {
        /**
         * @param maps on one grid
         * @param groups of each map; -1 where it is in none
         * @param count of groups
         */
        GroupMoments sums(AlikeMaps maps, List<Path> files, int[] groups, int count);
    }

    /** One map after the other; where they are in memory, some voxels of all at once. */
    public static GroupMoments inOrder(AlikeMaps maps, List<Path> files, int[] groups, int count) {
        GroupMoments sums = new GroupMoments(count);
        int[] places = maps.places();
        if (!maps.inMemory()) {
            for (int place : places) {
                sums.add(maps.values(place), groups[place]);
            }
            return sums;
        }
        for (int k = -1; k < count; k++) {
            int group = k;
            Moments of = group < 0 ? sums.all : sums.groups[group];
            of.add(
                    Arrays.stream(places)
                            .filter(place -> group < 0 || groups[place] == group)
                            .mapToObj(maps::values)
                            .toList());
        }
        return sums;
    }

    /** Adds a map of a group; -1 for none. */
    public GroupMoments add(float[] values, int group) {
        all.add(values);
        if (group >= 0) {
            groups[group].add(values);
        }
        return this;
    }

    /** Adds a map that lies in a file. */
    public GroupMoments add(Path file, boolean normalise, int group) {
        return add(AlikeMaps.values(ImageFile.open(file.toString()), normalise), group);
    }

    /** Adds what others have. */
    public GroupMoments add(GroupMoments other) {
        all.add(other.all);
        for (int k = 0; k < groups.length; k++) {
            groups[k].add(other.groups[k]);
        }
        return this;
    }

    public Moments all() {
        return all;
    }

    public Moments group(int k) {
        return groups[k];
    }
}

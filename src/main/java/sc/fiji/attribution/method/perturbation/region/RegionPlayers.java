/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation.region;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.perturbation.ChannelGroups;
import sc.fiji.attribution.method.space.Inside;
import sc.fiji.attribution.method.space.Space;

/**
 * What is removed or kept as a whole: each region in each group of channels.
 *
 * @param names of the players
 * @param player of each value of the input its player from 0, or -1 where it always stays
 * @param voxels of each player its size in space
 * @param groups the groups of channels
 */
record RegionPlayers(List<String> names, int[] player, List<Integer> voxels, ChannelGroups groups) {

    /**
     * @throws OptionException where there are no regions, or none inside the mask
     */
    static RegionPlayers of(Problem problem) {
        Regions regions =
                problem.regions()
                        .orElseThrow(
                                () ->
                                        new OptionException(
                                                "regions: this method needs some; give a label"
                                                        + " image, 'roi manager' or"
                                                        + " 'supervoxels'."));
        Tensor input = problem.input();
        ChannelGroups groups = ChannelGroups.of(problem);
        Space space = Space.of(input);
        int[] at = space.offsets(input);
        int[] label = space.offsets(regions.labels());
        Optional<boolean[]> inside = Inside.of(problem);
        int[] player = new int[input.length()];
        int[] sizes = new int[regions.count() * groups.count()];
        int[] counted = new int[sizes.length];
        for (int i = 0; i < at.length; i++) {
            for (int c = 0; c < input.size('c'); c++) {
                int region =
                        (int) regions.labels().data()[label[i] + c * regions.labels().stride('c')];
                int group = groups.of()[c];
                boolean stays = region == 0 || group < 0 || inside.isPresent() && !inside.get()[i];
                int p = stays ? -1 : (region - 1) * groups.count() + group;
                player[at[i] + c * input.stride('c')] = p;
                if (p >= 0 && counted[p] != i + 1) {
                    sizes[p]++;
                    counted[p] = i + 1;
                }
            }
        }
        return of(regions, groups, player, sizes);
    }

    /** Leaves out what has no voxels. */
    private static RegionPlayers of(
            Regions regions, ChannelGroups groups, int[] player, int[] sizes) {
        List<String> names = new ArrayList<>();
        List<Integer> voxels = new ArrayList<>();
        int[] renumbered = new int[sizes.length];
        for (int p = 0; p < sizes.length; p++) {
            if (sizes[p] > 0) {
                String group = groups.names().get(p % groups.count());
                String name = regions.names().get(p / groups.count());
                renumbered[p] = names.size();
                names.add(group.isEmpty() ? name : name + ", " + group);
                voxels.add(sizes[p]);
            }
        }
        if (names.isEmpty()) {
            throw new OptionException(
                    "regions: none has a voxel inside the mask; choose another mask (inside=) or"
                            + " other regions.");
        }
        for (int i = 0; i < player.length; i++) {
            player[i] = player[i] < 0 ? -1 : renumbered[player[i]];
        }
        return new RegionPlayers(names, player, voxels, groups);
    }

    int count() {
        return names.size();
    }

    int voxels(int p) {
        return voxels.get(p);
    }

    /** Writes the image in which only those players are left to a place in a batch. */
    void write(Tensor input, Tensor reference, boolean[] in, Tensor batch, int place) {
        float[] data = batch.data();
        int offset = place * player.length;
        for (int i = 0; i < player.length; i++) {
            boolean stays = player[i] < 0 || in[player[i]];
            data[offset + i] = stays ? input.data()[i] : reference.data()[i];
        }
    }

    /** A map with each player's value in all of its voxels, zero elsewhere. */
    Tensor map(Tensor input, double[] values) {
        Tensor map = groups.map(input);
        Space space = Space.of(input);
        int[] at = space.offsets(input);
        int[] to = space.offsets(map);
        for (int i = 0; i < at.length; i++) {
            for (int c = 0; c < input.size('c'); c++) {
                int p = player[at[i] + c * input.stride('c')];
                if (p >= 0) {
                    int group = groups.of()[c];
                    map.data()[to[i] + group * map.stride('c')] = (float) values[p];
                }
            }
        }
        return map;
    }
}

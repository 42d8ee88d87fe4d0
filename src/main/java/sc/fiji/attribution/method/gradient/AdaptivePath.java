/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.machine.JavaHeap;

/**
 * Integrates a path with gradients where {@link PathMesh} wants them, until it has enough.
 *
 * <p>How much a gradient counts is known only then, so gradients are kept as long as they take no
 * more than a quarter of the free memory; others are computed once more. Where they are wanted is
 * decided by a sample of the voxels, which is always kept: the map does not depend on memory.
 */
final class AdaptivePath {

    /** Voxels in the sample. */
    private static final int SAMPLE = 4096;

    private final StraightPath path;
    private final GradientSweep sweep;
    private final int[] places;
    private final Map<Double, float[]> kept = new HashMap<>();
    private final long room;

    AdaptivePath(StraightPath path, GradientSweep sweep) {
        this(path, sweep, JavaHeap.free() / 4 / Float.BYTES / path.input().length);
    }

    /**
     * @param room for how many gradients
     */
    AdaptivePath(StraightPath path, GradientSweep sweep, long room) {
        this.path = path;
        this.sweep = sweep;
        this.places = places(path);
        this.room = room;
    }

    /** Some voxels, of those that are changed along the path. */
    private static int[] places(StraightPath path) {
        int length = path.input().length;
        IntStream candidates =
                length <= SAMPLE
                        ? IntStream.range(0, length)
                        : new Random(0).ints(64L * SAMPLE, 0, length);
        return candidates.filter(i -> path.change(i) != 0).limit(SAMPLE).toArray();
    }

    /**
     * Adds the mean gradient along the path to the sum.
     *
     * @param mesh without nodes
     * @return what could not be resolved, for people; empty where the tolerance was kept
     */
    Optional<String> integrate(PathMesh mesh, double[] sum, Progress progress) {
        for (double[] at = PathMesh.first(); at.length > 0; at = mesh.next()) {
            int known = mesh.nodes().size();
            int likely = known == 0 ? at.length : Math.max(mesh.likely(), known + at.length);
            mesh.add(nodes(at, from(known, likely, progress)));
        }
        add(mesh, sum, progress);
        return mesh.unresolved();
    }

    /** Progress of a part, whose own end is not the end. */
    private static Progress from(int known, int likely, Progress progress) {
        return (done, total, what) ->
                progress.update(known + done, likely, "Integrated Gradients (adaptive)");
    }

    private List<PathMesh.Node> nodes(double[] at, Progress progress) {
        PathMesh.Node[] nodes = new PathMesh.Node[at.length];
        int length = path.input().length;
        run(
                at,
                (i, score, gradient, offset) -> {
                    double slope = 0;
                    for (int j = 0; j < length; j++) {
                        slope += gradient[offset + j] * path.change(j);
                    }
                    float[] sample = new float[places.length];
                    for (int k = 0; k < sample.length; k++) {
                        int j = places[k];
                        sample[k] = (float) (gradient[offset + j] * path.change(j));
                    }
                    nodes[i] = new PathMesh.Node(at[i], score, slope, sample);
                    if (kept.size() < room) {
                        kept.put(at[i], Arrays.copyOfRange(gradient, offset, offset + length));
                    }
                },
                progress);
        return List.of(nodes);
    }

    /** In the order of the nodes, kept or not, so that the sum has the same bits. */
    private void add(PathMesh mesh, double[] sum, Progress progress) {
        List<PathMesh.Node> nodes = mesh.nodes();
        double[] weights = mesh.weights();
        int[] missing =
                IntStream.range(0, weights.length)
                        .filter(i -> !kept.containsKey(nodes.get(i).at()))
                        .toArray();
        int[] next = {0};
        if (missing.length > 0) {
            run(
                    Arrays.stream(missing).mapToDouble(i -> nodes.get(i).at()).toArray(),
                    (k, score, gradient, offset) -> {
                        addKept(nodes, weights, next, missing[k], sum);
                        add(weights[next[0]++], gradient, offset, sum);
                    },
                    from(weights.length, weights.length + missing.length, progress));
        }
        addKept(nodes, weights, next, weights.length, sum);
    }

    private void addKept(
            List<PathMesh.Node> nodes, double[] weights, int[] next, int end, double[] sum) {
        for (; next[0] < end; next[0]++) {
            add(weights[next[0]], kept.remove(nodes.get(next[0]).at()), 0, sum);
        }
    }

    private static void add(double weight, float[] gradient, int offset, double[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * gradient[offset + i];
        }
    }

    private void run(double[] at, GradientSweep.Sink sink, Progress progress) {
        sweep.run(
                at.length,
                (i, data, offset) -> path.write(at[i], data, offset),
                sink,
                progress,
                "Integrated Gradients");
    }
}

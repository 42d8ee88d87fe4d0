/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Functions of one number, whose integrals are known. */
class PathMeshTest {

    /** Runs the mesh on f with its derivative; one voxel, which is all of the slope. */
    private static PathMesh run(
            DoubleUnaryOperator f, DoubleUnaryOperator slope, double tolerance) {
        double difference = f.applyAsDouble(1) - f.applyAsDouble(0);
        PathMesh mesh =
                new PathMesh(
                        f.applyAsDouble(0), f.applyAsDouble(1), tolerance * Math.abs(difference));
        for (double[] at = PathMesh.first(); at.length > 0; at = mesh.next()) {
            List<PathMesh.Node> nodes = new ArrayList<>();
            for (double a : at) {
                double d = slope.applyAsDouble(a);
                nodes.add(new PathMesh.Node(a, f.applyAsDouble(a), d, new float[] {(float) d}));
            }
            mesh.add(nodes);
        }
        return mesh;
    }

    private static double integral(PathMesh mesh, DoubleUnaryOperator of) {
        double sum = 0;
        for (int i = 0; i < mesh.weights().length; i++) {
            sum += mesh.weights()[i] * of.applyAsDouble(mesh.nodes().get(i).at());
        }
        return sum;
    }

    @Test
    void whatIsLinearTakesTheFirstNodesOnly() {
        PathMesh mesh = run(a -> 3 * a + 1, a -> 3, 1e-6);
        assertEquals(PathMesh.FIRST, mesh.nodes().size());
        assertEquals(1, Arrays.stream(mesh.weights()).sum(), 1e-12);
        assertEquals(3, integral(mesh, a -> 3), 1e-12);
    }

    @Test
    void nodesAreWhereASaturatingNetworkIsSteep() {
        DoubleUnaryOperator slope = a -> 300 / square(Math.cosh(300 * a));
        PathMesh mesh = run(a -> Math.tanh(300 * a), slope, 1e-3);
        assertTrue(mesh.unresolved().isEmpty());
        assertEquals(1, integral(mesh, slope), 1e-3);
        Quadrature even = Quadrature.gaussLegendre(mesh.nodes().size());
        double sum = 0;
        for (int i = 0; i < even.size(); i++) {
            sum += even.weights()[i] * slope.applyAsDouble(even.nodes()[i]);
        }
        assertTrue(Math.abs(sum - 1) > 0.01, even.size() + " Gauss-Legendre nodes: " + sum);
    }

    @Test
    void kinksAreFoundWithOneGradientAHalving() {
        double kink = 1 / Math.PI;
        PathMesh mesh = run(a -> Math.max(0, a - kink), a -> a > kink ? 1 : 0, 1e-6);
        assertEquals(1 - kink, integral(mesh, a -> a > kink ? 1 : 0), 1e-6);
        assertTrue(mesh.nodes().size() < 30, mesh.nodes().size() + " nodes");
    }

    @Test
    void weightsMakeAnotherVoxelThatTurnsAtTheSameKinkExactToo() {
        double kink = 0.3;
        PathMesh mesh = run(a -> Math.max(0, a - kink), a -> a > kink ? 1 : 0, 1e-6);
        assertEquals(2 * kink, integral(mesh, a -> a > kink ? 0 : 2), 1e-5);
    }

    @Test
    void errorsThatCancelAreNotTakenForNone() {
        // Two bumps between the first nodes, up and down, which leave no trace in the sum.
        DoubleUnaryOperator f = a -> a + bump(a, 0.25) - bump(a, 0.75);
        DoubleUnaryOperator slope = a -> 1 + bumpSlope(a, 0.25) - bumpSlope(a, 0.75);
        PathMesh mesh = run(f, slope, 1e-3);
        assertEquals(1, integral(mesh, slope), 1e-3);
        DoubleUnaryOperator one = a -> bumpSlope(a, 0.25) * (a > 0.25 ? 1 : 0);
        assertEquals(-bump(0.25, 0.25), integral(mesh, one), 0.02);
    }

    /** The slope of the shoulders is seen by the nodes around, at 3/16 and 5/16. */
    private static double bump(double a, double center) {
        return Math.exp(-square((a - center) / 0.05));
    }

    private static double bumpSlope(double a, double center) {
        return -2 * (a - center) / square(0.05) * bump(a, center);
    }

    @Test
    void jumpsAreFoundAndSaid() {
        PathMesh mesh = run(a -> a + (a > 0.7 ? 2 : 0), a -> 1, 1e-3);
        String unresolved = mesh.unresolved().orElseThrow();
        assertTrue(unresolved.contains("by 2.00 at 0.7"), unresolved);
        assertTrue(mesh.nodes().size() < 40, mesh.nodes().size() + " nodes");
        assertEquals(1, integral(mesh, a -> 1), 1e-9);
    }

    @Test
    void whatNeverSettlesEnds() {
        DoubleUnaryOperator noise = a -> Math.sin(1e6 * a * a);
        PathMesh mesh = run(noise, a -> 0, 1e-3);
        assertTrue(mesh.nodes().size() <= PathMesh.MOST);
        assertFalse(mesh.unresolved().isEmpty());
    }

    private static double square(double x) {
        return x * x;
    }
}

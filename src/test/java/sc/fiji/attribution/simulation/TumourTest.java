/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The Fisher–KPP equation's closed-form facts. */
class TumourTest {

    private static final int N = Tumour.CELLS;

    private static double sum(float[] density) {
        double sum = 0;
        for (float u : density) {
            sum += u;
        }
        return sum;
    }

    private static float[] everywhere(double rate) {
        float[] rates = new float[N * N * N];
        Arrays.fill(rates, (float) rate);
        return rates;
    }

    /** Few cells do not hinder each other: their number grows by eρt, wherever they wander. */
    @Test
    void fewCellsGrowExponentially() {
        Tumour tumour = new Tumour(0.15, 0.04, 10);
        float[] density = new float[N * N * N];
        density[N / 2 * (1 + N * (1 + N))] = 1e-4f;
        float[] rates = everywhere(0.15);
        double before = sum(density);
        for (int n = 0; n < 40; n++) {
            density = tumour.step(density, rates, 0.25);
        }
        assertEquals(Math.exp(0.04 * 10), sum(density) / before, 0.005);
    }

    /**
     * A front moves by 2√(Dρ) a day, and lags behind that by 3/2 √(D/ρ) ln t mm (Bramson, Memoirs
     * of the AMS 285, 1983).
     */
    @Test
    void theFrontMovesAtFishersSpeed() {
        Tumour tumour = new Tumour(0.5, 0.1, 10);
        float[] density = new float[N * N * N];
        for (int i = 0; i < density.length; i++) {
            density[i] = i % N < 5 ? 1 : 0;
        }
        float[] rates = everywhere(0.5);
        double[] at = new double[2];
        for (int n = 0; n <= 400; n++) {
            if (n == 200 || n == 400) {
                at[n / 200 - 1] = sum(density) / (N * N) * Tumour.CELL;
            }
            density = tumour.step(density, rates, 0.25);
        }
        double lag = 1.5 * Math.sqrt(0.5 / 0.1) * Math.log(2) / 50;
        double speed = 2 * Math.sqrt(0.5 * 0.1) - lag;
        // Between 50 and 100 days; cells of 2 mm, as wide as the front, cost some per cent.
        assertEquals(speed, (at[1] - at[0]) / 50, 0.05 * speed);
    }

    @Test
    void nothingGrowsInFluid() {
        Tumour tumour = new Tumour(0.5, 0.1, 10);
        float[] rates = everywhere(0.5);
        for (int i = 0; i < rates.length; i++) {
            rates[i] = i % N > 30 ? 0 : rates[i];
        }
        float[] density = new float[rates.length];
        density[N / 2 * (1 + N * (1 + N))] = 1;
        for (int n = 0; n < 300; n++) {
            density = tumour.step(density, rates, 0.5);
        }
        for (int i = 0; i < density.length; i++) {
            assertTrue(density[i] <= 1 + 1e-5 && (i % N <= 30 || density[i] == 0));
        }
        assertTrue(density[30 + N * (25 + N * 25)] > 0.5);
    }

    /** As large as it was to be, with all its parts, the dead one in the middle. */
    @Test
    void tumoursHaveAMiddleARimAndOedema() {
        Tumour tumour = new Tumour(0.15, 0.04, 12);
        Pathology ill = tumour.grow(SimulatorTest.balls(), new int[] {84, 60, 60});
        int[] counts = new int[Tissue.values().length];
        double[] distances = new double[counts.length];
        for (int i = 0; i < ill.tissue().length; i++) {
            int tissue = ill.tissue()[i];
            counts[tissue]++;
            distances[tissue] +=
                    Math.sqrt(
                            Math.pow(i % 120 - 84, 2)
                                    + Math.pow(i / 120 % 120 - 60, 2)
                                    + Math.pow(i / 14400 - 60, 2));
        }
        int middle = Tissue.NECROSIS.ordinal();
        int rim = Tissue.RIM.ordinal();
        int oedema = Tissue.OEDEMA.ordinal();
        double wanted = 4.0 / 3 * Math.PI * 12 * 12 * 12;
        assertEquals(wanted, counts[middle] + counts[rim], 0.1 * wanted);
        assertTrue(
                counts[middle] > 300 && counts[rim] > 300 && counts[oedema] > 300,
                Arrays.toString(counts));
        assertTrue(distances[middle] / counts[middle] < distances[rim] / counts[rim]);
        assertTrue(
                distances[rim] / counts[rim] < distances[oedema] / counts[oedema],
                Arrays.toString(counts) + Arrays.toString(distances));
    }
}

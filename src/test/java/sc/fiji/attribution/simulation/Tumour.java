/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import java.util.Random;

/**
 * A tumour grown in the template's tissue by the Fisher–KPP equation ∂u/∂t = ∇·(D∇u) + ρu(1−u) of
 * the cell density u (Swanson, Alvord and Murray, Cell Proliferation 33, 2000): cells spread ten
 * times as fast in white matter as in grey, and not in fluid. Parts of it follow from the density:
 * a dead middle, a living rim, and oedema.
 *
 * @param diffusion in white matter, mm² per day
 * @param growth ρ, per day
 * @param radius at which growth ends: that of a ball as large as the middle and the rim, mm
 */
record Tumour(double diffusion, double growth, double radius) {

    /** Edge of a cell of the computation, mm. */
    static final int CELL = 2;

    /** Cells along an axis of the computation. */
    static final int CELLS = 50;

    private static final double GREY_DIFFUSION = 0.1;

    /** Densities from which on tissue is dead, takes up contrast medium, or swells. */
    private static final double DEAD = 0.65;

    private static final double LIVING = 0.4;

    private static final double SWOLLEN = 0.05;

    private static final int LONGEST = 2000;

    /**
     * Rates of gliomas (Harpold, Alvord and Swanson, J. Neuropathol. Exp. Neurol. 66, 2007), 3 to 5
     * cm across: between where they are found, 3 cm, and where they kill, 6 cm (Swanson, Alvord and
     * Murray 2000).
     */
    static Tumour draw(Random random) {
        return new Tumour(
                0.1 + 0.1 * random.nextDouble(),
                0.03 + 0.03 * random.nextDouble(),
                15 + 10 * random.nextDouble());
    }

    /** Grows around a random voxel of white matter; the same seed gives the same. */
    static Pathology draw(Template template, long seed) {
        Random random = new Random(seed);
        Tumour tumour = draw(random);
        Volume white = template.white();
        int voxel;
        do {
            voxel = random.nextInt(white.data().length);
        } while ((white.data()[voxel] & 0xff) < 230);
        int[] at = {
            voxel % white.x(), voxel / white.x() % white.y(), voxel / white.x() / white.y()
        };
        return tumour.grow(template, at);
    }

    /**
     * @param seed the voxel of the template that it grows from
     */
    Pathology grow(Template template, int[] seed) {
        float[] rates = new float[CELLS * CELLS * CELLS];
        float[] density = new float[rates.length];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = rate(template, corner(seed, i));
        }
        for (int i = 0; i < density.length; i++) {
            density[i] = seeded(i) && rates[i] > 0 ? 1 : 0;
        }
        double wanted = 4.0 / 3 * Math.PI * radius * radius * radius / (CELL * CELL * CELL);
        double step = 0.9 * CELL * CELL / (6 * diffusion);
        for (int steps = 0; steps * step < LONGEST && living(density) < wanted; steps++) {
            density = step(density, rates, step);
        }
        return pathology(template, density, seed);
    }

    /** It starts as a ball of 8 mm, full of cells. */
    private static boolean seeded(int cell) {
        int x = cell % CELLS - CELLS / 2;
        int y = cell / CELLS % CELLS - CELLS / 2;
        int z = cell / CELLS / CELLS - CELLS / 2;
        return x * x + y * y + z * z <= 16 / (CELL * CELL);
    }

    /** First template voxel of a cell. */
    private static int[] corner(int[] seed, int cell) {
        return new int[] {
            seed[0] + CELL * (cell % CELLS - CELLS / 2),
            seed[1] + CELL * (cell / CELLS % CELLS - CELLS / 2),
            seed[2] + CELL * (cell / CELLS / CELLS - CELLS / 2)
        };
    }

    private float rate(Template template, int[] corner) {
        double white = 0;
        double grey = 0;
        for (int n = 0; n < CELL * CELL * CELL; n++) {
            int i = corner[0] + n % CELL;
            int j = corner[1] + n / CELL % CELL;
            int k = corner[2] + n / CELL / CELL;
            white += template.white().get(i, j, k);
            grey += template.grey().get(i, j, k);
        }
        double all = 255.0 * CELL * CELL * CELL;
        // Where fluid fills half of a cell no cells live.
        return white + grey < 0.5 * all
                ? 0
                : (float) (diffusion * (white + GREY_DIFFUSION * grey) / (white + grey));
    }

    /**
     * One explicit step: what flows between neighbours by the harmonic mean of their rates, and
     * logistic growth.
     *
     * @param rates diffusion of each cell, mm² per day; 0 where nothing can live
     * @param days below cell² / (6 · largest rate), or it is not stable
     */
    float[] step(float[] density, float[] rates, double days) {
        float[] next = density.clone();
        int[] strides = {1, CELLS, CELLS * CELLS};
        for (int i = 0; i < density.length; i++) {
            double u = density[i];
            next[i] += (float) (days * growth * u * (1 - u));
            for (int stride : strides) {
                if (i / stride % CELLS < CELLS - 1 && rates[i] > 0 && rates[i + stride] > 0) {
                    double mean =
                            2.0 * rates[i] * rates[i + stride] / (rates[i] + rates[i + stride]);
                    double flow = days * mean / (CELL * CELL) * (density[i + stride] - u);
                    next[i] += (float) flow;
                    next[i + stride] -= (float) flow;
                }
            }
        }
        return next;
    }

    private static int living(float[] density) {
        int count = 0;
        for (float u : density) {
            count += u > LIVING ? 1 : 0;
        }
        return count;
    }

    private static Pathology pathology(Template template, float[] density, int[] seed) {
        Pathology ill = Pathology.none(template);
        Volume white = template.white();
        for (int cell = 0; cell < density.length; cell++) {
            double u = density[cell];
            int[] corner = corner(seed, cell);
            for (int n = 0; n < CELL * CELL * CELL && u > SWOLLEN; n++) {
                int i = corner[0] + n % CELL;
                int j = corner[1] + n / CELL % CELL;
                int k = corner[2] + n / CELL / CELL;
                if (white.contains(i, j, k)) {
                    int voxel = white.index(i, j, k);
                    if (u > LIVING) {
                        ill.put(voxel, u > DEAD ? Tissue.NECROSIS : Tissue.RIM, 1);
                    } else if ((white.data()[voxel] & 0xff) > 127) {
                        // Water spreads in white matter.
                        ill.put(voxel, Tissue.OEDEMA, Math.min(1, 2 * u + 0.4));
                    }
                }
            }
        }
        return ill;
    }
}

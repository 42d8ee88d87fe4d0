/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

/** What a voxel can be filled with, and how bright it is before a scanner's own contrast. */
enum Tissue {
    WHITE(1.00, 0.60),
    GREY(0.70, 0.80),
    FLUID(0.25, 0.15),
    /** A multiple sclerosis lesion: as dark as grey matter in T1, bright in FLAIR. */
    LESION(0.68, 1.25),
    /** Dead middle of a tumour. */
    NECROSIS(0.42, 0.45),
    /** Living rim of a tumour, bright in T1 after contrast medium. */
    RIM(1.30, 1.05),
    OEDEMA(0.74, 1.25);

    static final int HEALTHY = 3;

    final double t1;
    final double flair;

    Tissue(double t1, double flair) {
        this.t1 = t1;
        this.flair = flair;
    }
}

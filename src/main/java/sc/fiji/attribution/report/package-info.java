/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * What a cohort's run found, as one self-contained page that is read without this program or a
 * network. Start with {@link sc.fiji.attribution.report.Report}. Charts are written as SVG here:
 * each point is a link to a subject's map with a text of its own, which pictures cannot be, and the
 * library that draws JFreeChart's charts as SVG is under the GPL. The viewer is a small one on
 * plain canvases: NiiVue would add 2.3 MB to every report and a second tool to the build, and needs
 * WebGL, which remote desktops often lack.
 */
package sc.fiji.attribution.report;

/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import java.util.ArrayList;
import java.util.List;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.space.Space;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Need;

/**
 * Guided Backprop at each voxel times what Grad-CAM says there: ∇ᵍf(x) · ReLU(Σₖ wₖ·Aₖ), wₖ =
 * mean(Gₖ), interpolated linearly onto the image. Fine like the first and of one class like the
 * second. The ReLU belongs to it, as published and as Captum has it (which takes the nearest value
 * unless told otherwise): without it the product of two negatives would look like evidence for the
 * class. Selvaraju et al., Grad-CAM: Visual Explanations from Deep Networks via Gradient-Based
 * Localization, ICCV 2017, section 3.2.
 */
@MetaInfServices(AttributionMethod.class)
public final class GuidedGradCam extends LayerMethod {

    private static final LayerMethod CAM = new GradCam();

    public GuidedGradCam() {
        super(
                Declaration.of(
                                "Guided Grad-CAM",
                                "Guided Backprop where Grad-CAM finds evidence for the target.")
                        .paper("Selvaraju et al. 2017, arXiv:1610.02391")
                        .unit("logit times guided logit per unit of the input")
                        .signed()
                        .level()
                        .reads(LayerChoice.OPTION),
                true);
    }

    /** Guided Backprop goes on from the layer to the image. */
    @Override
    public List<Need> needs(Settings settings) {
        List<Need> needs = new ArrayList<>(super.needs(settings));
        needs.add(Need.backward(Propagation.Gradient.GUIDED));
        return needs;
    }

    @Override
    public long passes(Problem problem) {
        return super.passes(problem) + 1;
    }

    @Override
    boolean startsWithGradient() {
        return true;
    }

    @Override
    long passes(Problem problem, Layer layer) {
        return CAM.passes(problem, layer);
    }

    @Override
    double[] map(Site site, Progress progress) {
        double[] map = CAM.map(site, progress);
        for (int i = 0; i < map.length; i++) {
            map[i] = Math.max(0, map[i]);
        }
        return map;
    }

    @Override
    Tensor onImage(Problem problem, Score score, Tensor cam) {
        Tensor map = score.gradient(problem.input(), Propagation.Gradient.GUIDED).gradient();
        Space space = Space.of(map);
        int[] to = space.offsets(map);
        int[] from = space.offsets(cam);
        for (int i = 0; i < to.length; i++) {
            for (int c = 0; c < map.size('c'); c++) {
                map.data()[to[i] + c * map.stride('c')] *= cam.data()[from[i]];
            }
        }
        return map;
    }
}

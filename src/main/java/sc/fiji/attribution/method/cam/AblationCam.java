/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import java.util.List;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Batches;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.Need;

/**
 * Each channel weighted by how much the score falls when the channel is set to zero: wₖ = f(A) −
 * f(A without channel k). Desai and Ramaswamy, Ablation-CAM, WACV 2020. The paper divides all
 * weights by f(A), which scales the map, and turns its sign where f is negative: left away here.
 * Needs no gradients. Only what follows the layer runs for each channel.
 */
@MetaInfServices(AttributionMethod.class)
public final class AblationCam extends LayerMethod {

    public AblationCam() {
        super(
                Declaration.of(
                                "Ablation-CAM",
                                "A layer's channels, each weighted by the score's fall without it.")
                        .paper("Desai and Ramaswamy 2020, doi:10.1109/WACV45572.2020.9093360")
                        .unit("logit times activation")
                        .signed()
                        .level()
                        .reads(LayerChoice.OPTION, RELU, Declaration.BATCH),
                false);
    }

    @Override
    public List<Need> needs(Settings settings) {
        return List.of(Need.CONVOLUTION, Need.STRUCTURE);
    }

    @Override
    long passes(Problem problem, Layer layer) {
        return layer.size('c');
    }

    @Override
    double[] map(Site site, Progress progress) {
        return site.weighted(weights(site, progress));
    }

    private static double[] weights(Site site, Progress progress) {
        Tensor whole = site.activations();
        Tensor image = site.problem().input();
        String layer = site.layer().name();
        boolean needsImage =
                site.problem()
                        .classifier()
                        .structure()
                        .orElseThrow()
                        .bypassed(layer, site.score().place());
        int batch =
                Batches.size(
                        site.problem().settings().get(Declaration.BATCH),
                        whole.length() > image.length() ? whole : image);
        Batches layers = new Batches(whole);
        Batches images = new Batches(image);
        double[] weights = new double[site.channels()];
        for (int first = 0; first < weights.length; first += batch) {
            progress.update(first, weights.length, "Ablation-CAM");
            int n = Math.min(batch, weights.length - first);
            Tensor without = layers.of(n);
            for (int i = 0; i < n; i++) {
                System.arraycopy(
                        whole.data(), 0, without.data(), i * whole.length(), whole.length());
                clear(without, i * whole.length(), first + i, whole);
            }
            Layers.Feed feed = Layers.Feed.activations(without);
            if (needsImage) {
                Tensor copies = images.of(n);
                for (int i = 0; i < n; i++) {
                    System.arraycopy(
                            image.data(), 0, copies.data(), i * image.length(), image.length());
                }
                feed = Layers.Feed.image(copies).withActivations(without);
            }
            double[] values =
                    site.score().values(site.score().trace(Pass.forward().from(layer), feed));
            for (int i = 0; i < n; i++) {
                weights[first + i] = site.score().ofInput() - values[i];
            }
        }
        return weights;
    }

    /** Sets a channel to zero. */
    private static void clear(Tensor batch, int offset, int channel, Tensor one) {
        Tensor.Along channels = one.along('c');
        for (int i = 0; i < one.length(); i++) {
            if (channels.place(i) == channel) {
                batch.data()[offset + i] = 0;
            }
        }
    }
}

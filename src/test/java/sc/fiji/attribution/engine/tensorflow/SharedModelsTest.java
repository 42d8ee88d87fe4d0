/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.nio.file.*;
import java.util.*;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.*;
import sc.fiji.attribution.model.*;
import sc.fiji.attribution.testing.Npy;

class SharedModelsTest {
    @Test
    void all() throws Exception {
        Path dir = Path.of("../shared/models/generated");
        try (var s = Files.list(dir)) {
            for (Path p : s.sorted().toList()) {
                try {
                    one(p);
                } catch (Throwable e) {
                    System.out.println(p.getFileName() + "  !!! " + e);
                    if (!(e instanceof AttributionException)) e.printStackTrace(System.out);
                }
            }
        }
    }

    void one(Path p) {
        Map<String, Npy> g = Npy.readAll(p.resolve("golden.npz"));
        long t = System.nanoTime();
        try (Classifier c = TensorFlowModels.open(p.resolve("saved_model"), ModelOptions.NONE)) {
            double load = (System.nanoTime() - t) / 1e9;
            Npy x = g.get("x0");
            StringBuilder out =
                    new StringBuilder(
                            p.getFileName()
                                    + " load "
                                    + load
                                    + " "
                                    + c.spec().head()
                                    + " "
                                    + c.spec().axes()
                                    + " "
                                    + c.spec().labels().size());
            Tensor in = new Tensor(c.spec().axes(), x.shape(), x.floats());
            float[][] l = c.logits(in);
            double[] gl = g.get("logits0").values();
            out.append(" logits " + err(l[0], gl));
            if (c.gradients().isEmpty()) {
                System.out.println(out + " NO GRAD " + c.whyNoGradients().get());
                return;
            }
            for (String k : List.of("top", "other")) {
                int top = (int) g.get(k + "0").values()[0];
                float[] cot = new float[l[0].length];
                cot[top] = k.equals("other") && l[0].length == 1 ? -1 : 1;
                var r = c.gradients().get().gradient(in, new float[][] {cot});
                Npy ref = g.getOrDefault("f64_grad_" + k + "0", g.get("grad_" + k + "0"));
                out.append(" " + k + " " + err(r.gradient().data(), ref.values()));
            }
            System.out.println(out);
        }
    }

    static double err(float[] a, double[] b) {
        double m = 0, d = 0;
        for (int i = 0; i < b.length; i++) {
            m = Math.max(m, Math.abs(b[i]));
            d = Math.max(d, Math.abs(a[i] - b[i]));
        }
        return d / m;
    }
}

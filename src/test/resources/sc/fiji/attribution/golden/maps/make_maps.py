"""Figures of networks that put out a map, each closed by a sum over a mask, in double precision
(the largest in single).

    python make_maps.py SHARED OUT        (numpy, torch, keras with KERAS_BACKEND=torch, tensorflow)

SHARED has `frameworks` and `models`; OUT gets unet3d.keras and figures.npz. For each network: the
score (mean logit of class 1 over the mask), its gradient, Integrated Gradients (black, 8
Gauss-Legendre nodes, of the largest network 2) and Grad-CAM (signed) at a layer of the image's size. Each gradient is compared
with central differences. Of the largest network every 61st value is kept.
"""
import os, sys
os.environ["KERAS_BACKEND"] = "torch"
import numpy as np, torch, keras
import torch.nn.functional as F

shared, out = sys.argv[1:3]
D = torch.float64
TYPE = D  # single for the largest network, which would take an hour otherwise
figures = {}
t = lambda a: torch.tensor(np.asarray(a, dtype=np.float64))


def image(shape):
    """Not random, so that a test can make it too."""
    i = np.arange(np.prod(shape), dtype=np.float64)
    return (0.5 + 0.5 * np.sin(0.7 * i) * np.cos(0.013 * i)).astype(np.float32).reshape(shape)


def mask(extents):
    """An ellipsoid beside the middle, as weights that add up to 1."""
    grids = np.meshgrid(*[np.arange(n) for n in extents], indexing="ij")
    r = sum(((g - 0.4 * n) / (0.25 * n)) ** 2 for g, n in zip(grids, extents))
    return (r <= 1) / (r <= 1).sum()


def figure(name, network, x, space, keep=1, nodes=8):
    """network(x) gives (logits of class 1, the layer's activations), channels first."""
    w = t(mask(space))[None].to(TYPE)
    summed = lambda v: (network(v)[0] * w).sum()
    x = t(x).to(TYPE)

    def gradient(v):
        v = v.clone().requires_grad_()
        return torch.autograd.grad(summed(v), v)[0]

    g = gradient(x)
    flat = x.flatten()
    # Differences of single precision say nothing.
    for i in torch.argsort(g.abs().flatten(), descending=True)[: 200 if TYPE == D else 0 : 50].tolist():
        ends = []
        for h in (1e-6, -1e-6):
            moved = flat.clone(); moved[i] += h
            ends.append(summed(moved.reshape(x.shape)).item())
        slope = (ends[0] - ends[1]) / 2e-6
        assert abs(slope - g.flatten()[i].item()) < 1e-6 * g.abs().max().item(), (name, slope, g.flatten()[i])
    points, weights = np.polynomial.legendre.leggauss(nodes)
    ig = sum(wt / 2 * gradient((nd + 1) / 2 * x) for nd, wt in zip(points, weights)) * x
    v = x.clone().requires_grad_()
    logits, layer = network(v)
    dl = torch.autograd.grad((logits * w).sum(), layer)[0]
    space_axes = tuple(range(2, layer.dim()))
    cam = (dl.mean(space_axes, keepdim=True) * layer).sum(1)
    figures[name + "_score"] = np.float64(summed(x).item())
    for key, value in (("gradient", g), ("ig", ig), ("cam", cam)):
        figures[name + "_" + key] = value.detach().numpy().flatten()[::keep].astype(np.float32)
    print(name, figures[name + "_score"], float(ig.sum()), (summed(x) - summed(0 * x)).item())


def seunet():
    m = torch.jit.load(shared + "/frameworks/SEUnetAux/model_traced.pt")
    s = {k: v.to(D) for k, v in m.state_dict().items() if v.is_floating_point()}
    x = np.load(shared + "/frameworks/SEUnetAux/golden.npz")["x0"]

    def network(v):
        a = F.conv3d(v, s["a.0.weight"], padding=1)
        a = F.batch_norm(a, s["a.1.running_mean"], s["a.1.running_var"], s["a.1.weight"], s["a.1.bias"], eps=1e-5)
        a = F.hardtanh(a, 0, 6)
        b = F.relu(F.conv3d(a, s["b.weight"], s["b.bias"], stride=2, padding=1))
        u = F.conv3d(b, s["t.weight"], s["t.bias"], padding=1)
        u = F.interpolate(u, scale_factor=2, mode="trilinear", align_corners=False)
        return F.conv3d(torch.cat([a, u], 1), s["c.weight"], s["c.bias"])[:, 1], a

    golden = np.load(shared + "/frameworks/SEUnetAux/golden.npz")["out0__1"]
    assert golden.shape[1] == 2
    figure("seunet", network, x, x.shape[2:])


def weights(model, name):
    k, b = model.get_layer(name).get_weights()
    return t(np.moveaxis(k, (-1, -2), (0, 1))), t(b)


def kunet():
    folder = shared + "/frameworks/keras_multi_output_unet/"
    m = keras.saving.load_model(folder + "model.keras")
    (k1, b1), (k2, b2), (k3, b3) = [weights(m, n) for n in ("conv2d_13", "conv2d_14", "seg")]
    golden = np.load(folder + "golden.npz")
    x = np.moveaxis(golden["x0"], -1, 1)

    def network(v):
        a = F.relu(F.conv2d(v, k1, b1, padding=1))
        b = F.relu(F.conv2d(F.max_pool2d(a, 2), k2, b2, padding=1))
        u = F.interpolate(b, scale_factor=2, mode="bilinear", align_corners=False)
        z = F.conv2d(torch.cat([a, u], 1), k3, b3)
        network.all = z
        return z[:, 1], a

    network(t(x))
    p = torch.softmax(network.all, 1).numpy()
    assert np.abs(p - np.moveaxis(golden["out0__1"], -1, 1)).max() < 1e-5
    figure("kunet", network, x, x.shape[2:])


def unet3d():
    keras.utils.set_random_seed(3)
    L = keras.layers
    i = keras.Input((8, 12, 16, 1))
    a = L.Conv3D(4, 3, padding="same", activation="relu", name="first")(i)
    b = L.Conv3D(6, 3, padding="same", activation="relu", name="deep")(L.MaxPooling3D(2)(a))
    u = L.Concatenate()([a, L.UpSampling3D(2)(b)])
    c = L.Conv3D(4, 3, padding="same", activation="relu", name="last")(u)
    m = keras.Model(i, L.Conv3D(2, 1, activation="softmax", name="map")(c))
    for layer in m.layers:
        if layer.get_weights():
            k, b_ = layer.get_weights()
            layer.set_weights([k, np.random.default_rng(1).normal(0, 0.1, b_.shape)])
    m.save(out + "/unet3d.keras")
    w = {n: weights(m, n) for n in ("first", "deep", "last", "map")}
    x = image((1, 1, 8, 12, 16))

    def network(v):
        a = F.relu(F.conv3d(v, *w["first"], padding=1))
        b = F.relu(F.conv3d(F.max_pool3d(a, 2), *w["deep"], padding=1))
        u = torch.cat([a, F.interpolate(b, scale_factor=2, mode="nearest")], 1)
        c = F.relu(F.conv3d(u, *w["last"], padding=1))
        z = F.conv3d(c, *w["map"])
        network.all = z
        return z[:, 1], a

    network(t(x))
    p = torch.softmax(network.all, 1).numpy()
    assert np.abs(p - np.moveaxis(keras.ops.convert_to_numpy(m(np.moveaxis(x, 1, -1))).astype(float), -1, 1)).max() < 1e-5
    figure("unet3d", network, x, x.shape[2:])


def meshnet():
    global TYPE
    import tensorflow as tf

    TYPE = torch.float32
    m = tf.saved_model.load(shared + "/models/third-party/brainchop_model30_3class_ncdhw")
    v_ = {v.name: v.numpy() for v in m.variables}
    layers = ["input.1", "input.4", "input.8", "input.12", "input.16", "input.20", "input.24"]
    w = {n: (t(np.moveaxis(v_[n + "/kernel:0"], (-1, -2), (0, 1))).to(TYPE), t(v_[n + "/bias:0"]).to(TYPE)) for n in layers + ["output"]}
    graph = m.signatures["serving_default"].graph.as_graph_def()
    dilations = {}
    for f in graph.library.function:
        consts = {n.name: tf.make_ndarray(n.attr["value"].tensor) for n in f.node_def if n.op == "Const"}
        for name, value in consts.items():
            for n in layers:
                if n + "_pad" in name:
                    dilations[n] = int(value[-1, 0])
    print(dilations)
    x = image((1, 1, 64, 64, 64))

    def network(v):
        for n in layers:
            v = F.relu(F.conv3d(v, *w[n], padding=dilations[n], dilation=dilations[n]))
        z = F.conv3d(v, *w["output"])
        network.all = z
        return z[:, 1], v

    with torch.no_grad():
        network(t(x).to(TYPE))
    z = list(m.signatures["serving_default"](input=tf.constant(x)).values())[0].numpy()
    assert np.abs(z - network.all.numpy()).max() < 1e-4 * np.abs(z).max(), np.abs(z - network.all.numpy()).max()
    figure("meshnet", network, x, (64, 64, 64), keep=61, nodes=2)


torch.set_num_threads(1)
for each in (sys.argv[3:] or ["seunet", "kunet", "unet3d", "meshnet"]):
    globals()[each]()
np.savez_compressed(out + "/figures.npz", **figures)

"""Seconds of attribution methods in PyTorch beside those of this project, and their ratios.

    python peers.py make FOLDER        # writes three networks (TorchScript) and an image for each
    python peers.py compare FOLDER [network ...] [what ...] -- java ... PeerBenchmark FOLDER

Needs torch; uses onnxruntime, captum, zennit and monai where they are installed. What is marked
`plain torch` is the same algorithm, written here with no more work than it needs. Each peer runs at
batch 1 and at larger ones, and its best is taken; only then the two sides take turns, three times
each, and the shortest time of each counts. Eager torch falls to slow kernels for volumes of batch 1,
so the forward pass is measured eager, as frozen TorchScript, and in ONNX Runtime. All use the
threads that torch finds. Run it on a quiet machine. A ratio above 1 says that we are faster; that
of CPU seconds changes less where other programs run. Peak memory is of all that ran for a network, weights and libraries too.
"""

import importlib.util
import itertools
import pathlib
import resource
import subprocess
import sys
import time
import warnings

import numpy as np
import torch
from torch import nn


class Blocks(nn.Module):
    """Blocks of 3x3x3 convolution, batch normalisation, ReLU and perhaps max pooling."""

    def __init__(self, channels, widths, pooled, evidence):
        super().__init__()
        layers = []
        for width, pool in zip(widths, pooled):
            layers += [nn.Conv3d(channels, width, 3, padding=1), nn.BatchNorm3d(width), nn.ReLU()]
            if pool:
                layers.append(nn.MaxPool3d(2))
            channels = width
        if evidence:
            layers += [nn.Conv3d(channels, 1, 1), nn.ReLU()]
            channels = 1
        self.features = nn.Sequential(*layers)
        self.dense = nn.Linear(channels, 2)

    def forward(self, x):
        return self.dense(self.features(x).mean((2, 3, 4)))


class Residual(nn.Module):
    def __init__(self, channels, width, step):
        super().__init__()
        self.first = nn.Sequential(
            nn.Conv2d(channels, width, 3, step, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()
        )
        self.second = nn.Sequential(
            nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        )
        self.short = (
            nn.Sequential(nn.Conv2d(channels, width, 1, step, bias=False), nn.BatchNorm2d(width))
            if step > 1
            else nn.Identity()
        )
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.second(self.first(x)) + self.short(x))


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        layers = [
            nn.Conv2d(3, 64, 7, 2, 3, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, 1),
        ]
        channels = 64
        for width in (64, 128, 256, 512):
            layers += [
                Residual(channels, width, 1 if width == channels else 2),
                Residual(width, width, 1),
            ]
            channels = width
        self.features = nn.Sequential(*layers)
        self.dense = nn.Linear(512, 1000)

    def forward(self, x):
        return self.dense(self.features(x).mean((2, 3)))


NETWORKS = {
    "blocks": (lambda: Blocks(1, (16, 32, 64, 128), (1, 1, 1, 1), False), (1, 96, 112, 96)),
    "sample": (lambda: Blocks(3, (8, 16, 16, 16), (1, 0, 0, 0), True), (3, 56, 64, 48)),
    "resnet18": (ResNet18, (3, 224, 224)),
}


# Steps of a method that a peer does for a measurement.
PART = 16


def network(name):
    torch.manual_seed(0)
    net = NETWORKS[name][0]()
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm3d)):
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return net.eval()


def image(name):
    return np.random.default_rng(0).random(NETWORKS[name][1], dtype=np.float32)


def make(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in NETWORKS:
        x = image(name)
        torch.jit.trace(network(name), torch.from_numpy(x)[None]).save(folder / f"{name}.pt")
        np.save(folder / f"{name}.npy", x[None])


def installed(library):
    return importlib.util.find_spec(library) is not None


def once(work):
    """Seconds that it takes, and those of all processors together."""
    start = time.perf_counter(), time.process_time()
    work()
    return np.array((time.perf_counter() - start[0], time.process_time() - start[1]))


def shortest(work, budget):
    found, spent = np.full(2, np.inf), 0.0
    for i in range(20):
        if i and spent > budget:
            break
        took = once(work)
        found, spent = np.minimum(found, took), spent + took[0]
    return found


def best(work, batches=(1, 2, 4, 8, 16)):
    """The work at its best batch; larger ones are not tried once they no longer help."""
    found, kept = float("inf"), 1
    for batch in batches:
        took = once(lambda: work(batch))[1]
        if took < 5:
            took = min(took, shortest(lambda: work(batch), took)[1])
        if took > 1.1 * found:
            break
        if took < found:
            found, kept = took, batch
    return lambda: work(kept), kept


def gradient(net, x):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(net(x)[:, 0].sum(), x)[0]


def integrated(net, x, batch, steps=50):
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    total = torch.zeros_like(x)
    for i in range(0, PART, batch):
        a = torch.tensor((nodes[i : i + batch] + 1) / 2, dtype=x.dtype)
        w = torch.tensor(weights[i : i + batch] / 2, dtype=x.dtype)
        a, w = (v.reshape(-1, *[1] * (x.dim() - 1)) for v in (a, w))
        total += (w * gradient(net, a * x)).sum(0, keepdim=True)
    return total * x


def smooth(net, x, batch):
    total = torch.zeros_like(x)
    for _ in range(0, PART, batch):
        noisy = x + 0.1 * torch.randn(batch, *x.shape[1:])
        total += gradient(net, noisy).sum(0, keepdim=True)
    return total / PART


def last_convolution(net):
    return [m for m in net.modules() if isinstance(m, (nn.Conv2d, nn.Conv3d))][-1]


def grad_cam(net, x):
    kept = {}
    hook = last_convolution(net).register_forward_hook(lambda m, i, o: kept.update(a=o))
    score = net(x)[0, 0]
    hook.remove()
    g = torch.autograd.grad(score, kept["a"])[0]
    cam = (kept["a"] * g.flatten(2).mean(2).reshape(*g.shape[:2], *[1] * (g.dim() - 2))).sum(1)
    mode = "bilinear" if x.dim() == 4 else "trilinear"
    return nn.functional.interpolate(cam[None], x.shape[2:], mode=mode)


def guided(net, x):
    hooks = [
        m.register_full_backward_hook(lambda m, gi, go: (gi[0].clamp(min=0),))
        for m in net.modules()
        if isinstance(m, nn.ReLU)
    ]
    result = gradient(net, x)
    for hook in hooks:
        hook.remove()
    return result


def corners_of(x, size):
    axes = [np.arange(0, n - size + 1, size) for n in x.shape[2:]]
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, x.dim() - 2)


def occlusion(net, x, batch):
    size = 16 if x.dim() == 4 else 8
    corners = corners_of(x, size)
    scores = []
    with torch.no_grad():
        for i in range(0, PART, batch):
            some = corners[i : i + batch]
            images = x.repeat(len(some), *[1] * (x.dim() - 1))
            for one, corner in zip(images, some):
                one[(slice(None), *[slice(c, c + size) for c in corner])] = 0
            scores.append(net(images)[:, 0])
    return torch.cat(scores)


def regions(x):
    """Labels of an even grid of regions: 7 x 7, or 4 x 4 x 4."""
    parts = 7 if x.dim() == 4 else 4
    label = torch.zeros(x.shape[2:], dtype=torch.long)
    for axis, n in enumerate(x.shape[2:]):
        place = (torch.arange(n) * parts) // n
        label = label * parts + place.reshape(-1, *[1] * (x.dim() - 3 - axis))
    return label


def ablation(net, x, batch):
    label = regions(x)
    scores = []
    with torch.no_grad():
        for i in range(0, PART, batch):
            some = torch.arange(i, i + batch)
            out = label[None] == some.reshape(-1, *[1] * label.dim())
            scores.append(net(x * ~out[:, None])[:, 0])
    return torch.cat(scores)


class Relevance(torch.autograd.Function):
    """LRP's z-plus rule as zennit has it: what a layer gets is shared by positive contributions."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer, ctx.x = layer, x
        return layer(x)

    @staticmethod
    def backward(ctx, relevance):
        w, x, layer = ctx.layer.weight, ctx.x, ctx.layer
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            z = layer._conv_forward(x.clamp(min=0), w.clamp(min=0), None)
            if x.min() < 0:
                z = z + layer._conv_forward(x.clamp(max=0), w.clamp(max=0), None)
            share = relevance / (z + 1e-6)
            return x.detach() * torch.autograd.grad(z, x, share.detach())[0], None


class Rescaled(torch.autograd.Function):
    """DeepLIFT's rescale rule on a batch of image and baseline, for ReLU."""

    @staticmethod
    def forward(ctx, x):
        y = x.clamp(min=0)
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        (x, x0), (y, y0), (g, g0) = x.chunk(2), y.chunk(2), g.chunk(2)
        d = x - x0
        ratio = torch.where(d.abs() < 1e-6, (x > 0).to(x.dtype), (y - y0) / d)
        return torch.cat([g * ratio, g0 * ratio])


class RescaledPool(torch.autograd.Function):
    """The same for max pooling: changes are led back to both winners, as Captum does."""

    @staticmethod
    def forward(ctx, x, layer):
        pool = nn.functional.max_pool3d if x.dim() == 5 else nn.functional.max_pool2d
        y, where = pool(x, layer.kernel_size, layer.stride, layer.padding, return_indices=True)
        ctx.save_for_backward(x, y, where)
        return y

    @staticmethod
    def backward(ctx, g):
        x, y, where = ctx.saved_tensors
        (x, x0), (y, y0) = x.chunk(2), y.chunk(2)
        cross = torch.maximum(y, y0)
        change = torch.cat([cross - y0, y - cross]) * g.chunk(2)[0].repeat(2, *[1] * (g.dim() - 1))
        back = torch.zeros(2, *ctx.saved_tensors[0].shape[1:]).flatten(2)
        back.scatter_add_(2, where.flatten(2), change.flatten(2))
        d = x - x0
        total = back.chunk(2)[0].reshape(d.shape) + back.chunk(2)[1].reshape(d.shape)
        result = torch.where(d.abs() < 1e-6, torch.zeros(()), total / d)
        return torch.cat([result, result]), None


def folded(net):
    """Batch normalisation folded into the convolutions before it, as zennit's canonizers do."""
    fuse = torch.nn.utils.fusion.fuse_conv_bn_eval
    for parent in list(net.modules()):
        before = None
        for key, module in list(parent.named_children()):
            if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm3d)) and before:
                setattr(parent, before, fuse(getattr(parent, before), module))
                setattr(parent, key, nn.Identity())
            before = key if isinstance(module, (nn.Conv2d, nn.Conv3d)) else None
    return net


def replaced(net, kinds, by):
    """The network with the forward passes of some layers replaced."""
    for module in net.modules():
        if isinstance(module, kinds):
            module.forward = by(module)
    return net


def lrp(name):
    def by(layer):
        plain = type(layer).forward.__get__(layer)
        shell = type("Shell", (), {})()
        shell.weight, shell._conv_forward = layer.weight.detach(), layer._conv_forward
        call = lambda x: plain(x)
        shell.__class__.__call__ = lambda self, x: call(x)
        return lambda x: Relevance.apply(x, shell)

    net = replaced(folded(network(name)), (nn.Conv2d, nn.Conv3d), by)

    def work(x):
        x = x.detach().requires_grad_()
        score = net(x)[:, 0]
        return torch.autograd.grad(score, x, score.detach())[0]

    return work


def deeplift(name):
    net = replaced(folded(network(name)), nn.ReLU, lambda layer: Rescaled.apply)
    pools = (nn.MaxPool2d, nn.MaxPool3d)
    net = replaced(net, pools, lambda layer: lambda x: RescaledPool.apply(x, layer))
    return lambda x: gradient(net, torch.cat([x, torch.zeros_like(x)]))[:1] * x


def forwards(net, name, folder, x):
    frozen = torch.jit.freeze(torch.jit.trace(net, x))
    found = {"eager": net, "frozen TorchScript": frozen}
    for peer, module in found.items():
        yield "forward", peer, torch.no_grad()(lambda module=module: module(x)), 1
    if installed("onnxruntime") and installed("onnx"):
        import onnxruntime

        file = folder / f"{name}.onnx"
        try:
            with warnings.catch_warnings(action="ignore"):
                torch.onnx.export(net, (x,), str(file), dynamo=False)
        except Exception as problem:
            print(f"no ONNX export: {problem}")
            return
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        session = onnxruntime.InferenceSession(str(file), options)
        feed = {session.get_inputs()[0].name: x.numpy()}
        yield "forward", "ONNX Runtime", lambda: session.run(None, feed), 1


def peers(net, name, x, wanted):
    """What, by which peer, and the work; batches are tried only where that is wanted."""
    layer = last_convolution(net)
    plain = "plain torch"

    def at_best(what, peer, work, share=1.0):
        if wanted and what not in wanted:
            return what, peer, work, 1
        chosen, batch = best(work)
        return what, f"{peer}, batch {batch}", chosen, share

    def part(what, work, whole):
        return at_best(what, plain, work, whole / PART)

    yield "forward and backward", plain, lambda: gradient(net, x), 1
    yield "Gradient", plain, lambda: gradient(net, x), 1
    yield part("Integrated Gradients", lambda b: integrated(net, x, b), 50)
    yield part("SmoothGrad", lambda b: smooth(net, x, b), 50)
    yield "Grad-CAM", plain, lambda: grad_cam(net, x), 1
    yield "Guided Backprop", plain, lambda: guided(net, x), 1
    relevance = lrp(name)
    yield "LRP", plain, lambda: relevance(x), 1
    multipliers = deeplift(name)
    yield "DeepLIFT", plain, lambda: multipliers(x), 1
    boxes = len(corners_of(x, 16 if x.dim() == 4 else 8))
    yield part("Occlusion", lambda b: occlusion(net, x, b), boxes)
    yield part("Feature Ablation", lambda b: ablation(net, x, b), int(regions(x).max()) + 1)
    if installed("captum"):
        from captum import attr

        what = "Integrated Gradients"
        ig = attr.IntegratedGradients(net)
        yield at_best(
            what, "Captum", lambda b: ig.attribute(x, target=0, n_steps=50, internal_batch_size=b)
        )
        what = "SmoothGrad"
        tunnel = attr.NoiseTunnel(attr.Saliency(net))
        yield at_best(
            what,
            "Captum",
            lambda b: tunnel.attribute(
                x, target=0, nt_samples=50, nt_samples_batch_size=b, abs=False
            ),
        )
        yield "Grad-CAM", "Captum", lambda: attr.LayerGradCam(net, layer).attribute(x, target=0), 1
        yield "Guided Backprop", "Captum", lambda: attr.GuidedBackprop(net).attribute(x, target=0), 1
        yield "DeepLIFT", "Captum", lambda: attr.DeepLift(net).attribute(x, target=0), 1
        size = 16 if x.dim() == 4 else 8
        box = (x.shape[1], *[size] * (x.dim() - 2))
        what = "Occlusion"
        yield at_best(
            what,
            "Captum",
            lambda b: attr.Occlusion(net).attribute(
                x, target=0, sliding_window_shapes=box, strides=box, perturbations_per_eval=b
            ),
        )
        what = "Feature Ablation"
        mask = regions(x)[None, None]
        yield at_best(
            what,
            "Captum",
            lambda b: attr.FeatureAblation(net).attribute(
                x, target=0, feature_mask=mask, perturbations_per_eval=b
            ),
        )
    if installed("zennit"):
        from zennit.attribution import Gradient
        from zennit.composites import EpsilonPlus

        def by_zennit():
            with Gradient(net, EpsilonPlus()) as attributor:
                target = torch.eye(net.dense.out_features)[[0]]
                return attributor(x, target)

        yield "LRP", "zennit", by_zennit, 1
    if installed("monai"):
        from monai.visualize import GradCAM

        where = [n for n, m in net.named_modules() if m is layer][0]
        yield "Grad-CAM", "MONAI", lambda: GradCAM(net, where)(x, class_idx=0), 1


class Ours:
    """Our side, asked line by line."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, *request):
        print(*request, sep="\t", file=self.process.stdin, flush=True)
        while True:
            line = self.process.stdout.readline()
            if not line:
                sys.exit("our side ended")
            if line.startswith("="):
                return np.array([float(number) for number in line[1:].split()])


def compare(folder, name, wanted, command):
    ours = Ours(command)
    net, x = network(name), torch.from_numpy(image(name))[None]
    works = itertools.chain(forwards(net, name, folder, x), peers(net, name, x, wanted))
    for what, peer, work, share in works:
        if wanted and what not in wanted:
            continue
        budget = 1.5
        ours(name, what, 0)
        theirs = once(work)
        mine = np.full(2, np.inf)
        for _ in range(3 if theirs[0] < 2 else 1):
            mine = np.minimum(mine, ours(name, what, budget))
            theirs = np.minimum(theirs, shortest(work, budget))
        theirs = theirs * share
        tell(name, what, peer, theirs, mine)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tell(name, "peak memory (MB)", "all", np.full(2, peak), ours(name, "peak memory", 0))


def tell(name, what, peer, theirs, mine):
    wall, processor = theirs / mine
    print(
        f"{name:10s}{what:22s}{peer:26s}"
        f"{theirs[0]:10.4f}{mine[0]:10.4f}{wall:7.2f}{processor:9.2f}",
        flush=True,
    )


def main(arguments):
    if arguments[:1] == ["make"] and len(arguments) == 2:
        return make(pathlib.Path(arguments[1]))
    if arguments[:1] != ["compare"] or "--" not in arguments:
        sys.exit(__doc__)
    cut = arguments.index("--")
    folder, names, command = pathlib.Path(arguments[1]), arguments[2:cut], arguments[cut + 1 :]
    networks = [name for name in names if name in NETWORKS] or list(NETWORKS)
    wanted = [name for name in names if name not in NETWORKS]
    if len(networks) == 1:
        return compare(folder, networks[0], wanted, command)
    missing = [p for p in ("captum", "zennit", "monai", "onnxruntime") if not installed(p)]
    if missing:
        print(f"Not installed, and not compared with: {', '.join(missing)}.")
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads\n")
    columns = f"{'peer (s)':>10s}{'ours (s)':>10s}{'ratio':>7s}{'of CPU':>9s}"
    print(f"{'network':10s}{'what':22s}{'peer':26s}{columns}", flush=True)
    for name in networks:
        # A process each: what one leaves in memory is not the next one's.
        again = [sys.executable, __file__, "compare", str(folder), name, *wanted, "--", *command]
        subprocess.run(again, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])

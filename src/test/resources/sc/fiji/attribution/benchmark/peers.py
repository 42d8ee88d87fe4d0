"""Seconds of attribution methods in PyTorch, for a table of ratios to those of this project.

    python peers.py make FOLDER       # writes three networks (TorchScript) and an image for each
    java ... sc.fiji.attribution.benchmark.PeerBenchmark FOLDER       # writes ours.csv
    python peers.py measure FOLDER    # writes peers.csv, and prints peer / ours

Needs torch; uses onnxruntime, captum, zennit and monai where they are installed. Where one is
missing its methods are plain torch, written here in a few lines and marked `plain torch`, or are left
out where that would be no match (LRP, DeepLIFT). Each peer runs at batch 1 and at larger batches, and
its best is taken. Eager torch falls to slow kernels for volumes of batch 1, so the forward pass is
measured eager, as frozen TorchScript, and in ONNX Runtime. All use the threads that torch finds.
Run all three on the same quiet machine, one after the other.
"""

import csv
import importlib.util
import pathlib
import sys
import time

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
        x.tofile(folder / f"{name}.bin")


def installed(library):
    return importlib.util.find_spec(library) is not None


def seconds(work):
    """The shortest of several runs after one or two to warm up."""
    start = time.perf_counter()
    work()
    if time.perf_counter() - start < 6:
        work()
    shortest, spent = float("inf"), 0.0
    for i in range(15):
        if i and spent > 6:
            break
        start = time.perf_counter()
        work()
        took = time.perf_counter() - start
        shortest, spent = min(shortest, took), spent + took
    return shortest


def best(work, batches=(1, 2, 4, 8, 16)):
    """At its best batch; larger ones are not tried once they no longer help."""
    found = float("inf")
    for batch in batches:
        took = seconds(lambda b=batch: work(b))
        if took > 1.1 * found:
            break
        found = min(found, took)
    return found


def gradient(net, x):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(net(x)[:, 0].sum(), x)[0]


def integrated(net, x, batch, steps=50):
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    total = torch.zeros_like(x)
    for i in range(0, steps, batch):
        a = torch.tensor((nodes[i : i + batch] + 1) / 2, dtype=x.dtype)
        w = torch.tensor(weights[i : i + batch] / 2, dtype=x.dtype)
        a, w = (v.reshape(-1, *[1] * (x.dim() - 1)) for v in (a, w))
        total += (w * gradient(net, a * x)).sum(0, keepdim=True)
    return total * x


def smooth(net, x, batch, samples=50):
    total = torch.zeros_like(x)
    for i in range(0, samples, batch):
        n = min(batch, samples - i)
        noisy = x + 0.1 * torch.randn(n, *x.shape[1:])
        total += gradient(net, noisy).sum(0, keepdim=True)
    return total / samples


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


def occlusion(net, x, batch):
    size = 16 if x.dim() == 4 else 8
    corners = np.stack(
        np.meshgrid(*[np.arange(0, n - size + 1, size) for n in x.shape[2:]], indexing="ij"), -1
    ).reshape(-1, x.dim() - 2)
    scores = []
    with torch.no_grad():
        for i in range(0, len(corners), batch):
            some = corners[i : i + batch]
            images = x.repeat(len(some), *[1] * (x.dim() - 1))
            for one, corner in zip(images, some):
                one[(slice(None), *[slice(c, c + size) for c in corner])] = 0
            scores.append(net(images)[:, 0])
    return torch.cat(scores)


def forwards(net, name, folder, x):
    """The fastest of three; which one is said."""
    with torch.no_grad():
        found = {"eager": seconds(lambda: net(x))}
        frozen = torch.jit.freeze(torch.jit.trace(net, x))
        found["frozen TorchScript"] = seconds(lambda: frozen(x))
    if installed("onnxruntime") and installed("onnx"):
        import onnxruntime

        file = folder / f"{name}.onnx"
        try:
            torch.onnx.export(net, (x,), str(file), dynamo=False)
        except Exception as problem:
            print(f"no ONNX export: {problem}")
            return found
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        session = onnxruntime.InferenceSession(str(file), options)
        feed = {session.get_inputs()[0].name: x.numpy()}
        found["ONNX Runtime"] = seconds(lambda: session.run(None, feed))
    return found


def peers(net, x):
    """What, by which peer, and its seconds."""
    layer = last_convolution(net)
    plain = "plain torch"
    yield "forward and backward", plain, seconds(lambda: gradient(net, x))
    yield "Gradient", plain, seconds(lambda: gradient(net, x))
    yield "Integrated Gradients", plain, best(lambda b: integrated(net, x, b))
    yield "SmoothGrad", plain, best(lambda b: smooth(net, x, b))
    yield "Grad-CAM", plain, seconds(lambda: grad_cam(net, x))
    yield "Guided Backprop", plain, seconds(lambda: guided(net, x))
    yield "Occlusion", plain, best(lambda b: occlusion(net, x, b))
    if installed("captum"):
        from captum import attr

        yield "Integrated Gradients", "Captum", best(
            lambda b: attr.IntegratedGradients(net).attribute(
                x, target=0, n_steps=50, internal_batch_size=b
            )
        )
        yield "SmoothGrad", "Captum", best(
            lambda b: attr.NoiseTunnel(attr.Saliency(net)).attribute(
                x, target=0, nt_samples=50, nt_samples_batch_size=b, abs=False
            )
        )
        yield "Grad-CAM", "Captum", seconds(
            lambda: attr.LayerGradCam(net, layer).attribute(x, target=0)
        )
        yield "Guided Backprop", "Captum", seconds(
            lambda: attr.GuidedBackprop(net).attribute(x, target=0)
        )
        yield "DeepLIFT", "Captum", seconds(lambda: attr.DeepLift(net).attribute(x, target=0))
        size = 16 if x.dim() == 4 else 8
        box = (x.shape[1], *[size] * (x.dim() - 2))
        yield "Occlusion", "Captum", best(
            lambda b: attr.Occlusion(net).attribute(
                x, target=0, sliding_window_shapes=box, strides=box, perturbations_per_eval=b
            )
        )
    if installed("zennit"):
        from zennit.attribution import Gradient
        from zennit.composites import EpsilonPlus

        def relevance():
            with Gradient(net, EpsilonPlus()) as attributor:
                target = torch.eye(net.dense.out_features)[[0]]
                return attributor(x, target)

        yield "LRP", "zennit", seconds(relevance)
    if installed("monai"):
        from monai.visualize import GradCAM

        name = [n for n, m in net.named_modules() if m is layer][0]
        yield "Grad-CAM", "MONAI", seconds(lambda: GradCAM(net, name)(x, class_idx=0))


def measure(folder):
    ours = {}
    if (folder / "ours.csv").exists():
        with open(folder / "ours.csv") as file:
            for row in csv.DictReader(file):
                ours[row["network"], row["what"]] = float(row["seconds"])
    missing = [p for p in ("captum", "zennit", "monai", "onnxruntime") if not installed(p)]
    if missing:
        print(f"Not installed, and not compared with: {', '.join(missing)}.")
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads\n")
    print(f"{'network':10s}{'what':22s}{'peer':20s}{'peer (s)':>10s}{'ours (s)':>10s}{'ratio':>7s}")
    lines = []
    for name in NETWORKS:
        net, x = network(name), torch.from_numpy(image(name))[None]
        found = [("forward", peer, s) for peer, s in forwards(net, name, folder, x).items()]
        for what, peer, took in found + list(peers(net, x)):
            mine = ours.get((name, what), float("nan"))
            lines.append((name, what, peer, took, mine))
            print(
                f"{name:10s}{what:22s}{peer:20s}{took:10.4f}{mine:10.4f}{took / mine:7.2f}",
                flush=True,
            )
    with open(folder / "peers.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("network", "what", "peer", "peer seconds", "our seconds"))
        writer.writerows(lines)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("make", "measure"):
        sys.exit(__doc__)
    {"make": make, "measure": measure}[sys.argv[1]](pathlib.Path(sys.argv[2]))

"""Makes the networks of this folder: python make_networks.py [NAMES] (torch, onnx, onnxscript, numpy).

Each is a few lines as people write them, around operators that are easily read wrongly, exported as TorchScript and as
ONNX with figures in float64 beside it: NAME.npz holds images x0, x1 (of another size, where any size fits), logits0 and
the gradients of its first two logits, gradA0 and gradB0.
"""
import copy, io, pathlib, sys, zipfile
from enum import Enum
from typing import Dict, List, NamedTuple, Tuple
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)


def head(channels):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 3))


class Windows(nn.Module):
    """Cut into patches, changed, and put together where they overlap."""

    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(2, 3, 3, padding=1)
        self.l = nn.Linear(27, 27)
        self.h = head(3)

    def forward(self, x):
        p = F.unfold(self.c(x), 3, dilation=1, padding=1, stride=2)
        return self.h(F.fold(torch.tanh(self.l(p.transpose(1, 2))).transpose(1, 2), (9, 11), 3, padding=1, stride=2))


class Block(nn.Module):
    """One ReLU in two places, as ResNets have it."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.relu = nn.Conv2d(6, 6, 3, padding=1), nn.Conv2d(6, 6, 1), nn.ReLU()

    def forward(self, x):
        return self.relu(self.b(self.relu(self.a(x))) + x)


class Generated(nn.Module):
    """A filter that a vector makes of the image, behind a block; a convolution of groups, one used twice."""

    def __init__(self):
        super().__init__()
        self.c, self.block = nn.Conv2d(2, 6, 3, 2), Block()
        self.l, self.g, self.h = nn.Linear(6, 54), nn.Conv2d(6, 6, (3, 2), groups=3, padding=1), head(6)

    def forward(self, x):
        y = self.block(self.c(x))
        y = F.conv2d(y, self.l(y.mean((0, 2, 3))).reshape(6, 1, 3, 3), padding=(2, 1), groups=6)
        return self.h(self.g(F.silu(self.g(y))))


class Padded(nn.Module):
    """Convolutions of volumes that are padded, in strides, down to 2 voxels a side, whose mean then stands in its way."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv3d(1, 4, 3, 2, 1), nn.Conv3d(4, 6, 3, 2, 1)
        self.s, self.f = nn.Linear(6, 6), nn.Linear(6, 3)

    def forward(self, x):
        y = self.b(F.relu(self.a(x)))
        s = torch.sigmoid(self.s(F.adaptive_avg_pool3d(y, 1).view(1, 6))).view(1, 6, 1, 1, 1)
        return self.f(F.adaptive_avg_pool3d(torch.tanh(y * s), 1).view(1, 6))


class Chosen(nn.Module):
    """The two best of four experts, as sparse mixtures pick them; a table read by places; three factors in one sum."""

    def __init__(self):
        super().__init__()
        self.c, self.g = nn.Conv2d(1, 6, 3, 2, 1), nn.Linear(6, 4)
        self.e = nn.Parameter(torch.randn(4, 6, 3) * 0.5)
        self.table = nn.Parameter(torch.randn(5, 2))
        self.register_buffer("places", torch.tensor([[0, 4], [2, 2], [4, 1], [1, 3], [3, 0], [2, 4]]))

    def forward(self, x):
        x = F.relu(self.c(x)).mean((2, 3)) + self.table.gather(0, self.places).sum(1)
        g = self.g(x)
        v, i = g.topk(2, dim=-1)
        w = torch.softmax(torch.full_like(g, float("-inf")).scatter(-1, i, v), -1) + g.gather(1, i).sum(1, keepdim=True)
        return torch.einsum("be,bi,eio->bo", w, x, self.e)


class Slab(nn.Module):
    """One image at a time, whose batch is squeezed away so that its slices stand there: attention over instances."""

    def __init__(self):
        super().__init__()
        self.c, self.a, self.f = nn.Conv2d(1, 4, 3, 2), nn.Linear(4, 1), nn.Linear(4, 3)

    def forward(self, x):
        h = F.relu(self.c(x.squeeze(0))).mean((2, 3))
        return self.f(torch.mm(torch.softmax(self.a(h).transpose(1, 0), 1), h))


class Unpool(nn.Module):
    """As in SegNet; ties among zeros go to the first."""

    def __init__(self):
        super().__init__()
        self.c, self.d, self.h = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 4, 3), head(4)

    def forward(self, x):
        y, i = F.max_pool2d(F.relu(self.c(x)), 2, return_indices=True)
        return self.h(F.relu(self.d(F.max_unpool2d(y + 1, i, 2))))


class Smooth(nn.Module):
    def __init__(self):
        super().__init__()
        self.c, self.f = nn.Conv2d(1, 2, 3, padding=1), nn.Linear(6, 3)

    def forward(self, x):
        x = torch.tanh(self.c(x))
        y = [F.interpolate(x, size=(7, 5), mode="bilinear", antialias=True),
             F.interpolate(x, size=(4, 9), mode="bicubic", antialias=True),
             F.interpolate(x, scale_factor=1.5, mode="bicubic", antialias=True)]
        return self.f(torch.cat([(u * u).mean((2, 3)) for u in y], 1))


class Remainders(nn.Module):
    def __init__(self):
        super().__init__()
        self.c, self.h = nn.Conv2d(1, 4, 3), head(4)

    def forward(self, x):
        x = self.c(x)
        y = torch.fmod(x, 0.3) * torch.remainder(x, 0.7)
        return self.h(y + x * torch.div(x, 0.4, rounding_mode="trunc"))


class Encoder(nn.Module):
    """PyTorch computes its layers as one in evaluation."""

    def __init__(self, first):
        super().__init__()
        self.p = nn.Conv2d(1, 8, 4, 4)
        layer = nn.TransformerEncoderLayer(8, 2, 12, activation="gelu", batch_first=True, norm_first=first)
        self.e = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.f = nn.Linear(8, 3)

    def forward(self, x):
        return self.f(self.e(self.p(x).flatten(2).transpose(1, 2)).mean(1))


class Slices(nn.Module):
    """A recurrent layer over slices, whose number is the image's."""

    def __init__(self):
        super().__init__()
        self.e = nn.Sequential(nn.Conv2d(1, 3, 3, 2, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())
        self.r = nn.LSTM(12, 4, batch_first=True, bidirectional=True)
        self.f = nn.Linear(8, 3)

    def forward(self, x):
        b, c, z, h, w = x.shape
        y, _ = self.r(self.e(x.permute(0, 2, 1, 3, 4).reshape(b * z, c, h, w)).view(b, z, -1))
        return self.f(y[:, -1])


class Shifted(nn.Module):
    """Attention in windows that are shifted, padded to whole windows: another graph for each size."""

    def __init__(self):
        super().__init__()
        self.p, self.q, self.f = nn.Conv2d(1, 8, 2, 2), nn.Linear(8, 24), nn.Linear(8, 3)

    def forward(self, x):
        t = self.p(x).permute(0, 2, 3, 1)
        b, h, w, c = t.shape
        t = F.pad(t, (0, 0, 0, (4 - w % 4) % 4, 0, (4 - h % 4) % 4))
        _, hp, wp, _ = t.shape
        t = torch.roll(t, shifts=(-2, -2), dims=(1, 2))
        u = t.view(b, hp // 4, 4, wp // 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, c)
        q, k, v = self.q(u).chunk(3, dim=-1)
        u = torch.softmax(q @ k.transpose(-2, -1) * c ** -0.5, dim=-1) @ v
        u = u.view(b, hp // 4, wp // 4, 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(b, hp, wp, c)
        u = torch.roll(u, shifts=(2, 2), dims=(1, 2))[:, :h, :w].contiguous()
        return self.f(u.mean((1, 2)))


class ByExtents(nn.Module):
    """Pools by windows as large as the image."""

    def __init__(self):
        super().__init__()
        self.c, self.m, self.h = nn.Conv2d(1, 6, 3, padding=1), nn.Linear(6, 6), head(6)

    def forward(self, x):
        x = F.relu(self.c(x))
        a = self.m(F.avg_pool2d(x, (x.size(2), x.size(3))).view(x.size(0), -1))
        return self.h(x * torch.sigmoid(a)[:, :, None, None].expand_as(x))


class Masks(nn.Module):
    def __init__(self):
        super().__init__()
        self.p, self.q, self.f = nn.Conv2d(1, 8, 4, 4), nn.Linear(8, 24), nn.Linear(8, 3)

    def forward(self, x):
        q, k, v = self.q(self.p(x).flatten(2).mT).unflatten(-1, (3, 2, 4)).permute(2, 0, 3, 1, 4).unbind(0)
        m = torch.ones(16, 16, dtype=torch.bool).tril()
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=m) + F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.f(y.transpose(1, 2).flatten(-2).mean(1))


class Thirds(nn.Module):
    """Stacks parts that are equal only where the image's rows can be divided by three."""

    def __init__(self):
        super().__init__()
        self.c, self.h = nn.Conv2d(1, 4, 3, padding=1), head(4)

    def forward(self, x):
        a, b, c = self.c(x).chunk(3, 2)
        return self.h(torch.tanh(torch.stack([a, c], -1).flatten(3)) * b.repeat(1, 1, 1, 2))


class Roots(nn.Module):
    """Roots of what is exactly 0 behind a ReLU; a softmax that weighs signed values is no probability."""

    def __init__(self):
        super().__init__()
        self.c, self.f = nn.Conv2d(1, 4, 3), nn.Linear(4, 3)

    def forward(self, x):
        x = F.relu(self.c(x) - 0.5)
        y = self.f(torch.cat([F.lp_pool2d(x, 2, 2).mean((2, 3))[:, :2], (x * x).sum(1).sqrt().mean((1, 2))[:, None],
                              x.norm(2, [2, 3])[:, 3:]], 1))
        return torch.softmax(y, 1) * torch.tanh(y)


class Given(nn.Module):
    """Tensors that are said to be tensors, as MONAI's networks do for the compiler's sake, and one that changes its type so."""

    def __init__(self):
        super().__init__()
        self.c, self.h = nn.Conv2d(1, 4, 3), head(4)

    def forward(self, x):
        x = torch.as_tensor(F.relu(self.c(x)))
        return self.h(x * x * torch.as_tensor(x > 0.3, dtype=torch.float32))


class Standardised(nn.Module):
    """Filters of mean 0 and spread 1, by a batch normalisation of the weights that is always in training."""

    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(2, 6, 3, padding=1)
        self.gain = nn.Parameter(torch.rand(6) + 0.5)
        self.h = head(6)

    def forward(self, x):
        w = F.batch_norm(self.c.weight.reshape(1, 6, -1), None, None, self.gain, training=True, momentum=0.0, eps=1e-5)
        return self.h(torch.tanh(F.conv2d(x, w.reshape_as(self.c.weight), self.c.bias, padding=1)))


class Layout(Enum):
    FIRST = "first"
    LAST = "last"


class Extent(NamedTuple):
    size: int
    factor: torch.Tensor


class Stored(nn.Module):
    """A member of an enumeration, a named tuple, and tensors in a dictionary, in a list and in a tuple as attributes."""

    cache: Dict[str, torch.Tensor]
    extent: Extent
    pairs: List[Tuple[torch.Tensor, int]]

    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(2, 4, 3, padding=1)
        self.layout = Layout.LAST
        self.extent = Extent(2, torch.tensor([1.5, -0.5, 0.7, 2.0]))
        self.cache = {"cpu": torch.tensor([0.3, 0.1, -0.2, 0.4])}
        self.pairs = [(torch.tensor(0.5), 1), (torch.tensor(-1.5), 2)]
        self.l = nn.Linear(4, 3)

    def bias(self, device: torch.device) -> torch.Tensor:
        key = str(device)
        if key not in self.cache:
            self.cache[key] = self.extent.factor * 0.1
        return self.cache[key]

    def forward(self, x):
        x = torch.tanh(F.avg_pool2d(self.c(x), self.extent.size))
        if self.layout == Layout.LAST:
            x = x.permute(0, 2, 3, 1) * self.extent.factor.to(x.dtype) + self.bias(x.device).to(x.dtype)
        for factor, power in self.pairs:
            x = x + factor * x**power
        return self.l(x.mean((1, 2)))


class Normed(nn.Module):
    """Normalised over extents that strides reach from images of two sizes, and that smaller ones would be repeated to."""

    def __init__(self):
        super().__init__()
        self.c, self.n, self.h = nn.Conv2d(1, 3, 3, 2), nn.LayerNorm([3, 4, 4]), head(3)

    def forward(self, x):
        return self.h(torch.tanh(self.n(self.c(x))))


NETWORKS = {
    "windows": (Windows(), (2, 9, 11), None, "traced dynamo"),
    "chosen": (Chosen(), (1, 9, 8), None, "scripted traced legacy dynamo"),
    "slab": (Slab(), (5, 1, 9, 8), None, "traced legacy"),
    "unpool": (Unpool(), (1, 8, 8), None, "scripted dynamo"),
    "smooth": (Smooth(), (1, 12, 10), None, "scripted traced dynamo"),
    "remainders": (Remainders(), (1, 8, 8), None, "traced legacy dynamo"),
    "encoder": (Encoder(False), (1, 16, 16), None, "scripted traced dynamo"),
    "encoder_first": (Encoder(True), (1, 16, 16), None, "scripted frozen"),
    "slices": (Slices(), (1, 5, 8, 8), (1, 3, 8, 8), "scripted traced legacy"),
    "shifted": (Shifted(), (1, 16, 16), (1, 22, 18), "scripted frozen traced dynamo"),
    "extents": (ByExtents(), (1, 12, 12), (1, 9, 14), "scripted frozen legacy"),
    "thirds": (Thirds(), (1, 9, 8), (1, 12, 7), "scripted traced legacy"),
    "roots": (Roots(), (1, 12, 12), None, "scripted traced legacy dynamo"),
    "given": (Given(), (1, 9, 8), (1, 7, 10), "scripted frozen"),
    "padded": (Padded(), (1, 8, 8, 8), None, "traced legacy"),
    "standardised": (Standardised(), (2, 9, 8), None, "scripted traced legacy dynamo"),
    "stored": (Stored(), (2, 8, 8), (2, 6, 10), "scripted frozen"),
    "normed": (Normed(), (1, 10, 10), (1, 9, 10), "scripted frozen traced legacy"),
    "generated": (Generated(), (2, 11, 9), (2, 8, 14), "scripted frozen traced legacy"),
    "masks": (Masks(), (1, 16, 16), None, "traced dynamo"),
}


def slim(module, path):
    """Without what debuggers want."""
    whole = io.BytesIO()
    torch.jit.save(module, whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not name.endswith(".debug_pkl"):
                new.writestr(name, old.read(name))


def main():
    for name in sys.argv[1:] or NETWORKS:
        model, shape, other, formats = NETWORKS[name]
        torch.manual_seed(sum(map(ord, name)))
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.data.add_(0.1 * torch.randn_like(parameter))
        model.eval()
        figures = {}
        for i, s in enumerate([shape] + ([other] if other else [])):
            x = torch.randn(1, *s)
            x64 = x.double().requires_grad_(True)
            logits = copy.deepcopy(model).double()(x64)[0]
            figures[f"x{i}"], figures[f"logits{i}"] = x.numpy(), logits.detach().numpy().astype("f")
            for k, letter in enumerate("AB"):
                figures[f"grad{letter}{i}"] = torch.autograd.grad(logits[k], x64, retain_graph=True)[0].numpy().astype("f")
        np.savez_compressed(HERE / f"{name}.npz", **figures)
        x = torch.from_numpy(figures["x0"])
        with torch.no_grad():
            if "traced" in formats:
                slim(torch.jit.trace(model, x), HERE / f"{name}_traced.pt")
            if "scripted" in formats:
                slim(torch.jit.script(model), HERE / f"{name}_scripted.pt")
            if "frozen" in formats:
                slim(torch.jit.freeze(torch.jit.script(model)), HERE / f"{name}_frozen.pt")
        if "legacy" in formats:
            torch.onnx.export(model, (x,), HERE / f"{name}_legacy.onnx", opset_version=17, dynamo=False, input_names=["image"])
        if "dynamo" in formats:
            torch.onnx.export(model, (x,), HERE / f"{name}_dynamo.onnx", opset_version=18, dynamo=True, verbose=False, external_data=False,
                              dynamic_shapes=({0: torch.export.Dim("n", min=1, max=64)},))


if __name__ == "__main__":
    main()

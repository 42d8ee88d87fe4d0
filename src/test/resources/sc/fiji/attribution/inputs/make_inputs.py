# Networks with several inputs, or folded maps, as people write them in PyTorch; run in this folder. Weights are
# random (seeded). figures.npz: inputs and, in double precision, the score of class 1, its gradient
# at each input, and Integrated Gradients of all of them from zero (64 Gauss-Legendre steps).
# Needs torch 2.13, onnx; CPU, one thread.
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(18)
STEPS = 64


class Branch(nn.Module):
    def __init__(self, axes, wide):
        super().__init__()
        self.first = getattr(nn, f"Conv{axes}d")(1, 4, 3, padding=1)
        self.second = getattr(nn, f"Conv{axes}d")(4, wide, 3, padding=1)

    def places(self, x):
        return self.second(F.softplus(self.first(x)))

    def forward(self, x):
        return F.softplus(self.places(x)).flatten(2).mean(2)


class Siamese(nn.Module):
    """Of two images without a difference it says what it says of none."""

    def __init__(self):
        super().__init__()
        self.twin = Branch(2, 6)
        self.head = nn.Linear(6, 2)

    def logits(self, before, after):
        return self.head((13 * (self.twin(before) - self.twin(after))).tanh())

    def forward(self, before, after):
        return self.logits(before, after).softmax(1)


class SliceAndVolume(nn.Module):
    """A plane, a volume, and two numbers."""

    def __init__(self):
        super().__init__()
        self.plane = Branch(2, 5)
        self.space = Branch(3, 5)
        self.head = nn.Linear(12, 3)

    def logits(self, slice, volume, clinic):
        return self.head(torch.cat([self.plane(slice), self.space(volume), clinic], 1).tanh() * 3)

    def forward(self, slice, volume, clinic):
        return self.logits(slice, volume, clinic).softmax(1)


class FineAndCoarse(nn.Module):
    """A volume, and the same at half the size and with more of its surroundings."""

    def __init__(self):
        super().__init__()
        self.near = Branch(3, 5)
        self.far = Branch(3, 5)
        self.head = nn.Linear(10, 2)

    def logits(self, fine, coarse):
        return self.head(torch.cat([self.near(fine), self.far(coarse)], 1).tanh() * 3)

    def forward(self, fine, coarse):
        return self.logits(fine, coarse).softmax(1)


class TwoScans(nn.Module):
    """A segmentation of two scans of one subject."""

    def __init__(self):
        super().__init__()
        self.t1 = Branch(3, 5)
        self.flair = Branch(3, 5)
        self.head = nn.Conv3d(10, 2, 1)

    def logits(self, t1, flair):
        return self.head(torch.cat([self.t1.places(t1), self.flair.places(flair)], 1).tanh() * 3)

    def forward(self, t1, flair):
        return self.logits(t1, flair).softmax(1)


class Folded(nn.Module):
    """A segmentation that puts its places into one axis, before the closing softmax."""

    def __init__(self, last):
        super().__init__()
        self.scan = Branch(3, 3)
        self.last = last

    def logits(self, image):
        places = self.scan.places(image).flatten(2)
        return places.transpose(1, 2) if self.last else places

    def forward(self, image):
        return self.logits(image).softmax(2 if self.last else 1)


def image(*extents):
    i = torch.arange(int(np.prod(extents)), dtype=torch.float64)
    return (0.5 + 0.5 * torch.sin(0.37 * i) * torch.cos(0.011 * i)).reshape(1, 1, *extents)


figures = {}


def score(logits):
    if logits.dim() == 3 and logits.shape[2] == 3:
        return logits[:, :, 1].mean()
    return logits[:, 1].flatten(1).mean() if logits.dim() > 2 else logits[:, 1].sum()


def save(name, network, inputs):
    network = network.eval()
    with torch.no_grad():
        for p in network.parameters():
            p.normal_(0, float(1.3 / np.sqrt(np.prod(p.shape[1:]))) if p.dim() > 1 else 0.3)
    names = list(inputs)
    torch.onnx.export(
        network,
        tuple(x.float() for x in inputs.values()),
        f"{name}.onnx",
        input_names=names,
        output_names=["out"],
        opset_version=17,
        dynamo=False,
        dynamic_axes={each: {0: "batch"} for each in names},
    )
    network = network.double()

    def gradients(share):
        at = [(share * x).clone().requires_grad_(True) for x in inputs.values()]
        s = score(network.logits(*at))
        s.backward()
        return s.item(), [x.grad for x in at]

    figures[f"{name}_score"], found = gradients(1)
    nodes, weights = np.polynomial.legendre.leggauss(STEPS)
    paths = [gradients((node + 1) / 2)[1] for node in nodes]
    for k, each in enumerate(names):
        figures[f"{name}_{each}"] = inputs[each].numpy().astype("f4")
        figures[f"{name}_{each}_gradient"] = found[k].numpy().astype("f4")
        mean = sum(w / 2 * p[k] for w, p in zip(weights, paths))
        figures[f"{name}_{each}_ig"] = (mean * inputs[each]).numpy().astype("f4")


plane = image(10, 12)
twins, pair = Siamese(), {"before": plane, "after": plane + 4e-3 * image(10, 12).flip(3)}
save("siamese", twins, pair)
with torch.no_grad():  # a difference that a 255 times larger one is no longer nothing
    none, small, large = (twins.logits(*(f * x for x in pair.values())) for f in (0, 1, 255))
    assert (small - none).abs().max() < 0.02 and (large - none).abs().max() > 0.5
save(
    "slice_and_volume",
    SliceAndVolume(),
    {
        "slice": plane,
        "volume": image(6, 8, 9),
        "clinic": torch.tensor([[0.7, -1.2]], dtype=torch.float64),
    },
)
save("fine_and_coarse", FineAndCoarse(), {"fine": image(6, 8, 10), "coarse": image(3, 4, 5) ** 2})
save("two_scans", TwoScans(), {"t1": image(6, 8, 9), "flair": image(6, 8, 9) ** 2})
save("folded_last", Folded(True), {"image": image(6, 8, 9)})
save("folded_first", Folded(False), {"image": image(6, 8, 9)})
np.savez_compressed("figures.npz", **{k: np.asarray(v, "f4") for k, v in figures.items()})

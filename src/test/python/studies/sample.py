"""Trains the sample classifier on pairs of tissue maps with and without lesions.

Two features are learned in each cell of two voxels, on crops, with the masks: a lesion, and intact
white matter. Brains are also shown as Integrated Gradients sees them on its way: dimmed, from black, and
mixed with the mean healthy brain. Then the logits are set by logistic regression on the labels:
that of `lesions` is a gain times the mean of the first, that of `healthy` a gain times the mean of
the second, so that each class has evidence of its own.

    python sample.py FOLDER SAMPLES [--steps 400]
"""

import argparse
import pathlib
import shutil
import time

import numpy

import network
import stacks
from reproducible import torch

F = torch.nn.functional
LABELS = ["healthy", "lesions"]

# Of a crop in voxels; and how many cells from its border on do not count, since they see it.
EDGE = 32
MARGIN = 3


def cells(mask):
    """Whether any voxel of a cell is set."""
    return F.max_pool3d(mask, 2)


def crop(volume, middle):
    """A cube around a voxel z, y, x, moved to lie within the image."""
    start = [
        min(max(0, at - EDGE // 2), extent - EDGE)
        for at, extent in zip(middle, volume.shape[-3:])
    ]
    z, y, x = (slice(first, first + EDGE) for first in start)
    return volume[..., z, y, x]


def train(x, masks, reference, pairs, steps, seed):
    torch.manual_seed(seed)
    random = numpy.random.default_rng(seed)
    net = network.Network(3, [8, 16, 16, 16], [True, False, False, False], True)
    with torch.no_grad():
        net.evidence.bias.fill_(-2)
    optimiser = torch.optim.Adam(net.parameters(), 0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.01, total_steps=steps)
    net.train()
    average = 1
    start = time.time()
    voxels = {ill: masks[ill].nonzero() for _, ill in pairs}
    inner = slice(MARGIN, EDGE // 2 - MARGIN)
    for step in range(steps):
        crops = []
        for _ in range(2):
            healthy, ill = pairs[random.integers(len(pairs))]
            lesion = voxels[ill][random.integers(len(voxels[ill]))].numpy()
            middle = lesion + random.integers(-5, 6, 3)
            any_place = random.integers(10, [46, 54, 38])
            other = pairs[random.integers(len(pairs))][random.integers(2)]
            crops += [(ill, middle), (healthy, middle), (other, any_place)]
        some, target, shares = [], [], []
        for n, middle in crops:
            kind = random.integers(3)
            share = 1 if kind == 0 else random.uniform(0.1, 1)
            away = crop(reference, middle) if kind == 2 else 0
            some.append(away + share * (crop(x[n], middle).float() / 255 - away))
            target.append(crop(masks[n], middle).float())
            shares.append(share)
        some, target = torch.stack(some), cells(torch.stack(target)[:, None])
        white = (F.avg_pool3d(some[:, :1], 2) > 0.7).float() * (1 - target)
        share = torch.tensor(shares)[:, None, None, None, None]
        evidence = net.cells(some.flip(4) if step % 2 else some)
        evidence = evidence.flip(4) if step % 2 else evidence
        evidence, target, white = (v[..., inner, inner, inner] for v in (evidence, target, white))
        lesion, intact = evidence[:, :1], evidence[:, 1:]
        # Half-faded lesions may count or not.
        weight = torch.where(target > 0, 4.0 * (share > 0.5), torch.ones(1))
        slope = 6 * (lesion - 0.5)
        loss = (weight * (F.softplus(slope) - slope * target)).mean()
        loss = loss + (3 * lesion.square() * (1 - target)).mean()
        loss = loss + 0.3 * (intact - white).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        average += 0.05 * (loss.item() - average)
        if (step + 1) % 50 == 0:
            print("step %d: loss %.4f, %.0f s" % (step + 1, average, time.time() - start), flush=True)
    return net.eval()


def means(net, x):
    with torch.no_grad():
        return torch.cat([net.cells(v[None].float() / 255).mean((2, 3, 4)) for v in x]).double()


def calibrate(net, features, y):
    """Gains and thresholds of the two logits, by Newton's method with a little ridge."""
    scale = features.std(0)
    middle = features.mean(0)
    design = torch.stack(
        [(features[:, 0] - middle[0]) / scale[0], torch.ones(len(y)).double()], 1
    )
    w = torch.zeros(2).double()
    for _ in range(50):
        p = torch.sigmoid(design @ w)
        ridge = 0.02 * torch.tensor([1.0, 0.0]).double() * len(y)
        gradient = design.T @ (p - y) + ridge * w
        hessian = design.T @ (design * (p * (1 - p))[:, None]) + torch.diag(ridge)
        w = w - torch.linalg.solve(hessian, gradient)
    gain = w[0] / scale[0]
    threshold = gain * middle[0] - w[1]
    with torch.no_grad():
        # The median brain's intact white matter argues for healthy as much as that.
        healthy = threshold / features[:, 1].median()
        net.dense.weight.copy_(torch.tensor([[0, healthy], [gain, 0]]).float())
        net.dense.bias.zero_()


def integrated(net, volume, reference, target, steps=10):
    nodes, weights = numpy.polynomial.legendre.leggauss(steps)
    total = torch.zeros_like(reference)
    end = volume.float() / 255
    for node, weight in zip(nodes, weights):
        at = (reference + (node + 1) / 2 * (end - reference))[None].requires_grad_()
        net(at)[0, target].backward()
        total += weight / 2 * at.grad[0]
    return ((end - reference) * total).sum(0).numpy()


def images(folder, samples, rows, test, reference, right):
    """The first three brains with lesions that are told right, and two without; the mean healthy
    brain."""
    ill = [rows[n]["id"] for n in test if rows[n]["label"] != "healthy" and right[n]]
    well = [rows[n]["id"] for n in test if rows[n]["label"] == "healthy"]
    for n in range(3):
        name = samples / ("brain-lesions-%d" % (n + 1))
        shutil.copy(folder / (ill[n] + "_maps.tif"), name.with_suffix(".tif"))
        shutil.copy(folder / (ill[n] + "_mask.tif"), str(name) + "-mask.tif")
    shutil.copy(folder / (ill[0] + "_T1.tif"), samples / "brain-lesions-1-t1w.tif")
    shutil.copy(folder / (well[0] + "_maps.tif"), samples / "brain-healthy-1.tif")
    shutil.copy(folder / (well[4] + "_maps.tif"), samples / "brain-healthy-2.tif")
    stacks.copied(folder / (well[0] + "_maps.tif"), (reference * 255).round().numpy(),
                  samples / "brain-reference.tif")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("samples")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.time()
    folder, samples = pathlib.Path(options.folder), pathlib.Path(options.samples)
    rows = stacks.read(folder)
    x = torch.from_numpy(numpy.stack([stacks.volume(folder, r, ["maps"]) for r in rows]))
    masks = torch.from_numpy(
        numpy.stack([stacks.volume(folder, r, ["mask"])[0] > 0 for r in rows])
    )
    y = torch.tensor([float(r["label"] != "healthy") for r in rows]).double()
    trained = [n for n, r in enumerate(rows) if r["split"] == "train"]
    test = [n for n, r in enumerate(rows) if r["split"] == "test"]
    pairs = [(n, n + 1) for n in trained[::2]]
    healthy = [n for n, _ in pairs]
    reference = (x[healthy].float().mean(0)).round() / 255
    masks = masks.bool()
    net = train(x, masks, reference, pairs, options.steps, options.seed)
    print("trained in %.0f s" % (time.time() - began), flush=True)
    half = trained[: len(trained) // 2]
    calibrate(net, means(net, x[half]), y[half])
    network.export(net, samples / "lesion-classifier", (56, 64, 48, 3), LABELS)

    def accuracy(which):
        with torch.no_grad():
            logits = torch.cat([net(x[n][None].float() / 255) for n in which])
        return ((logits[:, 1] > logits[:, 0]) == (y[which] > 0)).double().mean().item(), logits

    right, logits = accuracy(test)
    told = dict(zip(test, (logits[:, 1] > logits[:, 0]) == (y[test] > 0)))
    images(folder, samples, rows, test, reference, told)
    print("held out, other patients' lesions, four new scanners: %.1f %% of %d right"
          % (100 * right, len(test)))
    for n in [n for n in test if y[n] > 0][:3]:
        mask = masks[n].numpy()
        brain = x[n].float().sum(0).numpy() > 127
        line = "%s: logits %.2f %.2f, lesions %.2f %% of the brain" % (
            rows[n]["id"], *logits[test.index(n)], 100 * mask.sum() / brain.sum())
        map = integrated(net, x[n], reference, 1)
        share = numpy.maximum(map, 0)[mask].sum() / numpy.maximum(map, 0).sum()
        line += "; Integrated Gradients from the reference %.1f x chance, net share %.2f" % (
            share / (mask.sum() / brain.sum()), map[mask].sum() / map.sum())
        print(line, flush=True)
    for n in [n for n in test if y[n] == 0][:2]:
        print("%s: largest of the map of `healthy` %.3g, of `lesions` %.3g (reference)" % (
            rows[n]["id"], numpy.abs(integrated(net, x[n], reference, 0)).max(),
            numpy.abs(integrated(net, x[n], reference, 1)).max()))
    print("TensorFlow and PyTorch differ by %.2g" % network.check(
        net, samples / "lesion-classifier", [x[n].numpy() for n in test[:4]]))


if __name__ == "__main__":
    main()

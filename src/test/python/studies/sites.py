"""Ill or healthy, from scans of four sites that say nothing of the class: trains small networks from
labels alone on each kind of input, with and without a constraint, over several seeds.

Prints for each the accuracy and the area under the ROC curve on held-out subjects of the same sites
(other patients' lesions) and of four new ones, and what Integrated Gradients of the difference of the
logits, from the mean healthy image of the training, shows in the ill: mean and 95 % interval of the
mean over seeds (Student's t).

The constraint: no voxel of a healthy image may argue for the illness. The penalty is the positive
part of the gradient times the distance to the mean healthy image, summed over the image.

    python sites.py FOLDER [--inputs t1 t1,flair maps] [--constraints 0 1] [--seeds 5]
        [--first 0] [--subjects 200] [--epochs 30] [--heads mean] [--validate] [--save SAMPLES]
        [--table FILE.csv]

Choices such as the epochs and the constraint's weight are made with --validate: it trains on three
quarters of the training subjects and reports on the last quarter; no held-out subject is looked at.
"""

import argparse
import csv
import time

import numpy
import scipy.stats
import sklearn.metrics

import network
import stacks
from reproducible import torch

BATCH = 10
FIGURES = ["accuracy", "auc", "accuracy new", "auc new", "ratio", "net", "voxel auc", "ap", "chance"]


def penalty(net, x, reference):
    """How much the voxels of healthy images argue for the illness, a logit each image."""
    x = x.detach().requires_grad_()
    logits = net(x)
    gradient, = torch.autograd.grad((logits[:, 1] - logits[:, 0]).sum(), x, create_graph=True)
    return torch.relu(gradient * (x - reference)).sum((1, 2, 3, 4)).mean()


def train(x, y, reference, head, seed, epochs, constraint):
    torch.manual_seed(seed)
    order = numpy.random.default_rng(seed)
    net = network.Network(x.shape[1], [8, 12, 12], [True, False, False], head == "evidence", head == "max")
    optimiser = torch.optim.AdamW(net.parameters(), 0.01, weight_decay=0.01)
    steps = epochs * (len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.01, total_steps=steps)
    net.train()
    for epoch in range(epochs):
        shuffled = order.permutation(len(x))
        for start in range(0, len(x) - BATCH + 1, BATCH):
            index = shuffled[start : start + BATCH]
            some, mirrored = x[index], order.random() < 0.5
            if mirrored:
                some = some.flip(4)
            loss = torch.nn.functional.cross_entropy(net(some), y[index])
            healthy = y[index] == 0
            if constraint and healthy.any():
                about = reference.flip(3) if mirrored else reference
                loss = loss + constraint * penalty(net, some[healthy], about)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5)
            optimiser.step()
            schedule.step()
    return net.eval()


def score(net, x):
    with torch.no_grad():
        logits = torch.cat([net(x[n : n + 16]) for n in range(0, len(x), 16)])
    return (logits[:, 1] - logits[:, 0]).numpy()


def integrated(net, x, reference, steps=16):
    """Integrated Gradients of the difference of the logits, summed over channels, [z, y, x]."""
    nodes, weights = numpy.polynomial.legendre.leggauss(steps)
    at = torch.stack([reference + (node + 1) / 2 * (x - reference) for node in nodes]).requires_grad_()
    logits = net(at.float())
    gradient, = torch.autograd.grad((logits[:, 1] - logits[:, 0]).sum(), at)
    weights = torch.from_numpy(weights / 2).float()[:, None, None, None, None]
    return ((x - reference) * (weights * gradient).sum(0)).sum(0).numpy()


def shown(net, x, masks, brain, reference):
    """What the maps of ill subjects show, mean over subjects: the share of the positive attribution
    in the pathology over chance, the share of the sum, the area under the ROC curve of the voxels,
    average precision, and its chance."""
    rows = []
    for volume, mask in zip(x, masks):
        if not mask.any():
            continue
        map = integrated(net, volume, reference)
        positive = numpy.maximum(map, 0)
        ill, values = mask[brain], map[brain]
        share = positive[mask].sum() / max(positive.sum(), 1e-12)
        rows.append((
            share / ill.mean(),
            map[mask].sum() / map.sum(),
            sklearn.metrics.roc_auc_score(ill, values),
            sklearn.metrics.average_precision_score(ill, values),
            ill.mean(),
        ))
    # A sum may be near nothing, so its share's median stands.
    return [numpy.median(v) if n == 1 else numpy.mean(v) for n, v in enumerate(zip(*rows))]


def summary(values):
    """Mean over seeds with the half width of its 95 % interval."""
    values = numpy.array(values)
    if len(values) < 2:
        return values.mean(), float("nan")
    return values.mean(), scipy.stats.t.ppf(0.975, len(values) - 1) * scipy.stats.sem(values)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--inputs", nargs="+", default=["t1", "t1,flair", "maps"])
    parser.add_argument("--constraints", nargs="+", type=float, default=[0, 1])
    parser.add_argument("--heads", nargs="+", default=["mean"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="seed to begin with")
    parser.add_argument("--subjects", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--save", default="")
    parser.add_argument("--table", default="")
    options = parser.parse_args()
    rows = stacks.read(options.folder)
    labels = ["healthy", next(row["label"] for row in rows if row["label"] != "healthy")]
    y = torch.tensor([int(row["label"] != "healthy") for row in rows])
    split = {
        name: [n for n, row in enumerate(rows) if row["split"] == name]
        for name in ["train", "test", "new"]
    }
    train_rows = split["train"][: options.subjects]
    if options.validate:
        # Eight subjects that follow each other are one of each class and site.
        held = train_rows[len(train_rows) // 4 * 3 // 8 * 8 :]
        train_rows = train_rows[: len(train_rows) - len(held)]
        split["test"] = split["new"] = held
    brain = sum(
        stacks.volume(options.folder, rows[n], ["maps"]).astype(float).sum(0) for n in train_rows
    ) / len(train_rows) >= 127.5
    table = []
    for inputs in options.inputs:
        x = numpy.stack([stacks.volume(options.folder, row, inputs.split(",")) for row in rows])
        x = torch.from_numpy(x.astype(numpy.float32) / 255)
        reference = x[train_rows][y[train_rows] == 0].mean(0)
        ill = [n for n in split["test"] if y[n] == 1]
        masks = [stacks.volume(options.folder, rows[n], ["mask"])[0] > 0 for n in ill]
        for head in options.heads:
            for constraint in options.constraints:
                figures = []
                start = time.time()
                for seed in range(options.first, options.first + options.seeds):
                    net = train(
                        x[train_rows], y[train_rows], reference, head, seed, options.epochs, constraint
                    )
                    row = []
                    for name in ["test", "new"]:
                        scores = score(net, x[split[name]])
                        truth = y[split[name]].numpy()
                        row += [((scores > 0) == truth).mean(), sklearn.metrics.roc_auc_score(truth, scores)]
                    row += shown(net, x[ill], masks, brain, reference)
                    figures.append(row)
                    print("seed %d: %s" % (seed, ", ".join("%s %.3f" % z for z in zip(FIGURES, row))), flush=True)
                    if options.save and seed == 0:
                        name = inputs.replace(",", "-") + ("-constrained" if constraint else "")
                        folder = "%s/%s" % (options.save, name)
                        network.export(net, folder, (*x.shape[2:], x.shape[1]), labels)
                        some = (x[split["test"][:8]] * 255).round().numpy().astype(numpy.uint8)
                        print("%s: TensorFlow differs by %.1g" % (folder, network.check(net, folder, some)))
                means = [summary(v) for v in zip(*figures)]
                print("%s, %s, constraint %g: %s; %.0f s" % (
                    inputs, head, constraint,
                    ", ".join("%s %.3f ± %.3f" % (name, *m) for name, m in zip(FIGURES, means)),
                    time.time() - start), flush=True)
                table.append([inputs, head, constraint, *["%.4f" % v for m in means for v in m]])
    if options.table:
        with open(options.table, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["inputs", "head", "constraint", *[n + e for n in FIGURES for e in ["", " ±"]]])
            writer.writerows(table)


main()

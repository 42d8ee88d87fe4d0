"""Pathology or scanner: trains pairs of networks on T1 and FLAIR (or tissue maps) of two scanners.

Clean: class and scanner have nothing to do with each other. Biased: every patient comes from
scanner B and every control from A. Mixed: three quarters do. Then prints the accuracy when test
subjects come as in the training, and when the pairing is reversed; how far a logit difference moves
when the same subject is scanned elsewhere; and when its lesions are taken away.

    python scanner.py FOLDER [--seeds 3] [--first 0] [--epochs 30] [--inputs t1,flair]
        [--pairings clean,mixed,biased] [--save NETWORKS]
"""

import argparse
import time

import numpy

import network
import stacks
from reproducible import torch


def pairing(rows, share, reverse=False):
    """One scan of each subject: share of patients at B and of controls at A."""
    chosen = []
    for n, pair in enumerate(zip(rows[0::2], rows[1::2])):
        # Subjects alternate between the classes, so pairs of them count.
        usual = n // 2 % 4 < 4 * share
        at_b = (pair[0]["label"] != "healthy") == usual
        chosen.append(2 * n + (at_b != reverse))
    return chosen


def train(x, y, seed, epochs):
    torch.manual_seed(seed)
    order = numpy.random.default_rng(seed)
    net = network.Network(x.shape[1], [8, 16, 24], [True, True, False], False)
    optimiser = torch.optim.Adam(net.parameters(), 0.01)
    batch = 12
    steps = epochs * (len(x) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.01, total_steps=steps)
    net.train()
    for epoch in range(epochs):
        shuffled = order.permutation(len(x))
        for start in range(0, len(x) - batch + 1, batch):
            index = shuffled[start : start + batch]
            some = x[index]
            if order.random() < 0.5:
                some = some.flip(4)
            loss = torch.nn.functional.cross_entropy(net(some), y[index])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return net.eval()


def score(net, x):
    with torch.no_grad():
        logits = torch.cat([net(x[n : n + 16]) for n in range(0, len(x), 16)])
    return (logits[:, 1] - logits[:, 0]).numpy()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0, help="seed to begin with")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--inputs", default="t1,flair")
    parser.add_argument("--save", default="")
    parser.add_argument("--pairings", default="clean,mixed,biased")
    options = parser.parse_args()
    columns = options.inputs.split(",")
    rows = stacks.read(options.folder)
    x = numpy.stack([stacks.volume(options.folder, row, columns) for row in rows])
    x = torch.from_numpy(x.astype(numpy.float32) / 255)
    y = torch.tensor([int(row["label"] != "healthy") for row in rows])
    train_rows = [n for n, row in enumerate(rows) if row["split"] == "train"]
    test = [n for n, row in enumerate(rows) if row["split"] == "test"]
    start = time.time()
    for name, share in [("clean", 0.5), ("mixed", 0.75), ("biased", 1.0)]:
        if name not in options.pairings.split(","):
            continue
        figures = []
        for seed in range(options.first, options.first + options.seeds):
            chosen = [train_rows[n] for n in pairing([rows[n] for n in train_rows], share)]
            net = train(x[chosen], y[chosen], seed, options.epochs)
            scores = score(net, x[test])
            right = (scores > 0) == (y[test].numpy() > 0)
            test_rows = [rows[n] for n in test]
            usual = right[pairing(test_rows, 1)].mean()
            reverse = right[pairing(test_rows, 1, True)].mean()
            swap = numpy.abs(scores[0::2] - scores[1::2]).mean()
            ill = y[test].numpy()[0::2] > 0
            gap = (scores[0::2] + scores[1::2])[ill].mean() - (scores[0::2] + scores[1::2])[~ill].mean()
            figures.append((right.mean(), usual, reverse, swap, gap / 2))
            print("%s, seed %d: all %.1f %%, as trained %.1f, reversed %.1f; moves by %.2f, classes differ by %.2f" % (
                name, seed, *[100 * v for v in figures[-1][:3]], *figures[-1][3:]), flush=True)
            if options.save:
                folder = "%s/%s-%d" % (options.save, name, seed)
                shape = (*x.shape[2:], x.shape[1])
                network.export(net, folder, shape, ["healthy", "lesions"])
                some = (x[test[:8]] * 255).round().numpy().astype(numpy.uint8)
                print("%s: TensorFlow differs by %.1g" % (folder, network.check(net, folder, some)))
        table = numpy.array(figures)
        mean = table.mean(0)
        spread = table.std(0, ddof=1) if len(table) > 1 else 0 * mean
        print(
            "%-7s accuracy %.1f ± %.1f %%; patients at B %.1f ± %.1f, reversed %.1f ± %.1f %%;"
            " another scanner moves the logit by %.2f ± %.2f, classes differ by %.2f ± %.2f; %.0f s"
            % (
                name,
                *[v for pair in zip(mean[:3] * 100, spread[:3] * 100) for v in pair],
                *[v for pair in zip(mean[3:], spread[3:]) for v in pair],
                time.time() - start,
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()

"""Trains a network on each cohort that MakeSubjects made, and writes the scores of its audit.

    python cohorts.py TABLE FOLDER... [--epochs 30]

A folder is a cohort such as target/studies/clean-01. Appends rows `cohort,id,label,site,score` to
TABLE, the score being the logit of lesions minus that of healthy. A cohort that the table has is left
as it is, so one call after another can add to it.
"""

import argparse
import pathlib

import numpy

import scanner
import stacks
from reproducible import torch


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("table")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--epochs", type=int, default=30)
    options = parser.parse_args()
    table = pathlib.Path(options.table)
    if not table.exists():
        table.write_text("cohort,id,label,site,score\n")
    done = {line.split(",")[0] for line in table.read_text().splitlines()}
    for folder in map(pathlib.Path, options.folders):
        if folder.name in done:
            continue
        rows = stacks.read(folder)
        x = numpy.stack([stacks.volume(folder, row, ["t1", "flair"]) for row in rows])
        x = torch.from_numpy(x.astype(numpy.float32) / 255)
        y = torch.tensor([int(row["label"] != "healthy") for row in rows])
        train = [n for n, row in enumerate(rows) if row["split"] == "train"]
        test = [n for n, row in enumerate(rows) if row["split"] == "test"]
        # Seeds differ from cohort to cohort, as data do.
        seed = sum(folder.name.encode())
        net = scanner.train(x[train], y[train], seed, options.epochs)
        scores = scanner.score(net, x[test])
        with table.open("a") as file:
            for n, score in zip(test, scores):
                row = rows[n]
                file.write("%s,%s,%s,%s,%.6g\n" % (folder.name, row["id"], row["label"], row["site"], score))
        right = ((scores > 0) == (y[test].numpy() > 0)).mean()
        print("%s: %.1f %% right" % (folder.name, 100 * right), flush=True)


main()

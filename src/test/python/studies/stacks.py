"""Reads the subjects that MakeSubjects wrote."""

import csv
import pathlib

import numpy
import tifffile


def read(folder):
    """The rows of subjects.csv."""
    with open(pathlib.Path(folder) / "subjects.csv", newline="") as file:
        return list(csv.DictReader(file))


def volume(folder, row, columns):
    """Channels of one subject, [c, z, y, x], 0 to 255."""
    channels = []
    for column in columns:
        stack = tifffile.imread(pathlib.Path(folder) / row[column])
        channels += [stack] if stack.ndim == 3 else [stack[:, c] for c in range(stack.shape[1])]
    return numpy.stack(channels)

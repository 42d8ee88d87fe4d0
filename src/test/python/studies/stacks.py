"""Reads the subjects that MakeSubjects wrote, and writes images like theirs."""

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


def copied(template, stack, file):
    """The TIFF `template` with other values, [c, z, y, x]: calibration and labels stay."""
    content = bytearray(pathlib.Path(template).read_bytes())
    with tifffile.TiffFile(template) as tiff:
        offset = tiff.pages[0].dataoffsets[0]
    data = stack.transpose(1, 0, 2, 3).astype(numpy.uint8).tobytes()
    content[offset : offset + len(data)] = data
    pathlib.Path(file).write_bytes(content)


def write(file, stack, labels, like):
    """A hyperstack that ImageJ opens, [c, z, y, x] from 0 to 255, with the calibration of `like`."""
    with tifffile.TiffFile(like) as tiff:
        known = tiff.imagej_metadata
        resolution = tiff.pages[0].resolution
    kept = {key: known[key] for key in ["unit", "spacing", "xorigin", "yorigin", "zorigin"] if key in known}
    pathlib.Path(file).parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(
        file,
        stack.transpose(1, 0, 2, 3).astype(numpy.uint8)[None, :, :],
        imagej=True,
        resolution=resolution,
        metadata={**kept, "axes": "TZCYX", "Labels": labels * len(stack[0]), "min": 0, "max": 255},
    )

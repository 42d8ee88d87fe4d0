"""Writes what a study's folder in sample-images holds beside its networks: images and masks of the
first held-out subjects of each class, of trained and of new sites, chosen by nothing else, and the mean
healthy image of the training.

    python ship.py FOLDER SAMPLES [--inputs maps t1,flair] [--subjects 300] [--test 4] [--new 2]
"""

import argparse
import pathlib
import shutil

import numpy

import stacks

CHANNELS = {"t1": ["T1"], "flair": ["FLAIR"], "maps": ["WM", "GM", "CSF"]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("samples")
    parser.add_argument("--inputs", nargs="+", default=["maps", "t1,flair"])
    parser.add_argument("--subjects", type=int, default=300)
    parser.add_argument("--test", type=int, default=4)
    parser.add_argument("--new", type=int, default=2)
    options = parser.parse_args()
    folder, samples = pathlib.Path(options.folder), pathlib.Path(options.samples)
    rows = stacks.read(folder)
    healthy = [r for r in rows if r["split"] == "train"][: options.subjects]
    healthy = [r for r in healthy if r["label"] == "healthy"]
    table = ["id,image,label,site,split,mask"]
    number = {}
    (samples / "masks").mkdir(parents=True, exist_ok=True)
    for split, count in [("test", options.test), ("new", options.new)]:
        some = [r for r in rows if r["split"] == split]
        labels = sorted({r["label"] for r in some}, key="healthy".__ne__)
        for label in labels:
            for row in [r for r in some if r["label"] == label][:count]:
                number[label] = number.get(label, 0) + 1
                name = "%s-%d" % (label, number[label])
                mask = ""
                if label != "healthy":
                    mask = "masks/%s.tif" % name
                    shutil.copy(folder / row["mask"], samples / mask)
                for inputs in options.inputs:
                    columns = inputs.split(",")
                    stacks.write(
                        samples / "images" / inputs.replace(",", "-") / (name + ".tif"),
                        stacks.volume(folder, row, columns),
                        sum((CHANNELS[c] for c in columns), []),
                        folder / row["t1"],
                    )
                image = "images/%s/%s.tif" % (options.inputs[0].replace(",", "-"), name)
                table.append(",".join([name, image, label, row["site"], row["split"], mask]))
    for inputs in options.inputs:
        columns = inputs.split(",")
        mean = numpy.mean([stacks.volume(folder, r, columns).astype(float) for r in healthy], 0)
        stacks.write(
            samples / "images" / (inputs.replace(",", "-") + "-reference.tif"),
            mean.round(),
            sum((CHANNELS[c] for c in columns), []),
            folder / healthy[0]["t1"],
        )
    (samples / "subjects.csv").write_text("\n".join(table) + "\n")


main()

"""What a linear model finds in the pixels alone: the plainest thing to hold a trained model against.

    python scripts/pixels.py RUN... --data LABELS.csv --label COLUMN [--side 8]
    python scripts/pixels.py RUN... --data MIMIC_TREE [--side 32]

Takes the training images of fine-tuning runs, averages each image to SIDE x SIDE pixels, fits ridge
regression to the labels (its weight chosen by the area on the validation part), and prints the mean
over classes of the area under the ROC curve on the test part. Needs numpy and pillow.
"""

import argparse
import csv
import gzip
import pathlib

import numpy
from PIL import Image

WEIGHTS = [10.0**power for power in range(-2, 6)]


def rows(path):
    """The lines of a table."""
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else open(path, encoding="utf-8")
    with opened as file:
        yield from csv.DictReader(file)


def manifest(path, column):
    """For each image its file and labels, NaN where unknown."""
    for row in rows(path):
        if row[column]:
            yield row["image"], path.parent / row["image"], [float(row[column])]


def tree(path):
    """The same for a tree in the form of MIMIC-CXR-JPG, whose radiographs are numbered by name."""
    labels = {}
    for row in rows(path / "mimic-cxr-2.0.0-chexpert.csv.gz"):
        keys = row.pop("subject_id"), row.pop("study_id")
        values = [row[name] for name in sorted(row)]
        # A blank is a finding that the report does not mention; -1 is uncertain.
        labels[keys] = [numpy.nan if float(v or 0) < 0 else float(v or 0) for v in values]
    images = {}
    for row in rows(path / "mimic-cxr-2.0.0-metadata.csv.gz"):
        images.setdefault((row["subject_id"], row["study_id"]), []).append(row["dicom_id"])
    for patient, study in images.keys() & labels.keys():
        folder = path / "files" / f"p{patient[:2]}" / f"p{patient}" / f"s{study}"
        for number, name in enumerate(sorted(images[patient, study]), 1):
            yield f"{study}/{number}", folder / f"{name}.jpg", labels[patient, study]


def area(scores, labels):
    """The rank statistic, ties counting half; NaN where the labels have one value."""
    known = ~numpy.isnan(labels)
    scores, labels = scores[known], labels[known]
    positive, negative = scores[labels == 1], numpy.sort(scores[labels == 0])
    if not len(positive) or not len(negative):
        return numpy.nan
    below = numpy.searchsorted(negative, positive, "left")
    upto = numpy.searchsorted(negative, positive, "right")
    return float((below + upto).mean() / 2 / len(negative))


def ridge(x, labels, weight):
    """The coefficients for one class, the last of them the constant."""
    known = ~numpy.isnan(labels)
    x, labels = x[known], labels[known]
    if not len(labels):
        return numpy.zeros(x.shape[1] + 1)
    centre, mean = x.mean(0), labels.mean()
    x, y = x - centre, labels - mean
    if len(x) < x.shape[1]:
        slope = x.T @ numpy.linalg.solve(x @ x.T + weight * numpy.eye(len(x)), y)
    else:
        slope = numpy.linalg.solve(x.T @ x + weight * numpy.eye(x.shape[1]), x.T @ y)
    return numpy.append(slope, mean - centre @ slope)


def mean_area(coefficients, part):
    """The mean over classes that have an area."""
    x, labels = part
    areas = [
        area(x @ slope[:-1] + slope[-1], labels[:, place])
        for place, slope in enumerate(coefficients)
    ]
    return float(numpy.nanmean(areas))


def main():
    """Prints a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("run", type=pathlib.Path, nargs="+")
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--label")
    parser.add_argument("--side", type=int, default=8)
    options = parser.parse_args()
    if options.data.is_file() and not options.label:
        parser.error("--label names the column of a manifest.")
    found = tree(options.data) if options.data.is_dir() else manifest(options.data, options.label)
    images = {name: (path, labels) for name, path, labels in found}
    pixels = {}

    def read(name):
        if name not in pixels:
            with Image.open(images[name][0]) as image:
                small = image.convert("L").resize((options.side,) * 2, Image.Resampling.BOX)
            pixels[name] = numpy.asarray(small, float).ravel() / 255
        return pixels[name]

    def part(names):
        names = [name for name in names if name in images]
        if not names:
            raise SystemExit(f"error: no image of the run is in {options.data}")
        return numpy.array([read(n) for n in names]), numpy.array([images[n][1] for n in names])

    for run in options.run:
        training = part((run / "training-list.txt").read_text().splitlines())
        validation, test = (
            part(row["image"] for row in rows(run / f"predictions-{name}.csv"))
            for name in ["validation", "test"]
        )
        fits = [
            [ridge(training[0], training[1][:, c], w) for c in range(training[1].shape[1])]
            for w in WEIGHTS
        ]
        best = max(fits, key=lambda fit: mean_area(fit, validation))
        print(f"{run}: {len(training[0])} training images, test AUC {mean_area(best, test):.4f}")


if __name__ == "__main__":
    main()

"""Rows without PyTorch: collectives, exchange, the preparation of images, the wait for data."""

import contextlib
import csv
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from results import of_rates, spread
from sides import FOLDER, binding, clean_environment, cores

# How often each image is there.
COPIES = 40
ENDINGS = {".jpg", ".jpeg", ".png"}


def completed(command):
    """Runs a command to its end; its standard output."""
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, env=clean_environment())
    if done.returncode != 0:
        said = done.stderr[-4000:]
        raise SystemExit(f"error: {command[0]} ended with {done.returncode}:\n{said}")
    return done.stdout


def report(options, row, blas, parts):
    """What `bench` measures of a row, on one host or on two."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "report.json"
        ranks = row.get("ranks", 2)
        arguments = [*parts, "--preset", row.get("preset", "base"), "--json", file]
        if "batch" in row:
            arguments += ["--batch", row["batch"], "--mix", row["mix"]]
        for setting in [*row.get("settings", []), f"compute.blas={blas}"]:
            arguments += ["--set", setting]
        if "hosts" in row:
            completed([FOLDER / "hosts", ranks, row["hosts"], *arguments])
        else:
            launch = [options.mpirun, "-np", ranks, *binding(ranks, 1), options.program, "bench"]
            completed([*launch, *arguments, "--threads", 1])
        return json.loads(file.read_text())


def about_report(made):
    """What is known of the program from its report."""
    build = made["build"]
    versions = {"blas": f"{build['blasLibrary']} ({build['blasKernel']})"}
    return {"versions": versions, "ranks": made["ranks"], "threads": made["threads"]}


def measure_sum(options, row, blas):
    """The tree sum of 100 MB against the best that MPI_Allreduce does, run after run."""
    turns = []
    for _ in range(options.steps or row["steps"]):
        made = report(options, row, blas, ["collectives"])
        tree = next(one for one in made["collectives"] if one["name"].startswith("tree sum"))
        turns.append({"ours": tree["rate"], "peer": tree["rate"] / tree["share"]})
    return about_report(made), {**of_rates(turns), "turns": turns}


def measure_exchange(options, row, blas):
    """The exchange that nothing hides, as a share of the rest of a step."""
    steps = options.steps or row["steps"]
    made = report(options, row, blas, ["steps", "--steps", steps])
    turns = [
        {"seconds": seconds, "exchange": exchange}
        for seconds, exchange in zip(made["steps"]["seconds"], made["steps"]["exchange"])
    ]
    shares = spread([turn["exchange"] / (turn["seconds"] - turn["exchange"]) for turn in turns])
    ours = spread([row["batch"] / turn["seconds"] for turn in turns])
    return about_report(made), {"ours": ours, "paired": shares, "ratio": shares[0], "turns": turns}


def measure_waiting(options, row, blas):
    """The wait for data, as a share of a run's steps."""
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        arguments = ["--preset", row["preset"], "--steps", options.steps or row["steps"]]
        arguments += ["--output", run, "--threads", 1, "--set", f"compute.blas={blas}"]
        completed(
            [options.mpirun, "-np", 2, *binding(2, 1), options.program, "pretrain", *arguments]
        )
        lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    steps = [line for line in lines if line["event"] == "step"]
    data = sum(step["data_seconds"] for step in steps)
    whole = data + sum(step["compute_seconds"] + step["exchange_seconds"] for step in steps)
    turns = [{"data": step["data_seconds"]} for step in steps]
    return {"versions": {}, "ranks": 2, "threads": 1}, {"ratio": data / whole, "turns": turns}


# Images


@contextlib.contextmanager
def copies(originals):
    """A folder with copies of images, and a manifest of them, each one a study."""
    files = sorted(path for path in originals.rglob("*") if path.suffix.lower() in ENDINGS)
    if not files:
        raise SystemExit(f"error: {originals} has no JPEG or PNG files")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "images").mkdir()
        with (folder / "studies.csv").open("w", newline="") as table:
            writer = csv.writer(table)
            writer.writerow(["study_id", "patient_id", "images", "report", "split"])
            for number in range(COPIES):
                for place, file in enumerate(files):
                    copy = f"images/{number}-{place}{file.suffix.lower()}"
                    shutil.copyfile(file, folder / copy)
                    study = f"s{number}-{place}"
                    writer.writerow([study, study, copy, "No acute findings are seen.", "train"])
        yield folder


def prepare(options, folder, workers):
    """The seconds that `prepare` takes, each worker on a core of its own."""
    store = folder / "store"
    shutil.rmtree(store, ignore_errors=True)
    places = ",".join(cores()[:workers])
    command = ["taskset", "-c", places, options.program, "prepare", "--workers", workers]
    start = time.monotonic()
    completed([*command, "--manifest", folder / "studies.csv", "--output", store])
    return time.monotonic() - start


def pillow(folder):
    """The seconds that Pillow takes for the same images, on one core."""
    command = [sys.executable, FOLDER / "pillow.py", folder / "images", "--passes", 1]
    return json.loads(completed([*command, "--core", cores()[0].split(",")[0]]))["seconds"][0]


def measure_prepare(options, row, blas):
    """`prepare` with one worker against Pillow, or, as the row says, with two against one."""
    with copies(options.images) as folder:
        images = sum(1 for _ in (folder / "images").iterdir())
        turns = []
        for _ in range(options.steps or row["steps"]):
            mine = prepare(options, folder, row["workers"])
            other = pillow(folder) if row["workers"] == 1 else prepare(options, folder, 1)
            turns.append({"ours": images / mine, "peer": images / other})
    return {"versions": {}, "ranks": 1, "threads": row["workers"]}, {**of_rates(turns), "turns": turns}

"""Measures the rows of rows.json and keeps the results; started by scripts/bench/run.

Every row that is measured is added to results.json. Against the peer both sides live all the time
and stay on the same cores; one sleeps while the other makes a step. The program chooses the
studies of a step, the peer computes the same. What a row's ratio is, the functions of MEASURES say:
of speed the median over turns of the peer's seconds over the program's. The bound is what it would
be if a step of the program were its matrix products alone.
"""

import argparse
import json
import os
import pathlib
import sys

from memory import measure_memory
from own import measure_exchange, measure_prepare, measure_sum, measure_waiting
from results import COLUMNS, TITLES, append_result, check, measures, read_results, record_of
from results import table_line, targeted
from sides import FOLDER, cores
from speed import measure_speed, measure_threads

ROWS = json.loads((FOLDER / "rows.json").read_text())
BLAS = ["openblas", "onednn"]
MEASURES = {
    "speed": measure_speed,
    "memory": measure_memory,
    "threads": measure_threads,
    "sum": measure_sum,
    "exchange": measure_exchange,
    "prepare": measure_prepare,
    "waiting": measure_waiting,
}

# Those that take PyTorch or Pillow.
PACKAGED = ["speed", "memory", "prepare"]


def parse_arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="scripts/bench/run")
    names = [row["name"] for row in ROWS]
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(names))
    parser.add_argument("--blas", choices=BLAS, help="default: one after the other")
    parser.add_argument("--np", type=int, default=2, help="ranks of each side")
    parser.add_argument("--threads", type=int, default=1, help="of a rank; several are not bound")
    parser.add_argument("--steps", type=int, help="turns that count, instead of the row's")
    parser.add_argument("--stock", action="store_true", help="leave the peer's allocator alone")
    parser.add_argument("--images", type=pathlib.Path, help="radiographs for the rows of `prepare`")
    parser.add_argument("--output", type=pathlib.Path, default=FOLDER / "results.json")
    parser.add_argument("--check", action="store_true", help="compare results with targets")
    parser.add_argument("--needs", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--mpirun", default="mpirun", help=argparse.SUPPRESS)
    parser.add_argument("--program", default=".build/release/refers-mpi", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.steps is not None and options.steps < 1:
        parser.error("--steps must be 1 or more")
    if options.images and not options.images.is_dir():
        parser.error(f"--images: there is no folder {options.images}")
    unknown = [name for name in options.rows if name not in names]
    if unknown:
        parser.error(f"there is no row {unknown[0]}, but {', '.join(names)}")
    return options


def lack(options, row):
    """What a row needs that is not there; nothing where it can be measured."""
    if measures(row) == "prepare" and not options.images:
        return "name a folder of radiographs with --images"
    if "hosts" in row and os.geteuid() != 0:
        return "only root makes hosts of namespaces"
    return ""


def main():
    """Measures the rows, or checks their results."""
    options = parse_arguments()
    rows = [row for row in ROWS if row["name"] in options.rows or not options.rows]
    blases = [options.blas] if options.blas else BLAS
    if not any(targeted(row, blases) for row in rows):
        sys.exit(f"error: {', '.join(options.rows)} has no target with {options.blas}")
    if options.check:
        sys.exit(0 if check(rows, blases, read_results(options.output)) else 1)
    if not os.access(options.program, os.X_OK):
        sys.exit("error: build first: scripts/demo or scripts/test")
    if options.threads == 1 and options.np > len(cores()):
        sys.exit(f"error: {options.np} ranks need as many cores; here are {len(cores())}")
    if options.needs:
        print("packages" if any(measures(row) in PACKAGED for row in rows) else "nothing")
        return
    print(COLUMNS.format(*TITLES))
    for row in rows:
        lacking = lack(options, row)
        if lacking:
            print(f"{row['name']:<18} left out: {lacking}")
            continue
        for blas in targeted(row, blases):
            about, measured = MEASURES[measures(row)](options, row, blas)
            record = record_of(options, row, blas, about, measured)
            append_result(options.output, record)
            print(table_line(row, record), flush=True)


if __name__ == "__main__":
    main()

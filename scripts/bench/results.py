"""What was measured: its records in a file, as a table, and against the targets of the rows."""

import contextlib
import datetime
import json
import pathlib
import platform
import statistics
import subprocess

from sides import FOLDER, cores

COLUMNS = "{:<18} {:<8} {:<22} {:<22} {:>6} {:<15} {:>6} {:>6} {}"
TITLES = ["row", "blas", "ours, a second", "peer", "ratio", "[range]", "bound", "target", "met?"]


def spread(values):
    """Median, least and largest."""
    return [statistics.median(values), min(values), max(values)]


# Rows


def measures(row):
    """What a row is about."""
    return row.get("measures", "speed")


def of_blas(value, blas):
    """A value of a row, which may be given for each BLAS."""
    return value.get(blas) if isinstance(value, dict) else value


def targeted(row, blases):
    """Those of the BLAS that a row has a target for."""
    return [blas for blas in blases if of_blas(row["target"], blas) is not None]


def reaches(row, ratio, goal):
    """Whether a ratio is at least the goal, or at most where the row says so."""
    return ratio <= goal if row.get("at") == "most" else ratio >= goal


# Records


def record_of(options, row, blas, about, measured):
    """What is kept of a measured row."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "row": row["name"],
        "blas": blas,
        "date": now.isoformat(timespec="seconds"),
        "commit": output_of(["git", "rev-parse", "--short", "HEAD"]),
        "machine": {"model": processor(), "cores": len(cores())},
        "ranks": options.np,
        "threads": options.threads,
        "workload": {key: row.get(key) for key in ("preset", "task", "mix", "batch", "settings")},
        **about,
        "versions": {
            **about["versions"],
            "python": platform.python_version(),
            "mpi": output_of([options.mpirun, "--version"]).split("\n")[0],
        },
        **measured,
    }


def output_of(command):
    """What a command prints; nothing where there is no such command."""
    with contextlib.suppress(OSError):
        return subprocess.run(command, capture_output=True, text=True, cwd=FOLDER).stdout.strip()
    return ""


def processor():
    """The name of the processor."""
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def instructions(record):
    """Those that the kernels of a record's BLAS are made of: machines differ by them most."""
    blas = record["versions"]["blas"]
    return "AVX-512" if "avx512" in blas or "SkylakeX" in blas else "AVX2"


def read_results(path):
    """All records, the oldest first."""
    return json.loads(path.read_text()) if path.exists() else []


def append_result(path, record):
    """Adds a record to the file, which has one a line."""
    lines = [json.dumps(one) for one in [*read_results(path), record]]
    partial = path.with_suffix(".partial")
    partial.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    partial.replace(path)


# The table


def short(number):
    """A number in three digits, or all that stand before the point."""
    return f"{number:.3g}" if number < 1000 else f"{number:.0f}"


def table_line(row, record):
    """A record as a line of the table."""
    blas, ratio = record["blas"], record["ratio"]
    if measures(row) == "memory":
        cells = [
            " ".join(f"{size / 2**30:.2f}" for size in record[side]) + " GiB"
            for side in ("ours", "peer")
        ]
    else:
        cells = [
            "{} [{}-{}]".format(*map(short, record[side])) if side in record else ""
            for side in ("ours", "peer")
        ]
    cells.append(f"{ratio:.3f}")
    cells.append("[{:.3f}-{:.3f}]".format(*record["paired"][1:]) if "paired" in record else "")
    cells.append(f"{record['bound']:.2f}" if "bound" in record else "")
    target = of_blas(row["target"], blas)
    met = "yes" if reaches(row, ratio, target) else "no"
    return COLUMNS.format(row["name"], blas, *cells, f"{target:.2f}", met)


# The targets


def counts(record, row):
    """Whether a record was measured as the target is meant: two ranks of one thread where nothing
    else is said, the row's number of turns, and the peer's allocator at its best."""
    if (record["ranks"], record["threads"]) != (2, 1):
        return False
    if record.get("allocator", "tuned") != "tuned":
        return False
    return measures(row) == "memory" or len(record["turns"]) >= row["steps"]


def check(rows, blases, results):
    """Says how the newest results of each kind of machine stand to their targets; whether all are
    where they should be."""
    sound = True
    for row in rows:
        for blas in targeted(row, blases):
            newest = {}
            for record in results:
                if (record["row"], record["blas"]) == (row["name"], blas) and counts(record, row):
                    newest[instructions(record)] = record
            if not newest:
                print(f"FAILED  {row['name']} {blas}: missing")
                sound = False
            for kind, record in sorted(newest.items()):
                word, said = verdict(row, blas, record)
                print(f"{word:<7} {row['name']} {blas}, {kind}: {said}")
                sound = sound and word != "FAILED"
    return sound


def verdict(row, blas, record):
    """How a record stands to its target, in a word and in a sentence."""
    ratio, target, missed = record["ratio"], of_blas(row["target"], blas), row.get("missed", {})
    missed = missed.get(f"{blas}, {instructions(record)}")
    said = f"{ratio:.3f} on {record['date'][:10]}, target {target}"
    if reaches(row, ratio, target):
        return "met", said
    if missed and reaches(row, ratio, missed["floor"]):
        return "missed", f"{said}: {missed['reason']}"
    if missed:
        return "FAILED", f"{said}; no more than {missed['floor']} is known to be missed"
    return "FAILED", said

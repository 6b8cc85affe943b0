"""What was measured: its records in a file, as a table, and against the targets of the rows."""

import contextlib
import datetime
import json
import pathlib
import platform
import statistics
import subprocess

from sides import cores

# What a row says of the work, as records keep it.
WORKLOAD = ["preset", "task", "mix", "batch", "settings", "ranks", "hosts", "workers"]

COLUMNS = "{:<18} {:<8} {:<22} {:<22} {:>6} {:<15} {:>6} {:>6} {}"
TITLES = ["row", "blas", "ours, a second", "peer", "ratio", "[range]", "bound", "target", "met?"]


def spread(values):
    """Median, least and largest."""
    return [statistics.median(values), min(values), max(values)]


def of_rates(turns):
    """Rates of both sides, `ours` and `peer` of each turn, and their ratios."""
    paired = spread([turn["ours"] / turn["peer"] for turn in turns])
    rates = {side: spread([turn[side] for turn in turns]) for side in ("ours", "peer")}
    return {**rates, "paired": paired, "ratio": paired[0]}


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
        "program": output_of([options.program, "--version"]),
        "machine": {"model": processor(), "cores": len(cores()), "kernels": kernels()},
        "ranks": options.np,
        "threads": options.threads,
        "workload": {key: row[key] for key in WORKLOAD if key in row},
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
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return ""


def processor():
    """The name of the processor."""
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def kernels():
    """The instructions that kernels are made of here: machines differ by them most."""
    return "AVX-512" if "avx512f" in pathlib.Path("/proc/cpuinfo").read_text() else "AVX2"


def kernels_of(record):
    """The same of a record; older ones say it by their BLAS alone."""
    known = record.get("machine", {}).get("kernels")
    blas = record["versions"].get("blas", "")
    return known or ("AVX-512" if "avx512" in blas or "SkylakeX" in blas else "AVX2")


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
    """Whether a record was measured as the target is meant: against the peer two ranks of one
    thread, the row's number of turns, and the peer's allocator at its best."""
    if measures(row) in ("speed", "memory") and (record["ranks"], record["threads"]) != (2, 1):
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
            own = [one for one in results if (one["row"], one["blas"]) == (row["name"], blas)]
            newest = {kernels_of(one): one for one in own if counts(one, row)}
            if not newest:
                print(f"FAILED  {row['name']} {blas}: missing")
                sound = False
            for kind in sorted({kernels_of(one) for one in own}):
                word, said = "older", "no figure of as many turns as the row has now"
                if kind in newest:
                    word, said = verdict(row, blas, newest[kind])
                print(f"{word:<7} {row['name']} {blas}, {kind}: {said}")
                sound = sound and word != "FAILED"
    return sound


def verdict(row, blas, record):
    """How a record stands to its target, in a word and in a sentence."""
    ratio, target, missed = record["ratio"], of_blas(row["target"], blas), row.get("missed", {})
    missed = missed.get(f"{blas}, {kernels_of(record)}")
    said = f"{ratio:.3f} on {record['date'][:10]}, target {target}"
    if reaches(row, ratio, target):
        return "met", said
    if missed and reaches(row, ratio, missed["floor"]):
        return "missed", f"{said}: {missed['reason']}"
    if missed:
        return "FAILED", f"{said}; no more than {missed['floor']} is known to be missed"
    return "FAILED", said

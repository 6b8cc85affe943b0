"""Times training steps of the program and of the peer in turns; started by scripts/bench/run.

Both sides live all the time and stay on the same cores; one sleeps while the other makes a step.
The program chooses the studies of a step, the peer computes the same. Every row of rows.json that
is measured is added to results.json. A row's ratio is the median over turns of the peer's seconds
over the program's; of memory, the program's peak over the peer's. The bound is what the ratio
would be if a step of the program were its matrix products alone.
"""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

FOLDER = pathlib.Path(__file__).resolve().parent
ROWS = json.loads((FOLDER / "rows.json").read_text())
BLAS = ["openblas", "onednn"]

# With these glibc keeps and reuses memory, in huge pages, instead of handing it back each step.
TUNED = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 32),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 34),
    "MALLOC_TOP_PAD_": str(1 << 28),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
# What would change the program's kernels, or either side's allocator, unseen.
REMOVED = [
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "ONEDNN_MAX_CPU_ISA",
    "DNNL_MAX_CPU_ISA",
    "MKL_ENABLE_INSTRUCTIONS",
    "ATEN_CPU_CAPABILITY",
    *TUNED,
]

# How many cores the ranks of a side that should sleep may keep busy.
IDLE_LIMIT = 0.05

COLUMNS = "{:<18} {:<8} {:<22} {:<22} {:>6} {:>6} {:<13} {:>6} {:>6} {}"
TITLES = [
    *["row", "blas", "ours: studies/s", "peer", "ratio", "paired", "[range]"],
    *["bound", "target", "met?"],
]


# The two sides


class Side:
    """The processes of one side, and a talk line by line with the first of them."""

    def __init__(self, name):
        self.name, self.processes, self.ranks = name, [], []
        self.ignored, self.log = [], tempfile.TemporaryFile("w+")

    def start(self, command, added):
        """Starts a process with an environment; the first one is talked to."""
        kept = {key: value for key, value in os.environ.items() if key not in REMOVED}
        pipe = subprocess.DEVNULL if self.processes else subprocess.PIPE
        process = subprocess.Popen(
            command, env=kept | added, stdin=pipe, stdout=pipe, stderr=self.log, text=True
        )
        self.processes.append(process)

    def answer(self):
        """The next line of JSON."""
        for line in self.processes[0].stdout:
            if line.startswith("{"):
                return json.loads(line)
            self.ignored.append(line)
        self.log.seek(0)
        said = "".join(self.ignored[-20:]) + self.log.read()[-4000:]
        raise SystemExit(f"error: the {self.name} ended. It had said:\n{said}")

    def ask(self, message):
        """Sends a line of JSON and waits for the answer."""
        with contextlib.suppress(BrokenPipeError):  # There is no answer then.
            self.processes[0].stdin.write(json.dumps(message) + "\n")
            self.processes[0].stdin.flush()
        return self.answer()

    def cpu_seconds(self):
        """What the ranks have computed so far."""
        ticks = 0
        for pid in self.ranks:
            with contextlib.suppress(OSError):  # The talk tells of one that has ended.
                stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
                user, system = stat.rsplit(")", 1)[1].split()[11:13]
                ticks += int(user) + int(system)
        return ticks / os.sysconf("SC_CLK_TCK")

    def end(self):
        """Closes the talk, which ends the processes; those that stay are stopped."""
        for process in self.processes:
            if process.stdin:
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.terminate()
                process.wait()


@contextlib.contextmanager
def program_side(options, row, blas):
    """The program, started for a row, with its line that says that it is ready."""
    binding = ["--map-by", "core", "--bind-to", "core"]
    if options.threads > 1:
        binding = ["--bind-to", "none"]
    command = [options.mpirun, "-np", str(options.np), *binding, options.program]
    command += ["bench", "steps", "--turns", "--preset", row["preset"], "--task", row["task"]]
    command += ["--batch", str(row["batch"])]
    if "mix" in row:
        command += ["--mix", row["mix"]]
    for setting in [*row["settings"], f"compute.blas={blas}", f"threads={options.threads}"]:
        command += ["--set", setting]
    side = Side("program")
    try:
        side.start(command, {})
        ready = side.answer()
        below = descendants(side.processes[0].pid)
        side.ranks = [pid for pid in below if runs(pid, options.program)]
        if len(side.ranks) != options.np:
            raise SystemExit(f"error: {len(side.ranks)} ranks of {options.program} were found")
        yield side, ready
    finally:
        side.end()


def descendants(parent):
    """The processes below a process."""
    children = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            above = int(path.read_text().rsplit(")", 1)[1].split()[1])
            children.setdefault(above, []).append(int(path.parent.name))
    found = list(children.get(parent, []))
    for pid in found:
        found += children.get(pid, [])
    return found


def runs(pid, program):
    """Whether a process runs the program, by itself or by an interpreter."""
    with contextlib.suppress(OSError):
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:2]
        return os.path.basename(program) in [os.path.basename(word) for word in words]
    return False


@contextlib.contextmanager
def peer_side(options, ready, tuned):
    """The peer, started as the program is ready, with its own line that says so."""
    side = Side("peer")
    try:
        with configuration_file(ready) as file:
            command = [sys.executable, str(FOLDER / "peer.py"), "--configuration", file.name]
            command += ["--threads", str(options.threads)]
            port = free_port()
            for rank in range(options.np):
                binding = ["--cores", cores()[rank]] if options.threads == 1 else []
                side.start(command + binding, peer_environment(options, rank, port, tuned))
            side.ranks = [process.pid for process in side.processes]
            peer_ready = side.answer()
        if ready["parameters"] != peer_ready["parameters"]:
            raise SystemExit(
                f"error: the program has {ready['parameters']} parameters, "
                f"the peer {peer_ready['parameters']}"
            )
        yield side, peer_ready
    finally:
        side.end()


def configuration_file(ready):
    """What the peer needs of the program's first line, in a file."""
    file = tempfile.NamedTemporaryFile("w", suffix=".json")
    names = ("task", "configuration", "vocabulary", "classes")
    json.dump({name: ready.get(name) for name in names}, file)
    file.flush()
    return file


def peer_environment(options, rank, port, tuned):
    """What a rank of the peer has in its environment."""
    own = {
        "RANK": str(rank),
        "WORLD_SIZE": str(options.np),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "GLOO_SOCKET_IFNAME": "lo",
        "OMP_NUM_THREADS": str(options.threads),
        "MKL_NUM_THREADS": str(options.threads),
    }
    return own | (TUNED if tuned else {})


def free_port():
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cores():
    """The processors of each core, joined by commas, in the order in which mpirun gives them."""
    groups = {}
    for cpu in sorted(os.sched_getaffinity(0)):
        topology = pathlib.Path(f"/sys/devices/system/cpu/cpu{cpu}/topology")
        package = (topology / "physical_package_id").read_text()
        core = (topology / "core_id").read_text()
        groups.setdefault((package, core), []).append(str(cpu))
    return [",".join(group) for group in groups.values()]


def workload(answer):
    """The studies of a step, as the peer is told them."""
    return {name: answer[name] for name in ("radiographs", "tokens")}


# Speed


class Idleness:
    """How much a side computes while it should sleep."""

    def __init__(self, side):
        self.side, self.busy, self.elapsed = side, 0, 0

    @contextlib.contextmanager
    def watched(self):
        """Counts what happens inside as time in which the side should sleep."""
        cpu, start = self.side.cpu_seconds(), time.monotonic()
        yield
        self.busy += self.side.cpu_seconds() - cpu
        self.elapsed += time.monotonic() - start

    def cores(self):
        """The cores it kept busy, with a warning where that was too much."""
        busy = self.busy / self.elapsed
        if busy > IDLE_LIMIT:
            text = f"warning: the {self.side.name} kept {busy:.2f} cores busy in the other's turns"
            print(text, file=sys.stderr)
        return round(busy, 4)


def measure_speed(options, row, blas):
    """A row that is timed: both sides' first lines, and what was measured."""
    steps = row["warmup"] + (options.steps or row["steps"])
    with program_side(options, row, blas) as (ours, ready):
        with peer_side(options, ready, tuned=not options.stock) as (theirs, peer_ready):
            turns, idle = take_turns(ours, theirs, steps)
    turns = turns[row["warmup"] :]
    allocator = "stock" if options.stock else "tuned"
    measured = {"allocator": allocator, "busy_when_idle": idle, **summary(row, turns)}
    return ready, peer_ready, {**measured, "turns": turns}


def take_turns(ours, theirs, steps):
    """Step after step, one of each side; the turns, and how idle the sides were."""
    turns, our_idleness, their_idleness = [], Idleness(ours), Idleness(theirs)
    for _ in range(steps):
        with their_idleness.watched():
            mine = ours.ask({})
        with our_idleness.watched():
            peers = theirs.ask(workload(mine))
        turns.append({
            "ours": mine["seconds"],
            "peer": peers["seconds"],
            "exchange": mine["exchange_seconds"],
            "products": mine["product_seconds"],
            "losses": [mine["loss"], peers["loss"]],
            **workload(mine),
        })
    return turns, {"ours": our_idleness.cores(), "peer": their_idleness.cores()}


def summary(row, turns):
    """Studies a second of both sides, and their ratios."""
    ours = [row["batch"] / turn["ours"] for turn in turns]
    peer = [row["batch"] / turn["peer"] for turn in turns]
    paired = [turn["peer"] / turn["ours"] for turn in turns]
    return {
        "ours": spread(ours),
        "peer": spread(peer),
        "ratio_of_medians": statistics.median(ours) / statistics.median(peer),
        "paired": spread(paired),
        "ratio": statistics.median(paired),
        # What the ratio would be if a step were its matrix products alone.
        "bound": statistics.median(turn["peer"] / turn["products"] for turn in turns),
    }


def spread(values):
    """Median, least and largest."""
    return [statistics.median(values), min(values), max(values)]


# Memory


class PeakMemory:
    """The largest proportional set size of every rank of a side, looked at every 0.1 s."""

    def __init__(self, side):
        self.sizes = dict.fromkeys(side.ranks, 0)
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        """Looks until it is stopped."""
        while not self.stopped.wait(0.1):
            for pid in self.sizes:
                with contextlib.suppress(OSError):
                    self.sizes[pid] = max(self.sizes[pid], proportional_set_size(pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()


def proportional_set_size(pid):
    """Bytes of a process, where a page counts as one share of those that have it."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def measure_memory(options, row, blas):
    """A row whose memory is measured, one side after the other."""
    steps = row["warmup"] + row["steps"]
    with program_side(options, row, blas) as (ours, ready), PeakMemory(ours) as mine:
        workloads = [workload(ours.ask({})) for _ in range(steps)]
    with peer_side(options, ready, tuned=not options.stock) as (theirs, peer_ready):
        with PeakMemory(theirs) as peers:
            for studies in workloads:
                theirs.ask(studies)
    sizes = {"ours": list(mine.sizes.values()), "peer": list(peers.sizes.values())}
    ratio = max(sizes["ours"]) / max(sizes["peer"])
    allocator = "stock" if options.stock else "tuned"
    measured = {"allocator": allocator, **sizes, "ratio": ratio, "workloads": workloads}
    return ready, peer_ready, measured


# Results


def measures_memory(row):
    """Whether a row is about memory, not speed."""
    return row.get("measures") == "memory"


def of_blas(value, blas):
    """A value of a row, which may be given for each BLAS."""
    return value.get(blas) if isinstance(value, dict) else value


def targeted(row, blases):
    """Those of the BLAS that a row has a target for."""
    return [blas for blas in blases if of_blas(row["target"], blas) is not None]


def reaches(row, ratio, goal):
    """Whether a ratio is at least the goal, or, of memory, at most."""
    return ratio <= goal if measures_memory(row) else ratio >= goal


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


def record_of(options, row, blas, ready, peer_ready, measured):
    """What is kept of a measured row."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "row": row["name"],
        "blas": blas,
        "date": now.isoformat(timespec="seconds"),
        "commit": output_of(["git", "rev-parse", "--short", "HEAD"]),
        "machine": {"model": processor(), "cores": len(cores())},
        "versions": {
            **peer_ready["versions"],
            "python": platform.python_version(),
            "blas": ready["blas"],
            "mpi": output_of([options.mpirun, "--version"]).split("\n")[0],
        },
        "ranks": options.np,
        "threads": options.threads,
        "parameters": ready["parameters"],
        "workload": {key: row.get(key) for key in ("preset", "task", "mix", "batch", "settings")},
        **measured,
    }


def read_results(path):
    """All records, the oldest first."""
    return json.loads(path.read_text()) if path.exists() else []


def append_result(path, record):
    """Adds a record to the file, which has one a line."""
    lines = [json.dumps(one) for one in [*read_results(path), record]]
    partial = path.with_suffix(".partial")
    partial.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    partial.replace(path)


def short(number):
    """A number in three digits, or all that stand before the point."""
    return f"{number:.3g}" if number < 1000 else f"{number:.0f}"


def table_line(row, record):
    """A record as a line of the table."""
    blas, ratio = record["blas"], record["ratio"]
    if measures_memory(row):
        sizes = [[f"{size / 2**30:.2f}" for size in record[side]] for side in ("ours", "peer")]
        cells = [" ".join(one) + " GiB" for one in sizes] + [f"{ratio:.2f}", "", "", ""]
    else:
        cells = ["{} [{}-{}]".format(*map(short, record[side])) for side in ("ours", "peer")]
        median, low, high = record["paired"]
        cells += [f"{record['ratio_of_medians']:.2f}", f"{median:.2f}", f"[{low:.2f}-{high:.2f}]"]
        cells += [f"{record['bound']:.2f}" if "bound" in record else ""]
    target = of_blas(row["target"], blas)
    met = "yes" if reaches(row, ratio, target) else "no"
    return COLUMNS.format(row["name"], blas, *cells, f"{target:.2f}", met)


def counts(record, row):
    """Whether a record was measured as targets are meant: two ranks of one thread, all the row's
    steps, and the peer's allocator at its best."""
    if (record["ranks"], record["threads"]) != (2, 1):
        return False
    if record["allocator"] != "tuned":
        return False
    return measures_memory(row) or len(record["turns"]) >= row["steps"]


def check(rows, blases, results):
    """Says how the newest results stand to their targets; whether all are where they should be."""
    sound = True
    for row in rows:
        for blas in targeted(row, blases):
            known = [
                record
                for record in results
                if (record["row"], record["blas"]) == (row["name"], blas) and counts(record, row)
            ]
            word, said, missed = "FAILED", "missing", of_blas(row.get("missed"), blas)
            if known:
                ratio = known[-1]["ratio"]
                said = f"{ratio:.2f} on {known[-1]['date'][:10]}"
                if reaches(row, ratio, of_blas(row["target"], blas)):
                    word = "met"
                elif missed and reaches(row, ratio, missed["floor"]):
                    word, said = "missed", f"{said} ({missed['reason']})"
                elif missed:
                    said = f"{said}, beyond the {missed['floor']} of what is known to be missed"
            sound = sound and word != "FAILED"
            print(f"{word:<7} {row['name']} {blas}: {said}, target {of_blas(row['target'], blas)}")
    return sound


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
    parser.add_argument("--output", type=pathlib.Path, default=FOLDER / "results.json")
    parser.add_argument("--check", action="store_true", help="compare results with targets")
    parser.add_argument("--mpirun", default="mpirun", help=argparse.SUPPRESS)
    parser.add_argument("--program", default=".build/release/refers-mpi", help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = [name for name in options.rows if name not in names]
    if unknown:
        parser.error(f"there is no row {unknown[0]}, but {', '.join(names)}")
    return options


def main():
    """Measures the rows, or checks their results."""
    options = parse_arguments()
    rows = [row for row in ROWS if row["name"] in options.rows or not options.rows]
    blases = [options.blas] if options.blas else BLAS
    if options.check:
        sys.exit(0 if check(rows, blases, read_results(options.output)) else 1)
    if not os.access(options.program, os.X_OK):
        sys.exit("error: build first: scripts/demo or scripts/test")
    if options.threads == 1 and options.np > len(cores()):
        sys.exit(f"error: {options.np} ranks need as many cores; here are {len(cores())}")
    print(COLUMNS.format(*TITLES))
    for row in rows:
        measure = measure_memory if measures_memory(row) else measure_speed
        for blas in targeted(row, blases):
            record = record_of(options, row, blas, *measure(options, row, blas))
            append_result(options.output, record)
            print(table_line(row, record), flush=True)


if __name__ == "__main__":
    main()

"""The two sides of a benchmark, processes that live all the time, and a talk with each."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent

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


def clean_environment(added=None):
    """The environment without what would change kernels or allocators unseen."""
    kept = {key: value for key, value in os.environ.items() if key not in REMOVED}
    return kept | (added or {})


class Side:
    """The processes of one side, and a talk line by line with the first of them."""

    def __init__(self, name):
        self.name, self.processes, self.ranks = name, [], []
        self.ignored, self.log = [], tempfile.TemporaryFile("w+")

    def start(self, command, added):
        """Starts a process with an environment; the first one is talked to."""
        pipe = subprocess.DEVNULL if self.processes else subprocess.PIPE
        process = subprocess.Popen(
            command,
            env=clean_environment(added),
            stdin=pipe,
            stdout=pipe,
            stderr=self.log,
            text=True,
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
def program_side(options, row, blas, ranks=None, threads=None):
    """The program, started for a row, with its line that says that it is ready."""
    ranks, threads = ranks or options.np, threads or options.threads
    command = [options.mpirun, "-np", str(ranks), *binding(ranks, threads), options.program]
    command += ["bench", "steps", "--turns", "--preset", row["preset"], "--task", row["task"]]
    command += ["--batch", str(row["batch"])]
    if "mix" in row:
        command += ["--mix", row["mix"]]
    for setting in [*row["settings"], f"compute.blas={blas}", f"threads={threads}"]:
        command += ["--set", setting]
    side = Side("program")
    try:
        side.start(command, {})
        ready = side.answer()
        below = descendants(side.processes[0].pid)
        side.ranks = [pid for pid in below if runs(pid, options.program)]
        if len(side.ranks) != ranks:
            raise SystemExit(f"error: {len(side.ranks)} ranks of {options.program} were found")
        yield side, ready
    finally:
        side.end()


def binding(ranks, threads):
    """What binds each rank to a core of its own, where there are as many."""
    if threads > 1 or ranks > len(cores()):
        return ["--bind-to", "none"]
    return ["--map-by", "core", "--bind-to", "core"]


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
                bound = ["--cores", cores()[rank]] if options.threads == 1 else []
                side.start(command + bound, peer_environment(options, rank, port, tuned))
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
    """The studies of a step, as the other side is told them."""
    return {name: answer[name] for name in ("radiographs", "tokens")}


def about_program(ready, versions=None):
    """What is known of the program from its first line, and of the peer by its versions."""
    blas = {"blas": ready["blas"]}
    return {"versions": {**(versions or {}), **blas}, "parameters": ready["parameters"]}

"""Rows about memory."""

import contextlib
import pathlib
import threading

from sides import about_program, peer_side, program_side, workload


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
    """The largest memory of a rank of each side, one after the other."""
    steps = row["warmup"] + row["steps"]
    with program_side(options, row, blas) as (ours, ready), PeakMemory(ours) as mine:
        workloads = [workload(ours.ask({})) for _ in range(steps)]
    with peer_side(options, ready, tuned=not options.stock) as (theirs, peer_ready):
        with PeakMemory(theirs) as peers:
            for studies in workloads:
                theirs.ask(studies)
    sizes = {"ours": list(mine.sizes.values()), "peer": list(peers.sizes.values())}
    about = about_program(ready, peer_ready["versions"])
    allocator = "stock" if options.stock else "tuned"
    ratio = max(sizes["ours"]) / max(sizes["peer"])
    return about, {"allocator": allocator, **sizes, "ratio": ratio, "turns": workloads}

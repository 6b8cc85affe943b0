"""Rows that are timed in turns: a step of one side, then one of the other."""

import contextlib
import statistics
import sys
import time

from results import of_rates
from sides import about_program, peer_side, program_side, workload

# How many cores the ranks of a side that should sleep may keep busy.
IDLE_LIMIT = 0.05


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
    """The program against the peer: what is known of both sides, and what was measured."""
    with program_side(options, row, blas) as (ours, ready):
        with peer_side(options, ready, tuned=not options.stock) as (theirs, peer_ready):
            turns, idle = take_turns(options, row, ours, theirs)
    about = about_program(ready, peer_ready["versions"])
    allocator = "stock" if options.stock else "tuned"
    measured = {"allocator": allocator, "busy_when_idle": idle, **summary(row, turns)}
    # What the ratio would be if a step were its matrix products alone.
    measured["bound"] = statistics.median(turn["peer"] / turn["products"] for turn in turns)
    return about, {**measured, "turns": turns}


def measure_threads(options, row, blas):
    """One process with two threads against two ranks of one."""
    with program_side(options, row, blas, ranks=1, threads=2) as (ours, ready):
        with program_side(options, row, blas, ranks=2, threads=1) as (theirs, _):
            turns, idle = take_turns(options, row, ours, theirs)
    about = {**about_program(ready), "ranks": 1, "threads": 2}
    return about, {"busy_when_idle": idle, **summary(row, turns), "turns": turns}


def take_turns(options, row, ours, theirs):
    """Step after step, one of each side; the turns that count, and how idle the sides were."""
    steps = row["warmup"] + (options.steps or row["steps"])
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
    return turns[row["warmup"] :], {"ours": our_idleness.cores(), "peer": their_idleness.cores()}


def summary(row, turns):
    """Studies a second of both sides, and their ratios."""
    return of_rates(
        [{side: row["batch"] / turn[side] for side in ("ours", "peer")} for turn in turns]
    )

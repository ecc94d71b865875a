"""How a speed is told here: the named rival, a floor, ours, and the ratio, all from one run.

Seconds on a shared machine mean little; a ratio of two things timed in turns means something. So
rival and ours alternate, the median of each is taken, and the goal is stated as a ratio.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    ``ratio`` is rival over ours: how many times as fast. ``goal`` is the least it should be, or
    None where the line only informs. Beside the floor stands how many times it ours takes.
    """

    work: str
    rival: str
    rival_s: float
    floor: str
    floor_s: float | None
    ours_s: float
    goal: float | None

    @property
    def ratio(self) -> float:
        return self.rival_s / self.ours_s

    def __str__(self) -> str:
        floor = "-"
        if self.floor_s is not None:
            floor = f"{self.floor_s * 1e3:.1f} ms ({self.floor}; ours {self.ours_s / self.floor_s:.1f}x)"
        goal = "-" if self.goal is None else f">= {self.goal:.3g}x"
        met = "-" if self.goal is None else "met" if self.ratio >= self.goal else "NOT MET"
        return (
            f"{self.work:<46} | {self.rival_s * 1e3:>10.1f} ms ({self.rival}) | {floor} | "
            f"{self.ours_s * 1e3:.1f} ms | {self.ratio:.2f}x | {goal} | {met}"
        )


HEAD = "work | rival | floor | ours | ratio | goal | met"


def size(work: str, found: float, most: float, unit: str = "MB") -> str:
    """A line about something that is not a time."""
    met = "met" if found <= most else "NOT MET"
    return f"{work:<46} | - | - | {found:.4g} {unit} | - | <= {most:g} {unit} | {met}"


def skipped(work: str, why: str) -> str:
    return f"{work:<46} | - | - | - | - | - | SKIPPED: {why}"


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def race(*calls: Callable[[], object], rounds: int = 5) -> list[float]:
    """Median seconds of each call, taken in turns after one warm-up each."""
    for call in calls:
        call()
    return in_turns(*calls, rounds=rounds)


def in_turns(*calls: Callable[[], object], rounds: int, of: Callable[..., float] = seconds) -> list[float]:
    """Median of each call, without a warm-up: for what takes long, or has to be cold."""
    taken = [[of(call) for call in calls] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def cpu(call: Callable[[], object]) -> float:
    """Processor seconds of a call and of the processes that it starts and waits for."""
    before = _spent()
    call()
    return _spent() - before


def _spent() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def fresh(code: str, **environment: str) -> str:
    """Run code in a process of its own; what it prints."""
    command, env = [sys.executable, "-c", code], {**os.environ, **environment}
    return subprocess.run(command, check=True, cwd=ROOT, env=env, capture_output=True, text=True).stdout


def oikit(*arguments: str) -> str:
    """The code of ``oikit``, as it is typed."""
    return f"from oikit.cli import main; main({list(arguments)!r})"


def peak_mb(code: str) -> float:
    """The peak memory of a fresh process that does nothing else, imports included."""
    return float(fresh(f"{code}; from benchmarks.harness import own_peak_mb; print(own_peak_mb())"))


def own_peak_mb() -> float:
    # The kernel's own mark for this program; ru_maxrss would include what the parent had in use.
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

"""How a speed is told here: the named rival, a floor, ours, and the ratio, all from one run.

Seconds on a shared machine mean little; a ratio of two things timed in turns means something. So
rival and ours alternate, the median of each is taken, and the goal is stated as a ratio.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    ``ratio`` is rival over ours: how many times as fast. ``goal`` is the least it should be, or
    None where the line only informs.
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
        floor = "-" if self.floor_s is None else f"{self.floor_s * 1e3:.1f} ms ({self.floor})"
        goal = "-" if self.goal is None else f">= {self.goal:g}x"
        met = "-" if self.goal is None else "met" if self.ratio >= self.goal else "NOT MET"
        return (
            f"{self.work:<46} | {self.rival_s * 1e3:>10.1f} ms ({self.rival}) | {floor} | "
            f"{self.ours_s * 1e3:.1f} ms | {self.ratio:.2f}x | {goal} | {met}"
        )


HEAD = "work | rival | floor | ours | ratio | goal | met"


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def race(*calls: Callable[[], object], rounds: int = 5) -> list[float]:
    """Median seconds of each call, taken in turns after one warm-up each."""
    for call in calls:
        call()
    taken = [[seconds(call) for call in calls] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]

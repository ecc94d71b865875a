"""The three clocks of the lens: how long the windows of each are, in its own bars."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from oikit.lens.graph import Node

MINUTES = "minutes"
"""The column that the calendar reads: minutes from a Monday 00:00 UTC to the end of the bar."""

DAY = 1440
"""Minutes of a day."""

Line = tuple[str, str, str, Node]
"""A variable as its family writes it: name, unit, formula in words, formula as a graph."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The windows of a clock, in bars.

    Attributes
    ----------
    minutes : int
        Length of a bar.
    move : int, bars
        Window of the short change.
    long : int, bars
        Window of the long change; a whole number of 8 hours, so that it covers whole settlements of
        funding.
    yard : int, bars
        The past that both are compared with.
    """

    minutes: int
    move: int
    long: int
    yard: int

    @property
    def day(self) -> int:
        """Bars of a day, within which every venue settles funding."""
        return max(DAY // self.minutes, 1)

    def windows(self, spans: Collection[int]) -> dict[str, int]:
        """Return the windows that these spans come from; a change over n bars reads n + 1."""
        named = {name: getattr(self, name) for name in ("move", "long", "yard", "day")}
        return {name: n for name, n in named.items() if n in spans or n + 1 in spans}

    @property
    def year(self) -> float:
        """Bars of 365 days."""
        return 365 * DAY / self.minutes


SCALES: dict[str, Scale] = {
    "5min": Scale(minutes=5, move=12, long=96, yard=864),
    "1h": Scale(minutes=60, move=24, long=72, yard=720),
    "1d": Scale(minutes=DAY, move=7, long=21, yard=60),
}
"""Five minutes: 1 h in 8 h in 3 d. An hour: 1 d in 3 d in 30 d. A day: 7 d in 21 d in 60 d."""

"""The line-up: one picture that happened among nineteen that did not, and nobody says which.

Seeing a pattern is a test if the eye did not know where to look. `line_up` draws twenty small
panels. One shows the mean path of the price after the true events; in the others the same events
were slid round the sample, which breaks every link to the price and keeps everything else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from oikit.errors import InputError
from oikit.learn.notes import record
from oikit.learn.show import note
from oikit.learn.todo import TODO, untouched

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["line_up"]

PANELS, _COLUMNS = 20, 5
_WIDE, _HIGH = 120, 2.6
_HOURS = tuple(range(-24, 73, 12))


@dataclass(frozen=True, slots=True)
class LineUp:
    """Twenty panels, and a place that is not shown.

    Attributes
    ----------
    name : str
        Under which a pick is kept.
    paths : DataFrame
        ``panel`` (1 to 20), ``hour`` and ``moved``, in per cent.
    """

    name: str
    paths: pd.DataFrame
    _place: int = field(repr=False)

    def draw(self) -> alt.LayerChart | alt.FacetChart:
        """Draw the panels, five in a row, all to one scale."""
        import altair as alt

        from oikit.charts.theme import COLORS

        # One drawing with twenty places: a facet of layers is more than a page without Altair can draw.
        most = float(self.paths["moved"].abs().max())
        row, column = (self.paths["panel"] - 1) // _COLUMNS, (self.paths["panel"] - 1) % _COLUMNS
        placed = self.paths.assign(
            across=column * _WIDE + self.paths["hour"], up=self.paths["moved"] / most - row * _HIGH
        )
        lefts = [column * _WIDE for column in range(_COLUMNS)]
        downs = [-row * _HIGH for row in range(PANELS // _COLUMNS)]
        places = [
            {"panel": f"{1 + at}", "across": left, "end": left + _HOURS[-1], "left": left + _HOURS[0]}
            | {"up": down, "top": down + 0.9, "bottom": down - 0.9}
            for at, (down, left) in enumerate((down, left) for down in downs for left in lefts)
        ]

        def x(name: str) -> alt.X:
            reach = [-36, _COLUMNS * _WIDE - 36]
            return alt.X(f"{name}:Q", axis=None, scale=alt.Scale(domain=reach, nice=False))

        def y(name: str) -> alt.Y:
            return alt.Y(f"{name}:Q", axis=None, scale=alt.Scale(domain=[downs[-1] - 1.2, 1.6], nice=False))

        frame = alt.Chart(alt.InlineData(places))
        level = frame.mark_rule(color=COLORS["grid"], strokeWidth=1.5)
        known = frame.mark_rule(color=COLORS["open_interest"], strokeDash=[3, 3])
        number = frame.mark_text(align="left", baseline="bottom", color=COLORS["muted"])
        line = alt.Chart(placed).mark_line(color=COLORS["price"], strokeWidth=2)
        layers = (
            level.encode(x("left"), y("up"), x2="end:Q"),
            known.encode(x("across"), y("bottom"), y2="top:Q"),
            number.encode(x("left"), y("top"), alt.Text("panel:N")),
            line.encode(x("across"), y("up"), alt.Detail("panel:N"), alt.Order("hour:Q")),
        )
        return alt.layer(*layers).properties(
            width=548,
            height=380,
            title="The price from a day before to three days after, twenty times",
            description=f"{PANELS} small lines, numbered: mean paths of the price. One of them happened.",
        )

    def judge(self, pick: Any = TODO) -> None:
        """Reveal which panel is real, once one was picked."""
        if untouched(pick):
            note("NOT ATTEMPTED", self.name, "your turn: pick a panel by its number, then run this again.")
            return
        if isinstance(pick, bool) or pick not in range(1, PANELS + 1):
            raise InputError(f"pick={pick!r} is no panel; use a number from 1 to {PANELS}")
        found = int(pick) == self._place
        line = record("line-up", self.name, pick=int(pick), right=found)
        luck = f"A blind pick finds it one time in {PANELS}."
        said = (
            "that is the one that happened." if found else f"number {self._place} is the one that happened."
        )
        note("ANSWER", self.name, f"You picked {int(pick)}; {said}", luck, line)


def line_up(name: str, close: pd.Series, events: pd.Series, *, seed: int) -> LineUp:
    """Hide what happened among nineteen sets of the same events, slid round the sample.

    Parameters
    ----------
    name : str
        Under which a pick is kept.
    close : Series, shape (n,), one value an hour
    events : Series of bool, shape (n,)
        Separate events.
    seed : int

    Returns
    -------
    LineUp

    Raises
    ------
    InputError
        If there are fewer than two events that are known from a day before to three days after.
    """
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    logs, bars = np.log(close.to_numpy()), len(close)
    at = np.flatnonzero(events.to_numpy(dtype=bool))
    if len(at) < 2:
        raise InputError(f"{len(at)} event(s) make no mean path; at least two are needed")
    place = int(random.integers(1, PANELS + 1))
    slides = random.integers(bars // 20, bars - bars // 20, PANELS)
    slides[place - 1] = 0
    parts = []
    for panel, slide in enumerate(slides, start=1):
        here = (at + slide) % bars
        here = here[(here >= -_HOURS[0]) & (here < bars - _HOURS[-1])]
        moved = [100 * float(np.nanmean(logs[here + hour] - logs[here])) for hour in _HOURS]
        parts.append(pd.DataFrame({"panel": panel, "hour": _HOURS, "moved": np.round(moved, 3)}))
    return LineUp(name, pd.concat(parts, ignore_index=True), place)

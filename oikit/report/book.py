"""The book of facts: each number with its unit, its definition, its rows and its place.

A fact is a dict ready for JSON. An unknown value is null with a reason; nothing is estimated in its
place. Seven digits are kept, more than any of the data has, so that the last bits of a sum never make
two pages differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from oikit import clock
from oikit.indicators import trailing_percentile
from oikit.report.source import Subject

# A percentile over less than this share of its window would be one of another window.
_ENOUGH = 0.9
# The longest that fits is taken, and said.
_WINDOWS = ("365d", "180d", "90d", "30d")
# A rank is among so many ends of weeks at the most, and needs so many at the least.
_WEEKS, _FEWEST = 52, 4

Column = pd.Series | str
"""The values of a column, or why there are none."""


class Book:
    """The facts so far.

    Attributes
    ----------
    about : Subject
    facts : list of dict
        In the order in which they were written.
    """

    def __init__(self, about: Subject) -> None:
        self.about = about
        self.facts: list[dict[str, Any]] = []

    def column(self, name: str, make: Callable[[pd.Series], pd.Series] | None = None) -> Column:
        """Take a column of the data, or what is made of it, or the reason why there is none."""
        if name not in self.about.frame.columns:
            return f"the data has no {name}"
        values = self.about.frame[name]
        return make(values) if make else values

    def known(self, values: pd.Series, when: pd.Timestamp) -> pd.Series:
        """Take the last known value in the day that ends then: one row, or none."""
        return values.loc[when - clock.DAY + pd.Timedelta(1, "s") : when].dropna().iloc[-1:]

    def ends(self, values: pd.Series) -> pd.Series:
        """Take the values at both ends of the week; empty unless both are known."""
        rows = [self.known(values, when) for when in (self.about.since, self.about.until)]
        return pd.concat(rows) if all(len(row) for row in rows) else values.iloc[:0]

    def add(
        self,
        fact: str,
        value: float | None,
        unit: str,
        definition: str,
        label: str,
        times: Sequence[pd.Timestamp] = (),
        *,
        place: dict[str, Any] | None = None,
        order: dict[str, int] | None = None,
        unknown: str | None = None,
    ) -> str:
        """Write one down."""
        number = None if value is None or not np.isfinite(value) else digits(value)
        self.facts.append(
            {
                "id": fact,
                "value": number,
                "unit": unit,
                "definition": definition,
                "label": label,
                "times": [stamp(time) for time in times],
                "percentile": place if number is not None else None,
                "rank": order if number is not None else None,
                "unknown": (unknown or "it cannot be worked out from these bars") if number is None else None,
            }
        )
        return fact

    def level(
        self,
        fact: str,
        values: Column,
        unit: str,
        definition: str,
        label: str,
        *,
        placed: bool = False,
        unless: str = "no bar of the week's last day is known",
    ) -> str:
        """Write down a value at the end of the week: the last known of its last day."""
        if isinstance(values, str):
            return self.add(fact, None, unit, definition, label, unknown=values)
        row = self.known(values, self.about.until)
        if row.empty:
            return self.add(fact, None, unit, definition, label, unknown=unless)
        at, place, order = row.index[-1], None, None
        if placed:
            place, order = percentile(values.loc[:at]), rank(values, self.about.until)
        return self.add(fact, float(row.iloc[-1]), unit, definition, label, [at], place=place, order=order)

    def change(self, fact: str, values: Column, definition: str, label: str, *, points: bool = False) -> str:
        """Write down a change over the week: as a share of where it began, or in points."""
        unit = "points" if points else "fraction"
        if isinstance(values, str):
            return self.add(fact, None, unit, definition, label, unknown=values)
        ends = self.ends(values)
        if ends.empty:
            reason = "the bars at the two ends of the week are not both known"
            return self.add(fact, None, unit, definition, label, unknown=reason)
        old, new = float(ends.iloc[0]), float(ends.iloc[1])
        moved = new - old if points else new / old - 1 if old else None
        return self.add(fact, moved, unit, definition, label, list(ends.index))


def percentile(values: pd.Series) -> dict[str, Any] | None:
    """Return the percentile of the last value within the last year, or a shorter window if need be."""
    bar = clock.bar_length(values.index)
    for window in _WINDOWS:
        count = clock.length(window) // bar
        known = values.iloc[-count:].dropna().reset_index(drop=True)  # places of rows, no times
        if len(values) >= count and len(known) >= _ENOUGH * count:
            place = trailing_percentile(known, len(known)).iloc[-1]
            return {"value": round(float(place), 4), "window": window, "n": len(known)}
    return None


def rank(values: pd.Series, until: pd.Timestamp) -> dict[str, int] | None:
    """Return the rank of this week's end among the week ends of the last year."""
    ends = pd.date_range(end=until, periods=_WEEKS, freq=clock.WEEK)
    known = values.reindex(ends).dropna()
    if len(known) < _FEWEST or known.index[-1] != until:
        return None
    return {"value": 1 + int((known > known.iloc[-1]).sum()), "of": len(known)}


def digits(value: float) -> float:
    """Keep seven digits, and no minus before a zero."""
    return float(f"{value:.7g}") + 0.0


def stamp(time: pd.Timestamp) -> str:
    """Write a time in UTC, to the minute."""
    return time.strftime("%Y-%m-%dT%H:%MZ")

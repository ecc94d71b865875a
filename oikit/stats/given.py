"""What a statistic was given: numbers of the right kind, or a plain word about why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.clock import bars
from oikit.errors import InputError

__all__ = ["Floats", "column", "fraction", "random", "whole"]

Floats = npt.NDArray[np.float64]
Values = pd.Series | npt.NDArray[Any] | Sequence[float]
"""One-dimensional numbers: a Series, an array or a list."""


def column(values: Values, name: str, *, known: int = 1, nan: bool = True) -> Floats:
    """Read one column of numbers.

    Parameters
    ----------
    values : Series, array or list, shape (n,)
    name : str
        What to call it in an error.
    known : int
        The fewest known numbers that make sense.
    nan : bool
        Whether NaN may stand for what is not known.

    Raises
    ------
    InputError
        If it is no single column, holds text or an infinity, or too few known numbers.
    """
    try:
        if isinstance(values, pd.Series):
            raw = values.to_numpy(na_value=np.nan) if values.hasnans else values.to_numpy()
        else:
            raw = np.asarray(values)
        # Text that looks like a number, and times, would turn into numbers nobody asked for.
        if raw.dtype.kind not in "biufO" or (
            raw.dtype.kind == "O" and any(isinstance(x, str) for x in raw.flat)
        ):
            raise TypeError
        out = raw.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} holds something that is no number; give numbers, NaN if unknown") from error
    if out.ndim != 1:
        raise InputError(f"{name} has {out.ndim} dimensions; give one column of numbers")
    if np.isinf(out).any():
        raise InputError(f"{name} holds an infinite number; what is not known is NaN")
    have = int(np.count_nonzero(~np.isnan(out)))
    if not nan and have < len(out):
        raise InputError(f"{name} holds {len(out) - have} missing value(s); drop them first, and say so")
    if have < known:
        raise InputError(f"{name} has {have} known value(s) of {len(out)}; at least {known} are needed")
    return out


def fraction(value: float, name: str, *, open_ends: bool = False) -> float:
    """Take a number from 0 to 1 (with `open_ends`: strictly between), or say why not."""
    if not isinstance(value, int | float | np.number):
        raise InputError(f"{name}={value!r} is no number; give a fraction (5% is 0.05)")
    value = float(value)
    inside = 0 < value < 1 if open_ends else 0 <= value <= 1
    if not inside:
        words = "between 0 and 1" if open_ends else "from 0 to 1"
        raise InputError(f"{name}={value:g} is no fraction; give a number {words} (5% is 0.05)")
    return value


def whole(value: int, name: str, *, at_least: int = 1) -> int:
    """Take a whole number, or say why not."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputError(f"{name}={value!r} is no whole number")
    if value < at_least:
        raise InputError(f"{name}={value} is too small; at least {at_least} is needed")
    return int(value)


def random(seed: int) -> np.random.Generator:
    """A generator that gives the same numbers for the same seed."""
    return np.random.default_rng(whole(seed, "seed", at_least=0))


def horizon_bars(horizon: int | str | pd.Timedelta, like: object) -> int:
    """How many bars does one outcome look ahead? Text such as ``"72h"`` needs a Series of times."""
    return bars(horizon, like.index if isinstance(like, pd.Series) else pd.RangeIndex(0))


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Events and what followed, row by row.

    Attributes
    ----------
    on, off : array of bool, shape (n,)
        The event happened; it is known not to have happened. Neither: nobody knows.
    outcome : array of float, shape (n,)
        What followed, minus the base if one was given; NaN where not known.
    against_rest : bool
        Whether the rest of the bars is the yardstick, because no base was given.
    yes_no : bool
        Whether the outcome, before the base was taken off, has at most two values.
    """

    on: npt.NDArray[np.bool_]
    off: npt.NDArray[np.bool_]
    outcome: Floats
    against_rest: bool
    yes_no: bool

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Rows whose outcome is known."""
        return ~np.isnan(self.outcome)

    @property
    def hits(self) -> Floats:
        """Known outcomes of the events."""
        return self.outcome[self.on & self.known]

    @property
    def rest(self) -> Floats:
        """Known outcomes of the bars that are known to be no events."""
        return self.outcome[self.off & self.known]

    @property
    def effect(self) -> float:
        """Mean outcome of the events, less that of the rest unless a base was given."""
        return float(self.hits.mean() - (self.rest.mean() if self.against_rest else 0.0))


def pair_events(events: Values, outcome: Values, base: Values | float | None = None) -> Events:
    """Pair events with outcomes."""
    fires = column(events, "events", known=0)
    after = column(outcome, "outcome", known=0)
    _same_rows(events, outcome, "events", "outcome", len(fires), len(after))
    off, on = fires == 0, fires == 1
    if (~np.isnan(fires) & ~off & ~on).any():
        raise InputError("events hold something else than yes (1), no (0) and not known (NaN)")
    known = ~np.isnan(after)
    if not known.any():
        raise InputError("no outcome is known; a longer history, or a shorter horizon, is needed")
    if not on.any():
        raise InputError(f"the event never happened in {int(off.sum()):,} bars, so nothing can be compared")
    if not off.any():
        raise InputError(f"the event happened on all {int(on.sum()):,} bars, so there is no rest to compare")
    if (on & known).sum() < 2:
        have = f"{int((on & known).sum())} of {int(on.sum())} event(s)"
        raise InputError(f"{have} with a known outcome; at least 2 are needed")
    two = known & ((after == np.nanmin(after)) | (after == np.nanmax(after)))
    yes_no = bool((two == known).all())
    if base is not None:
        if isinstance(base, int | float | np.number):
            yardstick = np.full(len(after), float(base))
        else:
            yardstick = column(base, "base", known=0)
            _same_rows(base, outcome, "base", "outcome", len(yardstick), len(after))
        after = after - yardstick
        known = ~np.isnan(after)
        if (on & known).sum() < 2:
            raise InputError("fewer than 2 events have a known outcome and a known base")
    elif not (off & known).any():
        raise InputError("no bar without the event has a known outcome; give a base to compare with")
    return Events(on, off, after, base is None, yes_no)


def _same_rows(first: object, second: object, one: str, other: str, n: int, m: int) -> None:
    if n != m:
        raise InputError(f"{one} and {other} have {n:,} and {m:,} rows; take both from one frame")
    if (
        isinstance(first, pd.Series)
        and isinstance(second, pd.Series)
        and not first.index.equals(second.index)
    ):
        raise InputError(f"{one} and {other} stand on different rows; take both from one frame")

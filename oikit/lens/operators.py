"""The operators of the variables: few, each over a fixed number of past bars.

An operator reads the last `span` bars of a column, including this one, and nothing else. Each satisfies
two rules (`tests/test_features.py`): its result depends only on the *values* in those bars, to the last
bit, however long the history before them; and a bar before the beginning of the data counts as
unrecorded.

================  =====  ======================================================================
operator          bars   result
================  =====  ======================================================================
`LAG`             n + 1  the value n bars ago
`TOTAL`           n      the sum
`HIGHEST`         n      the highest
`LOWEST`          n      the lowest
`SCORE`           n + 1  robust score against the n bars before this one
`PERCENTILE`      n      share of the n bars that lie below, ties as halves
`STREAK`          n      for how many bars the sign has been this one, with that sign
`HELD`            n      the value at the last bar that settled
================  =====  ======================================================================

``whole`` computes every bar of a history, ``newest`` the last bar of one window; its default is
``whole`` of that window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.rolling import robust_zscore, trailing_percentile

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Operator:
    """One question about the last bars, and the two ways to answer it.

    Attributes
    ----------
    name : str
    whole : callable
        ``whole(column, ..., span)``: the answer at each bar of a history.
    quick : callable, optional
        ``quick(window, ...)``: the answer at the last bar of windows of `span` bars, where there is
        a shorter way to it. It gives the same bits.
    """

    name: str
    whole: Callable[..., Floats]
    quick: Callable[..., Any] | None = None

    def newest(self, *windows: Floats) -> Any:
        """Answer for the last bar of windows that are `span` bars long."""
        if self.quick is not None:
            return self.quick(*windows)
        return self.whole(*windows, len(windows[0]))[-1]


def _lag(values: Floats, span: int) -> Floats:
    out = np.full(len(values), np.nan)
    out[span - 1 :] = values[: max(len(values) - span + 1, 0)]
    return out


def _doubling(join: Callable[[Any, Any], Any]) -> Callable[[Floats, int], Floats]:
    """Join each window from pieces of 1, 2, 4, 8 … bars.

    A difference of running totals would be quicker by a little, but it carries the dust of the
    whole history: a sum of equal numbers would not be equal from bar to bar, and a score or a
    percentile of it would read the dust.
    """

    def whole(values: Floats, span: int) -> Floats:
        out = np.full(len(values), np.nan)
        if len(values) < span:
            return out
        piece, size = values, 1
        joined, covered = values[:0], 0
        while True:
            if span & size:
                joined = piece if covered == 0 else join(piece[: len(joined) - size], joined[size:])
                covered += size
            if covered == span:
                out[span - 1 :] = joined
                return out
            piece, size = join(piece[:-size], piece[size:]), 2 * size

    return whole


def _newest_total(window: Floats) -> Any:
    """Add up the same pieces in the same order, of one window only."""
    joined: Any = None
    while len(window):
        if len(window) % 2:
            joined = window[-1] if joined is None else window[-1] + joined
            window = window[:-1]
        window = window[::2] + window[1::2]
    return joined


def _score(values: Floats, span: int) -> Floats:
    return robust_zscore(pd.Series(values), span - 1).to_numpy()


def _newest_score(window: Floats) -> Any:
    if np.isnan(window).any():
        return np.nan
    past = window[:-1]
    centre = _middle(past)
    width = 1.4826 * _middle(np.abs(past - centre))
    return (window[-1] - centre) / width if width > 0 else np.nan


def _middle(values: Floats) -> Any:
    half = len(values) // 2
    if len(values) % 2:
        return np.partition(values, half)[half]
    ordered = np.partition(values, (half - 1, half))
    return (ordered[half - 1] + ordered[half]) / 2


def _percentile(values: Floats, span: int) -> Floats:
    return trailing_percentile(pd.Series(values), span).to_numpy()


def _newest_percentile(window: Floats) -> Any:
    if np.isnan(window).any():
        return np.nan
    value = window[-1]
    below, equal = np.count_nonzero(window < value), np.count_nonzero(window == value)
    return (below + equal / 2) / len(window)


def _streak(values: Floats, span: int) -> Floats:
    """Return the signed streak; NaN where it reaches back to an unknown bar and may be longer."""
    row, sign = np.arange(len(values)), np.sign(values)
    turns = np.ones(len(values), dtype=bool)
    turns[1:] = sign[1:] != sign[:-1]
    began = np.maximum.accumulate(np.where(turns, row, 0))
    before = np.concatenate([[np.nan], sign[:-1]])[began]
    length = np.minimum(row - began + 1, span)
    return np.where((length == span) | ~np.isnan(before), sign * length, np.nan)


def _held(values: Floats, hours: Floats, span: int) -> Floats:
    """Return the last settled value; NaN from an unknown bar until the next settlement."""
    row, unknown = np.arange(len(values)), np.isnan(values) | np.isnan(hours)
    settled = np.maximum.accumulate(np.where((hours > 0) & ~unknown, row, -1))
    lost = np.maximum.accumulate(np.where(unknown, row, -1))
    known = (settled > lost) & (row - settled < span)
    return np.where(known, values[settled] if len(values) else values, np.nan)


LAG = Operator("lag", _lag, lambda window: window[0])
TOTAL = Operator("total", _doubling(np.add), _newest_total)
HIGHEST = Operator("highest", _doubling(np.maximum), np.max)
LOWEST = Operator("lowest", _doubling(np.minimum), np.min)
SCORE = Operator("score", _score, _newest_score)
PERCENTILE = Operator("percentile", _percentile, _newest_percentile)
STREAK = Operator("streak", _streak)
HELD = Operator("held", _held)

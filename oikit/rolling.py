"""A value against its own past: what every indicator is made of.

Each function reads the bars of a trailing window only, and answers NaN until that window is full of
known values. Nothing here knows about open interest.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.clock import bars
from oikit.errors import InputError

__all__ = [
    "History",
    "Window",
    "answered",
    "log_change",
    "one_history",
    "pair",
    "robust_zscore",
    "series",
    "trailing_percentile",
    "window_sum",
    "zscore",
]

Window = int | str | pd.Timedelta
"""In bars (``24``) or as a length of time (``"24h"``)."""

Floats = npt.NDArray[np.float64]

# Makes the median absolute deviation of a normal variable equal its standard deviation.
_NORMAL = 1.4826

# Rows of a column that are worked on at once: they fit into the processor's own memory.
_PIECE = 16_384

# How far the nearer half of a window is followed from bar to bar before it is searched for.
_STEPS = 8


def robust_zscore(values: pd.Series, window: Window = "30d") -> pd.Series:
    r"""Return the robust z-score of each value against its own trailing window.

    Parameters
    ----------
    values : Series, shape (n,)
    window : int or str
        The bars *before* this one that it is compared with; this one is not among them.

    Returns
    -------
    Series, shape (n,), robust standard deviations from the trailing median
        NaN until the window is full of known values, and where the window's median absolute deviation is
        0.

    Notes
    -----
    .. math:: z_t = \frac{x_t - \mathrm{med}}{1.4826\,\mathrm{MAD}}

    with median and MAD over :math:`x_{t-w}, \ldots, x_{t-1}`. Unlike a mean, the median does not follow
    the spikes that the score is meant to find. No future value enters, unlike when a whole sample is
    standardised at once.

    Examples
    --------
    >>> robust_zscore(pd.Series([1.0, 2.0, 3.0, 4.0]), 3).round(3).tolist()
    [nan, nan, nan, 1.349]
    """
    values = series(values, "values")
    median, mad = _of_one_history(values.to_numpy(), bars(window, values.index, at_least=3))
    return (values - median) / np.where(mad > 0, _NORMAL * mad, np.nan)


def zscore(values: pd.Series, window: Window = "30d") -> pd.Series:
    r"""Return the z-score of each value against its own trailing window.

    Parameters
    ----------
    values : Series, shape (n,)
    window : int or str
        The bars *before* this one that it is compared with; this one is not among them.

    Returns
    -------
    Series, shape (n,), standard deviations from the trailing mean
        NaN until the window is full of known values, and where all of them are the same.

    Notes
    -----
    .. math:: z_t = \frac{x_t - \bar x}{s}

    with mean and standard deviation (n - 1) over :math:`x_{t-w}, \ldots, x_{t-1}`. One spike in the window
    lifts both and makes later ones look small; `robust_zscore` is not misled so.

    Examples
    --------
    >>> zscore(pd.Series([1.0, 2.0, 3.0, 4.0]), 3).tolist()
    [nan, nan, nan, 2.0]
    """
    values = series(values, "values")
    count = bars(window, values.index, at_least=3)
    before = values.shift(1).rolling(count, min_periods=count)
    mean, spread = before.mean(), before.std()
    # What is left of a sum after large values have gone is no spread.
    return (values - mean) / spread.where(spread > 1e-9 * mean.abs())


def trailing_percentile(
    values: pd.Series, window: Window = "365d", *, ties: Literal["mid", "strict", "weak"] = "mid"
) -> pd.Series:
    """Return the share of the trailing window that lies below each value.

    Parameters
    ----------
    values : Series, shape (n,)
    window : int or str
        This bar and the ones before it.
    ties : {"mid", "strict", "weak"}
        How much equal values count: a half, nothing, or all. Funding takes one exact value half of the
        time, so the result depends on this; state which you used.

    Returns
    -------
    Series, shape (n,), fraction
        NaN until the window is full of known values. A new high, and nothing else, scores
        ``1 - 1 / n`` under ``"strict"``: a value that only equals the usual one is not a high.

    Examples
    --------
    >>> trailing_percentile(pd.Series([0.0, 0.0, 0.0, 1.0]), 4).tolist()
    [nan, nan, nan, 0.875]
    """
    values = series(values, "values")
    count = bars(window, values.index)
    rolling = values.rolling(count, min_periods=count)
    if ties == "mid":
        return (rolling.rank(method="average") - 0.5) / count
    if ties == "strict":
        return (rolling.rank(method="min") - 1.0) / count
    if ties == "weak":
        return rolling.rank(method="max") / count
    raise InputError(f"ties={ties!r} is unknown; use 'mid', 'strict' or 'weak'")


def series(values: pd.Series, name: str) -> pd.Series:
    """Take a Series of numbers as it is, or say why not."""
    if not isinstance(values, pd.Series):
        raise InputError(f"{name} is a {type(values).__name__}; give a pandas.Series, like frame[{name!r}]")
    if values.dtype == np.float64:
        return values
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        raise InputError(f"{name} holds {values.dtype}; give numbers, like {name}.astype(float)")
    return values.astype(float)


def pair(first: pd.Series, second: pd.Series, one: str, other: str) -> tuple[pd.Series, pd.Series]:
    """Take two Series that stand on the same rows, or say why not."""
    first, second = series(first, one), series(second, other)
    if not first.index.equals(second.index):
        raise InputError(
            f"{one} and {other} stand on different rows ({len(first)} and {len(second)}); "
            "take both from one frame, or join them first"
        )
    return first, second


def log_change(values: pd.Series, count: int) -> pd.Series:
    """Log change over `count` bars; NaN where an end is unknown or not above zero."""
    levels = values.to_numpy()
    impossible = levels <= 0
    if impossible.any():
        levels = np.where(impossible, np.nan, levels)
    out = np.log(levels)
    # From the end, a piece at a time: each piece replaces logs that no later piece reads, so that no second
    # column of this length is needed, whose memory would cost more time than the logs.
    for end in range(len(out), count, -_PIECE):
        begin = max(end - _PIECE, count)
        out[begin:end] -= out[begin - count : end - count]
    out[:count] = np.nan
    return pd.Series(out, values.index, copy=False)


def window_sum(values: Floats, count: int) -> Floats:
    """Sum the last `count` values; NaN if one is unknown, exactly 0 if all are 0."""
    unknown = np.isnan(values)
    holes = bool(unknown.any())
    known = np.where(unknown, 0.0, values) if holes else values
    out = np.full(len(values), np.nan)
    # Differences of long sums leave dust of 1e-19 where nothing was paid; a sign would read it.
    out[count - 1 :] = np.where(_count(known != 0, count) > 0, _moving(known.cumsum(), count), 0.0)
    if holes:
        out[count - 1 :][_count(unknown, count) > 0] = np.nan
    return out


def _moving(totals: Any, count: int) -> Any:
    """Return the totals of the last `count` rows from running totals."""
    moving = totals[count - 1 :].copy()
    moving[1:] -= totals[:-count]
    return moving


def _count(flags: npt.NDArray[np.bool_], count: int) -> Any:
    return _moving(flags.cumsum(dtype=np.int32), count)


_HISTORIES: ContextVar[list[tuple[int, Floats, tuple[Floats, Floats]]] | None] = ContextVar(
    "histories", default=None
)


@contextmanager
def one_history() -> Iterator[None]:
    """Compute a score once for a history and for all that it begins with, while this lasts.

    What trails knows no later bar, so the answer for a beginning is the beginning of the answer.
    """
    known = _HISTORIES.get()
    token = _HISTORIES.set([] if known is None else known)
    try:
        yield
    finally:
        _HISTORIES.reset(token)


def _of_one_history(values: Floats, count: int) -> tuple[Floats, Floats]:
    known = _HISTORIES.get()
    if known is None:
        return _trailing_median_and_mad(values, count)
    n = len(values)
    for width, history, (median, mad) in known:
        if width == count and len(history) >= n and np.array_equal(history[:n], values, equal_nan=True):
            return median[:n], mad[:n]
    made = _trailing_median_and_mad(values, count)
    if len(known) < 16:
        known.append((count, values.copy(), made))
    return made


def _trailing_median_and_mad(values: Floats, count: int) -> tuple[Floats, Floats]:
    """Median, and median distance to it, of the `count` values before each one."""
    median, mad = np.full((2, len(values)), np.nan)
    listed = values.tolist()
    ordered: list[float] = []
    start = 0
    for row, value in enumerate(listed):
        if len(ordered) == count:
            median[row], mad[row], start = _median_and_mad(ordered, start)
            del ordered[bisect_left(ordered, listed[row - count])]
        if value != value:  # unknown: the window starts anew
            ordered = []
        else:
            insort(ordered, value)
    return median, mad


def _median_and_mad(ordered: list[float], start: int) -> tuple[float, float, int]:
    """Median, median distance to it, and where the nearer half of the values begins.

    That half stands side by side, so the farther of its two ends is the median distance. From bar to bar it
    moves by a step or two: it is looked for at `start`, where it last began.
    """
    count, half, odd = len(ordered), len(ordered) // 2, len(ordered) % 2
    centre = ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2
    end = start + half
    below, above = centre - ordered[start], ordered[end] - centre
    for _ in range(_STEPS):
        if below > above:
            if end + 1 == count or (beyond := ordered[end + 1] - centre) >= below:
                break
            start, end = start + 1, end + 1
            below, above = centre - ordered[start], beyond
        else:
            if start == 0 or (beyond := centre - ordered[start - 1]) >= above:
                break
            start, end = start - 1, end - 1
            below, above = beyond, ordered[end] - centre
    else:  # a jump: look everywhere
        start = bisect_left(
            range(count - half - 1), True, key=lambda s: ordered[s + half + 1] - centre >= centre - ordered[s]
        )
        end = start + half
        below, above = centre - ordered[start], ordered[end] - centre
    farthest = max(below, above)
    if odd:
        return centre, farthest, start
    second = (
        max(centre - ordered[start + 1], above) if below > above else max(below, ordered[end - 1] - centre)
    )
    return centre, (second + farthest) / 2, start


# --- answers on a whole history, cut for the parts that begin it ---

Make = Callable[[pd.DataFrame], pd.Series]

_CUT: ContextVar[tuple[History, pd.DataFrame] | None] = ContextVar("oikit_cut", default=None)


class History:
    """A market's bars, and what was asked of all of them.

    What reads no later bar says of a beginning what it says of the whole. What looks ahead reads as many bars
    as its horizon has, so these are unknown at the cut.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._answers: dict[Hashable, pd.Series] = {}

    def begins_with(self, part: pd.DataFrame) -> bool:
        """Return whether these bars are the first of this history."""
        return len(part) <= len(self.frame) and self.frame.iloc[: len(part)].equals(part)

    @contextmanager
    def up_to(self, part: pd.DataFrame) -> Iterator[None]:
        """While this lasts, what is asked of `part` is cut from the answer on the whole, if it begins it."""
        token = _CUT.set((self, part) if self.begins_with(part) else None)
        try:
            yield
        finally:
            _CUT.reset(token)

    def answer(self, key: Hashable, make: Make) -> pd.Series:
        """Return the answer on the whole, made once."""
        if key not in self._answers:
            with one_history():
                self._answers[key] = make(self.frame)
        return self._answers[key]


def answered(frame: pd.DataFrame, key: Hashable, make: Make, *, ahead: int = 0) -> pd.Series:
    """Return what is made of a frame, or the same cut from its history; the last `ahead` rows look ahead."""
    cut = _CUT.get()
    if cut is None or cut[1] is not frame:
        return make(frame)
    found = cut[0].answer(key, make).iloc[: len(frame)]
    if ahead and len(cut[0].frame) > len(frame):
        found = found.copy()
        found.iloc[-ahead:] = np.nan
    return found

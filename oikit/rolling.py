"""A value against its own past: what every indicator is made of.

Each function reads the bars of a trailing window only, and answers NaN until that window is full of
known values. Nothing here knows about open interest.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.clock import bars
from oikit.errors import InputError

__all__ = ["Window", "log_change", "pair", "robust_zscore", "series", "trailing_percentile", "window_sum"]

Window = int | str | pd.Timedelta
"""In bars (``24``) or as a length of time (``"24h"``)."""

Floats = npt.NDArray[np.float64]

# Makes the median absolute deviation of a normal variable equal its standard deviation.
_NORMAL = 1.4826


def robust_zscore(values: pd.Series, window: Window = "30d") -> pd.Series:
    r"""How unusual is it, against its own last window?

    Parameters
    ----------
    values : Series, shape (n,)
    window : int or str
        How many bars *before* this one are the yardstick; this one is not among them.

    Returns
    -------
    Series, shape (n,), robust standard deviations from the trailing median
        NaN until the window is full of known values, and where the yardstick has no width (its
        median absolute deviation is zero).

    Notes
    -----
    .. math:: z_t = \frac{x_t - \mathrm{med}}{1.4826\,\mathrm{MAD}}

    with median and MAD over :math:`x_{t-w}, \ldots, x_{t-1}`. The median does not follow the very
    spikes that the score is meant to find, as a mean would; and nothing of the future enters, as it
    does when a whole sample is standardised at once.

    Examples
    --------
    >>> robust_zscore(pd.Series([1.0, 2.0, 3.0, 4.0]), 3).round(3).tolist()
    [nan, nan, nan, 1.349]
    """
    values = series(values, "values")
    median, mad = _trailing_median_and_mad(values.to_numpy(), bars(window, values.index, at_least=3))
    return (values - median) / np.where(mad > 0, _NORMAL * mad, np.nan)


def trailing_percentile(
    values: pd.Series, window: Window = "365d", *, ties: Literal["mid", "strict", "weak"] = "mid"
) -> pd.Series:
    """Which share of its own last window lies below it?

    Parameters
    ----------
    values : Series, shape (n,)
    window : int or str
        This bar and the ones before it.
    ties : {"mid", "strict", "weak"}
        What equal values count: a half, nothing, or all. Funding sits on one exact value for half
        of its life, so the answer hangs on this; state which you used.

    Returns
    -------
    Series, shape (n,), fraction
        NaN until the window is full of known values. A new high, and nothing else, scores
        ``1 - 1 / n`` under ``"strict"``: a value that only equals the usual one is no high.

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
    logs = np.log(levels)
    out = np.full(len(logs), np.nan)
    np.subtract(logs[count:], logs[:-count], out=out[count:])
    return pd.Series(out, values.index)


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
    """From running totals, the totals of the last `count` rows."""
    moving = totals[count - 1 :].copy()
    moving[1:] -= totals[:-count]
    return moving


def _count(flags: npt.NDArray[np.bool_], count: int) -> Any:
    return _moving(flags.cumsum(dtype=np.int32), count)


def _trailing_median_and_mad(values: Floats, count: int) -> tuple[Floats, Floats]:
    """Median, and median distance to it, of the `count` values before each one."""
    median, mad = np.full((2, len(values)), np.nan)
    held: list[float] = []
    ordered: list[float] = []
    first = 0
    for row, value in enumerate(values.tolist()):
        if len(held) - first == count:
            centre = _middle(ordered)
            median[row], mad[row] = centre, _middle_distance(ordered, centre)
            del ordered[bisect_left(ordered, held[first])]
            first += 1
        if value != value:  # unknown: the window starts anew
            held, ordered, first = [], [], 0
        else:
            held.append(value)
            insort(ordered, value)
    return median, mad


def _middle(ordered: list[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _middle_distance(ordered: list[float], centre: float) -> float:
    """Median distance to the centre, without sorting the distances.

    The k + 1 nearest values stand side by side in sorted order, so the k-th distance is found by
    bisection over where that run begins.
    """

    def nearest(k: int) -> float:
        starts = range(len(ordered) - k)
        at = bisect_left(starts, True, key=lambda s: ordered[s + k] - centre >= centre - ordered[s])
        right = ordered[at + k] - centre if at < len(starts) else np.inf
        return min(right, centre - ordered[at - 1]) if at else right

    half = len(ordered) // 2
    return nearest(half) if len(ordered) % 2 else (nearest(half - 1) + nearest(half)) / 2

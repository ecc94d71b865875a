"""The labels of the lens: yes-or-no outcomes of the hours after each bar, fixed in advance.

=====================  =================================================================
``"triple barrier"``   does the close rise by 1.5 daily sigma before it falls as far, in 72 h?
``"reversal"``         does the close move 5% against the trend of 30 days, within 7 days?
``"squeeze"``          in 72 h: close up 8%, open interest down 5%, mostly shorts forced out?
=====================  =================================================================

`LABELS` lists them; `oikit.lens.examples` joins one to the variables.

A label looks ahead, so it may only be an outcome, never a variable. It is known when its horizon has
ended, not before, even where a barrier was touched at once: using rows early because they were decided
early would select them by outcome.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oikit.clock import bars
from oikit.errors import InputError
from oikit.frame import validate
from oikit.stats.given import Floats


@dataclass(frozen=True, slots=True)
class Label:
    """A question about the hours after a bar.

    Attributes
    ----------
    name, says : str
    horizon : str
        When the answer is known.
    needs : tuple of str
        Columns of the frame.
    answer : callable
        From a frame to a Series of 1.0 (yes), 0.0 (no) and NaN (not known).
    """

    name: str
    says: str
    horizon: str
    needs: tuple[str, ...]
    answer: Callable[[pd.DataFrame], pd.Series]


def triple_barrier(
    close: pd.Series,
    *,
    horizon: int | str = "72h",
    width: float = 1.5,
    window: int | str = "30d",
    per: int | str = "24h",
) -> pd.Series:
    """Return which comes first: a rise (1), a fall (-1) or the end of the horizon (0).

    Examples
    --------
    >>> up = pd.Series([1.0, 1.1, 1.0, 1.3, 1.3, 1.3])
    >>> triple_barrier(up, horizon=2, width=1.5, window=2, per=1).tolist()
    [nan, nan, 1.0, 0.0, nan, nan]
    """
    path, ahead = _log(close), bars(horizon, close.index)
    if not (math.isfinite(width) and width > 0):
        raise InputError(f"width={width!r} must be above 0; it is counted in sigmas")
    count, day = bars(window, close.index), bars(per, close.index)
    squares = pd.Series(np.concatenate([[np.nan], np.diff(path)]) ** 2)
    # Summed afresh in each window: a running sum would leave crumbs where a price stood still.
    cells = np.lib.stride_tricks.sliding_window_view(squares.to_numpy(), min(count, len(squares)))
    mean = np.full(len(path), np.nan)
    if len(squares) >= count:
        mean[count - 1 :] = cells.mean(axis=1)
    barrier = width * np.sqrt(mean * day)
    barrier[~(barrier > 0)] = np.nan
    side = np.zeros(len(path))
    for _, move in _ahead(path, ahead):
        open_yet = side == 0
        side[open_yet & (move >= barrier)] = 1.0
        side[open_yet & (move <= -barrier)] = -1.0
    side[np.isnan(barrier) | ~_whole(path, ahead)] = np.nan
    return pd.Series(side, close.index, name="triple_barrier")


def reversal(
    close: pd.Series, *, horizon: int | str = "7d", trend: int | str = "30d", move: float = 0.05
) -> pd.Series:
    """Return whether the price turns against its trend within the horizon.

    One of several readings of the article's word; its frequency depends on the reading more than on the
    market, so look at the base rate first.

    Examples
    --------
    >>> reversal(pd.Series([100.0, 110.0, 108.0, 99.0]), horizon=2, trend=1).tolist()
    [nan, 1.0, nan, nan]
    """
    path, ahead, back = _log(close), bars(horizon, close.index), bars(trend, close.index)
    _fraction(move, "move")
    way = np.full(len(path), np.nan)
    way[back:] = np.sign(path[back:] - path[:-back]) if back < len(path) else np.nan
    way[way == 0] = np.nan
    turned = np.zeros(len(path))
    down, up = math.log1p(-move), math.log1p(move)
    for _, then in _ahead(path, ahead):
        turned[np.where(way > 0, then <= down, then >= up)] = 1.0
    turned[np.isnan(way) | ~_whole(path, ahead)] = np.nan
    return pd.Series(turned, close.index, name="reversal")


def squeeze(
    frame: pd.DataFrame,
    *,
    horizon: int | str = "72h",
    rise: float = 0.08,
    fall: float = 0.05,
    shorts: float = 0.7,
) -> pd.Series:
    """Return whether there was a squeeze: price up, open interest down, mostly shorts liquidated."""
    validate(frame, needs=LABELS["squeeze"].needs)
    for name, value in (("rise", rise), ("fall", fall), ("shorts", shorts)):
        _fraction(value, name)
    path, coins = _log(frame["close"]), _log(frame["open_interest"])
    ahead = bars(horizon, frame.index)
    top, low = np.full(len(path), -np.inf), np.full(len(path), np.inf)
    for (_, move), (_, change) in zip(_ahead(path, ahead), _ahead(coins, ahead), strict=True):
        top, low = np.fmax(top, move), np.fmin(low, change)
    out_long, out_short = (_sum_ahead(frame[f"{who}_liquidations"], ahead) for who in ("long", "short"))
    both = out_long + out_short
    yes = (top >= math.log1p(rise)) & (low <= math.log1p(-fall)) & (both > 0) & (out_short >= shorts * both)
    known = _whole(path, ahead) & _whole(coins, ahead) & ~np.isnan(both)
    return pd.Series(np.where(known, yes.astype(float), np.nan), frame.index, name="squeeze")


LABELS: dict[str, Label] = {
    label.name: label
    for label in (
        Label(
            "triple barrier",
            "the close rises by 1.5 daily sigma before it falls as far, within 72 h",
            "72h",
            ("close",),
            # A comparison with NaN would be a no; unknown stays unknown.
            lambda frame: triple_barrier(frame["close"]).map({1.0: 1.0, 0.0: 0.0, -1.0: 0.0}),
        ),
        Label(
            "reversal",
            "the close moves 5% against the trend of 30 days, within 7 days",
            "7d",
            ("close",),
            lambda frame: reversal(frame["close"]),
        ),
        Label(
            "squeeze",
            "in 72 h: close up 8%, open interest down 5%, and 70% of what is forced out is short",
            "72h",
            ("close", "open_interest", "long_liquidations", "short_liquidations"),
            lambda frame: squeeze(frame),
        ),
    )
}
"""Every label, by name."""


def _log(values: pd.Series) -> Floats:
    if not isinstance(values, pd.Series):
        raise InputError(f"close is a {type(values).__name__}; give a Series")
    raw = values.to_numpy(dtype=np.float64)
    return np.log(np.where(raw > 0, raw, np.nan))


def _ahead(path: Floats, ahead: int) -> Iterable[tuple[int, Floats]]:
    """Log change from each row to the one 1, 2, ... `ahead` rows later; NaN past the end."""
    for step in range(1, ahead + 1):
        move = np.full(len(path), np.nan)
        if step < len(path):
            move[:-step] = path[step:] - path[:-step]
        yield step, move


def _whole(path: Floats, ahead: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return whether this row and all `ahead` after it are known."""
    missing = np.concatenate([[0], np.cumsum(np.isnan(path))])
    last = np.arange(len(path)) + ahead + 1
    inside = last <= len(path)
    return np.asarray(inside & (missing[np.minimum(last, len(path))] == missing[:-1]), dtype=np.bool_)


def _sum_ahead(values: pd.Series, ahead: int) -> Floats:
    raw = values.to_numpy(dtype=np.float64)
    out = np.full(len(raw), np.nan)
    if len(raw) > ahead:
        out[:-ahead] = np.lib.stride_tricks.sliding_window_view(raw, ahead)[1:].sum(axis=1)
    return out


def _fraction(value: float, name: str) -> None:
    if not (isinstance(value, int | float) and 0 < value < 1):
        raise InputError(f"{name}={value!r} is no fraction between 0 and 1 (5% is 0.05)")

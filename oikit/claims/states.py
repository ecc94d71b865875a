"""The states of a market that the ledger's claims speak of, each read from bars that are over.

A state is 1.0, 0.0, or NaN while it is not known (`known`). A look-back answers where 95% of it is known
(`over_holes`). What is costly is remembered (`oikit.claims.memory`), so that several claims share it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from oikit.claims.memory import remembered
from oikit.clock import bars
from oikit.indicators import oi_to_cap, robust_zscore, settled_funding, velocity
from oikit.rolling import Window, log_change

__all__ = ["funding_place", "past_place"]

KNOWN = 0.95
"""A look-back answers where so much of it is known: one missing hour must not silence a month."""


def known(state: pd.Series, *inputs: pd.Series) -> pd.Series:
    """Say yes or no where all inputs are known, and nothing elsewhere.

    Examples
    --------
    >>> score = pd.Series([np.nan, 3.0, 1.0])
    >>> known(score > 2, score).tolist()
    [nan, 1.0, 0.0]
    """
    there = np.logical_and.reduce([each.notna() for each in inputs])
    return state.astype(float).where(there)


def over_holes(
    values: pd.Series, window: Window, measure: Callable[[pd.Series, int], pd.Series], *, before: int = 0
) -> pd.Series:
    """Ask a trailing measure of the last known bars, as many as the window has, if few are missing.

    Parameters
    ----------
    values : Series, shape (n,)
    window : int or str
    measure : callable
        From known values and a number of bars to a Series on the same rows.
    before : int
        How many bars before its window a measure looks back, too.

    Returns
    -------
    Series, shape (n,)
        Without holes what the measure says by itself. NaN where the bar is not known, and where the
        known bars lie in a stretch of which less than 95% is known.

    Examples
    --------
    >>> means = lambda known, count: known.rolling(count).mean()
    >>> over_holes(pd.Series([1.0, np.nan, *[1.0] * 19, 3.0]), 20, means).dropna().tolist()
    [1.0, 1.1]
    """
    count = bars(window, values.index)
    rows = np.flatnonzero(values.notna().to_numpy())
    found = measure(pd.Series(values.to_numpy()[rows]), count).to_numpy(dtype=float)
    reach = count + before - 1
    far = np.full(len(rows), np.inf)
    far[reach:] = rows[reach:] - rows[: max(len(rows) - reach, 0)] - before + 1
    out = np.full(len(values), np.nan)
    out[rows] = np.where(far <= count / KNOWN, found, np.nan)
    return pd.Series(out, values.index)


def largest(values: pd.Series, window: Window) -> pd.Series:
    """The largest of the last bars."""
    return over_holes(values, window, lambda known, count: known.rolling(count).max())


def median(values: pd.Series, window: Window) -> pd.Series:
    """The median of the last bars."""
    return over_holes(values, window, lambda known, count: known.rolling(count).median())


def mean(values: pd.Series, window: Window) -> pd.Series:
    """The mean of the last bars."""
    return over_holes(values, window, lambda known, count: known.rolling(count).mean())


def unusual(values: pd.Series) -> pd.Series:
    """The robust score against the 30 days before."""
    return over_holes(values, "30d", robust_zscore, before=1)


@remembered
def past_place(values: pd.Series, window: Window = "365d", at_least: Window = "90d") -> pd.Series:
    """Which share of its own past lies below it, equal values counting a half?

    Parameters
    ----------
    values : Series, shape (n,)
    window, at_least : int or str
        The past is this long, or, early in a sample, what there is of it from `at_least` on. Of
        `at_least` bars 95% must be known.

    Returns
    -------
    Series, shape (n,), fraction
        `oikit.indicators.trailing_percentile` asks for a full window; a rule that starts with a year
        of silence could not be weighed on a year of data.

    Examples
    --------
    >>> past_place(pd.Series([0.0, 0.0, 0.0, 1.0]), 4, 2).tolist()
    [nan, 0.5, 0.5, 0.875]
    """
    index, least = values.index, bars(at_least, values.index)
    rolling = values.rolling(bars(window, index), min_periods=math.ceil(KNOWN * least))
    begun = values.notna().cummax().cumsum() >= least
    return ((rolling.rank(method="average") - 0.5) / rolling.count()).where(begun)


@remembered
def jump_score(open_interest: pd.Series) -> pd.Series:
    """How unusual is the change of open interest over a day, against the 30 days before?"""
    return unusual(velocity(open_interest, "24h"))


@remembered
def quiet_score(price: pd.Series) -> pd.Series:
    """How unusual is the change of the price over a day, against the 30 days before?"""
    return unusual(log_change(price, bars("24h", price.index)))


def quietness(high: pd.Series, low: pd.Series) -> pd.Series:
    """How wide was the price's range over a day, over the median range of the 30 days before?"""
    width = pd.Series(np.log(largest(high, "24h") / -largest(-low, "24h")), high.index)
    return width / median(width, "30d").shift(1)


def settled(frame: pd.DataFrame) -> pd.Series:
    """The last funding rate that was settled, per 8 hours."""
    return settled_funding(frame["funding_rate"], frame["funding_interval"])


def funding_place(frame: pd.DataFrame) -> pd.Series:
    """Where does the last settled funding lie in its own past year?"""
    return past_place(settled(frame))


def ratio_place(frame: pd.DataFrame) -> pd.Series:
    """Where does open interest over supply lie in its own past year?"""
    return past_place(oi_to_cap(frame["open_interest"], frame["circulating_supply"]))


def crowd_place(frame: pd.DataFrame) -> pd.Series:
    """Where does the ratio of long to short accounts lie in its own past year?"""
    return past_place(frame["long_short_ratio"])


def trend(price: pd.Series, window: Window = "30d") -> pd.Series:
    """Up (1.0) or down (-1.0), over this long? 0.0 where it stands, NaN where not known."""
    return pd.Series(np.sign(log_change(price, bars(window, price.index))), price.index)

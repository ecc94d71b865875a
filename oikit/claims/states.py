"""The states of a market that the ledger's claims speak of, each read from bars that are over.

A state is 1.0, 0.0, or NaN while it is not known (`known`). What is costly is remembered
(`oikit.claims.memory`), so that several claims share it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit.claims.memory import remembered
from oikit.clock import bars
from oikit.indicators import oi_to_cap, robust_zscore, settled_funding, velocity
from oikit.rolling import Window, log_change

__all__ = ["funding_place", "past_place"]


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


@remembered
def past_place(values: pd.Series, window: Window = "365d", at_least: Window = "90d") -> pd.Series:
    """Which share of its own past lies below it, equal values counting a half?

    Parameters
    ----------
    values : Series, shape (n,)
    window, at_least : int or str
        The past is this long, or, early in a sample, what there is of it from `at_least` on.

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
    index = values.index
    rolling = values.rolling(bars(window, index), min_periods=bars(at_least, index))
    return (rolling.rank(method="average") - 0.5) / rolling.count()


@remembered
def jump_score(open_interest: pd.Series) -> pd.Series:
    """How unusual is the change of open interest over a day, against the 30 days before?"""
    return robust_zscore(velocity(open_interest, "24h"), "30d")


@remembered
def quiet_score(price: pd.Series) -> pd.Series:
    """How unusual is the change of the price over a day, against the 30 days before?"""
    return robust_zscore(log_change(price, bars("24h", price.index)), "30d")


def quietness(high: pd.Series, low: pd.Series) -> pd.Series:
    """How wide was the price's range over a day, over the median range of the 30 days before?"""
    day, month = bars("24h", high.index), bars("30d", high.index)
    width = pd.Series(np.log(high.rolling(day).max() / low.rolling(day).min()), high.index)
    return width / width.shift(1).rolling(month).median()


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

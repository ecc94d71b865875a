"""Indicators of open interest and funding: Series in, Series out, same index.

The one rule: the value at a bar reads no later bar (`tests/test_indicators.py` holds every
function here to it). A window is a number of bars, and until it is full of known values the
answer is NaN. Positioning is counted in coins; dollar open interest follows the price.

=======================  ==================================================================
how large is it?         `oi_to_cap`
how fast does it move?   `velocity`, and how unusual is that: `robust_zscore`, `trailing_percentile`
who moved?               `price_and_position_parts`, `quadrant`, `divergence`
what does it cost?       `settled_funding`, `funding_apr`
which way do they lean?  `long_share`, `asymmetry`
on every clock at once   `clocks`
=======================  ==================================================================

A function here may not fetch, draw, print, or look ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.clock import bar_length, bars, length
from oikit.errors import InputError
from oikit.frame import resample, validate
from oikit.rolling import Window, log_change, pair, robust_zscore, series, trailing_percentile, window_sum

__all__ = [
    "QUADRANTS",
    "asymmetry",
    "clocks",
    "divergence",
    "funding_apr",
    "long_share",
    "oi_to_cap",
    "price_and_position_parts",
    "quadrant",
    "robust_zscore",
    "settled_funding",
    "trailing_percentile",
    "velocity",
]


QUADRANTS = ("new longs", "short covering", "new shorts", "long liquidation", "neutral")
"""The labels of `quadrant`, in the order up/up, up/down, down/up, down/down, neither."""


def oi_to_cap(open_interest: pd.Series, circulating_supply: pd.Series) -> pd.Series:
    """What share of all coins is in open contracts?

    The price cancels: dollars of open interest over dollars of market cap is coins over coins,
    as long as both are taken at one price. So a rally alone cannot move this ratio.

    Parameters
    ----------
    open_interest : Series, shape (n,), base units, one side
    circulating_supply : Series, shape (n,), base units
        As known at each bar; it steps down when coins are burned.

    Returns
    -------
    Series, shape (n,), fraction
        NaN where either is unknown or the supply is not above zero.

    Examples
    --------
    >>> oi_to_cap(pd.Series([500_000.0]), pd.Series([125_000_000.0])).tolist()
    [0.004]
    """
    coins, supply = pair(open_interest, circulating_supply, "open_interest", "circulating_supply")
    return coins / supply.where(supply > 0)


def velocity(open_interest: pd.Series, window: Window = "24h") -> pd.Series:
    r"""How fast do positions open or close?

    Parameters
    ----------
    open_interest : Series, shape (n,), base units, one side
        Give coins. In dollars the price moves the answer: the velocity in dollars is exactly the
        velocity in coins plus the log return.
    window : int or str
        Look-back in bars (``24``) or as a length of time (``"24h"``).

    Returns
    -------
    Series, shape (n,), log change over the window (0.01 is about one per cent)
        NaN until the window is full, and where either end is unknown or not above zero.

    Notes
    -----
    .. math:: v_t = \log O_t - \log O_{t-w}

    Examples
    --------
    >>> velocity(pd.Series([100.0, 105.0, 110.25]), 1).round(4).tolist()
    [nan, 0.0488, 0.0488]
    """
    coins = series(open_interest, "open_interest")
    return log_change(coins, bars(window, coins.index))


def divergence(
    price: pd.Series,
    open_interest: pd.Series,
    window: Window = "24h",
    baseline: Window = "30d",
    *,
    spike: float = 2.0,
    quiet: float = 0.5,
) -> pd.Series:
    """Does open interest jump while the price stands still?

    One of many possible readings of "spiking while price consolidates"; each number is a choice,
    and each choice is a trial.

    Parameters
    ----------
    price : Series, shape (n,), quote per base
    open_interest : Series, shape (n,), base units, one side
    window : int or str
        Over which both moves are measured.
    baseline : int or str
        The trailing yardstick of `robust_zscore`, for both.
    spike : float
        Open interest jumps when its velocity scores at least this.
    quiet : float
        The price is quiet when its own move scores at most this, up or down.

    Returns
    -------
    Series, shape (n,), 1.0 where it does, 0.0 where it does not
        NaN until window and baseline are full of known values.
    """
    price, open_interest = pair(price, open_interest, "price", "open_interest")
    count = bars(window, price.index)
    jump = robust_zscore(log_change(open_interest, count), baseline)
    move = robust_zscore(log_change(price, count), baseline)
    return ((jump >= spike) & (move.abs() <= quiet)).astype(float).where(jump.notna() & move.notna())


def quadrant(
    price: pd.Series, open_interest: pd.Series, window: Window = "24h", *, dead_band: float = 0.0
) -> pd.Series:
    r"""Which of the four usual names fits this move?

    ========== ===================== =====================
    \           open interest up      open interest down
    ========== ===================== =====================
    price up   ``new longs``         ``short covering``
    price down ``new shorts``        ``long liquidation``
    ========== ===================== =====================

    The names are a habit of the trade, not a finding: every new contract has a new long *and* a
    new short, and open interest also falls when people close for reasons of their own.

    Parameters
    ----------
    price : Series, shape (n,), quote per base
    open_interest : Series, shape (n,), base units, one side
    window : int or str
    dead_band : float, log change
        A move that is no larger than this, in either, is ``neutral``.

    Returns
    -------
    Series of category, shape (n,)
        One of `QUADRANTS`; NaN until the window is full or where an end is unknown.

    Examples
    --------
    >>> quadrant(pd.Series([1.0, 2.0, 1.0]), pd.Series([5.0, 6.0, 7.0]), 1).tolist()
    [nan, 'new longs', 'new shorts']
    """
    price, open_interest = pair(price, open_interest, "price", "open_interest")
    if not dead_band >= 0:
        raise InputError(f"dead_band={dead_band!r} must be 0 or more")
    count = bars(window, price.index)
    move, change = log_change(price, count), log_change(open_interest, count)
    up, more = (move > 0).to_numpy(), (change > 0).to_numpy()
    code = np.where(up, np.where(more, 0, 1), np.where(more, 2, 3))
    code[((move.abs() <= dead_band) | (change.abs() <= dead_band)).to_numpy()] = 4
    code[(move.isna() | change.isna()).to_numpy()] = -1
    labels = pd.CategoricalDtype(list(QUADRANTS))
    return pd.Series(pd.Categorical.from_codes(code.tolist(), dtype=labels), price.index)


def price_and_position_parts(
    open_interest: pd.Series, price: pd.Series, window: Window = "24h"
) -> pd.DataFrame:
    r"""How much of a change in dollar open interest is price, and how much is positions?

    Parameters
    ----------
    open_interest : Series, shape (n,), base units, one side
    price : Series, shape (n,), quote per base
        The price at which the venue values open interest (the mark).
    window : int or str

    Returns
    -------
    DataFrame, shape (n, 4), quote units
        ``price_part`` (old coins at the new price), ``position_part`` (new coins at the old price),
        ``cross_part`` (new coins at the price change), and ``change``, their sum. NaN until the
        window is full.

    Notes
    -----
    .. math:: \Delta(OP) = O_0\,\Delta P + P_0\,\Delta O + \Delta O\,\Delta P

    The cross part belongs to neither; giving it to one of them is a choice, so it stands alone.

    Examples
    --------
    >>> coins, dollars = pd.Series([1.00e6, 0.97e6]), pd.Series([600.0, 660.0])
    >>> price_and_position_parts(coins, dollars, 1).iloc[-1].div(1e6).round(1).to_dict()
    {'price_part': 60.0, 'position_part': -18.0, 'cross_part': -1.8, 'change': 40.2}
    """
    coins, price = pair(open_interest, price, "open_interest", "price")
    count = bars(window, coins.index)
    coins_before, price_before = coins.shift(count), price.shift(count)
    more, dearer = coins - coins_before, price - price_before
    return pd.DataFrame(
        {
            "price_part": coins_before * dearer,
            "position_part": price_before * more,
            "cross_part": more * dearer,
            "change": coins * price - coins_before * price_before,
        }
    )


def settled_funding(
    funding_rate: pd.Series, funding_interval: pd.Series, per: str | pd.Timedelta = "8h"
) -> pd.Series:
    """What was the last settled rate, as if it were paid every eight hours?

    Parameters
    ----------
    funding_rate : Series, shape (n,), fraction of notional paid in the bar
        Positive: longs pay shorts.
    funding_interval : Series, shape (n,), hours the bar's funding pays for
        0 where nothing was settled. It is the settlement's own interval, which changes over time.
    per : str or Timedelta
        The common interval to express it in.

    Returns
    -------
    Series, shape (n,), fraction of notional per `per`
        The newest settlement at or before each bar. NaN before the first one, and after an unknown
        bar until the next settlement: something may have been settled there.

    Examples
    --------
    >>> settled_funding(pd.Series([0.0001, 0.0, 0.00002]), pd.Series([4.0, 0.0, 1.0])).tolist()
    [0.0002, 0.0002, 0.00016]
    """
    rate, hours = pair(funding_rate, funding_interval, "funding_rate", "funding_interval")
    unit = length(per, "per") / pd.Timedelta(hours=1)
    paid, over = rate.to_numpy(), hours.to_numpy()
    settled = over > 0
    each = np.full(len(paid), np.nan)
    np.divide(paid * unit, over, out=each, where=settled)
    said = pd.Series(each, rate.index).ffill()
    unknown = np.isnan(paid + over)
    if unknown.any():
        row = np.arange(len(paid))
        last_settled = np.maximum.accumulate(np.where(settled & ~unknown, row, -1))
        last_unknown = np.maximum.accumulate(np.where(unknown, row, -1))
        said = said.where(last_settled > last_unknown)
    return said


def funding_apr(funding_rate: pd.Series, window: Window = "3d") -> pd.Series:
    r"""What would a year of the recent funding cost a long?

    Because a frame books funding in the bar that paid it, the sum is right whether the venue
    settles every hour or every eight.

    Parameters
    ----------
    funding_rate : Series, shape (n,), fraction of notional paid in the bar
        Positive: longs pay shorts. On an index of times.
    window : int or str
        Look-back; a whole number of settlement intervals, or the answer swings with the clock.

    Returns
    -------
    Series, shape (n,), fraction of notional per year of 365 days
        NaN until the window is full of known bars.

    Notes
    -----
    .. math:: \frac{8760\,\mathrm{h}}{w} \sum_{i=0}^{w-1} f_{t-i}

    Simple, not compounded: venues quote it so.

    Examples
    --------
    >>> hourly = pd.date_range("2024-08-05", periods=2, freq="h", tz="UTC")
    >>> funding_apr(pd.Series([0.0, 0.0001], hourly), 2).round(3).tolist()
    [nan, 0.438]
    """
    rate = series(funding_rate, "funding_rate")
    count = bars(window, rate.index)
    years = count * bar_length(rate.index) / pd.Timedelta(days=365)
    return pd.Series(window_sum(rate.to_numpy(), count) / years, rate.index)


def long_share(long_short_ratio: pd.Series) -> pd.Series:
    """Which share of them is long?

    Parameters
    ----------
    long_short_ratio : Series, shape (n,)
        Long over short, of accounts, of top positions or of taker volume: three different crowds.

    Returns
    -------
    Series, shape (n,), fraction
        NaN where the ratio is unknown or below zero.

    Examples
    --------
    >>> long_share(pd.Series([1.0, 3.0])).tolist()
    [0.5, 0.75]
    """
    ratio = _ratio(long_short_ratio)
    return pd.Series(ratio / (ratio + 1.0), long_short_ratio.index)


def asymmetry(long_short_ratio: pd.Series) -> pd.Series:
    r"""How far does this crowd lean, from -1 (all short) to 1 (all long)?

    Open interest itself cannot lean: each contract has one long and one short. What can lean is a
    count of heads, or a part of the market.

    Parameters
    ----------
    long_short_ratio : Series, shape (n,)
        Long over short.

    Returns
    -------
    Series, shape (n,), (long - short) / (long + short)
        NaN where the ratio is unknown or below zero. A ratio and its inverse mirror each other.

    Examples
    --------
    >>> asymmetry(pd.Series([1.0, 3.0, 1 / 3])).round(9).tolist()
    [0.0, 0.5, -0.5]
    """
    ratio = _ratio(long_short_ratio)
    return pd.Series((ratio - 1.0) / (ratio + 1.0), long_short_ratio.index)


def _ratio(long_short_ratio: pd.Series) -> npt.NDArray[np.float64]:
    """Take the values of a ratio; below zero there is none."""
    ratio = series(long_short_ratio, "long_short_ratio").to_numpy()
    return np.where(ratio < 0, np.nan, ratio) if (ratio < 0).any() else ratio


def clocks(
    frame: pd.DataFrame, every: Sequence[str], indicator: Callable[[pd.DataFrame], pd.Series]
) -> pd.DataFrame:
    """What does each clock say, as known at each bar of the finest one?

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        A valid frame on the finest clock.
    every : sequence of str
        Clocks, such as ``["5min", "1h", "1d"]``; each a whole number of the frame's bars.
    indicator : callable
        From a frame to a Series on its index, such as ``lambda f: velocity(f["open_interest"])``.

    Returns
    -------
    DataFrame, shape (n, k)
        One column per clock, named as typed. Between two ends of a slow bar the value of the last
        finished one stands: an hour that is still running says nothing yet.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 01:00", periods=4, freq="h", tz="UTC", name="time")
    >>> hourly = pd.DataFrame({"open_interest": [10.0, 11.0, 12.0, 13.0]}, times)
    >>> clocks(hourly, ["1h", "2h"], lambda f: f["open_interest"])["2h"].tolist()
    [nan, 11.0, 11.0, 13.0]
    """
    validate(frame)
    said = {}
    for clock in every:
        slow = indicator(resample(frame, clock))
        said[clock] = slow.reindex(frame.index, method="ffill")
    return pd.DataFrame(said, frame.index)

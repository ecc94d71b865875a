"""Indicators of open interest and funding: Series in, Series out, same index.

The one rule: the value at a bar reads no later bar (`tests/test_indicators.py` holds every
function here to it). A window is a number of bars, and until it is full of known values the
answer is NaN. Positioning is counted in coins; dollar open interest follows the price.

=======================  ==================================================================
how large is it?         `oi_to_cap`, `oi_to_volume`
how fast does it move?   `velocity`, and how unusual is that: `robust_zscore`, `zscore`,
                         `trailing_percentile`
who moved?               `price_and_position_parts`, `quadrant`, `divergence`
what does it cost?       `settled_funding`, `funding_apr`, `oi_weighted_funding` over several venues, `basis`
which way do they lean?  `long_share`, `asymmetry`
who was in a hurry?      `taker_delta`, `cvd`, and who had to: `liquidation_share`
on every clock at once   `clocks`
=======================  ==================================================================

A function here may not fetch, draw, print, or look ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.clock import bar_length, bars, length
from oikit.errors import InputError
from oikit.frame import resample, validate
from oikit.rolling import (
    Window,
    log_change,
    pair,
    robust_zscore,
    series,
    trailing_percentile,
    window_sum,
    zscore,
)

__all__ = [
    "QUADRANTS",
    "asymmetry",
    "basis",
    "clocks",
    "cvd",
    "divergence",
    "funding_apr",
    "liquidation_share",
    "long_share",
    "oi_to_cap",
    "oi_to_volume",
    "oi_weighted_funding",
    "price_and_position_parts",
    "quadrant",
    "robust_zscore",
    "settled_funding",
    "taker_delta",
    "trailing_percentile",
    "velocity",
    "zscore",
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


def oi_to_volume(open_interest: pd.Series, volume: pd.Series, window: Window = "24h") -> pd.Series:
    """How many windows of trading would it take to trade all open contracts once?

    Parameters
    ----------
    open_interest : Series, shape (n,), base units, one side
    volume : Series, shape (n,), base units traded in the bar
    window : int or str
        Over which the volume is added up.

    Returns
    -------
    Series, shape (n,), multiple
        NaN until the window is full of known bars, and where nothing was traded in it. Low values are
        a market that is traded through in hours; high ones one that is held.

    Examples
    --------
    >>> oi_to_volume(pd.Series([900.0, 900.0]), pd.Series([100.0, 200.0]), 2).tolist()
    [nan, 3.0]
    """
    coins, traded = pair(open_interest, volume, "open_interest", "volume")
    total = pd.Series(window_sum(traded.to_numpy(), bars(window, coins.index)), coins.index)
    return coins / total.where(total > 0)


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


def oi_weighted_funding(frames: Mapping[str, pd.DataFrame], per: str | pd.Timedelta = "8h") -> pd.Series:
    r"""What do longs pay over several venues, each counted by what is open there?

    Parameters
    ----------
    frames : mapping of str to DataFrame
        One coin at several venues, on the same rows, each with ``open_interest_value``,
        ``funding_rate`` and ``funding_interval``.
    per : str or Timedelta
        The common interval to express the rates in: venues settle every 1, 4 or 8 hours.

    Returns
    -------
    Series, shape (n,), fraction of notional per `per`
        NaN where a venue is unknown: without it the rest would be another average.

    Notes
    -----
    .. math:: \bar f_t = \frac{\sum_v V_{v,t}\, f_{v,t}}{\sum_v V_{v,t}}

    with the value :math:`V` of open interest and the last settled rate :math:`f` of each venue.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 08:00", periods=1, freq="h", tz="UTC", name="time")
    >>> one, other = (
    ...     pd.DataFrame({"open_interest_value": v, "funding_rate": f, "funding_interval": 8.0}, times)
    ...     for v, f in ((300.0, 0.0001), (100.0, 0.0005))
    ... )
    >>> oi_weighted_funding({"one": one, "other": other}).round(6).tolist()
    [0.0002]
    """
    if not frames:
        raise InputError("oi_weighted_funding needs a frame, like {'binance': frame}")
    first = next(iter(frames.values()))
    paid, weight = pd.Series(0.0, first.index), pd.Series(0.0, first.index)
    for name, frame in frames.items():
        validate(frame, needs=("open_interest_value", "funding_rate", "funding_interval"))
        if not frame.index.equals(first.index):
            raise InputError(f"{name!r} stands on other rows than the first; take the same bars of each")
        value = frame["open_interest_value"]
        paid = paid + value * settled_funding(frame["funding_rate"], frame["funding_interval"], per)
        weight = weight + value
    return paid / weight


def basis(price: pd.Series, index_price: pd.Series) -> pd.Series:
    """How far does the contract stand above the coin itself?

    Parameters
    ----------
    price : Series, shape (n,), quote per base
        Of the contract: its close, or its mark price.
    index_price : Series, shape (n,), quote per base
        The spot price that the mark is tied to.

    Returns
    -------
    Series, shape (n,), fraction of the index price
        Above 0: the contract is dearer. NaN where either is unknown or the index is not above zero.

    Examples
    --------
    >>> basis(pd.Series([606.0]), pd.Series([600.0])).round(9).tolist()
    [0.01]
    """
    price, spot = pair(price, index_price, "price", "index_price")
    return price / spot.where(spot > 0) - 1.0


def taker_delta(taker_buy_volume: pd.Series, taker_sell_volume: pd.Series) -> pd.Series:
    """Which side crossed the spread, and by how many coins more?

    Parameters
    ----------
    taker_buy_volume, taker_sell_volume : Series, shape (n,), base units traded in the bar

    Returns
    -------
    Series, shape (n,), base units
        Above 0: buyers were in the greater hurry. Each trade has a buyer and a seller all the same.

    Examples
    --------
    >>> taker_delta(pd.Series([30.0]), pd.Series([20.0])).tolist()
    [10.0]
    """
    bought, sold = pair(taker_buy_volume, taker_sell_volume, "taker_buy_volume", "taker_sell_volume")
    return bought - sold


def cvd(taker_buy_volume: pd.Series, taker_sell_volume: pd.Series, window: Window | None = None) -> pd.Series:
    """What is the cumulative volume delta: the sum of `taker_delta`?

    Parameters
    ----------
    taker_buy_volume, taker_sell_volume : Series, shape (n,), base units traded in the bar
    window : int or str, optional
        Over which to add up; by default from the first row on, so that only changes mean something.

    Returns
    -------
    Series, shape (n,), base units
        NaN until the window is full of known bars. Without a window NaN from the first unknown bar on:
        what was traded in it is missing from every later sum.

    Examples
    --------
    >>> cvd(pd.Series([30.0, 10.0]), pd.Series([20.0, 25.0])).tolist()
    [10.0, -5.0]
    """
    delta = taker_delta(taker_buy_volume, taker_sell_volume)
    if window is None:
        return delta.cumsum(skipna=False)
    return pd.Series(window_sum(delta.to_numpy(), bars(window, delta.index)), delta.index)


def liquidation_share(
    long_liquidations: pd.Series, short_liquidations: pd.Series, window: Window = "24h"
) -> pd.Series:
    """Which share of what was forced out was long?

    Parameters
    ----------
    long_liquidations, short_liquidations : Series, shape (n,), quote units forced out in the bar
        As the venue tells them: many publish a sample only, such as one a second.
    window : int or str
        Over which both are added up.

    Returns
    -------
    Series, shape (n,), fraction
        NaN until the window is full of known bars, and where nobody was forced out in it.

    Examples
    --------
    >>> liquidation_share(pd.Series([0.0, 300.0]), pd.Series([0.0, 100.0]), 1).tolist()
    [nan, 0.75]
    """
    longs, shorts = pair(long_liquidations, short_liquidations, "long_liquidations", "short_liquidations")
    count = bars(window, longs.index)
    out = window_sum(longs.to_numpy(), count)
    total = pd.Series(out + window_sum(shorts.to_numpy(), count), longs.index)
    return pd.Series(out, longs.index) / total.where(total > 0)


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

"""Funding: from the premium of a perpetual over its index to the money that changes hands.

The order of a settlement: impact prices give a premium (`premium_index`), many premiums give one
(`mean_premium`), that gives a rate (`funding_rate_from_premium`), and the rate moves money from one
side to the other (`funding_payment`). Caps, intervals and interest are facts of a venue at a date:
they are arguments here, never constants.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.margin.checks import Numbers, Side, as_number, checked, sign

__all__ = [
    "annual_rate",
    "funding_payment",
    "funding_rate_from_premium",
    "impact_margin_notional",
    "mark_price_from_funding",
    "mean_premium",
    "premium_index",
]

HOURS_PER_YEAR = 8760


def premium_index(impact_bid: Numbers, impact_ask: Any, index_price: Any) -> Numbers:
    """Return how far the perpetual trades from its index, at prices a real order would get.

    Parameters
    ----------
    impact_bid, impact_ask : float or Series, quote/base
        Average price of selling and of buying the impact margin notional. Where the book is too
        thin to fill it, the price does not exist: NaN in a Series, never 0.
    index_price : float or Series, quote/base

    Returns
    -------
    float or Series, fraction
        0 while the index lies inside the spread; positive when the perpetual is more expensive.

    Examples
    --------
    >>> round(premium_index(600.6, 600.9, 600.0), 6), premium_index(599.9, 600.1, 600.0)
    (0.001, 0.0)
    """
    bid: Any = checked(impact_bid, "impact_bid", "positive")
    ask: Any = checked(impact_ask, "impact_ask", "positive")
    index: Any = checked(index_price, "index_price", "positive")
    dearer, cheaper = np.maximum(0.0, bid - index), np.maximum(0.0, index - ask)
    return as_number((dearer - cheaper) / index)


def mean_premium(premiums: Any) -> float:
    """Return the mean premium of a funding interval, weighting newer samples more.

    Parameters
    ----------
    premiums : sequence, array or Series, shape (n,), fraction
        In order of time. One unknown sample makes the mean unknown (NaN): nothing is skipped.

    Returns
    -------
    float, fraction

    Raises
    ------
    InputError
        If there is no sample.

    Notes
    -----
    The weight of sample i of n is i, as Binance describes it for its USD-margined contracts (a
    sample each 5 seconds, 5,760 in eight hours).

    Examples
    --------
    >>> mean_premium([1, 2, 3, 4])
    3.0
    """
    values = np.asarray(premiums, dtype=np.float64)
    if values.ndim != 1 or not len(values):
        raise InputError("mean_premium needs the samples of one interval, in order of time, at least one")
    checked(values, "premiums")
    return float(np.average(values, weights=np.arange(1, len(values) + 1)))


def funding_rate_from_premium(
    premium: Numbers,
    *,
    interest: float,
    interval_hours: float = 8,
    cap: float | None = None,
    scaled: bool = True,
    clamp: float = 0.0005,
) -> Numbers:
    """Return the funding rate that a premium settles to.

    Parameters
    ----------
    premium : float, array or Series, fraction
        The mean premium of the interval (`mean_premium`).
    interest : float, fraction per 8 hours
        The venue's interest rate: 0.0001 for most of Binance's contracts, 0 for BNB. No default,
        because a wrong one moves the rate of every quiet hour.
    interval_hours : float, hours
        How often the contract settles.
    cap : float, optional, fraction per interval
        The largest rate either way; None for none. The formula comes first, then the cap.
    scaled : bool
        Whether the rate is spread over the interval (Binance from 2025-09-18 08:01 UTC). False is
        the older rule, where an hourly settlement paid as much as an eight-hourly one.
    clamp : float, fraction
        The most by which interest may pull the rate from the premium.

    Returns
    -------
    float, array or Series, fraction per interval
        Positive: longs pay shorts. NaN stays NaN.

    Raises
    ------
    InputError
        If a number is impossible.

    Notes
    -----
    ``F = (P + clamp(I - P, -c, c)) / (8 / N)``, then ``clamp(F, -cap, cap)``. While P is within c
    of the interest, F is *exactly* the interest: this is why BNB funding is so often exactly 0, and why
    the premium carries more information than the rate.

    Examples
    --------
    >>> funding_rate_from_premium(0.0003, interest=0.0)
    0.0
    >>> round(funding_rate_from_premium(0.001, interest=0.0001), 6)
    0.0005
    """
    known: Any = checked(premium, "premium")
    rate = checked(interest, "interest")
    width = checked(clamp, "clamp", "not negative")
    hours = checked(interval_hours, "interval_hours", "positive")
    # P + clamp(I - P) is I held within the clamp of P; written so, the dead zone is I to the last bit.
    settled: Any = np.minimum(np.maximum(rate, known - width), known + width)
    if scaled:
        settled = settled * (hours / 8)
    if cap is not None:
        limit = checked(cap, "cap", "positive")
        settled = np.minimum(np.maximum(settled, -limit), limit)
    return as_number(settled)


def funding_payment(funding_rate: Numbers, *, side: Side, quantity: Any, mark_price: Any) -> Numbers:
    """Return what a position receives when funding settles.

    Parameters
    ----------
    funding_rate : float or Series, fraction of notional
        The rate of that settlement. Positive: longs pay shorts.
    side : {"long", "short"}
    quantity : float or Series, base
        The size of the position, without a sign.
    mark_price : float or Series, quote/base
        At the settlement. Where it is unknown (NaN in a Series), so is the payment.

    Returns
    -------
    float or Series, quote
        Positive: received. Negative: paid. The other side receives exactly the opposite.

    Examples
    --------
    >>> round(funding_payment(0.0001, side="long", quantity=10, mark_price=600.0), 6)
    -0.6
    """
    rate: Any = checked(funding_rate, "funding_rate")
    size: Any = checked(quantity, "quantity", "not negative")
    price: Any = checked(mark_price, "mark_price", "positive")
    return as_number(-sign(side) * size * price * rate)


def annual_rate(funding_rate: Numbers, *, interval_hours: float, compounded: bool = False) -> Numbers:
    """Return the annualised funding rate.

    Parameters
    ----------
    funding_rate : float or Series, fraction per interval
    interval_hours : float, hours
        The same rate each hour costs eight times what it costs each eight hours.
    compounded : bool
        False adds the payments up, as exchanges quote it; True reinvests them.

    Returns
    -------
    float or Series, fraction per year of 365 days

    Examples
    --------
    >>> round(annual_rate(0.0001, interval_hours=8), 6)
    0.1095
    """
    rate: Any = checked(funding_rate, "funding_rate")
    times = HOURS_PER_YEAR / checked(interval_hours, "interval_hours", "positive")
    return as_number(np.expm1(times * np.log1p(rate)) if compounded else rate * times)


def impact_margin_notional(initial_margin_rate: Numbers, *, margin: float = 200.0) -> Numbers:
    """Return the size of the order whose average price defines the premium.

    Parameters
    ----------
    initial_margin_rate : float or Series, fraction
        At the highest leverage of the contract: 0.05 for 20x.
    margin : float, quote
        Binance takes what 200 USDT of margin can open.

    Returns
    -------
    float or Series, quote

    Examples
    --------
    >>> impact_margin_notional(0.05)
    4000.0
    """
    rate: Any = checked(initial_margin_rate, "initial_margin_rate", "positive")
    return as_number(checked(margin, "margin", "positive") / rate)


def mark_price_from_funding(
    index_price: Numbers, funding_rate: Any, *, hours_left: Any, interval_hours: float = 8
) -> Numbers:
    """Return the index price adjusted for the coming funding payment.

    Parameters
    ----------
    index_price : float or Series, quote/base
    funding_rate : float or Series, fraction
        The last one settled.
    hours_left : float or Series, hours
        Until the next settlement.
    interval_hours : float, hours

    Returns
    -------
    float or Series, quote/base
        The index, moved by the part of the payment that is still to come.

    Notes
    -----
    This is the first of the three prices whose median Binance uses as mark price; the others are
    the index plus a moving average of the basis, and the last trade.

    Examples
    --------
    >>> round(mark_price_from_funding(600.0, 0.0001, hours_left=4), 4)
    600.03
    """
    index: Any = checked(index_price, "index_price", "positive")
    rate: Any = checked(funding_rate, "funding_rate")
    left: Any = checked(hours_left, "hours_left", "not negative")
    hours = checked(interval_hours, "interval_hours", "positive")
    if bool((pd.Series(left, dtype="float64") > hours).any()):
        raise InputError(f"hours_left={left} is longer than the interval of {hours:g} hours")
    return as_number(index * (1 + rate * left / hours))

"""Bet sizes and leverage: their effect on growth, the Sharpe ratio (none) and survival."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.margin.checks import Numbers, as_number, checked
from oikit.risk.passage import liquidation_probability

__all__ = ["growth_share", "kelly_fraction", "kelly_leverage", "leverage_table", "log_growth"]


def kelly_fraction(win_probability: Numbers, *, payoff: Any = 1.0) -> Numbers:
    """Return the bet, as a fraction of the account, that grows it fastest (Kelly).

    Parameters
    ----------
    win_probability : float or Series
    payoff : float or Series
        Gain on a win, per unit at stake.

    Returns
    -------
    float or Series, fraction
        Below 0 where the bet has no edge: the formula would take the other side.

    Notes
    -----
    ``p - (1 - p) / payoff``.

    Examples
    --------
    >>> round(kelly_fraction(0.55), 6), round(kelly_fraction(0.4, payoff=2), 6)
    (0.1, 0.1)
    """
    p: Any = checked(win_probability, "win_probability", "share")
    return as_number(p - (1 - p) / checked(payoff, "payoff", "positive"))


def log_growth(win_probability: Numbers, *, fraction: Any, payoff: Any = 1.0) -> Numbers:
    """Return the expected log growth per bet of this fraction.

    Parameters
    ----------
    win_probability : float or Series
    fraction : float or Series, fraction of the account
    payoff : float or Series

    Returns
    -------
    float or Series
        Expected log change per bet.

    Examples
    --------
    >>> round(log_growth(0.55, fraction=0.1), 6)
    0.005008
    """
    p: Any = checked(win_probability, "win_probability", "share")
    bet: Any = checked(fraction, "fraction", "fraction")
    return as_number(p * np.log1p(bet * checked(payoff, "payoff", "positive")) + (1 - p) * np.log1p(-bet))


def kelly_leverage(drift: Numbers, *, volatility: Any) -> Numbers:
    """Return the growth-optimal leverage for a known drift and volatility.

    Parameters
    ----------
    drift : float or Series, fraction per year
    volatility : float or Series, fraction per square root of a year

    Returns
    -------
    float or Series, ×

    Notes
    -----
    ``drift / volatility**2``, which is the Sharpe ratio over the volatility: at 60% volatility, 10x
    is right only for a Sharpe ratio of 6.

    Examples
    --------
    >>> round(kelly_leverage(0.6 * 6.0, volatility=0.6), 6)
    10.0
    """
    mean: Any = checked(drift, "drift")
    return as_number(mean / checked(volatility, "volatility", "positive") ** 2)


def growth_share(kelly_multiple: Numbers) -> Numbers:
    """Return the share of the best possible growth that remains at this multiple of Kelly.

    Parameters
    ----------
    kelly_multiple : float or Series

    Returns
    -------
    float or Series
        1 at 1, 0 at 0 and at 2, below 0 beyond. (Small bets, or continuous time.)

    Examples
    --------
    >>> growth_share(0.5), growth_share(2)
    (0.75, 0.0)
    """
    multiple: Any = checked(kelly_multiple, "kelly_multiple", "not negative")
    return as_number(multiple * (2 - multiple))


def leverage_table(
    leverages: Sequence[float], *, drift: float, volatility: float, days: float, tiers: float
) -> pd.DataFrame:
    """Tabulate the Sharpe ratio, growth, median wealth and survival for each leverage.

    Parameters
    ----------
    leverages : sequence of float, ×
    drift : float, fraction per year
        Of the price.
    volatility : float, fraction per square root of a year
    days : float
    tiers : float
        The maintenance margin rate.

    Returns
    -------
    DataFrame, indexed by leverage
        ``sharpe`` (per year, the same in each row), ``growth`` (log change of the account per year),
        ``median_wealth`` after `days` (the start is 1), and ``survival``.

    Notes
    -----
    Two different accounts, both with a price that moves like a geometric Brownian motion. Growth and
    median wealth belong to a long whose leverage is kept constant, without costs: ``L*drift -
    (L*volatility)**2 / 2``. Survival is the chance that a long opened once at this leverage, and left
    alone, is not liquidated within `days`.

    Examples
    --------
    >>> leverage_table([1, 5], drift=0.2, volatility=0.6, days=365, tiers=0.005).round(2)
              sharpe  growth  median_wealth  survival
    leverage
    1.0         0.33    0.02           1.02      1.00
    5.0         0.33   -3.50           0.03      0.29
    """
    if not len(leverages):
        raise InputError("leverages is empty; give at least one, like [1, 5, 10]")
    factor = checked(np.asarray(leverages, dtype=np.float64), "leverages", "positive")
    mean, sigma = checked(drift, "drift"), checked(volatility, "volatility", "positive")
    rate = checked(tiers, "tiers", "share")
    growth = factor * mean - (factor * sigma) ** 2 / 2
    gone = liquidation_probability(factor, side="long", tiers=rate, volatility=sigma, days=days, drift=mean)
    columns = {
        "sharpe": np.full(len(factor), mean / sigma),
        "growth": growth,
        "median_wealth": np.exp(growth * days / 365),
        "survival": 1 - gone,
    }
    return pd.DataFrame(columns, index=pd.Index(factor, name="leverage"))

"""Runs of losses, ruin and drawdown: closed forms where there are any, exact counting where there are none.

=========================================  ======================================================
how long is a losing streak?               `losses_to_drawdown`, `probability_of_run`
fixed stake, two walls                     `gamblers_ruin`; within so many bets: `ruin_within`
fixed fraction of the account              `drawdown_within` (exact), `ever_falls_to` (Kelly units)
the deepest drawdown, without any edge     `expected_max_drawdown`
=========================================  ======================================================
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from oikit.errors import InputError
from oikit.margin.checks import Numbers, as_number, checked, whole

__all__ = [
    "drawdown_within",
    "ever_falls_to",
    "expected_max_drawdown",
    "gamblers_ruin",
    "losses_to_drawdown",
    "probability_of_run",
    "ruin_within",
]


class Ruin(NamedTuple):
    """The probability of ruin, and the expected number of bets until it is over either way."""

    probability: float
    duration: float


def losses_to_drawdown(fraction: float, drawdown: float) -> int:
    """Return how many losses in a row lead to this drawdown.

    Parameters
    ----------
    fraction : float, fraction of the current account
        Lost each time.
    drawdown : float, fraction of the start

    Returns
    -------
    int

    Examples
    --------
    >>> losses_to_drawdown(0.02, 0.5), losses_to_drawdown(0.1, 0.19)
    (35, 2)
    """
    lost = checked(fraction, "fraction", "fraction")
    deep = checked(drawdown, "drawdown", "fraction")
    exact = math.log1p(-deep) / math.log1p(-lost)
    # 0.9 twice is 0.81, whatever the last digit of the logarithms says.
    return max(1, math.ceil(exact - 1e-9))


def probability_of_run(trades: int, run: int, *, loss_probability: Any) -> Any:
    """Return the probability of a run of losses somewhere among these trades.

    Parameters
    ----------
    trades, run : int
    loss_probability : float or Fraction
        Of each trade, independently. A ``Fraction`` gives an exact result.

    Returns
    -------
    float or Fraction

    Notes
    -----
    With a(n) the chance of no such run in n trades:
    ``a(n) = a(n-1) - (1 - p) * p**run * a(n-run-1)``, and ``a(run) = 1 - p**run``.

    Examples
    --------
    >>> from fractions import Fraction
    >>> probability_of_run(2, 2, loss_probability=Fraction(1, 2))
    Fraction(1, 4)
    """
    count, streak = whole(trades, "trades"), whole(run, "run")
    checked(float(loss_probability), "loss_probability", "share")
    p = loss_probability
    if streak > count:
        return 0 * p
    none: list[Any] = [1 + 0 * p] * streak + [1 - p**streak]
    for n in range(streak + 1, count + 1):
        none.append(none[n - 1] - (1 - p) * p**streak * none[n - streak - 1])
    return 1 - none[count]


def gamblers_ruin(win_probability: float, *, start: int, target: float) -> Ruin:
    """Return the probability of ruin before the target, and the expected duration, at a fixed stake.

    Parameters
    ----------
    win_probability : float
        For an even bet of one stake.
    start : int, stakes
    target : int or infinity, stakes
        The goal; infinity: play without end.

    Returns
    -------
    Ruin
        ``probability`` and ``duration``.

    Notes
    -----
    Feller, An Introduction to Probability Theory, volume 1, chapter XIV.

    Examples
    --------
    >>> gamblers_ruin(0.5, start=9, target=10)
    Ruin(probability=0.1, duration=9.0)
    """
    p = checked(win_probability, "win_probability", "fraction")
    i, n = whole(start, "start"), float(target)
    if not n >= i:
        raise InputError(f"target={target} lies below start={start}; the game would be over")
    if math.isinf(n):
        certain = p <= 0.5
        left = math.inf if p >= 0.5 else i / (1 - 2 * p)
        return Ruin(1.0 if certain else math.exp(i * math.log((1 - p) / p)), left)
    if p == 0.5:
        return Ruin((n - i) / n, i * (n - i))
    odds = math.log((1 - p) / p)
    # Written with exponentials of numbers below 0 only, so that long games do not overflow.
    if odds < 0:
        ruined = (math.exp(i * odds) - math.exp(n * odds)) / -math.expm1(n * odds)
    else:
        ruined = -math.expm1((i - n) * odds) / -math.expm1(-n * odds)
    return Ruin(ruined, (i - n * (1 - ruined)) / (1 - 2 * p))


def ruin_within(win_probability: float, *, start: int, trades: int, target: int | None = None) -> Any:
    """Return the probability of ruin after each number of trades, at a fixed stake.

    Parameters
    ----------
    win_probability : float
    start : int, stakes
    trades : int
    target : int, optional, stakes
        Where play stops with a win; never, if left out.

    Returns
    -------
    ndarray, shape (trades + 1,)
        The probability of having been ruined after 0, 1, 2 … trades; exact up to rounding.

    Examples
    --------
    >>> ruin_within(0.5, start=1, trades=3).tolist()
    [0.0, 0.5, 0.5, 0.625]
    """
    p = checked(win_probability, "win_probability", "share")
    i, count = whole(start, "start"), whole(trades, "trades")
    top = i + count + 1 if target is None else whole(target, "target", at_least=i)
    alive = np.zeros(top + 1)
    alive[i] = 1.0
    ruined = np.zeros(count + 1)
    for trade in range(1, count + 1):
        playing = alive[1:-1].copy()
        alive[1:-1] = 0.0
        alive[2:] += playing * p
        alive[:-2] += playing * (1 - p)
        ruined[trade] = alive[0]
    return ruined


def drawdown_within(
    win_probability: float, *, fraction: float, drawdown: float, trades: int, payoff: float = 1.0
) -> Any:
    """Return the probability of a drawdown from the start after each number of bets of a fixed fraction.

    Parameters
    ----------
    win_probability : float
    fraction : float, fraction of the account
        Lost on a loss.
    drawdown : float, fraction of the start
    trades : int
    payoff : float
        Gain on a win, per unit at stake.

    Returns
    -------
    ndarray, shape (trades + 1,)
        The probability after 0, 1, 2 … trades; exact up to rounding.

    Notes
    -----
    The account after n trades depends on the number of wins alone, so it is enough to follow the
    probability of each number of wins among the paths that have not fallen that far.

    Examples
    --------
    >>> drawdown_within(0.5, fraction=0.5, drawdown=0.5, trades=1).tolist()
    [0.0, 0.5]
    """
    p = checked(win_probability, "win_probability", "share")
    lost = checked(fraction, "fraction", "fraction")
    gain = math.log1p(lost * checked(payoff, "payoff", "positive"))
    floor = math.log1p(-checked(drawdown, "drawdown", "fraction")) + 1e-12
    count = whole(trades, "trades")
    wins = np.arange(count + 1)
    alive = np.zeros(count + 1)
    alive[0] = 1.0
    been_there = np.zeros(count + 1)
    for trade in range(1, count + 1):
        alive = alive * (1 - p) + np.concatenate([[0.0], alive[:-1] * p])
        alive[wins * gain + (trade - wins) * math.log1p(-lost) <= floor] = 0.0
        been_there[trade] = 1 - alive.sum()
    return np.maximum.accumulate(been_there)


def ever_falls_to(level: Numbers, *, kelly_multiple: Any) -> Numbers:
    """Return the probability that an account ever falls to this share of its start.

    Parameters
    ----------
    level : float or Series, fraction of the start
    kelly_multiple : float or Series
        The bet in units of the growth-optimal one: 0.5 is half Kelly.

    Returns
    -------
    float or Series

    Notes
    -----
    ``level ** (2 / c - 1)`` for c below 2, and 1 from there: an account that moves like a geometric
    Brownian motion, observed continuously and without end.

    Examples
    --------
    >>> [ever_falls_to(0.5, kelly_multiple=c) for c in (0.5, 1, 2)]
    [0.125, 0.5, 1.0]
    """
    share: Any = checked(level, "level", "fraction")
    multiple: Any = checked(kelly_multiple, "kelly_multiple", "positive")
    return as_number(share ** np.maximum(2 / multiple - 1, 0.0))


def expected_max_drawdown(volatility: Numbers, *, days: Any) -> Numbers:
    """Return the expected maximum drawdown of a price without drift.

    Parameters
    ----------
    volatility : float or Series, fraction per square root of a year
    days : float or Series

    Returns
    -------
    float or Series
        The expected largest fall below an earlier peak, in the unit of the price
        (log price for the volatility of log returns).

    Notes
    -----
    ``sqrt(pi / 2) * volatility * sqrt(days / 365)``; arithmetic Brownian motion; a year is 365 days.

    Examples
    --------
    >>> round(expected_max_drawdown(0.8, days=365), 4)
    1.0027
    """
    sigma: Any = checked(volatility, "volatility", "positive")
    return as_number(math.sqrt(math.pi / 2) * sigma * np.sqrt(checked(days, "days", "positive") / 365))

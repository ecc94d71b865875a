"""Simulated accounts over many trades: survival, final wealth and drawdown.

`simulate_accounts` steps through the trades with all accounts at once, so memory grows with the accounts
and not with the trades, and drops accounts that are ruined.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.margin.checks import Side, checked, whole
from oikit.risk.sizing import liquidation_distance

__all__ = ["Accounts", "simulate_accounts"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """Results of simulated accounts that each began with 1.

    Attributes
    ----------
    wealth : ndarray, shape (accounts,)
        At the end, sorted from small to large; for a ruined account, when it stopped.
    fan : DataFrame, indexed by trade
        Quantiles of wealth (columns 0.05 … 0.95) at the checkpoints.
    survival : Series, indexed by trade
        The share of accounts that are not ruined.
    drawdown : ndarray, shape (accounts,)
        The deepest fall below an earlier peak of an account, as a fraction; sorted, too.
    liquidations : float
        Liquidations per trade made.
    liquidation_distance : float, fraction
        The adverse move that liquidated a position.
    """

    wealth: Any
    fan: pd.DataFrame
    survival: pd.Series
    drawdown: Any
    liquidations: float
    liquidation_distance: float

    def __str__(self) -> str:
        """One sentence."""
        return (
            f"Of {len(self.wealth):,} simulated accounts, {self.survival.iloc[-1]:.1%} were never ruined in "
            f"{self.survival.index[-1]:,} trades; the median ends with {np.median(self.wealth):.3g} of its "
            f"start, and {self.liquidations:.2%} of the trades ended in a liquidation."
        )


def simulate_accounts(
    *,
    accounts: int,
    trades: int,
    seed: int,
    leverage: float,
    margin_share: float,
    edge: float,
    volatility: float,
    tiers: float,
    side: Side = "long",
    fee_rate: float = 0.0,
    funding_paid: float = 0.0,
    ruin: float = 0.1,
    checkpoints: int = 50,
) -> Accounts:
    """Simulate many accounts that repeat the same kind of trade.

    Parameters
    ----------
    accounts, trades, seed : int
        The same seed gives the same answer.
    leverage : float, ×
    margin_share : float, fraction of the account
        Put up as the isolated margin of each trade; times leverage, the exposure.
    edge : float, fraction of the price
        Expected gain of a trade, before costs.
    volatility : float, fraction of the price
        Standard deviation of a trade's move.
    tiers : float
        The maintenance margin rate.
    side : {"long", "short"}
        Decides the distance to the liquidation; `edge` is in favour of the side.
    fee_rate : float, fraction of the notional
        Paid at the opening (from the margin) and at the closing.
    funding_paid : float, fraction of the notional
        Over the life of a trade; below 0 if received.
    ruin : float, fraction of the start
        An account that has fallen to this stops.
    checkpoints : int
        At how many trades the fan of wealth is recorded.

    Returns
    -------
    Accounts

    Raises
    ------
    InputError
        If a number is impossible, or the position would be liquidated as soon as it is opened.

    Notes
    -----
    Within a trade the price moves like a Brownian motion with the given mean and standard deviation.
    Its end and its worst point on the way are drawn together, exactly: with E exponential, the lowest
    point before ending at r is ``(r - sqrt(r**2 + 2 * volatility**2 * E)) / 2``. So a trade that would have
    ended in profit can still be liquidated first, which costs the whole margin.

    Examples
    --------
    >>> calm = simulate_accounts(accounts=100, trades=10, seed=1, leverage=5, margin_share=0.2,
    ...                          edge=0.0, volatility=0.001, tiers=0.005)
    >>> calm.liquidations, float(calm.survival.iloc[-1])
    (0.0, 1.0)
    """
    count, length = whole(accounts, "accounts"), whole(trades, "trades")
    factor, share = checked(leverage, "leverage", "positive"), checked(margin_share, "margin_share", "share")
    sigma = np.float32(checked(volatility, "volatility", "positive"))
    floor = checked(ruin, "ruin", "fraction")
    # Accounts of all sizes trade side by side, so one rate has to serve them all.
    rate = checked(tiers, "tiers", "share")
    distance = liquidation_distance(
        1.0, side=side, leverage=factor, tiers=rate, fee_rate=fee_rate, funding_paid=funding_paid
    )
    if distance <= 0:
        raise InputError(f"a {side} at {factor:g}x is liquidated as soon as it is opened; take less leverage")
    exposure = np.float32(factor * share)
    mean = np.float32(checked(edge, "edge"))
    kept = np.float32(1 - exposure * (2 * fee_rate + funding_paid))
    lost = np.float32(1 - share)
    marks = {
        round(each) for each in np.linspace(0, length, min(whole(checkpoints, "checkpoints"), length) + 1)
    }

    rng = np.random.default_rng(seed)
    # PERF: one set of buffers for all trades; fresh arrays of this size cost more than the arithmetic.
    state, spare = np.ones((3, count)), np.empty((3, count))
    wealth, peak, deepest = state
    buffers = [np.empty(count, dtype=np.float32) for _ in range(3)]
    ratio = np.empty(count)
    ended: list[Any] = []
    ended_deepest: list[Any] = []
    alive = np.empty(length + 1, dtype=np.int64)
    alive[0] = count
    fan = {0: np.ones(len(QUANTILES))}
    liquidated = made = 0
    for trade in range(1, length + 1):
        made += len(wealth)
        growth, worst, scratch = (buffer[: len(wealth)] for buffer in buffers)
        rng.standard_normal(dtype=np.float32, out=growth)
        rng.standard_exponential(dtype=np.float32, out=worst)
        growth *= sigma
        growth += mean
        _worst_point(growth, worst, sigma, scratch)
        gone = worst <= -np.float32(distance)
        growth *= exposure
        growth += kept
        growth[gone] = lost
        liquidated += int(np.count_nonzero(gone))
        wealth *= growth
        np.maximum(peak, wealth, out=peak)
        np.divide(wealth, peak, out=ratio[: len(wealth)])
        np.minimum(deepest, ratio[: len(wealth)], out=deepest)
        ruined = wealth <= floor
        if ruined.any():
            ended.append(wealth[ruined])
            ended_deepest.append(deepest[ruined])
            stays = np.flatnonzero(~ruined)
            for held, free in zip(state, spare, strict=True):
                held.take(stays, out=free[: len(stays)], mode="clip")  # "raise" would take a copy first
            state, spare = spare, state
            wealth, peak, deepest = state[:, : len(stays)]
        alive[trade] = len(wealth)
        if trade in marks:
            fan[trade] = np.quantile(np.concatenate([wealth, *ended]), QUANTILES)
    index = pd.RangeIndex(length + 1, name="trade")
    return Accounts(
        wealth=np.sort(np.concatenate([wealth, *ended])),
        fan=pd.DataFrame.from_dict(fan, orient="index", columns=list(QUANTILES)).rename_axis("trade"),
        survival=pd.Series(alive / count, index, name="survival"),
        drawdown=np.sort(1 - np.concatenate([deepest, *ended_deepest])),
        liquidations=liquidated / made if made else math.nan,
        liquidation_distance=distance,
    )


def _worst_point(end: Any, exponential: Any, sigma: Any, scratch: Any) -> None:
    """Turn the exponentials into the lowest point of a Brownian path that ends here."""
    exponential *= 2 * sigma * sigma
    np.multiply(end, end, out=scratch)
    exponential += scratch
    np.sqrt(exponential, out=exponential)
    np.subtract(end, exponential, out=exponential)
    exponential *= np.float32(0.5)

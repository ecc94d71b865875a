"""Never add to a loser, average down, or pyramid: the same risk budget, three plans, the same paths.

All three are long, and all would lose exactly the budget if each stop were filled at its price:

===============  ===================================  ==========================================
plan             buys                                 stop
===============  ===================================  ==========================================
``never add``    once                                 `stop` below the entry
``average down`` again each `step` lower              `stop` below the first entry, for all
``pyramid``      again each `step` higher             moves up: `stop` below the newest entry
===============  ===================================  ==========================================

Orders fill at the price that is seen, not at the level that was passed, so a jump through a stop
costs more than the budget, and on a price without drift no plan can make money on average.
"""

from __future__ import annotations

import math
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.margin.checks import checked, whole
from oikit.risk.passage import DAYS_PER_YEAR, TAILS

__all__ = ["Plan", "compare_plans"]

Plan = Literal["never add", "average down", "pyramid"]


def compare_plans(
    *,
    drift: float,
    volatility: float,
    days: float,
    budget: float,
    stop: float,
    step: float,
    adds: int = 1,
    fee_rate: float = 0.0,
    tails: Literal["normal", "student", "jumps"] = "normal",
    steps_per_day: int = 24,
    paths: int = 20_000,
    seed: int,
) -> pd.DataFrame:
    """Compare the return and the risk of the three plans on the same simulated paths.

    Parameters
    ----------
    drift : float, fraction per year
        Drift of the price; at 0 neither side has an edge.
    volatility : float, fraction per square root of a year of 365 days
    days : float
        Holding period if no stop ends it.
    budget : float, fraction of the account
        Lost if the stop is filled at its price.
    stop, step : float, fraction of the first price
        With ``adds * step`` below `stop`: otherwise the last addition would come after the stop.
    adds : int
        How often `average down` and `pyramid` may buy again.
    fee_rate : float, fraction of each trade's notional
    tails : {"normal", "student", "jumps"}
        See `oikit.risk.passage.TAILS`.
    steps_per_day, paths, seed : int

    Returns
    -------
    DataFrame, one row per plan, in fractions of the account
        ``mean`` with its ``standard_error``, ``median``, ``win_share``, ``quantile_05``, ``worst``,
        ``over_budget`` (the share of paths that lost more than the budget) and ``added`` (the share
        that bought again at least once). Simulated.

    Raises
    ------
    InputError
        If a number is impossible, or the plan cannot be followed.
    """
    sigma, mean = checked(volatility, "volatility", "positive"), checked(drift, "drift")
    away, apart = checked(stop, "stop", "fraction"), checked(step, "step", "fraction")
    more, looks, count = whole(adds, "adds"), whole(steps_per_day, "steps_per_day"), whole(paths, "paths")
    share, fee = checked(budget, "budget", "fraction"), checked(fee_rate, "fee_rate", "share")
    steps = round(checked(days, "days", "positive") * looks)
    if more * apart >= away:
        raise InputError(
            f"{more} addition(s) {apart:g} apart do not fit above a stop {away:g} away; "
            "take a smaller step, fewer adds or a wider stop"
        )
    if not steps or tails not in TAILS:
        raise InputError(
            f"days={days:g} and tails={tails!r}: at least one look, and one of {', '.join(TAILS)}"
        )
    years = 1 / (looks * DAYS_PER_YEAR)
    rng = np.random.default_rng(seed)
    books = {plan: _Book(plan, count, share, away, apart, more, fee) for plan in get_args(Plan)}
    log_price = np.zeros(count)
    for _ in range(steps):
        log_price += TAILS[tails](rng, count, sigma, years) + (mean - sigma**2 / 2) * years
        price = np.exp(log_price)
        for book in books.values():
            book.see(price)
    rows = {plan: book.result(np.exp(log_price), share) for plan, book in books.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("plan")


class _Book:
    """All paths of one plan: positions, costs and stops."""

    def __init__(
        self, plan: Plan, paths: int, budget: float, stop: float, step: float, adds: int, fee: float
    ) -> None:
        # Both plans that add hold tranches at distances stop, stop - step, … from their last stop.
        tranches = 1 if plan == "never add" else adds + 1
        self.unit = budget / sum(stop - k * step for k in range(tranches))
        self.way = {"never add": 0, "average down": -1, "pyramid": 1}[plan]
        self.distance, self.step, self.adds, self.fee = stop, step, tranches - 1, fee
        self.held = np.full(paths, self.unit)
        self.cash = np.full(paths, -self.unit * (1 + fee))
        self.bought = np.zeros(paths, dtype=np.int64)
        self.stop = np.full(paths, 1 - stop)

    def see(self, price: Any) -> None:
        """Act on the price that is seen: stops first, then additions."""
        out = (price <= self.stop) & (self.held > 0)
        self.cash[out] += self.held[out] * price[out] * (1 - self.fee)
        self.held[out] = 0.0
        if not self.adds:
            return
        level = 1 + self.way * self.step * (self.bought + 1)
        add = ((price - level) * self.way >= 0) & (self.held > 0) & (self.bought < self.adds)
        self.cash[add] -= self.unit * price[add] * (1 + self.fee)
        self.held[add] += self.unit
        self.bought[add] += 1
        if self.way > 0:
            self.stop[add] = level[add] - self.distance

    def result(self, price: Any, budget: float) -> dict[str, float]:
        """Close what is left and sum up."""
        earned = self.cash + self.held * price * (1 - self.fee)
        return {
            "mean": float(earned.mean()),
            "standard_error": float(earned.std() / math.sqrt(len(earned))),
            "median": float(np.median(earned)),
            "win_share": float((earned > 0).mean()),
            "quantile_05": float(np.quantile(earned, 0.05)),
            "worst": float(earned.min()),
            "over_budget": float((earned < -budget * (1 + 1e-9)).mean()),
            "added": float((self.bought > 0).mean()),
        }

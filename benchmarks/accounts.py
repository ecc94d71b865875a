"""P4: the account Monte Carlo, 100,000 accounts of 1,000 trades each.

Plain Python walks through the accounts one by one; so does NumPy when it is given an account at a time; the
whole matrix at once needs gigabytes, so it is timed on a part; a loop over trades needs neither, and is as
fast as ours, which keeps the quantiles on the way and double precision. All are the same model: a normal end
of the trade, its worst point on the way, liquidation, fees, and accounts that stop when they are ruined.
The generator's own time is the floor: the random numbers have to be drawn by anybody.
"""

from __future__ import annotations

import math
import random

import numpy as np

from benchmarks.harness import Row, peak_mb, race, size
from oikit.risk import simulate_accounts
from oikit.risk.sizing import liquidation_distance

ACCOUNTS, TRADES = 100_000, 1_000
RUIN = 0.1
HOW = {
    "leverage": 10.0,
    "margin_share": 0.2,
    "edge": 0.0005,
    "volatility": 0.02,
    "tiers": 0.005,
    "fee_rate": 0.0005,
}
MEMORY_MB = 500

EXPOSURE = HOW["leverage"] * HOW["margin_share"]
COST = 2 * HOW["fee_rate"]
DISTANCE = liquidation_distance(
    1.0, side="long", leverage=HOW["leverage"], tiers=HOW["tiers"], fee_rate=HOW["fee_rate"]
)


def ours(accounts: int = ACCOUNTS, trades: int = TRADES) -> float:
    """The share of accounts that were never ruined."""
    return float(simulate_accounts(accounts=accounts, trades=trades, seed=0, **HOW).survival.iloc[-1])


def plain(accounts: int, trades: int = TRADES) -> float:
    """The same with a loop over accounts and a loop over trades."""
    rng = random.Random(0)
    edge, sigma, share = HOW["edge"], HOW["volatility"], HOW["margin_share"]
    survivors = 0
    for _ in range(accounts):
        wealth = peak = deepest = 1.0
        for _ in range(trades):
            end = edge + sigma * rng.gauss(0.0, 1.0)
            worst = (end - math.sqrt(end * end + 2 * sigma * sigma * rng.expovariate(1.0))) / 2
            wealth *= 1 - share if worst <= -DISTANCE else 1 + EXPOSURE * (end - COST)
            peak = max(peak, wealth)
            deepest = min(deepest, wealth / peak)
            if wealth <= RUIN:
                break
        else:
            survivors += 1
    return survivors / accounts


def matrix(accounts: int, trades: int = TRADES) -> float:
    """The same with all trades of all these accounts in one matrix; of one account, it is NumPy in a loop."""
    rng = np.random.default_rng(0)
    end = HOW["edge"] + HOW["volatility"] * rng.standard_normal((accounts, trades))
    exponential = rng.standard_exponential((accounts, trades))
    worst = (end - np.sqrt(end**2 + 2 * HOW["volatility"] ** 2 * exponential)) / 2
    growth = np.where(worst <= -DISTANCE, 1 - HOW["margin_share"], 1 + EXPOSURE * (end - COST))
    wealth = np.cumprod(growth, axis=1)
    (wealth / np.maximum.accumulate(wealth, axis=1)).min(axis=1)
    return float((wealth.min(axis=1) > RUIN).mean())


def one_by_one(accounts: int) -> None:
    for _ in range(accounts):
        matrix(1)


def generator() -> None:
    """Only the random numbers, the way they are drawn."""
    rng, buffer = np.random.default_rng(0), np.empty(ACCOUNTS, dtype=np.float32)
    for _ in range(TRADES):
        rng.standard_normal(dtype=np.float32, out=buffer)
        rng.standard_exponential(dtype=np.float32, out=buffer)


def trade_by_trade() -> float:
    """The same for all accounts at once, one trade at a time: ten lines, in single precision as ours."""
    rng, share = np.random.default_rng(0), np.float32(1 - HOW["margin_share"])
    wealth, peak, deepest = (np.ones(ACCOUNTS, np.float32) for _ in range(3))
    for _ in range(TRADES):
        end = HOW["edge"] + HOW["volatility"] * rng.standard_normal(ACCOUNTS, np.float32)
        spread = 2 * HOW["volatility"] ** 2 * rng.standard_exponential(ACCOUNTS, np.float32)
        worst = (end - np.sqrt(end * end + spread)) / 2
        growth = np.where(worst <= -DISTANCE, share, 1 + EXPOSURE * (end - COST))
        wealth = np.where(wealth > RUIN, wealth * growth, wealth)
        peak = np.maximum(peak, wealth)
        deepest = np.minimum(deepest, wealth / peak)
    return float((wealth > RUIN).mean())


def rows(rounds: int = 3) -> list[Row | str]:
    python, by_account, by_matrix, by_trade, drawn, mine = race(
        lambda: plain(ACCOUNTS // 500),
        lambda: one_by_one(ACCOUNTS // 200),
        lambda: matrix(ACCOUNTS // 20),
        trade_by_trade,
        generator,
        ours,
        rounds=rounds,
    )
    name = "P4 100,000 accounts x 1,000 trades"
    floor = ("random numbers", drawn, mine)
    return [
        Row(name, "plain Python, 1/500 of it", 500 * python, *floor, 30),
        Row(name, "NumPy, an account at a time, 1/200", 200 * by_account, *floor, None),
        Row(name, "NumPy, one matrix, 1/20", 20 * by_matrix, *floor, None),
        Row(f"{name}, a loop over trades", "NumPy, ten lines", by_trade, *floor, 1.0),
        # At most four times the generator's own time.
        Row(f"{name}, of generator", "the generator alone", drawn, *floor, 0.25),
        size(
            "P4 peak memory of the whole process",
            peak_mb("from benchmarks.accounts import ours; ours()"),
            MEMORY_MB,
        ),
    ]


if __name__ == "__main__":
    for row in rows():
        print(row)

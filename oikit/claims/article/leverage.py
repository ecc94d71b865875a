"""Claims about leverage and the size of a position: C02, C22 to C26, C32, C37.

None of them needs a forecast: they follow from the margin rules, from counting, or from a simulation
that is called one. ``RATE`` stands for the maintenance margin of a small position; larger ones hold
more (`oikit.margin.tiers`).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pandas as pd

from oikit.claims.claim import Answer, advice, arithmetic, not_testable
from oikit.clock import bar_length, length
from oikit.formatting import amount, share
from oikit.margin import TAKER_FEE
from oikit.risk import (
    compare_plans,
    drawdown_within,
    ever_falls_to,
    kelly_leverage,
    liquidation_distance,
    liquidation_probability,
    readings,
    touch_frequency,
)

RATE = 0.005
"""Maintenance margin rate of the first tier."""

_LEVERAGES = (3, 5, 10, 20, 50)


def liquidated_share(frame: pd.DataFrame) -> pd.DataFrame:
    """How often was a long that was left alone liquidated, in this frame?"""
    shares = {}
    whole = len(frame) * bar_length(frame.index)
    for window in ("1d", "7d", "30d"):
        if length(window) % bar_length(frame.index) or 4 * length(window) > whole:
            continue
        shares[window] = [
            touch_frequency(frame, barrier=1 - _far(leverage), window=window).share for leverage in _LEVERAGES
        ]
    return pd.DataFrame(shares, pd.Index(_LEVERAGES, name="leverage"))


def _far(leverage: float) -> float:
    return float(liquidation_distance(1.0, side="long", leverage=leverage, tiers=RATE))


def _cell(table: pd.DataFrame, row: object, column: object) -> float:
    return float(table.loc[[row], [column]].to_numpy()[0, 0])


@not_testable(
    "C02",
    "About one leveraged position in ten is wiped out.",
    "A count of positions, over a time, at a leverage; none of the three is named.",
)
def _one_in_ten(frame: pd.DataFrame) -> Answer:
    because = (
        "Of what, and within what time? Neither is said, a position is not a person, and a position that was "
        "closed is not an account that was emptied."
    )
    if not {"close", "low"} <= set(frame.columns):
        return Answer("not testable", because)
    table = liquidated_share(frame)
    if table.empty or not np.isfinite(table.to_numpy()).any():
        return Answer("not testable", because)
    window = str(table.columns[-1])
    low, high = _cell(table, 5, table.columns[0]), _cell(table, 20, window)
    said = (
        f" A long that was left alone here was liquidated in {share(low)} of starts at 5x within "
        f"{table.columns[0]}, and in {share(high)} at 20x within {window}: one in ten can be had, and so can "
        "anything between."
    )
    return Answer("not testable", because + said, high, table=table)


@arithmetic(
    "C22",
    "At 20x leverage even a move of 5% against you is enough to be liquidated.",
    "The liquidation price lies at most 5% from the entry.",
)
def _not_five(frame: pd.DataFrame) -> Answer:
    far = _far(20)
    short = float(liquidation_distance(1.0, side="short", leverage=20, tiers=RATE))
    fees = float(liquidation_distance(1.0, side="long", leverage=20, tiers=RATE, fee_rate=TAKER_FEE))
    because = (
        "5% is enough, and so is less: at 5% the margin of 20x is gone, and the exchange closes before that. "
        f"With a maintenance margin of {share(RATE)} a long is closed at {share(far)}, a short at "
        f"{share(short)}, and a long that paid its opening fee at {share(fees)}; larger positions sooner."
    )
    return Answer("arithmetic", because, far, holds=True)


@advice(
    "C23",
    "Let no position be more than 2% of the account.",
    "One reading of the sentence, and one size that follows from it.",
)
def _three_caps(frame: pd.DataFrame) -> Answer:
    table = readings(10_000.0, cap=0.02, leverage=20, side="long", tiers=RATE, stop=0.01)
    sizes = table["notional"]
    most = float(sizes.max() / sizes.min())
    because = (
        "Advice with three readings. Of an account of 10,000 at 20x, 2% allows a position of "
        f"{sizes['risk']:,.0f} (2% lost at a stop 1% away), {sizes['margin']:,.0f} (2% put up as margin) "
        f"or {sizes['notional']:,.0f} (2% is the whole position): a factor of {most:,.0f}. It is a rule "
        "only once one of them is chosen."
    )
    return Answer("arithmetic", because, most, table=table, depends="what the 2% are of")


@lru_cache(maxsize=8)
def _halved(wins: float, fraction: float) -> float:
    return float(drawdown_within(wins, fraction=fraction, drawdown=0.5, trades=1_000)[-1])


def _at_least(chance: float) -> str:
    return share(chance) if chance >= 0.001 else "under 0.1%"


@advice(
    "C24",
    "That limit by itself keeps you in the market long after others are gone.",
    "At 2% a time, an account is rarely halved within 1,000 trades.",
)
def _alone(frame: pd.DataFrame) -> Answer:
    # Lost at a stop 1% away, at 20x: what is risked; a fifth of what is put up as margin; of the position.
    risked = {"2% lost at a stop": 0.02, "2% put up as margin": 0.004, "2% is the position": 0.0002}
    table = pd.DataFrame(
        {f"{wins:.0%} win": [_halved(wins, each) for each in risked.values()] for wins in (0.5, 0.45)},
        pd.Index(risked, name="reading"),
    )
    lines = [
        f"{name}: {_at_least(_cell(table, name, '50% win'))} and {_at_least(_cell(table, name, '45% win'))}"
        for name in risked
    ]
    because = (
        "Three readings, three answers. The chance that half of the account is gone within 1,000 even "
        "bets at 20x with a stop 1% away, if 50% of them win and if 45% do: "
        + "; ".join(lines)
        + ". A small size buys time; it turns no losing rule into a winning one."
    )
    number = _cell(table, "2% lost at a stop", "50% win")
    return Answer("arithmetic", because, number, table=table, depends="what the 2% are of, and on the rule")


@not_testable(
    "C25",
    "How much you hold counts for more than when you enter.",
    "One measure of what counts, and one range of sizes and entries.",
)
def _which_matters(frame: pd.DataFrame) -> Answer:
    half, full, double = (float(ever_falls_to(0.5, kelly_multiple=m)) for m in (0.5, 1.0, 2.0))
    because = (
        "More for what, and over which range of choices? The return for its risk is the same at every "
        f"constant size, so there size counts for nothing; the chance of ever losing half is {share(half)} "
        f"at half the best size, {share(full)} at the best and {share(double)} at twice it, so there size is "
        "everything."
    )
    return Answer("not testable", because, full)


@lru_cache(maxsize=1)
def _plans() -> pd.DataFrame:
    return compare_plans(
        drift=0.0, volatility=0.6, days=7, budget=0.02, stop=0.05, step=0.02, paths=4_000, seed=0
    )


@advice(
    "C26",
    "A position that is losing must not be added to, ever.",
    "Adding to it costs money on average, at the same budget of risk.",
)
def _no_difference(frame: pd.DataFrame) -> Answer:
    table = _plans()
    never, down = (
        {name: _cell(table, plan, name) for name in ("mean", "standard_error", "win_share")}
        for plan in ("never add", "average down")
    )
    apart = down["mean"] - never["mean"]
    error = math.hypot(down["standard_error"], never["standard_error"])
    because = (
        "A simulation under stated assumptions, not a proof (4,000 paths of seven days, volatility 60% a "
        "year, the same budget of risk): with a price that drifts nowhere no way of adding changes "
        f"what is earned on average (averaging down less never adding: {amount(apart)} of the account, give "
        f"or take {amount(2 * error).lstrip('+')}). It changes the shape: {share(down['win_share'])} instead "
        f"of {share(never['win_share'])} of trades win. With a "
        "drift it costs or pays, and closer to liquidation it costs more."
    )
    return Answer("arithmetic", because, apart, table=table.copy(), depends="the drift of the price")


@arithmetic(
    "C32",
    "Leverage of 5x to 10x, not 20x, tends to give the better return for its risk in the long run.",
    "At 5x and at 10x an account grows more, or shrinks less, than at 20x, and lives longer.",
)
def _best_leverage(frame: pd.DataFrame) -> Answer:
    drift = sigma = 0.6
    leverages = (5, 10, 20)
    table = pd.DataFrame(
        {
            "log growth a year": [each * drift - each**2 * sigma**2 / 2 for each in leverages],
            "survives a year": [
                1
                - float(
                    liquidation_probability(
                        each, side="long", tiers=RATE, volatility=sigma, days=365, drift=drift
                    )
                )
                for each in leverages
            ],
        },
        pd.Index(leverages, name="leverage"),
    )
    growth, lives = (", ".join(f"{v:.3g}" for v in table[name]).replace("-", "−") for name in table)
    best = float(kelly_leverage(drift, volatility=sigma))
    because = (
        "Against 20x it holds. At a drift and a volatility of 60% a year the account's log growth a year "
        f"is {growth} at 5x, 10x and 20x held constant, and a long that is left alone is still open after "
        f"a year with a chance of {lives}. All three shrink: growth is best at {best:.1f}x. The Sharpe "
        "ratio is the same at any leverage, before costs."
    )
    return Answer("arithmetic", because, best, holds=True, table=table)


@arithmetic(
    "C37",
    "With less leverage a position lives longer.",
    "At a lower leverage a position is liquidated no sooner, on any path of the price.",
)
def _nested(frame: pd.DataFrame) -> Answer:
    chances = {
        leverage: float(liquidation_probability(leverage, side="long", tiers=RATE, volatility=0.6, days=7))
        for leverage in _LEVERAGES
    }
    because = (
        "Whatever liquidates a position at a lower leverage has liquidated it before at a higher one, on "
        "any path. For a random walk of 60% a year, left alone for a week: "
        + ", ".join(f"{leverage}x {share(chance)}" for leverage, chance in chances.items())
        + "."
    )
    table = pd.Series(chances, name="liquidated").rename_axis("leverage").to_frame()
    return Answer("arithmetic", because, chances[3], holds=True, table=table)

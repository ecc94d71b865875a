"""Claims about leverage and the size of a position: C02, C22 to C26, C32, C37.

None of them needs a forecast: they follow from the margin rules, from counting, or from a simulation
that is called one.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pandas as pd

from oikit import risk
from oikit.claims.claim import Answer, advice, arithmetic, not_testable
from oikit.clock import bar_length, length
from oikit.formatting import amount, share
from oikit.margin import TAKER_FEE
from oikit.margin.checks import Side

RATE = 0.005
"""Maintenance margin rate of the first tier; larger positions hold more (`oikit.margin.tiers`)."""

_LEVERAGES = (3, 5, 10, 20, 50)


def liquidated_share(frame: pd.DataFrame) -> pd.DataFrame:
    """How often was a long that was left alone liquidated, in this frame?"""
    bar = bar_length(frame.index)
    shares = {
        window: [
            risk.touch_frequency(frame, barrier=1 - _far(each), window=window).share for each in _LEVERAGES
        ]
        for window in ("1d", "7d", "30d")
        if not length(window) % bar and 4 * length(window) <= len(frame) * bar
    }
    return pd.DataFrame(shares, pd.Index(_LEVERAGES, name="leverage"))


def _far(leverage: float, side: Side = "long", fee_rate: float = 0.0) -> float:
    return float(risk.liquidation_distance(1.0, side=side, leverage=leverage, tiers=RATE, fee_rate=fee_rate))


def _liquidated(leverage: float, days: float, drift: float = 0.0) -> float:
    return float(
        risk.liquidation_probability(
            leverage, side="long", tiers=RATE, volatility=0.6, days=days, drift=drift
        )
    )


def _cell(table: pd.DataFrame, row: object, column: object) -> float:
    return float(table.loc[[row], [column]].to_numpy()[0, 0])


@not_testable(
    "About one leveraged position in ten is wiped out.",
    "A count of positions, over a time, at a leverage; none of the three is named.",
)
def _c02(frame: pd.DataFrame) -> Answer:
    because = (
        "Of what, and within what time? Neither is said, a position is not a person, and a position that was "
        "closed is not an account that was emptied."
    )
    table = liquidated_share(frame) if {"close", "low"} <= set(frame.columns) else pd.DataFrame()
    if table.empty or not np.isfinite(table.to_numpy()).any():
        return Answer("not testable", because)
    short, long = table.columns[[0, -1]]
    low, high = _cell(table, 5, short), _cell(table, 20, long)
    because += (
        f" A long that was left alone here was liquidated in {share(low)} of starts at 5x within {short}, "
        f"and in {share(high)} at 20x within {long}: one in ten can be had, and so can anything between."
    )
    return Answer("not testable", because, high, table=table)


@arithmetic(
    "At 20x leverage even a move of 5% against you is enough to be liquidated.",
    "The liquidation price lies at most 5% from the entry.",
)
def _c22(frame: pd.DataFrame) -> Answer:
    far = _far(20)
    because = (
        "5% is enough, and so is less: at 5% the margin of 20x is gone, and the exchange closes before that. "
        f"With a maintenance margin of {share(RATE)} a long is closed at {share(far)}, a short at "
        f"{share(_far(20, 'short'))}, and a long that paid its opening fee at "
        f"{share(_far(20, fee_rate=TAKER_FEE))}; larger positions sooner."
    )
    return Answer("arithmetic", because, far, holds=True)


@advice(
    "Let no position be more than 2% of the account.",
    "One reading of the sentence, and one size that follows from it.",
)
def _c23(frame: pd.DataFrame) -> Answer:
    table = risk.readings(10_000.0, cap=0.02, leverage=20, side="long", tiers=RATE, stop=0.01)
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
    return float(risk.drawdown_within(wins, fraction=fraction, drawdown=0.5, trades=1_000)[-1])


def _at_least(chance: float) -> str:
    return share(chance) if chance >= 0.001 else "under 0.1%"


@advice(
    "That limit by itself keeps you in the market long after others are gone.",
    "At 2% a time, an account is rarely halved within 1,000 trades.",
)
def _c24(frame: pd.DataFrame) -> Answer:
    # Lost at a stop 1% away, at 20x: what is risked; a fifth of what is put up as margin; of the position.
    risked = {"2% lost at a stop": 0.02, "2% put up as margin": 0.004, "2% is the position": 0.0002}
    table = pd.DataFrame(
        {f"{wins:.0%} win": [_halved(wins, each) for each in risked.values()] for wins in (0.5, 0.45)},
        pd.Index(risked, name="reading"),
    )
    lines = [f"{name}: {' and '.join(map(_at_least, chances))}" for name, *chances in table.itertuples()]
    because = (
        "Three readings, three answers. The chance that half of the account is gone within 1,000 even "
        "bets at 20x with a stop 1% away, if 50% of them win and if 45% do: "
        + "; ".join(lines)
        + ". A small size buys time; it turns no losing rule into a winning one."
    )
    chance = _halved(0.5, 0.02)
    return Answer("arithmetic", because, chance, table=table, depends="what the 2% are of, and on the rule")


@not_testable(
    "How much you hold counts for more than when you enter.",
    "One measure of what counts, and one range of sizes and entries.",
)
def _c25(frame: pd.DataFrame) -> Answer:
    half, full, double = (float(risk.ever_falls_to(0.5, kelly_multiple=m)) for m in (0.5, 1.0, 2.0))
    because = (
        "More for what, and over which range of choices? The return for its risk is the same at every "
        f"constant size, so there size counts for nothing; the chance of ever losing half is {share(half)} "
        f"at half the best size, {share(full)} at the best and {share(double)} at twice it, so there size is "
        "everything."
    )
    return Answer("not testable", because, full)


@lru_cache(maxsize=1)
def _plans() -> pd.DataFrame:
    return risk.compare_plans(
        drift=0.0, volatility=0.6, days=7, budget=0.02, stop=0.05, step=0.02, paths=4_000, seed=0
    )


@advice(
    "A position that is losing must not be added to, ever.",
    "Adding to it costs money on average, at the same budget of risk.",
)
def _c26(frame: pd.DataFrame) -> Answer:
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
    "Leverage of 5x to 10x, not 20x, tends to give the better return for its risk in the long run.",
    "At 5x and at 10x an account grows more, or shrinks less, than at 20x, and lives longer.",
)
def _c32(frame: pd.DataFrame) -> Answer:
    drift = sigma = 0.6
    leverages = pd.Index((5, 10, 20), name="leverage")
    table = pd.DataFrame(
        {
            "log growth a year": [each * drift - each**2 * sigma**2 / 2 for each in leverages],
            "survives a year": [1 - _liquidated(each, 365, drift) for each in leverages],
        },
        leverages,
    )
    growth, lives = (", ".join(f"{v:.3g}" for v in table[name]).replace("-", "−") for name in table)
    best = float(risk.kelly_leverage(drift, volatility=sigma))
    because = (
        "Against 20x it holds. At a drift and a volatility of 60% a year the account's log growth a year "
        f"is {growth} at 5x, 10x and 20x held constant, and a long that is left alone is still open after "
        f"a year with a chance of {lives}. All three shrink: growth is best at {best:.1f}x. The Sharpe "
        "ratio is the same at any leverage, before costs."
    )
    return Answer("arithmetic", because, best, holds=True, table=table)


@arithmetic(
    "With less leverage a position lives longer.",
    "At a lower leverage a position is liquidated no sooner, on any path of the price.",
)
def _c37(frame: pd.DataFrame) -> Answer:
    chances = {leverage: _liquidated(leverage, 7) for leverage in _LEVERAGES}
    because = (
        "Whatever liquidates a position at a lower leverage has liquidated it before at a higher one, on "
        "any path. For a random walk of 60% a year, left alone for a week: "
        + ", ".join(f"{leverage}x {share(chance)}" for leverage, chance in chances.items())
        + "."
    )
    table = pd.Series(chances, name="liquidated").rename_axis("leverage").to_frame()
    return Answer("arithmetic", because, chances[3], holds=True, table=table)

"""The machine is itself tested: on markets that hold nothing, and on markets that hold something.

A simulated year of hours each, with fixed seeds. `benchmarks/ledger.py` does the same on 1,000.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from benchmarks.ledger import COMPARED, cry_wolf, found
from oikit.claims import Claim, weigh


def most(count: int) -> float:
    """The largest share of false calls that 5% and two standard errors allow."""
    return 0.05 + 2 * math.sqrt(0.05 * 0.95 / count)


def check(count: int, world: str) -> pd.DataFrame:
    table = cry_wolf(range(5_000, 5_000 + count), world=world)
    called = table["called"]

    assert called.index.tolist() == [claim.id for claim in COMPARED]
    assert (called <= most(count)).all(), called[called > most(count)]
    return table


def test_claims_are_not_called_where_nothing_is() -> None:
    """Each in at most 5% and two standard errors of 200 markets; a t-test on all bars calls most of them.

    "Every time" is left out: where nothing leads to a slump it is false, and saying so is right.
    """
    table = check(200, "bnb")

    often = table[table["weighed"] > 0.9]
    assert len(often) >= 10
    assert often["called"].mean() <= 0.05
    assert often["naive"].mean() >= 6 * max(often["called"].mean(), 0.05)


@pytest.mark.slow
def test_claims_are_not_called_under_another_funding_rule() -> None:
    """The same, where funding sits at one basis point and not at nothing."""
    check(200, "btc")


@pytest.mark.parametrize("effect", [-0.005, -0.01])
def test_a_planted_effect_is_found_as_often_as_stated(effect: float) -> None:
    """Half a per cent and one per cent per 8 h after a jump: within ten points of the stated power."""
    answer = found(range(6_000, 6_020), effect)

    assert answer["found"] == pytest.approx(answer["stated"], abs=0.10)
    assert answer["held"] >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("effect", [-0.002, -0.005, -0.01])
def test_a_planted_effect_is_found_as_often_as_stated_on_many_markets(effect: float) -> None:
    """Also one that a year mostly misses."""
    answer = found(range(6_000, 6_120), effect)

    assert answer["found"] == pytest.approx(answer["stated"], abs=0.10)
    assert answer["held"] >= 0.9


BARS = 1_095
STEP = 0.6 / BARS**0.5


def eight_hourly(seed: int, edge: float) -> pd.DataFrame:
    """A year of 8-hour bars: a state with a memory flags its top twentieth, and the next bar drifts."""
    rng = np.random.default_rng(seed)
    state = rng.standard_normal(BARS + 200)
    for i in range(1, len(state)):
        state[i] += 0.97 * state[i - 1]
    flag = state[200:] > np.quantile(state[200:], 0.95)
    returns = STEP * rng.standard_t(4, BARS) / 2**0.5
    returns[1:] += edge * flag[:-1]
    index = pd.date_range("2025-01-01 08:00", periods=BARS, freq="8h", tz="UTC", name="time")
    return pd.DataFrame({"close": 100 * np.exp(np.cumsum(returns)), "flag": flag.astype(float)}, index)


@pytest.mark.parametrize(("edge", "stated"), [(0.005, 0.26), (0.01, 0.81)])
def test_the_textbook_effect_is_found_as_often_as_stated(edge: float, stated: float) -> None:
    """An edge per 8-hour step, on 1,095 bars: mostly missed at half a per cent, mostly found at one."""
    flagged = Claim(
        "flagged",
        "It rises.",
        "It rises.",
        needs=("flag",),
        speaks=lambda f: f["flag"] == 1,
        horizon="48h",
        expect="higher",
    )
    words = [weigh(flagged, eight_hourly(seed, edge), look=False).word for seed in range(7_000, 7_120)]

    assert words.count("supported") / len(words) == pytest.approx(stated, abs=0.10)

"""Sizing, ruin, first passage, leverage and adding: closed forms against tables, counting and simulation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oikit import margin, risk
from oikit.errors import FrameError, InputError
from oikit.risk import accounts as accounts_module
from oikit.risk.accounts import simulate_accounts
from oikit.risk.adding import _Book
from oikit.risk.passage import TAILS
from tests.conftest import frame

BNB = margin.tiers("BNBUSDT", on="2024-10-24")
probabilities = st.floats(0.02, 0.98)
sides = st.sampled_from(["long", "short"])


# Sizing

SIZES = {
    (0.01, 5): {"risk": (20_000, 4_000), "margin": (1_000, 200), "notional": (200, 40)},
    (0.01, 10): {"risk": (20_000, 2_000), "margin": (2_000, 200), "notional": (200, 20)},
    (0.01, 20): {"risk": (20_000, 1_000), "margin": (4_000, 200), "notional": (200, 10)},
    (0.02, 5): {"risk": (10_000, 2_000)},
    (0.02, 10): {"risk": (10_000, 1_000)},
    (0.02, 20): {"risk": (10_000, 500)},
    (None, 5): {"risk": (1_020.51, 204.10)},
    (None, 10): {"risk": (2_094.74, 209.47)},
    (None, 20): {"risk": (4_422.22, 221.11)},
}


@pytest.mark.parametrize(("stop", "leverage"), SIZES)
def test_two_per_cent_has_three_readings(stop: float | None, leverage: float):
    """2% of 10,000, as risk, as margin and as notional; without a stop the liquidation is the stop."""
    table = risk.readings(10_000, cap=0.02, leverage=leverage, side="long", tiers=0.005, stop=stop)

    for reading, sizes in SIZES[stop, leverage].items():
        assert table.loc[reading, ["notional", "margin"]].tolist() == pytest.approx(sizes, abs=0.005)
    assert table.loc["risk", "loss_at_stop"] == pytest.approx(200)
    assert table.loc["margin", "loss_at_1_percent"] == pytest.approx(2 * leverage)
    assert table.loc["notional", "loss_at_1_percent"] == pytest.approx(2)
    assert (table["most_to_lose"] == table["margin"]).all()


def test_a_stop_at_the_liquidation_knows_its_tier():
    """A large position is liquidated sooner, so the same risk allows a larger one; it agrees with itself."""
    table = risk.readings(10_000_000, cap=0.02, leverage=10, side="short", tiers=BNB)
    notional = table.loc["risk", "notional"]
    room = risk.liquidation_distance(notional, side="short", leverage=10, tiers=BNB)

    assert notional * room == pytest.approx(200_000)
    assert room < risk.liquidation_distance(1_000, side="short", leverage=10, tiers=BNB)


def test_a_series_of_accounts_is_sized_at_once():
    """Floats or Series."""
    equity = pd.Series([1_000.0, math.nan])
    sizes = risk.position_size(equity, cap=0.02, reading="margin", leverage=10)

    assert sizes.iloc[0] == 200 and math.isnan(sizes.iloc[1])


# Runs, ruin and drawdown


@pytest.mark.parametrize(
    ("fraction", "count"),
    [(0.001, 693), (0.01, 69), (0.02, 35), (0.05, 14), (0.1, 7), (0.2, 4), (0.5, 1), (0.9, 1)],
)
def test_losses_in_a_row_to_half(fraction: float, count: int):
    """Small stakes buy time."""
    assert risk.losses_to_drawdown(fraction, 0.5) == count
    assert (1 - fraction) ** count <= 0.5 + 1e-12 < (1 - fraction) ** (count - 1) + 1e-9


@pytest.mark.parametrize(
    ("trades", "run", "p", "chance", "digits"),
    [
        (100, 7, 0.5, 0.3175203875, 1e-10),
        (20, 5, 0.5, 0.2498703003, 1e-10),
        (100, 5, 0.5, 0.8101095992, 1e-10),
        (100, 6, 0.5, 0.5460936, 5e-8),
        (100, 10, 0.5, 0.0441372, 5e-8),
        (150, 7, 0.5, 0.4419587, 5e-8),
        (200, 7, 0.5, 0.5437079, 5e-8),
        (100, 10, 0.6, 0.2049, 5e-5),
        (250, 10, 0.6, 0.4521, 5e-5),
        (100, 10, 0.4, 0.0058, 5e-5),
    ],
)
def test_losing_streaks_are_longer_than_they_feel(
    trades: int, run: int, p: float, chance: float, digits: float
):
    """Seven losses in a row somewhere in a hundred fair trades: nearly one in three."""
    assert risk.probability_of_run(trades, run, loss_probability=p) == pytest.approx(chance, abs=digits)


def test_the_streak_is_exact_with_fractions():
    """The published fraction, digit by digit."""
    wanted = Fraction(6289139215543317778531752497, 19807040628566084398385987584)

    assert risk.probability_of_run(100, 7, loss_probability=Fraction(1, 2)) == wanted
    assert risk.probability_of_run(3, 4, loss_probability=Fraction(1, 2)) == 0


@given(trades=st.integers(1, 10), run=st.integers(1, 10), p=st.integers(0, 10))
def test_a_streak_is_what_counting_every_sequence_gives(trades: int, run: int, p: int):
    """All sequences of wins and losses, one by one."""
    loss = Fraction(p, 10)
    counted = sum(
        math.prod((loss if lost else 1 - loss for lost in path), start=Fraction(1))
        for path in itertools.product([True, False], repeat=trades)
        if "L" * run in "".join("L" if lost else "W" for lost in path)
    )

    assert risk.probability_of_run(trades, run, loss_probability=loss) == counted


FELLER = [
    (0.5, 9, 10, 0.1, 9),
    (0.5, 90, 100, 0.1, 900),
    (0.5, 900, 1000, 0.1, 90_000),
    (0.5, 950, 1000, 0.05, 47_500),
    (0.45, 9, 10, 0.210056, 11.0056),
    (0.45, 90, 100, 0.865569, 765.569),
    (0.45, 99, 100, 0.181818, 171.818),
    (0.4, 90, 100, 0.982658, 441.329),
    (0.4, 99, 100, 0.333333, 161.667),
]


@pytest.mark.parametrize(("p", "start", "target", "ruined", "duration"), FELLER)
def test_fellers_table_of_ruin(p: float, start: int, target: int, ruined: float, duration: float):
    """A small disadvantage is nearly certain ruin, and it takes its time."""
    got = risk.gamblers_ruin(p, start=start, target=target)

    assert got.probability == pytest.approx(ruined, abs=6e-7)
    assert got.duration == pytest.approx(duration, rel=5e-6)


@pytest.mark.parametrize(("fraction", "chance"), [(0.01, 1.927e-9), (0.02, 4.390e-5), (0.05, 0.0180716)])
def test_playing_on_for_ever_with_an_edge(fraction: float, chance: float):
    """55% even money, stakes of this fraction of the start that never change."""
    got = risk.gamblers_ruin(0.55, start=round(1 / fraction), target=math.inf)

    assert got.probability == pytest.approx(chance, rel=2e-4)
    assert math.isinf(got.duration)
    assert risk.gamblers_ruin(0.45, start=9, target=math.inf) == (1.0, pytest.approx(90))


def test_a_long_game_does_not_overflow():
    """Ten thousand stakes against a small disadvantage, and with a small advantage."""
    assert risk.gamblers_ruin(0.4, start=5_000, target=10_000).probability == 1.0
    assert risk.gamblers_ruin(0.6, start=5_000, target=10_000).probability == pytest.approx(0.0, abs=1e-300)


@settings(max_examples=30)
@given(p=probabilities, start=st.integers(1, 6), extra=st.integers(0, 6))
def test_counting_path_by_path_meets_the_closed_form(p: float, start: int, extra: int):
    """The exact probability within n trades rises to Feller's as n grows."""
    counted = risk.ruin_within(p, start=start, target=start + extra, trades=600)

    assert (np.diff(counted) >= -1e-15).all()
    assert counted[-1] == pytest.approx(
        risk.gamblers_ruin(p, start=start, target=start + extra).probability, abs=1e-6
    )


def test_without_a_target_ruin_only_waits():
    """Fair, from one stake: after three trades five of eight paths are ruined."""
    assert risk.ruin_within(0.5, start=1, trades=3).tolist() == [0.0, 0.5, 0.5, 0.625]


HALVED = [
    (0.45, 0.02, 500, 0.8786),
    (0.45, 0.02, 1000, 0.9962),
    (0.5, 0.02, 500, 0.1635),
    (0.5, 0.02, 1000, 0.3689),
    (0.55, 0.02, 1000, 0.0017),
    (0.5, 0.05, 100, 0.2152),
    (0.5, 0.05, 500, 0.7039),
    (0.5, 0.1, 100, 0.6344),
    (0.55, 0.1, 1000, 0.4685),
]


@pytest.mark.parametrize(("p", "fraction", "trades", "simulated"), HALVED)
def test_ever_being_halved_is_counted_where_others_simulate(
    p: float, fraction: float, trades: int, simulated: float
):
    """The exact count lies within four standard errors of a simulation of 100,000 accounts."""
    counted = risk.drawdown_within(p, fraction=fraction, drawdown=0.5, trades=trades)

    assert counted[-1] == pytest.approx(simulated, abs=4 * 0.0016)
    assert (np.diff(counted) >= 0).all()


@given(
    p=probabilities,
    fraction=st.floats(0.05, 0.6),
    drawdown=st.floats(0.1, 0.9),
    payoff=st.floats(0.3, 3),
    trades=st.integers(1, 9),
)
def test_a_drawdown_is_what_following_every_path_gives(
    p: float, fraction: float, drawdown: float, payoff: float, trades: int
):
    """All sequences of wins and losses, one by one."""
    counted = 0.0
    for path in itertools.product([1, 0], repeat=trades):
        wealth = np.cumprod([1 + fraction * payoff if won else 1 - fraction for won in path])
        if wealth.min() <= (1 - drawdown) * (1 + 1e-12):
            counted += p ** sum(path) * (1 - p) ** (trades - sum(path))

    assert risk.drawdown_within(p, fraction=fraction, drawdown=drawdown, trades=trades, payoff=payoff)[
        -1
    ] == pytest.approx(counted, abs=1e-9)


def test_the_deepest_drawdown_without_drift():
    """The formula against a random walk, which looks less often and so sees a little less."""
    rng = np.random.default_rng(5)
    walk = np.cumsum(rng.standard_normal((1000, 2000)) / math.sqrt(2000), axis=1)
    deepest = (np.maximum.accumulate(np.maximum(walk, 0), axis=1) - walk).max(axis=1)
    error = deepest.std() / math.sqrt(1000)

    assert risk.expected_max_drawdown(0.8, days=365) == pytest.approx(1.0026513, abs=5e-8)
    assert deepest.mean() == pytest.approx(risk.expected_max_drawdown(1.0, days=365) - 0.018, abs=4 * error)


def test_ten_and_twenty_losses_at_two_per_cent():
    """-18.29% and -33.24%: the cap slows ruin and does not prevent it."""
    assert risk.losses_to_drawdown(0.02, 0.182927) == 10
    assert risk.losses_to_drawdown(0.02, 0.332392) == 20
    assert risk.losses_to_drawdown(0.02, 1 - 0.98**20) == 20


# Growth


def test_kelly_by_hand():
    """Published fractions, growth per bet, and what half and double Kelly keep."""
    assert [
        risk.kelly_fraction(p, payoff=b) for p, b in [(0.51, 1), (0.55, 1), (0.6, 1), (0.4, 2)]
    ] == pytest.approx([0.02, 0.1, 0.2, 0.1])
    assert [risk.log_growth(0.55, fraction=f) for f in (0.1, 0.05, 0.2)] == pytest.approx(
        [0.0050083668, 0.0037526078, -0.0001377419], abs=5e-11
    )
    assert [risk.growth_share(c) for c in (0.5, 1, 2)] == [0.75, 1.0, 0.0]
    assert [risk.ever_falls_to(0.5, kelly_multiple=c) for c in (0.5, 1, 2, 3)] == [0.125, 0.5, 1.0, 1.0]
    assert [risk.kelly_leverage(0.6 * sharpe, volatility=0.6) for sharpe in (3, 6, 12)] == pytest.approx(
        [5, 10, 20]
    )


@given(p=st.floats(0.05, 0.95), payoff=st.floats(0.2, 5), other=st.floats(0.001, 0.99))
def test_no_fraction_grows_faster_than_kellys(p: float, payoff: float, other: float):
    """The law that defines it."""
    best = risk.kelly_fraction(p, payoff=payoff)
    top = risk.log_growth(p, fraction=best, payoff=payoff) if best > 0 else 0.0

    assert risk.log_growth(p, fraction=other, payoff=payoff) <= top + 1e-12


def test_leverage_leaves_the_sharpe_ratio_and_takes_the_rest():
    """3% and a drift of 0.06% a day, one year: the median falls from 1.05 to nothing."""
    table = risk.leverage_table(
        [1, 3, 5, 10], drift=0.0006 * 365, volatility=0.03 * math.sqrt(365), days=365, tiers=0.005
    )

    assert table["sharpe"].tolist() == pytest.approx([0.38] * 4, abs=0.005)
    assert table["median_wealth"].tolist() == pytest.approx([1.05, 0.43, 0.05, 0.0], abs=0.012)
    assert table["survival"].is_monotonic_decreasing
    assert table["survival"].iloc[0] == 1.0


def test_rebalanced_accounts_end_where_the_closed_form_says():
    """Daily rebalanced and simulated: 1.05, 0.43, 0.04, 0.00."""
    rng = np.random.default_rng(3)
    moves = 0.0006 + 0.03 * rng.standard_normal((365, 4000))
    wanted = {1: 1.05, 3: 0.43, 5: 0.04, 10: 0.0}
    medians = {each: float(np.median(np.prod(1 + each * moves, axis=0))) for each in wanted}

    assert list(medians.values()) == pytest.approx(list(wanted.values()), abs=0.06)


# First passage

LEVERAGES = (3, 5, 10, 20, 50)
PASSAGE = {
    (0.5, 7): "0.000000/0.000039 0.001818/0.009545 0.154792/0.183535 0.515559/0.515461 0.832578/0.824372",
    (0.6, 1): "0/0 0.000000/0.000000 0.001469/0.003849 0.143854/0.159547 0.633382/0.632389",
    (0.6, 7): "0.000002/0.000580 0.009651/0.030020 0.238735/0.264664 0.590877/0.584954 0.861362/0.852055",
    (0.6, 30): "0.024254/0.086853 0.227851/0.276356 0.587656/0.572344 0.805768/0.781165 0.936485/0.924266",
    (0.6, 90): "0.217082/0.295860 0.515122/0.502846 0.772162/0.726428 0.895928/0.862935 0.966227/0.952844",
    (0.8, 1): "0/0 0.000000/0.000021 0.017404/0.029630 0.275320/0.289097 0.722210/0.718110",
    (0.8, 7): "0.000367/0.009296 0.054544/0.100061 0.383553/0.396314 0.691670/0.677289 0.897595/0.886889",
    (0.8, 30): "0.098266/0.188298 0.379657/0.400954 0.694463/0.661936 0.858918/0.829394 0.954094/0.941187",
    (1.0, 7): "0.004672/0.035720 0.128299/0.183092 0.492305/0.491089 0.755100/0.735103 0.919431/0.907877",
}


@pytest.mark.parametrize(("sigma", "days"), PASSAGE)
def test_the_table_of_liquidation_probabilities(sigma: float, days: float):
    """Long and short, five leverages, no drift, at a maintenance margin of 0.5%."""
    for leverage, cell in zip(LEVERAGES, PASSAGE[sigma, days].split(), strict=True):
        got = [
            risk.liquidation_probability(leverage, side=side, tiers=0.005, volatility=sigma, days=days)
            for side in ("long", "short")
        ]
        assert got == pytest.approx([float(each) for each in cell.split("/")], abs=5.1e-7)


@given(
    barrier=st.floats(0.05, 5),
    sigma=st.floats(0.05, 2),
    days=st.floats(0.1, 400),
    drift=st.floats(-2, 2),
    more=st.floats(1, 2),
)
def test_a_touch_is_a_probability_that_grows_with_time_and_nearness(
    barrier: float, sigma: float, days: float, drift: float, more: float
):
    """Between 0 and 1; longer never lowers it, farther never raises it."""
    here = risk.touch_probability(barrier, volatility=sigma, days=days, drift=drift)
    longer = risk.touch_probability(barrier, volatility=sigma, days=days * more, drift=drift)
    farther = risk.touch_probability(barrier**more, volatility=sigma, days=days, drift=drift)

    assert 0 <= here <= 1
    assert longer >= here - 1e-12
    assert farther <= here + 1e-12


@given(
    barrier=st.floats(0.05, 20), sigma=st.floats(0.05, 2), days=st.floats(0.1, 400), drift=st.floats(-2, 2)
)
def test_up_and_down_are_the_same_question_upside_down(
    barrier: float, sigma: float, days: float, drift: float
):
    """The inverse of the price moves with the opposite drift, plus its variance."""
    here = risk.touch_probability(barrier, volatility=sigma, days=days, drift=drift)
    there = risk.touch_probability(1 / barrier, volatility=sigma, days=days, drift=sigma**2 - drift)

    assert here == pytest.approx(there, abs=1e-9)


def test_the_closed_form_agrees_with_the_inverse_gaussian_distribution():
    """A library's law of first-passage times is an independent formula."""
    invgauss = pytest.importorskip("scipy.stats").invgauss
    sigma, days, drift, barrier = 0.6, 30.0, 2.0, 1.2
    away, mean, years = math.log(barrier), drift - sigma**2 / 2, days / 365
    shape = (away / sigma) ** 2
    other = invgauss.cdf(years, mu=(away / mean) / shape, scale=shape)

    assert risk.touch_probability(barrier, volatility=sigma, days=days, drift=drift) == pytest.approx(
        other, abs=1e-12
    )


def test_without_log_drift_it_is_twice_the_end():
    """The reflection principle: 2 Phi(b / s)."""
    sigma, days = 0.6, 7.0
    b, s = math.log(0.95), sigma * math.sqrt(days / 365)

    assert risk.touch_probability(0.95, volatility=sigma, days=days, drift=sigma**2 / 2) == pytest.approx(
        math.erfc(-b / s / math.sqrt(2))
    )


def test_extreme_touches_neither_overflow_nor_disappear():
    """A barrier at the price is touched; a strong tail wind carries there; 0 is out of reach."""
    assert risk.touch_probability(1.0, volatility=0.5, days=1) == pytest.approx(1.0)
    assert risk.touch_probability(2.0, volatility=0.05, days=365, drift=5.0) == pytest.approx(1.0)
    assert risk.touch_probability(0.5, volatility=0.05, days=365, drift=5.0) == pytest.approx(0.0, abs=1e-300)
    assert risk.touch_probability(0.0, volatility=0.5, days=365) == 0.0
    assert risk.liquidation_probability(50, side="long", tiers=0.025, volatility=0.6, days=1) == 1.0
    assert risk.liquidation_probability(50, side="short", tiers=0.025, volatility=0.6, days=1) == 1.0


def test_a_coin_with_three_per_cent_a_day_touches_a_20x_liquidation():
    """About 12% within a day and 37% within three; watched without a pause, a little more."""
    how = {"side": "long", "tiers": 0.005, "volatility": 0.03 * math.sqrt(365)}

    assert risk.liquidation_probability(20, **how, days=1) == pytest.approx(0.1258, abs=5e-5)
    assert risk.liquidation_probability(20, **how, days=3) == pytest.approx(0.3818, abs=5e-5)


def test_touch_takes_arrays_and_series():
    """A curve by leverage asks once; gaps stay gaps."""
    barrier = pd.Series([0.9, math.nan, 1.1])
    curve = risk.touch_probability(barrier, volatility=0.6, days=7)
    by_leverage = risk.liquidation_probability(
        np.array([5.0, 10.0, 50.0]), side="long", tiers=BNB, notional=5_000, volatility=0.6, days=7
    )

    assert curve.isna().tolist() == [False, True, False]
    assert (np.diff(by_leverage) > 0).all()


LONG_20X = 1 - 0.045226


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ({"bridge": True}, 0.5909),
        ({"bridge": True, "steps_per_day": 1}, 0.5909),
        ({}, 0.560),
        ({"steps_per_day": 1}, 0.460),
        ({"tails": "student"}, 0.530),
        ({"tails": "jumps"}, 0.520),
    ],
)
def test_a_simulation_that_looks_seldom_sees_less(how: dict[str, Any], wanted: float):
    """20x long, seven days, 60%: exact 0.591; seen hourly 0.560, daily 0.460; with fat tails less."""
    got = risk.simulate_touch(LONG_20X, volatility=0.6, days=7, paths=8_000, seed=11, **how)

    assert got.probability == pytest.approx(wanted, abs=4 * got.standard_error + 0.003)


def test_fat_tails_raise_the_risk_of_low_leverage():
    """5x long: both fat-tailed worlds reach it more often than the normal one of the same variance."""
    how = {"volatility": 0.6, "days": 7, "paths": 20_000, "seed": 2}
    calm, heavy, jumpy = (
        risk.simulate_touch(0.80402, tails=tails, **how).probability
        for tails in ("normal", "student", "jumps")
    )

    assert calm == pytest.approx(0.0085, abs=0.003)
    assert heavy > calm
    assert jumpy == pytest.approx(0.0145, abs=0.004)


@pytest.mark.parametrize("tails", TAILS)
def test_all_tails_have_the_same_mean_and_variance(tails: str):
    """Otherwise the comparison would be one of volatilities."""
    moves = TAILS[tails](np.random.default_rng(4), 400_000, 0.6, 1 / 8760)

    assert moves.mean() == pytest.approx(0.0, abs=5 * 0.6 / math.sqrt(8760 * 400_000))
    # A t with 3 degrees of freedom has no fourth moment: its sample variance settles slowly.
    assert moves.var() * 8760 == pytest.approx(0.36, rel=0.1 if tails == "student" else 0.03)


@pytest.mark.parametrize("barrier", [0.93, 1.08])
def test_a_simulation_meets_the_closed_form_both_ways(barrier: float):
    """With a drift, above and below."""
    how = {"volatility": 0.7, "days": 5, "drift": 1.0}
    got = risk.simulate_touch(barrier, **how, bridge=True, steps_per_day=4, paths=20_000, seed=9)

    assert got.probability == pytest.approx(
        risk.touch_probability(barrier, **how), abs=4 * got.standard_error
    )
    assert got == risk.simulate_touch(barrier, **how, bridge=True, steps_per_day=4, paths=20_000, seed=9)


def test_a_frequency_counts_windows_by_hand():
    """Closes of 100; one low of 94 and one unknown bar."""
    candles = frame(
        close=[100.0] * 6,
        low=[99.0, 99.0, 94.0, math.nan, 99.0, 99.0],
        high=[101.0, 101.0, 101.0, 106.0, 101.0, 101.0],
    )
    down = risk.touch_frequency(candles, barrier=0.95, window=2)
    up = risk.touch_frequency(candles, barrier=1.05, window="2h")

    # Windows (1, 2) and (2, 3) hold the low; (3, 4) is unknown; (4, 5) is calm.
    assert down == (pytest.approx(2 / 3), 3, 2.0, 1)
    assert up == (0.5, 4, 2.0, 0)
    assert math.isnan(risk.touch_frequency(candles.iloc[2:5], barrier=0.5, window=2).share)


def test_a_frequency_of_a_simulated_frame_meets_the_closed_form():
    """Simulated bars with a known truth: the whole way from high and low to the probability."""
    rng = np.random.default_rng(8)
    steps = 0.6 / math.sqrt(365 * 24 * 30) * rng.standard_normal((24 * 1500, 30)) - 0.18 / (365 * 24 * 30)
    path = np.exp(np.cumsum(steps.ravel())).reshape(steps.shape)
    candles = frame(close=path[:, -1], low=path.min(axis=1), high=path.max(axis=1))
    got = risk.touch_frequency(candles, barrier=0.97, window="1d")

    assert got.share == pytest.approx(risk.touch_probability(0.97, volatility=0.6, days=1), abs=0.05)
    assert got.independent == pytest.approx(1499.0)


# Adding to a position

WORLD = {
    "volatility": 0.6,
    "days": 20,
    "budget": 0.02,
    "stop": 0.1,
    "step": 0.04,
    "steps_per_day": 6,
    "paths": 6_000,
}


@pytest.mark.parametrize("looks", [{}, {"steps_per_day": 1, "paths": 20_000}], ids=["often", "daily"])
def test_without_an_edge_no_plan_of_adding_earns_anything(looks: dict[str, int]):
    """A fair price stays fair however it is traded: all three means are 0, within four standard errors."""
    table = risk.compare_plans(drift=0.0, seed=3, **(WORLD | looks))

    assert table.index.tolist() == ["never add", "average down", "pyramid"]
    assert (table["mean"].abs() <= 4 * table["standard_error"]).all()
    assert (table.loc[["average down", "pyramid"], "added"] > 0.2).all()
    assert table.loc["never add", "added"] == 0


def test_averaging_down_wins_often_and_pyramiding_seldom():
    """The shapes differ, not the worth: that is what the rule is about."""
    table = risk.compare_plans(drift=0.0, seed=3, **WORLD)

    assert table.loc["average down", "win_share"] > table.loc["never add", "win_share"]
    assert table.loc["pyramid", "win_share"] < table.loc["never add", "win_share"]


@pytest.mark.parametrize("plan", ["never add", "average down", "pyramid"])
def test_every_plan_risks_the_same_budget(plan: str):
    """Walked by hand: to each addition, then to the stop; the loss is the budget, no more and no less."""
    book = _Book(plan, 1, 0.02, 0.1, 0.03, 2, 0.0)
    way = {"never add": 0, "average down": -1, "pyramid": 1}[plan]
    levels = [1 + way * 0.03 * k for k in (1, 2)] if way else []
    stop = 1 - 0.1 + (0.06 if way > 0 else 0)
    for price in [*levels, stop]:
        # A hair beyond the level, as a price that is seen would be.
        book.see(np.array([price + math.copysign(1e-12, price - 1)]))

    assert book.result(np.array([2.0]), 0.02)["mean"] == pytest.approx(-0.02)


def test_a_gap_through_the_stop_costs_more_than_the_budget():
    """Seen once a day, the price is beyond the stop when it is filled; fees come on top."""
    often = risk.compare_plans(drift=0.0, seed=3, **(WORLD | {"steps_per_day": 1, "paths": 2_000}))
    fees = risk.compare_plans(drift=0.0, seed=3, fee_rate=0.001, **(WORLD | {"paths": 2_000}))
    plain = risk.compare_plans(drift=0.0, seed=3, **(WORLD | {"paths": 2_000}))

    assert (often["worst"] < -0.02).all() and (often["over_budget"] > 0).all()
    assert (fees["mean"] < plain["mean"]).all()


# Accounts

TRADE = {"leverage": 10, "margin_share": 0.5, "edge": 0.0, "volatility": 0.03, "tiers": 0.005}


def by_hand(
    *,
    accounts: int,
    trades: int,
    seed: int,
    distance: float,
    exposure: float,
    cost: float,
    how: dict[str, float],
) -> list[float]:
    """The same accounts, one by one in plain Python, on the same random numbers."""
    rng = np.random.default_rng(seed)
    wealth = [1.0] * accounts
    alive = list(range(accounts))
    for _ in range(trades):
        normal = rng.standard_normal(len(alive), dtype=np.float32)
        exponential = rng.standard_exponential(len(alive), dtype=np.float32)
        for who, z, e in zip(list(alive), normal, exponential, strict=True):
            end = how["edge"] + how["volatility"] * float(z)
            worst = (end - math.sqrt(end**2 + 2 * how["volatility"] ** 2 * float(e))) / 2
            wealth[who] *= 1 - how["margin_share"] if worst <= -distance else 1 + exposure * (end - cost)
            if wealth[who] <= 0.1:
                alive.remove(who)
    return sorted(wealth)


@pytest.mark.parametrize("side", ["long", "short"])
def test_all_accounts_at_once_are_the_accounts_one_by_one(side: str):
    """The fast way and the obvious way give the same wealth, with fees, funding and liquidation."""
    how = TRADE | {"edge": 0.001}
    got = simulate_accounts(
        accounts=200, trades=40, seed=5, side=side, fee_rate=0.0005, funding_paid=0.0003, **how
    )
    slow = by_hand(
        accounts=200, trades=40, seed=5, distance=got.liquidation_distance, exposure=5.0, cost=0.0013, how=how
    )

    assert got.wealth == pytest.approx(np.array(slow), rel=1e-4)
    assert got.liquidations > 0


def test_a_trade_is_liquidated_as_often_as_the_price_touches():
    """The worst point on the way is drawn exactly: the reflection principle gives the same share."""
    got = simulate_accounts(accounts=100_000, trades=1, seed=6, **TRADE)
    exact = math.erfc(got.liquidation_distance / 0.03 / math.sqrt(2))

    assert got.liquidations == pytest.approx(exact, abs=4 * math.sqrt(exact / 100_000))


def test_survival_falls_with_leverage_at_the_same_margin():
    """5x, 10x, 20x, with the same half of the account put up each time."""
    ends = [
        simulate_accounts(accounts=2_000, trades=100, seed=7, **(TRADE | {"leverage": each})).survival.iloc[
            -1
        ]
        for each in (5, 10, 20)
    ]

    assert ends[0] > ends[1] > ends[2]


def test_the_fan_the_survival_and_the_drawdown_fit_together():
    """Shapes, order, start at 1, and the same answer for the same seed."""
    got = simulate_accounts(accounts=500, trades=30, seed=8, checkpoints=6, **TRADE)
    again = simulate_accounts(accounts=500, trades=30, seed=8, checkpoints=6, **TRADE)

    assert got.fan.index.tolist() == [0, 5, 10, 15, 20, 25, 30]
    assert (got.fan.iloc[0] == 1).all() and (np.diff(got.fan.to_numpy(), axis=1) >= 0).all()
    assert got.fan.iloc[-1].to_numpy() == pytest.approx(np.quantile(got.wealth, accounts_module.QUANTILES))
    assert got.survival.is_monotonic_decreasing and got.survival.iloc[0] == 1
    assert got.survival.iloc[-1] == pytest.approx((got.wealth > 0.1).mean())
    assert len(got.wealth) == len(got.drawdown) == 500
    assert (got.drawdown >= 0).all() and (got.drawdown <= 1).all()
    assert (got.wealth == again.wealth).all()
    assert str(got).startswith("Of 500 simulated accounts, ")


def test_when_everybody_is_ruined_it_is_said_and_done():
    """No account is left to trade, and nothing breaks."""
    how = TRADE | {"leverage": 100, "margin_share": 1.0, "tiers": 0.0, "volatility": 0.5}
    got = simulate_accounts(accounts=50, trades=20, seed=1, **how)

    assert got.survival.iloc[-1] == 0
    assert (got.wealth == 0).all()


@settings(max_examples=25, deadline=None)
@given(edge=st.floats(-0.002, 0.002), fee=st.floats(0, 0.002), side=sides)
def test_costs_never_help(edge: float, fee: float, side: str):
    """On the same random numbers, a dearer trade leaves nobody richer (until somebody is ruined)."""
    how = TRADE | {"edge": edge, "leverage": 5, "margin_share": 0.1}
    free, dear = (
        simulate_accounts(accounts=50, trades=20, seed=2, side=side, fee_rate=each, ruin=1e-9, **how)
        for each in (0.0, fee)
    )

    assert (dear.wealth <= free.wealth * (1 + 1e-5)).all()


# Doors

CANDLES = frame(close=[100.0, 101.0], low=[99.0, 100.0])


def size(**how: Any) -> Callable[[], Any]:
    return lambda: risk.position_size(10_000, **({"cap": 0.02, "reading": "risk", "stop": 0.01} | how))


def touch(**how: Any) -> Callable[[], Any]:
    known = {"barrier": 0.9, "volatility": 0.6, "days": 1, "paths": 10, "seed": 1}
    return lambda: risk.simulate_touch(**(known | how))


def plans(**how: Any) -> Callable[[], Any]:
    return lambda: risk.compare_plans(**({"drift": 0.0, "seed": 1} | WORLD | how))


def many(**how: Any) -> Callable[[], Any]:
    return lambda: simulate_accounts(**({"accounts": 2, "trades": 2, "seed": 1} | TRADE | how))


def table(**how: Any) -> Callable[[], Any]:
    known = {"equity": 10_000, "cap": 0.02, "leverage": 20, "side": "long", "tiers": 0.005, "stop": 0.01}
    return lambda: risk.readings(**(known | how))


DOORS: dict[str, tuple[Callable[[], Any], str]] = {
    "cap in per cent": (size(cap=2), "cap=2 cannot be; it must be from 0 to 1"),
    "no such reading": (size(reading="2%"), "reading='2%' is none of risk, margin, notional"),
    "risk without a stop": (size(stop=None), "the reading 'risk' needs stop=…"),
    "margin without leverage": (size(reading="margin"), "the reading 'margin' needs leverage=…"),
    "a stop of 0": (size(stop=0), "stop=0 cannot be"),
    "equity 0": (table(equity=0), "equity=0 cannot be"),
    "a stop beyond the liquidation": (
        table(stop=0.05),
        "a stop 5.00% away is never reached: at 20x a long of 4,000 is liquidated after 4.52%",
    ),
    "dead on arrival": (table(tiers=0.1, stop=None), "is liquidated as soon as it is opened"),
    "too large for the leverage": (table(equity=1e9, tiers=BNB), "larger than the last tier"),
    "a loss of everything": (lambda: risk.losses_to_drawdown(1, 0.5), "fraction=1 cannot be"),
    "no trades": (lambda: risk.probability_of_run(0, 1, loss_probability=0.5), "trades=0 is no count"),
    "a probability above 1": (
        lambda: risk.probability_of_run(9, 1, loss_probability=1.5),
        "loss_probability=1.5",
    ),
    "a target below the start": (
        lambda: risk.gamblers_ruin(0.5, start=9, target=8),
        "target=8 lies below start=9",
    ),
    "a certain win": (lambda: risk.gamblers_ruin(1.0, start=9, target=10), "win_probability=1 cannot be"),
    "a target below, counted": (
        lambda: risk.ruin_within(0.5, start=9, target=8, trades=1),
        "target=8 is no count",
    ),
    "a bet of everything": (lambda: risk.log_growth(0.5, fraction=1.0), "fraction=1 cannot be"),
    "a payoff of 0": (lambda: risk.kelly_fraction(0.5, payoff=0), "payoff=0 cannot be"),
    "no leverages": (
        lambda: risk.leverage_table([], drift=0, volatility=0.6, days=1, tiers=0.005),
        "leverages is empty",
    ),
    "volatility 0": (lambda: risk.touch_probability(0.9, volatility=0, days=1), "volatility=0 cannot be"),
    "a barrier below 0": (lambda: risk.touch_probability(-0.9, volatility=0.6, days=1), "barrier=-0.9"),
    "a barrier unknown": (lambda: risk.touch_probability(math.nan, volatility=0.6, days=1), "barrier is NaN"),
    "tiers without a size": (
        lambda: risk.liquidation_probability(10, side="long", tiers=BNB, volatility=0.6, days=1),
        "give notional=…",
    ),
    "unknown tails": (touch(tails="fat"), "tails='fat' is none of normal, student, jumps"),
    "a bridge over jumps": (touch(tails="jumps", bridge=True), "leave bridge out"),
    "jumps in a calm market": (touch(tails="jumps", volatility=0.1), "give a larger one"),
    "less than one look": (touch(days=0.001), "less than one look"),
    "half a path": (touch(paths=0.5), "paths=0.5 is no count"),
    "a barrier at the price": (
        lambda: risk.touch_frequency(CANDLES, barrier=1, window=1),
        "is the price itself",
    ),
    "a window too long": (
        lambda: risk.touch_frequency(CANDLES, barrier=0.9, window=2),
        "does not fit into 2 row",
    ),
    "no highs": (lambda: risk.touch_frequency(CANDLES, barrier=1.1, window=1), "column 'high' is missing"),
    "additions below the stop": (plans(step=0.1), "do not fit above a stop 0.1 away"),
    "plans with unknown tails": (plans(tails="fat"), "one of normal, student, jumps"),
    "plans without a look": (plans(days=0.01), "at least one look"),
    "a budget of nothing": (plans(budget=0), "budget=0 cannot be"),
    "no accounts": (many(accounts=0), "accounts=0 is no count"),
    "trades that are liquidated at once": (many(leverage=50, tiers=0.025), "as soon as it is opened"),
    "a table where sizes differ": (many(tiers=BNB), "tiers is a table; one number"),
    "a table in the leverage table": (
        lambda: risk.leverage_table([2], drift=0, volatility=0.6, days=1, tiers=BNB),
        "tiers is a table",
    ),
    "a share above 1": (many(margin_share=2), "margin_share=2 cannot be"),
    "ruin at the start": (many(ruin=1), "ruin=1 cannot be"),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_door_says_what_is_wrong(door: str):
    """Every bad number is named, with what would be right."""
    ask, words = DOORS[door]

    with pytest.raises((InputError, FrameError), match=words):
        ask()

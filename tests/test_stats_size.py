"""The machine is itself tested: how often does it cry wolf, and how often does it miss one?

Simulated markets of one year of 8-hour bars: a state with a memory, events in its top twentieth,
fat-tailed returns, outcomes that overlap. With no link, each test should find one in twenty.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from oikit import stats

BARS = 1_095
STEP = 0.6 / BARS**0.5
"""Spread of an 8-hour return at a yearly volatility of 60%."""


def worlds(
    count: int,
    *,
    horizon: int,
    memory: float,
    seed: int,
    edge: float = 0.0,
    wildness: float = 0.0,
    bars: int = BARS,
    top: float = 0.05,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Events and outcomes of many simulated markets.

    ``edge`` is added to the return after each bar with an event; ``wildness`` lets the state drive
    the size of returns, never their sign.
    """
    rng = np.random.default_rng(seed)
    state = rng.standard_normal((bars + 200, count))
    for i in range(1, len(state)):
        state[i] += memory * state[i - 1]
    state = state[200:] * (1 - memory**2) ** 0.5
    events = state > np.quantile(state, 1 - top, axis=0)
    returns = STEP * rng.standard_t(4, (bars, count)) / 2**0.5
    returns[1:] = returns[1:] * np.exp(wildness * state[:-1]) + edge * events[:-1]
    price = np.cumsum(returns, axis=0)
    outcome = np.full((bars, count), np.nan)
    outcome[:-horizon] = price[horizon:] - price[:-horizon]
    return [(events[:, i], outcome[:, i]) for i in range(count)]


def rate(test: Callable[..., stats.Comparison], markets: list[tuple[np.ndarray, np.ndarray]]) -> float:
    """Share of the markets in which the test speaks at 5%."""
    return float(np.mean([test(*market).p <= 0.05 for market in markets]))


SETTINGS = {
    "one bar ahead, no memory": {"horizon": 1, "memory": 0.0},
    "three days ahead": {"horizon": 9, "memory": 0.9},
    "three days ahead, long memory": {"horizon": 9, "memory": 0.97},
    "a week ahead, long memory": {"horizon": 21, "memory": 0.97},
    "the state drives volatility": {"horizon": 9, "memory": 0.97, "wildness": 0.5},
}


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_the_shift_cries_wolf_once_in_twenty(setting: dict[str, float]) -> None:
    """At most 5% and two standard errors, on 1,000 markets without any link."""
    horizon = setting["horizon"]
    markets = worlds(1_000, seed=1, **setting)
    found = rate(partial(stats.circular_shift, horizon=horizon), markets)

    assert 0.03 <= found <= 0.05 + 2 * (0.05 * 0.95 / 1_000) ** 0.5


def test_the_tests_that_people_use_cry_wolf_several_times_as_often() -> None:
    """The contrast that stands beside each verdict: plain t, and the textbook's correction."""
    markets = worlds(1_000, horizon=9, memory=0.97, seed=1)
    plain = rate(stats.plain_t, markets)
    corrected = rate(partial(stats.newey_west_t, horizon=9), markets)
    shift = rate(partial(stats.circular_shift, horizon=9), markets)

    assert shift <= 0.064
    assert 0.09 < corrected < 0.25
    assert plain > 0.30


def test_without_the_events_own_spread_a_marker_of_volatility_looks_like_a_forecast() -> None:
    """The reason for studentising: the plain difference of means is fooled by wild markets."""
    markets = worlds(300, horizon=9, memory=0.97, wildness=0.5, seed=3)

    def difference(events: np.ndarray, outcome: np.ndarray) -> float:
        known = ~np.isnan(outcome)
        sums = [
            np.fft.irfft(np.conj(np.fft.rfft(events)) * np.fft.rfft(x), len(events))
            for x in (np.where(known, outcome, 0.0), known.astype(float))
        ]
        away = np.abs(sums[0] / sums[1] - np.nanmean(outcome))
        return (1 + (away[9:-8] >= away[0]).sum()) / (1 + len(away[9:-8]))

    fooled = np.mean([difference(*market) <= 0.05 for market in markets])

    assert fooled > 0.15
    assert rate(partial(stats.circular_shift, horizon=9), markets) < 0.08


@pytest.mark.parametrize(("edge", "stated"), [(0.002, 0.10), (0.005, 0.26), (0.01, 0.81), (0.02, 1.0)])
def test_a_planted_effect_is_found_as_often_as_stated(edge: float, stated: float) -> None:
    """Half a per cent for each bar with an event is mostly missed in a year, one per cent mostly found."""
    found = rate(
        partial(stats.circular_shift, horizon=6), worlds(400, horizon=6, memory=0.97, seed=4, edge=edge)
    )

    assert found == pytest.approx(stated, abs=0.10)


def test_the_interval_of_the_shift_holds_the_truth_as_often_as_it_says() -> None:
    """And the bootstrap of bars less often, when a dozen clusters of events are all there is."""
    held = {"shift": 0, "bootstrap": 0}
    markets = worlds(200, horizon=9, memory=0.97, seed=5)
    for events, outcome in markets:
        intervals = {
            "shift": stats.circular_shift(events, outcome, horizon=9).effect,
            "bootstrap": stats.bootstrap_effect(events, outcome, horizon=9, draws=400),
        }
        for name, found in intervals.items():
            held[name] += found.low <= 0 <= found.high

    assert 0.92 <= held["shift"] / 200 <= 0.99
    assert 0.80 <= held["bootstrap"] / 200 <= held["shift"] / 200


def test_the_interval_moves_with_a_true_effect() -> None:
    """Add 2% to what follows the events: the interval holds 2% as often as it held 0."""
    held = 0
    for events, outcome in worlds(300, horizon=9, memory=0.9, seed=6):
        found = stats.circular_shift(events, outcome + 0.02 * events, horizon=9).effect
        held += found.low <= 0.02 <= found.high

    assert 0.92 <= held / 300 <= 0.99


def test_counting_short_slides_errs_less_and_finds_less() -> None:
    """A short sample, a long horizon: leaving them out is a choice with a price, and it is a small one."""
    short = {"horizon": 14, "memory": 0.95, "bars": 365, "top": 0.1}
    nothing, planted = worlds(1_000, seed=7, **short), worlds(300, seed=8, edge=0.01, **short)
    usual, all_counted = (partial(stats.circular_shift, horizon=14, shortest=s) for s in (None, 1))

    assert rate(all_counted, nothing) <= rate(usual, nothing) <= 0.08
    assert rate(all_counted, planted) < rate(usual, planted)


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_the_shift_cries_wolf_once_in_twenty_on_many_more_markets(setting: dict[str, float]) -> None:
    """The same with 8,000 markets. Up to 6.5%: short slides left out, and some twelve clusters each."""
    markets = [market for seed in range(8) for market in worlds(1_000, seed=100 + seed, **setting)]
    found = rate(partial(stats.circular_shift, horizon=setting["horizon"]), markets)
    exact = rate(partial(stats.circular_shift, horizon=setting["horizon"], shortest=1), markets)

    assert 0.044 <= found <= 0.067
    assert 0.043 <= exact <= min(found, 0.062)

"""Blocks of bars and dealt labels: exact laws of the bootstrap, arch as a witness, every door."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oikit import stats
from oikit.errors import InputError


def persistent(n: int, memory: float, seed: int = 0) -> np.ndarray:
    out = np.random.default_rng(seed).standard_normal(n)
    for i in range(1, n):
        out[i] += memory * out[i - 1]
    return out


def exact_spread(values: np.ndarray, block: float) -> float:
    """Spread of the stationary bootstrap's mean, from its formula instead of from draws."""
    n, stay = len(values), 1 - 1 / block
    away = values - values.mean()
    lag = np.arange(1, n)
    covariance = np.array([away[: n - k] @ away[k:] for k in lag]) / n
    weight = (1 - lag / n) * stay**lag + lag / n * stay ** (n - lag)
    return math.sqrt((away @ away / n + 2 * weight @ covariance) / n)


@pytest.mark.parametrize("block", [1, 1.5, 4, 20, 300])
def test_the_draws_spread_as_the_formula_says(block: float) -> None:
    """Politis and Romano give the variance in closed form; 20,000 draws must meet it."""
    values = persistent(200, 0.6)
    means = stats.bootstrap_sums(values[:, None], block=block, draws=20_000)[:, 0] / 200

    assert means.std() == pytest.approx(exact_spread(values, block), rel=0.025)
    assert means.mean() == pytest.approx(values.mean(), abs=4 * means.std() / 20_000**0.5)


def test_the_draws_are_those_of_arch() -> None:
    """Same method, another library: the same quantiles, up to the draws."""
    arch = pytest.importorskip("arch.bootstrap")
    values = persistent(300, 0.8)
    ours = stats.bootstrap_sums(values[:, None], block=12, draws=8_000)[:, 0] / 300
    theirs = arch.StationaryBootstrap(12, values, seed=0).apply(np.mean, 8_000)[:, 0]

    shares = [0.05, 0.25, 0.5, 0.75, 0.95]
    np.testing.assert_allclose(np.quantile(ours, shares), np.quantile(theirs, shares), atol=0.05 * ours.std())


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("n", [60, 500])
def test_the_block_length_is_that_of_arch(memory: float, n: int) -> None:
    """Except in rare ties, where the two normalise an autocorrelation a little differently."""
    arch = pytest.importorskip("arch.bootstrap")
    pairs = []
    for seed in range(10):
        values = persistent(n, memory, seed)
        theirs = float(arch.optimal_block_length(values)["stationary"].iloc[0])
        pairs.append((stats.block_length(values), max(theirs, 1.0)))

    assert np.mean([math.isclose(a, b, rel_tol=1e-6) for a, b in pairs]) >= 0.8


def test_data_with_a_memory_ask_for_longer_blocks() -> None:
    """Noise needs none, a trend all it can get."""
    assert stats.block_length(persistent(2_000, 0.0)) < 5 < 30 < stats.block_length(persistent(2_000, 0.95))
    assert 10 < stats.block_length(np.arange(100.0)) <= 30
    assert stats.block_length([3.0] * 9) == 1.0
    assert stats.block_length([0.0, 1.0, 0.0, np.nan, 1.0]) >= 1.0
    # A perfect alternation has no long-run variance at all; the longest block keeps it whole.
    assert 1.0 <= stats.block_length([1.0, -1.0] * 3) <= 2.0


@given(st.integers(1, 30), st.floats(1, 50), st.integers(1, 40), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_every_draw_is_as_long_as_the_sample(n: int, block: float, draws: int, seed: int) -> None:
    """A column of ones always adds up to n, and one of bar numbers to a sum of n bars."""
    table = np.column_stack([np.ones(n), np.arange(n)])
    sums = stats.bootstrap_sums(table, block=block, draws=draws, seed=seed)

    assert sums.shape == (draws, 2)
    np.testing.assert_allclose(sums[:, 0], n)
    np.testing.assert_allclose(sums[:, 1], np.rint(sums[:, 1]), atol=1e-6)
    assert (sums[:, 1] >= -1e-6).all()
    assert (sums[:, 1] <= n * (n - 1) + 1e-6).all()


def test_a_machine_that_counts_in_32_bits_draws_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """There `take` refuses wider indices; here it is made to, as in a browser."""

    class Narrow(np.ndarray):
        def take(self, indices: np.ndarray, *rest: object, **more: object) -> np.ndarray:
            return np.asarray(self).take(indices.astype(np.int32, casting="safe"), *rest, **more)

    table = np.random.default_rng(1).normal(size=(50, 2))
    wide = stats.bootstrap_sums(table, block=4, draws=40)
    zeros = np.zeros
    monkeypatch.setattr(np, "zeros", lambda *a, **k: zeros(*a, **k).view(Narrow))
    monkeypatch.setattr(np, "intp", np.int32)

    assert np.asarray(stats.bootstrap_sums(table, block=4, draws=40)).tobytes() == wide.tobytes()


def test_one_block_round_the_whole_sample_changes_nothing() -> None:
    """Endless blocks only turn the sample, and a mean does not mind."""
    answer = stats.bootstrap_mean([1.0, 2.0, 3.0, 6.0], block=1e12, draws=50)

    assert (answer.low, answer.value, answer.high) == pytest.approx((3.0, 3.0, 3.0))


def test_the_same_seed_gives_the_same_answer_and_another_a_like_one() -> None:
    values = persistent(300, 0.5)
    one, again, other = (stats.bootstrap_mean(values, seed=seed) for seed in (1, 1, 2))

    assert one == again
    assert one != other
    assert one.low == pytest.approx(other.low, abs=0.05 * (one.high - one.low))


def test_a_memory_makes_the_interval_wider_as_it_must() -> None:
    """Single bars would claim a precision that persistent data do not have."""
    values = persistent(1_000, 0.9)
    honest, naive = stats.bootstrap_mean(values), stats.bootstrap_mean(values, block=1)

    assert (honest.high - honest.low) > 2 * (naive.high - naive.low)


def test_what_is_not_known_is_not_counted() -> None:
    """Neither as a number nor in n; and a draw of unknown bars alone is no draw."""
    values = np.array([1.0, np.nan, 3.0, 1.0, 3.0])
    answer = stats.bootstrap_mean(values, draws=500)
    assert (answer.value, answer.n) == (2.0, 4)
    assert 1 <= answer.low <= answer.high <= 3

    mostly_dark = np.full(60, np.nan)
    mostly_dark[:4] = [1.0, 2.0, 3.0, 4.0]
    assert stats.bootstrap_mean(mostly_dark, block=20, draws=200).low >= 1


def test_the_effect_agrees_with_the_shift_on_its_value() -> None:
    """Two intervals, one effect; against the rest and against a base."""
    state, outcome = persistent(600, 0.9), persistent(600, 0.5, 1)
    events = state > np.quantile(state, 0.8)
    for base in (None, 0.25, np.full(600, 0.25)):
        one = stats.bootstrap_effect(events, outcome, horizon=5, base=base, draws=2_000)
        other = stats.circular_shift(events, outcome, horizon=5, base=base).effect

        assert (one.value, one.n) == (other.value, other.n)
        assert one.low < one.value < one.high
        assert "blocks of" in one.method


def test_an_unknown_bar_neither_adds_nor_takes_away_from_the_effect() -> None:
    """Holes in events and in outcomes leave the same bars to compare, and a far level no dust."""
    rng = np.random.default_rng(0)
    events, outcome = (rng.random(300) < 0.2).astype(float), rng.standard_normal(300)
    dark = rng.choice(300, 40, replace=False)
    no_event, no_outcome = events.copy(), outcome.copy()
    no_event[dark], no_outcome[dark] = np.nan, np.nan
    one = stats.bootstrap_effect(no_event, outcome, horizon=5, draws=500, block=5)
    other = stats.bootstrap_effect(events, no_outcome + 1e6, horizon=5, draws=500, block=5)

    assert (one.low, one.value, one.high) == pytest.approx((other.low, other.value, other.high), abs=1e-6)


def test_blocks_of_an_effect_are_never_shorter_than_the_horizon() -> None:
    """Overlapping outcomes must be drawn together."""
    rng = np.random.default_rng(0)
    events, outcome = rng.random(300) < 0.2, rng.standard_normal(300)

    assert "blocks of 24" in stats.bootstrap_effect(events, outcome, horizon=24, draws=50).method
    assert "blocks of 3" in stats.bootstrap_effect(events, outcome, horizon=24, block=3, draws=50).method


def test_a_yes_no_effect_takes_the_spread_of_the_sample() -> None:
    """All events said yes: their own spread is none, and yet they are only a few."""
    rng = np.random.default_rng(4)
    outcome = (rng.random(300) < 0.5).astype(float)
    events = np.zeros(300)
    events[np.flatnonzero(outcome)[::20][:8]] = 1
    answer = stats.bootstrap_effect(events, outcome, horizon=1, draws=2_000)

    assert answer.value == pytest.approx(1 - outcome[events == 0].mean())
    assert 0.1 < answer.high - answer.low < 2


def test_events_that_are_all_alike_have_no_bounded_interval() -> None:
    """No spread to measure by: nothing is promised."""
    outcome = np.r_[[7.0] * 5, np.arange(95.0) % 10]
    events = np.r_[[1] * 5, [0] * 95]

    assert stats.bootstrap_effect(events, outcome, horizon=1, draws=100).high == math.inf


def test_dealing_again_agrees_with_scipy() -> None:
    """Exactly where all ways are tried, closely where they are drawn."""
    scipy = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(0)

    def difference(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
        return np.mean(a, axis=axis) - np.mean(b, axis=axis)

    one, two = rng.standard_normal(5), rng.standard_normal(5) + 1
    theirs = scipy.permutation_test((one, two), difference, vectorized=True)
    assert stats.permutation(one, two).p == pytest.approx(theirs.pvalue)
    assert stats.permutation(one, two).draws == math.comb(10, 5) - 1

    one, two = rng.standard_normal(40), rng.standard_normal(50) + 0.4
    theirs = scipy.permutation_test((one, two), difference, vectorized=True, rng=rng, alternative="less")
    ours = stats.permutation(one, two, expect="lower")
    assert ours.draws == 9_999
    assert ours.p == pytest.approx(theirs.pvalue, abs=0.01)
    assert ours.effect.n == 90


def test_six_numbers_cannot_be_sure_to_95_per_cent() -> None:
    """Twenty ways to deal them: the best possible p is one in ten. With three ways, nothing is bounded."""
    answer = stats.permutation([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])

    assert answer.p == 0.1
    assert answer.effect.low < 0 <= answer.effect.high
    assert stats.permutation([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], confidence=0.85).effect.high < 0
    assert stats.permutation([1.0, 2.0], [4.0]).effect.low == -math.inf
    assert stats.permutation([2.0, 2.0], [2.0]).p == 1.0


FOUR = [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: stats.block_length([1.0, 2.0, 3.0]), "3 known value.s. of 3; at least 4"),
        (lambda: stats.bootstrap_mean([1.0, np.nan, 2.0, 3.0]), "at least 4"),
        (lambda: stats.bootstrap_mean(FOUR, block=0.5), "block=0.5 is no length"),
        (lambda: stats.bootstrap_mean(FOUR, block=math.nan), "block=nan is no length"),
        (lambda: stats.bootstrap_mean(FOUR, block=math.inf), "block=inf is no length"),
        (lambda: stats.bootstrap_mean(FOUR, draws=0), "draws=0 is too small"),
        (lambda: stats.bootstrap_mean(FOUR, draws=1e4), "no whole number"),
        (lambda: stats.bootstrap_mean(FOUR, seed=-1), "seed=-1"),
        (lambda: stats.bootstrap_mean(FOUR, confidence=0), "between 0 and 1"),
        (lambda: stats.bootstrap_sums(np.ones(4), block=2), "bars by columns"),
        (lambda: stats.bootstrap_sums(np.ones((0, 2)), block=2), "bars by columns"),
        (lambda: stats.bootstrap_sums(np.array([[np.nan]]), block=2), "holds? a missing value"),
        (lambda: stats.permutation([], FOUR), "first has 0 known"),
        (lambda: stats.permutation(FOUR, [np.nan, 1.0]), "1 missing value"),
        (lambda: stats.permutation([1.0], [2.0]), "at least three"),
        (lambda: stats.permutation(FOUR, FOUR, expect="more"), "use 'different'"),
    ],
)
def test_what_cannot_be_drawn_again_is_refused(call: Callable[[], object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()

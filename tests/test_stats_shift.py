"""The circular shift and its rivals: by hand, against brute force, laws, and every door."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oikit import stats
from oikit.errors import InputError
from oikit.stats.shift import compare_with_null

TIMES = pd.date_range("2026-03-02 01:00", periods=40, freq="h", tz="UTC", name="time")


def brute_force(events: np.ndarray, outcome: np.ndarray, base: float | None = None) -> np.ndarray:
    """The statistic as its definition reads, one slide at a time."""
    found = []
    values = outcome[~np.isnan(outcome)]
    yes_no = len(np.unique(values)) <= 2
    for slide in range(len(events)):
        moved = np.roll(events, slide)
        hits = outcome[(moved == 1) & ~np.isnan(outcome)]
        rest = outcome[(moved == 0) & ~np.isnan(outcome)]
        if len(hits) < 2 or (base is None and len(rest) == 0):
            found.append(np.nan)
            continue
        effect = hits.mean() - (rest.mean() if base is None else base)
        spread = values.std() if yes_no else hits.std(ddof=1)
        if abs(effect) < 1e-9 * (values.std() or 1):
            found.append(0.0)
        elif spread < 1e-4 * values.std():
            found.append(math.copysign(math.inf, effect))
        else:
            found.append(effect / (spread / len(hits) ** 0.5))
    return np.array(found)


def market(seed: int, n: int = 400, memory: float = 0.9, ahead: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """A state that lasts and overlapping outcomes, with no link between the two."""
    rng = np.random.default_rng(seed)
    state = rng.standard_normal(n)
    for i in range(1, n):
        state[i] += memory * state[i - 1]
    price = np.cumsum(0.018 * rng.standard_t(4, n + ahead))
    return (state > np.quantile(state, 0.9)).astype(float), price[ahead:] - price[:-ahead]


holes = st.lists(st.integers(0, 11), max_size=4)


@given(
    st.lists(st.sampled_from([0.0, 1.0]), min_size=12, max_size=12),
    st.lists(st.integers(-9, 9), min_size=12, max_size=12),
    holes,
    holes,
    st.sampled_from([None, 0.0, 2.5]),
)
@settings(max_examples=150, deadline=None)
def test_all_slides_at_once_are_all_slides_one_by_one(
    happened: list[float], after: list[int], unknown: list[int], dark: list[int], base: float | None
) -> None:
    """The Fourier way is exact, holes in events and outcomes included."""
    events, outcome = np.array(happened), np.array(after, dtype=float)
    events[unknown], outcome[dark] = np.nan, np.nan
    known = ~np.isnan(outcome)
    assume(((events == 1) & known).sum() >= 2 and ((events == 0) & known).any())

    found = stats.shift_statistics(events, outcome, base=base)

    np.testing.assert_allclose(found, brute_force(events, outcome, base), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("n", [131, 262, 400, 1_095])
def test_a_length_with_a_large_prime_factor_gives_the_same(n: int) -> None:
    """Such lengths are transformed with room to spare, and folded back."""
    events, outcome = market(2, n)
    outcome[-9:] = np.nan

    np.testing.assert_allclose(
        stats.shift_statistics(events, outcome), brute_force(events, outcome), rtol=1e-8, atol=1e-9
    )


@given(st.integers(0, 10_000), st.integers(0, 399), st.floats(0.01, 100), st.floats(-1000, 1000))
@settings(max_examples=25, deadline=None)
def test_neither_the_unit_nor_the_first_bar_matters(seed: int, turn: int, unit: float, level: float) -> None:
    """Fractions or percent, and a history told from another bar on: the same answer."""
    events, outcome = market(seed)
    one = stats.circular_shift(events, outcome, horizon=9)
    other = stats.circular_shift(np.roll(events, turn), np.roll(level + unit * outcome, turn), horizon=9)

    assert other.p == one.p
    assert other.statistic == pytest.approx(one.statistic, rel=1e-5)
    assert other.effect.low == pytest.approx(unit * one.effect.low, rel=1e-4, abs=1e-9 * unit)


@given(st.integers(0, 10_000), st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99]))
@settings(max_examples=40, deadline=None)
def test_the_interval_and_the_p_value_never_disagree(seed: int, confidence: float) -> None:
    """0 lies outside exactly when p is small enough."""
    answer = stats.circular_shift(*market(seed), horizon=9, confidence=confidence)
    outside = not answer.effect.low <= 0 <= answer.effect.high

    assert outside == (answer.p <= (1 - confidence) * (1 + 1e-12))


def test_two_events_can_be_followed_by_hand() -> None:
    """Two events, then 4 and 6: mean 5, spread of the mean 1, elsewhere a half."""
    outcome = pd.Series([4.0, 6.0] + [0.0, 1.0] * 9, TIMES[:20])
    events = pd.Series([True, True] + [False] * 18, TIMES[:20])
    answer = stats.circular_shift(events, outcome, horizon="2h")

    assert (answer.effect.value, answer.effect.n) == (4.5, 2)
    assert answer.statistic == pytest.approx(4.5)
    assert answer.draws == 20 - 3  # slides of one bar, either way, still see the same outcomes
    assert stats.circular_shift(events, outcome, horizon="2h", shortest=1).draws == 19


def test_a_side_named_before_looking_counts_one_side() -> None:
    """The two one-sided answers share the slides between them."""
    events, outcome = market(3)
    higher, lower, both = (
        stats.circular_shift(events, outcome, horizon=9, expect=expect)
        for expect in ("higher", "lower", "different")
    )

    assert higher.p + lower.p == pytest.approx(1 + 1 / (1 + both.draws))
    assert "(higher only)" in str(higher)
    assert str(both).endswith(f"p = {both.p:.2g}")


def test_what_is_not_known_is_neither_event_nor_rest() -> None:
    """An unknown bar must change nothing, however wild its outcome."""
    events, outcome = market(1)
    wild = outcome.copy()
    dark = np.flatnonzero(events == 0)[:20]
    wild[dark] = 1e6
    hidden = events.copy()
    hidden[dark] = np.nan
    gone = outcome.copy()
    gone[dark] = np.nan

    assert stats.circular_shift(hidden, wild, horizon=9).effect.value == pytest.approx(
        stats.circular_shift(events, gone, horizon=9).effect.value
    )


def test_a_base_for_each_bar_is_what_the_events_are_compared_with() -> None:
    """A market in which calm bars earn 1 and wild bars 3, and the events come in wild ones only."""
    rng = np.random.default_rng(0)
    wild = rng.random(400) < 0.5
    outcome = np.where(wild, 3.0, 1.0) + 0.1 * rng.standard_normal(400)
    events = wild & (rng.random(400) < 0.2)
    naive = stats.circular_shift(events, outcome, horizon=1)
    fair = stats.circular_shift(events, outcome, horizon=1, base=np.where(wild, 3.0, 1.0))

    assert naive.p < 0.01
    assert fair.p > 0.05
    assert naive.effect.value > 0.9
    assert fair.effect.value == pytest.approx(0, abs=0.05)


def test_luck_without_spread_is_not_rewarded() -> None:
    """Six of six is no certainty: a yes/no outcome takes the spread of the whole sample."""
    rng = np.random.default_rng(4)
    outcome = (rng.random(300) < 0.5).astype(float)
    events = np.zeros(300)
    events[np.flatnonzero(outcome)[::25][:6]] = 1
    answer = stats.circular_shift(events, outcome, horizon=1)

    assert answer.effect.n == 6
    assert answer.statistic == pytest.approx(answer.effect.value * 6**0.5 / outcome.std())
    assert 0.001 < answer.p < 0.1
    assert answer.effect.method == "circular shift, spread of the sample"


def test_an_outcome_that_never_happens_is_no_surprise() -> None:
    """Nothing differs from nothing: p is 1, and the interval knows no bounds."""
    answer = stats.circular_shift([1, 1, 0, 0, 0, 0], [0.0] * 6, horizon=1)

    assert (answer.effect.value, answer.statistic, answer.p) == (0.0, 0.0, 1.0)
    assert answer.effect.high == math.inf


def test_slides_that_meet_too_few_outcomes_are_counted_as_skipped() -> None:
    """With outcomes in one half only, many slides find nobody at home."""
    events = np.zeros(40)
    events[:4] = 1
    outcome = np.where(np.arange(40) < 20, np.arange(40.0) % 7, np.nan)
    answer = stats.circular_shift(events, outcome, horizon=1)

    assert answer.skipped > 0
    assert answer.draws + answer.skipped == 39


def test_few_slides_give_no_narrow_interval() -> None:
    """With nineteen slides one in twenty can be reached, with eighteen it cannot."""
    rng = np.random.default_rng(0)

    for n, bounded in ((20, True), (19, False)):
        events = np.zeros(n)
        events[:3] = 1
        answer = stats.circular_shift(events, rng.standard_normal(n), horizon=1)
        assert math.isfinite(answer.effect.high) is bounded


def test_equal_statistics_count_however_their_last_digits_fall() -> None:
    """An exact tie that a transform blurs must still count as a tie."""
    p, _ = compare_with_null(2.0, np.array([2.0 - 1e-12, -2.0 + 1e-12, 1.0]), "different", 0.05)

    assert p == 3 / 4


def test_the_rivals_agree_with_scipy_and_statsmodels() -> None:
    """They are shown as they are, not weakened."""
    scipy, sm = pytest.importorskip("scipy.stats"), pytest.importorskip("statsmodels.api")
    events, outcome = market(7)
    welch = scipy.ttest_ind(outcome[events == 1], outcome[events == 0], equal_var=False)
    ours = stats.plain_t(events, outcome)
    assert (ours.statistic, ours.p) == pytest.approx((welch.statistic, welch.pvalue))
    ends = welch.confidence_interval()
    assert (ours.effect.low, ours.effect.high) == pytest.approx((ends.low, ends.high))

    for lag in (0, 8, 30):
        fit = sm.OLS(outcome, sm.add_constant(events)).fit(cov_type="HAC", cov_kwds={"maxlags": lag})
        ours = stats.newey_west_t(events, outcome, horizon=9, lag=lag)
        assert (ours.statistic, ours.p) == pytest.approx((fit.tvalues[1], fit.pvalues[1]))

    student = scipy.ttest_1samp(outcome[events == 1], 0.01)
    assert stats.plain_t(events, outcome, base=0.01).p == pytest.approx(student.pvalue)
    alone = sm.OLS(outcome, np.ones(400)).fit(cov_type="HAC", cov_kwds={"maxlags": 5})
    ends = stats.newey_west_mean(outcome, lag=5)
    assert (ends.high - ends.low) / 2 == pytest.approx(1.959964 * alone.bse[0], rel=1e-6)


@pytest.mark.parametrize("rival", [stats.plain_t, lambda *a, **k: stats.newey_west_t(*a, horizon=1, **k)])
def test_the_rivals_know_one_side_and_no_spread(rival: Callable[..., stats.Comparison]) -> None:
    """Halves of p on the two sides; and events that are all alike are infinitely far away."""
    events, outcome = market(7)
    both = rival(events, outcome)
    sides = [rival(events, outcome, expect=expect).p for expect in ("higher", "lower")]
    assert min(sides) == pytest.approx(both.p / 2)
    assert sum(sides) == pytest.approx(1)

    alike = rival([1, 1, 0, 0], [2.0, 2.0, 1.0, 1.0])
    assert (alike.statistic, alike.p) == (math.inf, 0.0)
    nothing = rival([1, 1, 0, 0], [2.0, 2.0, 2.0, 2.0])
    assert (nothing.statistic, nothing.p) == (0.0, 1.0)
    lonely = rival([1, 1, 0], [2.0, 4.0, 1.0])  # a rest of one bar has a mean and no spread
    assert lonely.effect.value == 2.0


def test_the_lag_follows_the_horizon() -> None:
    """Overlap of nine bars asks for eight lags, whatever the rule of thumb says."""
    events, outcome = market(7)

    assert "8 lags" in stats.newey_west_t(events, outcome, horizon=9).effect.method
    assert "5 lags" in stats.newey_west_t(events, outcome, horizon=1).effect.method
    assert "5 lags" in stats.newey_west_mean(outcome).method
    assert "Newey–West" in stats.newey_west_t(events, outcome, horizon=9, base=0.0).effect.method


FIVE = [1.0, 2.0, 3.0, 4.0, 5.0]
ON = [1, 1, 0, 0, 0]
TESTS = {
    "shift": lambda *a, **k: stats.circular_shift(*a, horizon=1, **k),
    "statistics": stats.shift_statistics,
    "plain": stats.plain_t,
    "newey-west": lambda *a, **k: stats.newey_west_t(*a, horizon=1, **k),
    "bootstrap": lambda *a, **k: stats.bootstrap_effect(*a, horizon=1, draws=9, **k),
}


@pytest.mark.parametrize("test", TESTS.values(), ids=TESTS)
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([0, 0, 0, 0, 0], FIVE), "never happened in 5 bars"),
        (([1, 1, 1, 1, 1], FIVE), "happened on all 5 bars"),
        ((ON, [np.nan] * 5), "no outcome is known"),
        ((ON, [*FIVE, 6.0]), "5 and 6 rows"),
        (([1, 0, 0, 0, 0], FIVE), "1 of 1 event.s. with a known outcome; at least 2"),
        ((ON, [np.nan, *FIVE[1:]]), "1 of 2 event"),
        ((ON, [1.0, 2.0, np.nan, np.nan, np.nan]), "give a base"),
        (([2, 1, 0, 0, 0], FIVE), "something else than yes"),
        ((["yes", "yes", "no", "no", "no"], FIVE), "events holds something that is no number"),
        ((ON, ["1", "2", "3", "4", "5"]), "outcome holds something that is no number"),
        ((ON, pd.Series(["1", "2", "3", "4", "5"], dtype=object)), "outcome holds something that is no"),
        ((ON, pd.Series(TIMES[:5])), "outcome holds something that is no number"),
        ((ON, [1.0, 2.0, 3.0, 4.0, math.inf]), "outcome holds an infinite number"),
        (([ON, ON], FIVE), "events has 2 dimensions"),
        ((pd.Series(ON, TIMES[:5]), pd.Series(FIVE, TIMES[1:6])), "stand on different rows"),
    ],
)
def test_every_test_of_events_has_the_same_doors(
    test: Callable[..., object], arguments: tuple[object, object], words: str
) -> None:
    """Whatever cannot be compared is refused by all of them, in the same plain words."""
    with pytest.raises(InputError, match=words):
        test(*arguments)


@pytest.mark.parametrize("test", TESTS.values(), ids=TESTS)
def test_a_base_has_doors_of_its_own(test: Callable[..., object]) -> None:
    """It stands on the same rows and is known where the events are."""
    with pytest.raises(InputError, match="base and outcome have 4 and 5 rows"):
        test(ON, FIVE, base=FIVE[:4])
    with pytest.raises(InputError, match="known outcome and a known base"):
        test(ON, FIVE, base=[np.nan, *FIVE[1:]])
    with pytest.raises(InputError, match="base and outcome stand on different rows"):
        test(ON, pd.Series(FIVE, TIMES[:5]), base=pd.Series(FIVE, TIMES[1:6]))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"horizon": 3}, "no slide of 3 bars or more fits into 5 bars"),
        ({"horizon": 0}, "at least 1"),
        ({"horizon": "3h"}, "number of bars instead"),
        ({"shortest": 0}, "shortest=0 is too small"),
        ({"expect": "up"}, "use 'different', 'higher' or 'lower'"),
        ({"confidence": 95}, "confidence=95 is no fraction"),
    ],
)
def test_a_shift_that_cannot_be_made_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        stats.circular_shift(ON, FIVE, **{"horizon": 1, **changes})


def test_columns_may_be_of_any_make() -> None:
    """Booleans with holes, whole numbers with holes, lists, arrays and Series say the same."""
    events = pd.Series([True, True, False, None, False], TIMES[:5], dtype="boolean")
    outcome = pd.Series([3, 5, 1, 9, None], TIMES[:5], dtype="Int64")

    assert stats.plain_t(events, outcome).effect.value == 3.0
    assert stats.plain_t([1, 1, 0, None, 0], [3, 5, 1, 9, None]).effect.value == 3.0
    assert stats.plain_t(np.array([1, 1, 0, np.nan, 0]), outcome.astype(float)).effect.value == 3.0


@given(data=st.data(), n=st.integers(60, 300))
@settings(max_examples=40, deadline=None)
def test_half_the_interval_is_what_stands_out_times_the_error(data: st.DataObject, n: int) -> None:
    """So whoever knows both can say what would have been seen; without slides neither is finite."""
    rng = np.random.default_rng(data.draw(st.integers(0, 1_000)))
    events, outcome = rng.random(n) < 0.3, rng.standard_normal(n)
    events[:3] = (True, True, False)
    found = stats.circular_shift(events, outcome, horizon=1, base=0.0)
    half = (found.effect.high - found.effect.low) / 2

    assert half == pytest.approx(found.error * found.reach)
    assert (abs(found.statistic) > found.reach) == (found.p <= 0.05)
    assert math.isnan(stats.plain_t(events, outcome).reach)

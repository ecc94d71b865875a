"""Shares, families and power: by hand, against scipy and statsmodels, and every door."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oikit import stats
from oikit.errors import InputError
from oikit.stats.special import beta_cdf, normal_cdf, t_quantile, t_tail

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_seven_of_nine_is_anything_from_45_to_94_per_cent() -> None:
    """The article's favourite kind of evidence, with its interval."""
    answer = stats.wilson(7, 9)

    assert (round(answer.low, 2), round(answer.high, 2)) == (0.45, 0.94)
    assert str(answer) == "0.7778 [0.4526, 0.9368] (95%, n = 9, Wilson)"


def test_never_and_always_are_bounded_by_themselves() -> None:
    """Nought of six may still happen; its interval begins at nought and does not end there."""
    assert stats.wilson(0, 6).low == stats.clopper_pearson(0, 6).low == 0.0
    assert stats.wilson(6, 6).high == stats.clopper_pearson(6, 6).high == 1.0
    assert stats.wilson(0, 6).high == pytest.approx(1 - stats.wilson(6, 6).low)
    # With no failures, half of the two-sided error stands on one side.
    assert stats.clopper_pearson(0, 6).high == pytest.approx(stats.zero_failures(6, confidence=0.975).high)


@given(counts)
@settings(max_examples=60, deadline=None)
def test_shares_agree_with_scipy(case: tuple[int, int]) -> None:
    """The intervals and the exact test, for any count."""
    binomtest = pytest.importorskip("scipy.stats").binomtest
    k, n = case
    theirs = binomtest(k, n)
    for ours, method in ((stats.wilson(k, n), "wilson"), (stats.clopper_pearson(k, n), "exact")):
        interval = theirs.proportion_ci(0.95, method=method)

        assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high), abs=1e-9)
        assert 0 <= ours.low <= ours.value <= ours.high <= 1
    for rate in (0.5, 0.7, 0.03):
        assert stats.binomial_p(k, n, rate) == pytest.approx(binomtest(k, n, rate).pvalue, abs=1e-9)


def test_the_exact_interval_keeps_its_promise_for_every_rate() -> None:
    """It holds the truth at least 95 times in 100, also where Wilson's does not."""
    n = 20
    ends = [stats.clopper_pearson(k, n) for k in range(n + 1)]
    for rate in np.linspace(0.01, 0.99, 99):
        chance = [math.comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(n + 1)]
        held = sum(c for c, end in zip(chance, ends, strict=True) if end.low <= rate <= end.high)

        assert held >= 0.95


def test_a_coin_that_cannot_lose_settles_it_at_once() -> None:
    """A rate of 0 or 1 leaves no room for chance."""
    assert stats.binomial_p(3, 3, 1.0) == stats.binomial_p(0, 3, 0.0) == 1.0
    assert stats.binomial_p(2, 3, 1.0) == stats.binomial_p(1, 3, 0.0) == 0.0


@given(st.floats(0.001, 0.999), st.floats(0.5, 300), st.floats(0.5, 300))
@settings(max_examples=80, deadline=None)
def test_the_beta_distribution_agrees_with_scipy(x: float, a: float, b: float) -> None:
    """All exact intervals and t-tests here stand on this one function."""
    special = pytest.importorskip("scipy.special")

    assert beta_cdf(x, a, b) == pytest.approx(special.betainc(a, b, x), abs=1e-11)


def test_student_and_normal_agree_with_scipy() -> None:
    """From one degree of freedom to very many."""
    scipy = pytest.importorskip("scipy.stats")
    for freedom in (1, 2.5, 30, 1e5):
        for t in (-3.0, 0.0, 0.5, 2.0, 40.0):
            assert t_tail(t, freedom) == pytest.approx(scipy.t.sf(t, freedom), rel=1e-8)
        assert t_quantile(0.975, freedom) == pytest.approx(scipy.t.ppf(0.975, freedom), rel=1e-9)
    assert (t_tail(math.inf, 3), t_tail(-math.inf, 3)) == (0.0, 1.0)
    assert normal_cdf(1.96) == pytest.approx(0.975, abs=1e-4)
    assert (beta_cdf(0.0, 2, 3), beta_cdf(1.0, 2, 3)) == (0.0, 1.0)


@given(p_values)
@settings(max_examples=80, deadline=None)
def test_families_agree_with_statsmodels(p: list[float]) -> None:
    """And being strict about any error never lets more pass than being strict about their share."""
    multipletests = pytest.importorskip("statsmodels.stats.multitest").multipletests
    holm, bh = stats.holm(p), stats.benjamini_hochberg(p)

    with pytest.MonkeyPatch.context() as patch:
        # Theirs walks through the whole memory of this process each time: nearly all of the test's time.
        patch.setattr("gc.collect", lambda *given: 0)
        theirs = {method: multipletests(p, method=method)[1] for method in ("holm", "fdr_bh")}
    np.testing.assert_allclose(holm, theirs["holm"], atol=1e-12)
    np.testing.assert_allclose(bh, theirs["fdr_bh"], atol=1e-12)
    assert (holm >= bh - 1e-15).all()
    assert (bh >= np.array(p) * (1 - 1e-15)).all()


def test_a_claim_without_a_p_value_makes_no_family_larger() -> None:
    """A silent claim was not tested; it stays silent and costs the others nothing."""
    names = pd.Index(["a", "silent", "b"])
    adjusted = stats.benjamini_hochberg(pd.Series([0.01, np.nan, 0.04], names))

    assert adjusted.index.equals(names)
    assert adjusted.round(3).tolist()[::2] == [0.02, 0.04]
    assert math.isnan(adjusted["silent"])
    assert stats.holm([np.nan]).shape == (1,)


def test_fifty_tests_of_nothing_find_something() -> None:
    """By hand: two coins, one chance in two each, three times in four at least one."""
    assert stats.any_false_positive(2, 0.5) == 0.75
    assert stats.any_false_positive(3, 1.0) == 1.0
    assert stats.any_false_positive(3, 0.0) == 0.0


def test_power_agrees_with_statsmodels() -> None:
    """The non-central t, from two events to many."""
    tests = pytest.importorskip("statsmodels.stats.power").TTestPower()
    for n in (3, 6, 30, 500):
        for size in (0.05, 0.3, 1.0, 3.0):
            theirs = tests.power(size, n, 0.05, alternative="two-sided")
            assert stats.power_of(size, n) == pytest.approx(theirs, abs=1e-7)
            above = tests.power(size, n, 0.05, alternative="larger")
            assert stats.power_of(size, n, sides=1) == pytest.approx(above, abs=1e-7)


@given(st.floats(0.02, 3), st.floats(0.01, 100))
@settings(max_examples=40, deadline=None)
def test_events_needed_and_smallest_effect_undo_each_other(size: float, sd: float) -> None:
    """So many events are enough for the effect; one fewer is not."""
    n = stats.events_needed(-size * sd, sd)

    assert n >= 2
    assert stats.min_detectable_effect(sd, n) <= size * sd * (1 + 1e-9)
    assert n == 2 or stats.min_detectable_effect(sd, n - 1) > size * sd * (1 - 1e-9)


def test_very_many_events_are_the_normal_limit() -> None:
    """A tiny effect needs millions of events; the answer must not drown in rounding."""
    assert stats.events_needed(1e-5, 1.0) == pytest.approx(2.80158**2 * 1e10, rel=1e-4)
    assert stats.power_of(0.003, 999_999) == pytest.approx(stats.power_of(0.003, 1_000_002), abs=1e-4)
    assert stats.power_of(0.003, 2_000_000, sides=1) > stats.power_of(0.003, 2_000_000)


def test_four_times_the_events_halve_what_can_be_seen() -> None:
    """The square root that no enthusiasm gets round."""
    few, many = stats.min_detectable_effect(1.0, 400), stats.min_detectable_effect(1.0, 1600)

    assert few / many == pytest.approx(2, rel=0.01)
    assert stats.trials_needed(0.52) / stats.trials_needed(0.54) == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: stats.wilson(10, 9), "the order is hits, trials"),
        (lambda: stats.wilson(-1, 9), "k=-1 is too small"),
        (lambda: stats.wilson(0, 0), "n=0 is too small"),
        (lambda: stats.wilson(2.5, 9), "no whole number"),
        (lambda: stats.wilson(True, 9), "no whole number"),
        (lambda: stats.wilson(7, 9, confidence=95), "5% is 0.05"),
        (lambda: stats.wilson(7, 9, confidence=1), "between 0 and 1"),
        (lambda: stats.wilson(7, 9, confidence="high"), "is no number"),
        (lambda: stats.clopper_pearson(10, 9), "the order is hits, trials"),
        (lambda: stats.zero_failures(0), "n=0 is too small"),
        (lambda: stats.binomial_p(3, 4, 1.5), "rate=1.5 is no fraction"),
        (lambda: stats.binomial_p(3, 4, math.nan), "rate=nan is no fraction"),
        (lambda: stats.holm([0.1, 1.2]), "p=1.2 is no p-value"),
        (lambda: stats.benjamini_hochberg([-0.1]), "p=-0.1 is no p-value"),
        (lambda: stats.benjamini_hochberg(["small"]), "no number"),
        (lambda: stats.any_false_positive(0), "n=0 is too small"),
        (lambda: stats.any_false_positive(5, 5), "alpha=5 is no fraction"),
        (lambda: stats.min_detectable_effect(0.0, 10), "no spread"),
        (lambda: stats.min_detectable_effect(math.nan, 10), "no spread"),
        (lambda: stats.min_detectable_effect(1.0, 1), "at least 2"),
        (lambda: stats.min_detectable_effect(1.0, 9, sides=3), "1 or 2 sides"),
        (lambda: stats.min_detectable_effect(1.0, 9, power=80), "power=80 is no fraction"),
        (lambda: stats.events_needed(0.0, 1.0), "no number of events shows it"),
        (lambda: stats.events_needed(math.nan, 1.0), "no number of events shows it"),
        (lambda: stats.trials_needed(0.5), "tells them apart"),
        (lambda: stats.trials_needed(1.0), "between 0 and 1"),
        (lambda: stats.trials_needed(0.6, sides=0), "1 or 2 sides"),
    ],
)
def test_what_cannot_be_counted_is_refused_in_plain_words(call: Callable[[], object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()

"""Records, choices and probabilities: Sharpe ratios, overfitting, Brier scores."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oikit import stats
from oikit.errors import InputError


def test_a_record_holds_what_the_formulas_ask_for() -> None:
    """Moments as scipy computes them; what is not known is left out and not counted."""
    scipy = pytest.importorskip("scipy.stats")
    returns = np.random.default_rng(0).standard_t(5, 300) * 0.01 + 0.001
    record = stats.track_record(pd.Series([np.nan, *returns]))

    assert record["n"] == 300
    assert record["sharpe"] == pytest.approx(returns.mean() / returns.std(ddof=1))
    assert record["skew"] == pytest.approx(scipy.skew(returns))
    assert record["kurtosis"] == pytest.approx(scipy.kurtosis(returns, fisher=False))


def test_a_record_passes_straight_into_the_formulas() -> None:
    """One step from returns to an answer, and the two ways to say "surely above 0" agree."""
    returns = np.random.default_rng(1).standard_normal(400) + 0.1
    record, ratio = stats.track_record(returns), stats.sharpe_ratio(returns, confidence=0.9)
    sure = stats.probabilistic_sharpe(**record)
    at_the_low_end = stats.probabilistic_sharpe(**record, benchmark=ratio.low)

    assert ratio.n == 400
    assert at_the_low_end == pytest.approx(0.95)
    assert (sure > 0.95) == (ratio.low > 0)


@given(st.floats(0.02, 0.5), st.floats(-1, 1), st.floats(3, 10))
@settings(max_examples=40, deadline=None)
def test_the_shortest_record_is_just_long_enough(sharpe: float, skew: float, kurtosis: float) -> None:
    """At the length it names, the confidence is reached; a tenth shorter, it is not."""
    moments = {"skew": skew, "kurtosis": kurtosis}
    n = stats.min_track_record(sharpe, **moments)
    long, short = math.ceil(n), int(0.9 * n)
    assume(short >= 2)

    assert stats.probabilistic_sharpe(sharpe, long, **moments) >= 0.95 - 1e-9
    assert stats.probabilistic_sharpe(sharpe, short, **moments) < 0.95


def test_no_record_is_long_enough_for_what_it_does_not_show() -> None:
    """Below its benchmark, more of the same never proves it is above."""
    assert stats.min_track_record(0.1, benchmark=0.1) == math.inf
    assert stats.min_track_record(-0.1) == math.inf


def test_every_further_try_raises_the_bar() -> None:
    """One try has nothing to deflate; a thousand take most of the glory."""
    record = {"sharpe": 0.1, "n": 500, "variance": 0.002}
    sure = [stats.deflated_sharpe(trials=trials, **record) for trials in (1, 2, 10, 100, 1000)]

    assert sure[0] == stats.probabilistic_sharpe(0.1, 500)
    assert sure == sorted(sure, reverse=True)
    assert stats.expected_max_sharpe(7, variance=0.0) == 0.0


def test_the_best_of_many_nothings_is_as_good_as_the_formula_says() -> None:
    """A simulation, so that the formula is seen and not believed."""
    rng = np.random.default_rng(0)
    best = rng.standard_normal((4_000, 100)).max(axis=1).mean()

    assert stats.expected_max_sharpe(100) == pytest.approx(best, abs=0.05)


def by_hand(table: np.ndarray, groups: int, score: Callable[[np.ndarray], np.ndarray]) -> list[float]:
    """Cross-validation as its definition reads, for settings without ties."""
    pieces = np.array_split(np.arange(len(table)), groups)
    logits = []
    for chosen in itertools.combinations(range(groups), groups // 2):
        inside = np.concatenate([pieces[i] for i in chosen])
        outside = np.setdiff1d(np.arange(len(table)), inside)
        winner = score(table[inside]).argmax()
        ranks = score(table[outside]).argsort().argsort() + 1
        share = ranks[winner] / (table.shape[1] + 1)
        logits.append(math.log(share / (1 - share)))
    return logits


@given(st.integers(0, 999), st.sampled_from([(24, 4), (31, 6), (40, 2)]))
@settings(max_examples=25, deadline=None)
def test_sums_of_pieces_say_what_the_definition_says(seed: int, shape: tuple[int, int]) -> None:
    """Also where the bars cannot be divided evenly."""
    bars, groups = shape
    table = np.random.default_rng(seed).standard_normal((bars, 5)) + 0.1
    scores = {"mean": lambda x: x.mean(axis=0), "sharpe": lambda x: x.mean(axis=0) / x.std(axis=0, ddof=1)}
    for name, score in scores.items():
        found = stats.overfitting(table, groups=groups, score=name)
        logits = by_hand(table, groups, score)

        np.testing.assert_allclose(found.logits, logits, atol=1e-12)
        assert found.pbo == np.mean(np.array(logits) <= 0)


def test_a_true_edge_survives_and_ties_share_their_rank() -> None:
    """A setting that earns in every piece wins everywhere; settings that never trade tie at nought."""
    rng = np.random.default_rng(0)
    table = np.zeros((80, 3))
    table[:, 1] = 1.0 + 0.01 * rng.standard_normal(80)
    found = stats.overfitting(pd.DataFrame(table), groups=4)
    assert (found.pbo, found.loss) == (0.0, 0.0)
    assert found.mean_logit == pytest.approx(math.log(3))
    assert "0% of 6 splits (3 settings, 80 bars)" in str(found)

    idle = stats.overfitting(np.zeros((8, 3)), groups=4)
    assert idle.mean_logit == 0.0
    assert stats.overfitting(rng.standard_normal((64, 4))).logits.shape == (math.comb(16, 8),)


cases = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.35, 0.5, 0.8, 1.0]), st.booleans()), min_size=4, max_size=40
)


@given(cases, st.sampled_from([None, 1, 2, 10]))
@settings(max_examples=60, deadline=None)
def test_the_parts_add_up_to_the_score(rows: list[tuple[float, bool]], bins: int | None) -> None:
    """Whatever the bins, nothing is lost between the parts."""
    said, came = zip(*rows, strict=True)
    answer = stats.brier(said, came, bins=bins, draws=20)
    parts = answer.reliability - answer.resolution + answer.uncertainty + answer.within

    assert answer.score.value == pytest.approx(np.mean((np.array(said) - np.array(came)) ** 2))
    assert parts == pytest.approx(answer.score.value, abs=1e-12)
    assert min(answer.reliability, answer.resolution, answer.uncertainty) >= 0


def test_a_forecast_of_the_base_rate_has_no_skill_and_a_perfect_one_all() -> None:
    """The two ends of the scale; and with an outcome that never varies there is none."""
    came = [0, 1, 0, 0] * 5
    assert stats.brier([0.25] * 20, came, draws=20).skill == pytest.approx(0)
    assert stats.brier([0.25] * 20, came, draws=20).score.value == stats.base_rate_scores(0.25)[0]
    perfect = stats.brier(came, came, draws=20)
    assert (perfect.score.value, perfect.skill) == (0.0, 1.0)
    assert math.isnan(stats.brier([0.5] * 4, [1] * 4, draws=20).skill)
    assert stats.base_rate_scores(0.0) == (0.0, 0.0)


def test_only_rows_with_forecast_and_outcome_are_scored() -> None:
    """And n says how many those were."""
    answer = stats.brier([0.5, np.nan, 0.5, 0.5, 0.5, 0.5], [1, 1, np.nan, 0, 1, 0], draws=20)

    assert (answer.score.n, answer.score.value) == (4, 0.25)
    assert str(answer).startswith("Brier score 0.25 [0.25, 0.25] (95%, n = 4, stationary bootstrap")
    assert str(answer).endswith("skill 0 over the base rate")


NOISE = np.random.default_rng(0).standard_normal((40, 3))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: stats.track_record([0.1, 0.2]), "at least 3"),
        (lambda: stats.track_record([0.1] * 9), "all returns are alike"),
        (lambda: stats.sharpe_ratio([0.0] * 9), "all returns are alike"),
        (lambda: stats.sharpe_ratio([0.1, 0.2, 0.4], confidence=2), "confidence=2 is no fraction"),
        (lambda: stats.probabilistic_sharpe(0.1, 1), "n=1 is too small"),
        (lambda: stats.probabilistic_sharpe(0.1, 100, kurtosis=0.0), "3 more than the excess"),
        (lambda: stats.probabilistic_sharpe(math.nan, 100), "must be numbers"),
        (lambda: stats.deflated_sharpe(0.1, 100, trials=0, variance=1.0), "trials=0 is too small"),
        (lambda: stats.deflated_sharpe(0.1, 100, trials=5, variance=-1.0), "variance=-1 is none"),
        (lambda: stats.expected_max_sharpe(5, variance=math.nan), "variance=nan is none"),
        (lambda: stats.min_track_record(0.1, confidence=1.0), "between 0 and 1"),
        (lambda: stats.overfitting(NOISE[:, :1]), "two settings or more"),
        (lambda: stats.overfitting(NOISE[:, 0]), "two settings or more"),
        (lambda: stats.overfitting(NOISE * np.nan), "a missing value"),
        (lambda: stats.overfitting(NOISE, groups=5), "must be even"),
        (lambda: stats.overfitting(NOISE, groups=22), "two of 40 bars in each"),
        (lambda: stats.overfitting(NOISE, groups=4, score="best"), "use 'sharpe' or 'mean'"),
        (lambda: stats.cpcv_counts(6, 6), "nothing to learn from"),
        (lambda: stats.brier([0.5] * 4, [1] * 5), "4 and 5 rows"),
        (lambda: stats.brier([50.0] * 4, [1] * 4), "5% is 0.05"),
        (lambda: stats.brier([0.5] * 4, [2] * 4), "neither 0 nor 1"),
        (lambda: stats.brier([0.5] * 4, [1] * 4, bins=0), "bins=0 is too small"),
        (lambda: stats.brier([0.5] * 3, [1] * 3), "at least 4"),
        (lambda: stats.base_rate_scores(20), "rate=20 is no fraction"),
    ],
)
def test_what_makes_no_record_is_refused_in_plain_words(call: Callable[[], object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()

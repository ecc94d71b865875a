"""Statistics: published numbers, and what common mistakes give instead."""

from __future__ import annotations

import numpy as np
import pytest

from oikit import stats


@pytest.mark.parametrize(
    ("events", "effect"), [(6, 0.0780), (12, 0.0483), (20, 0.0359), (30, 0.0288), (60, 0.0200), (100, 0.0154)]
)
def test_the_smallest_effect_that_would_be_seen_in_three_days(events: int, effect: float) -> None:
    """Yearly volatility of 60%: thirty events miss a move of 2.8% more than one time in five."""
    assert stats.min_detectable_effect(0.6 * (3 / 365) ** 0.5, events) == pytest.approx(effect, abs=6e-5)


@pytest.mark.parametrize(("rate", "trials"), [(0.55, 617), (0.52, 3863), (0.6, 153), (0.7, 37), (0.75, 23)])
def test_how_many_trials_tell_a_hit_rate_from_a_coin(rate: float, trials: int) -> None:
    """55% right is worth a boast after six hundred trials, not after twenty."""
    assert stats.trials_needed(rate, sides=1) == trials


def test_common_mistakes_have_known_wrong_answers() -> None:
    """Excess kurtosis, or a yearly ratio among monthly bars, would go unnoticed by their size alone."""
    assert stats.probabilistic_sharpe(0.458, 24, skew=-2.448, kurtosis=10.164 - 3) == pytest.approx(
        0.91997, abs=1e-5
    )
    assert stats.probabilistic_sharpe(0.458, 24) == pytest.approx(0.981675, abs=1e-6)


def test_the_block_length_of_a_published_vector() -> None:
    """13.635665 is what the test of arch asserts for this series."""
    noise = np.random.RandomState(0).standard_normal(10_100)
    for i in range(1, len(noise)):
        noise[i] += 0.3 * noise[i - 1]

    assert stats.block_length(noise[100:]) == pytest.approx(13.635665, rel=1e-4)


def test_a_low_chance_of_overfitting_is_no_evidence() -> None:
    """Pure noise scores anything: about a half on average, with a spread of a fifth."""
    rng = np.random.default_rng(1)
    found = [stats.overfitting(rng.standard_normal((240, 10)), groups=8).pbo for _ in range(200)]

    assert np.mean(found) == pytest.approx(0.488, abs=0.05)
    assert np.std(found) == pytest.approx(0.200, abs=0.04)

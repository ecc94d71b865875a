"""The statistics of `reference-values.json`, by the names it uses.

`FUNCTIONS` maps each name to a callable that takes the ``inputs`` as keywords and returns what is
compared with ``expected``. Isotonic regression is scikit-learn's, which the AI lens uses as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest

from oikit import stats

__all__ = ["FUNCTIONS"]


def many(value: Any) -> list[Any]:
    """A single number is a list of one."""
    return list(value) if isinstance(value, list | tuple) else [value]


def psr(sr: float, T: int, bench: float = 0.0, skew: float = 0.0, kurt: float = 3.0) -> float:
    return stats.probabilistic_sharpe(sr, T, benchmark=bench, skew=skew, kurtosis=kurt)


def dsr(sr_annual: float, periods: int, T: int, N: int, var_annual: float, skew: float, kurt: float) -> float:
    return stats.deflated_sharpe(
        sr_annual / periods**0.5, T, trials=N, variance=var_annual / periods, skew=skew, kurtosis=kurt
    )


def min_track_record_years(sr: Any, bench: float, freq: Any) -> list[float]:
    return [
        stats.min_track_record(yearly / per_year**0.5, benchmark=bench / per_year**0.5) / per_year
        for yearly, per_year in product(many(sr), many(freq))
    ]


def benjamini_hochberg(p: Sequence[float], alpha: float) -> list[float]:
    adjusted = stats.benjamini_hochberg(p)
    return [int((adjusted <= alpha).sum()), *adjusted[:6]]


def newey_west_se_mean(x: Sequence[float], lags: Sequence[int]) -> list[float]:
    widths = [stats.newey_west_mean(x, lag=lag) for lag in lags]
    return [(each.high - each.low) / 2 / 1.959963984540054 for each in widths]


def binomial(k: int, n: int) -> list[float]:
    wilson = stats.wilson(k, n)
    exact = stats.clopper_pearson(k, n)
    against = [stats.binomial_p(k, n, rate) for rate in (0.5, 0.7)]
    return [wilson.low, wilson.high, exact.low, *against]


def pbo(gen: str, S: int) -> list[float]:
    returns = np.random.default_rng(0).standard_normal((240, 10))
    if "column 3" in gen:
        returns[:, 3] += 0.3
    found = stats.overfitting(returns, groups=S)
    return [found.pbo, found.mean_logit, found.loss]


def cpcv_counts(N: Sequence[int], k: Sequence[int]) -> list[int]:
    return [count for pair in zip(N, k, strict=True) for count in stats.cpcv_counts(*pair)]


def base_rate_scores(b: Sequence[float]) -> list[float]:
    briers, losses = zip(*(stats.base_rate_scores(rate) for rate in b), strict=True)
    return [*briers, *losses]


def isotonic(y: Sequence[float], w: Sequence[float] | None = None) -> list[float]:
    sklearn = pytest.importorskip("sklearn.isotonic")
    return sklearn.isotonic_regression(np.array(y, dtype=float), sample_weight=w).tolist()


def brier_decomposition(f: Sequence[float], o: Sequence[int]) -> list[float]:
    parts = stats.brier(f, o)
    return [parts.reliability, parts.resolution, parts.uncertainty, parts.score.value, parts.skill]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "any_false_positive": stats.any_false_positive,
    "base_rate_scores": base_rate_scores,
    "benjamini_hochberg": benjamini_hochberg,
    "binomial": binomial,
    "brier_decomposition": brier_decomposition,
    "cpcv_counts": cpcv_counts,
    "dsr": dsr,
    "expected_max_sharpe": lambda N: [stats.expected_max_sharpe(trials) for trials in N],
    "holm": lambda p, alpha: int((stats.holm(p) <= alpha).sum()),
    "isotonic": isotonic,
    "min_track_record_obs": lambda sr, bench: stats.min_track_record(sr, benchmark=bench),
    "min_track_record_years": min_track_record_years,
    "newey_west_lag": lambda T: [stats.newey_west_lag(n) for n in T],
    "newey_west_se_mean": newey_west_se_mean,
    "pbo": pbo,
    "permutation_p": lambda a, b: stats.permutation(a, b).p,
    "psr": psr,
    "upper95_zero_failures": lambda n: [stats.zero_failures(trials).high for trials in n],
}

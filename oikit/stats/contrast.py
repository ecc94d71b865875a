"""The tests that people use here and should not: they stand beside the honest one, as a contrast.

Both count neighbours as new evidence: `plain_t` all of them, `newey_west_t` those beyond its lag.
On simulated markets without any link they cry wolf several times more often than they promise;
`tests/test_stats_size.py` prints by how much.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from oikit.stats.estimate import Comparison, Estimate, Expect, expected
from oikit.stats.given import Floats, Values, column, fraction, horizon_bars, pair_events, whole
from oikit.stats.special import normal_cdf, normal_quantile, t_quantile, t_tail

__all__ = ["newey_west_lag", "newey_west_mean", "newey_west_t", "plain_t"]


def plain_t(
    events: Values,
    outcome: Values,
    *,
    base: Values | float | None = None,
    expect: Expect = "different",
    confidence: float = 0.95,
) -> Comparison:
    """What would a t-test say, that takes every bar for new evidence?

    Welch's test of the events against the rest, or Student's against a base.

    Parameters
    ----------
    events, outcome, base, expect, confidence
        As in `oikit.stats.circular_shift`.

    Returns
    -------
    Comparison
        Right only if neither events nor outcomes lean on their neighbours.

    Raises
    ------
    InputError
        As `oikit.stats.circular_shift`.

    Examples
    --------
    >>> answer = plain_t([1, 1, 0, 0, 0], [4.0, 6.0, 1.0, 1.0, 1.0])
    >>> answer.effect.value, round(answer.statistic, 6), round(answer.p, 4)
    (4.0, 4.0, 0.156)
    """
    given = pair_events(events, outcome, base)
    expect = expected(expect)
    alpha = 1 - fraction(confidence, "confidence", open_ends=True)
    parts = [_error_squared(given.hits)]
    if given.against_rest and len(given.rest) > 1:
        parts.append(_error_squared(given.rest))
    variance = sum(square for square, _ in parts)
    freedom = variance**2 / sum(square**2 / free for square, free in parts) if variance > 0 else 1.0
    statistic = _ratio(given.effect, math.sqrt(variance))
    width = t_quantile(1 - alpha / 2, freedom) * math.sqrt(variance) if variance > 0 else math.inf
    effect = Estimate(
        given.effect, given.effect - width, given.effect + width, len(given.hits), "plain t", confidence
    )
    tail = {
        "different": 2 * t_tail(abs(statistic), freedom),
        "higher": t_tail(statistic, freedom),
        "lower": t_tail(-statistic, freedom),
    }
    return Comparison(effect, min(tail[expect], 1.0), statistic, expect=expect)


def newey_west_t(
    events: Values,
    outcome: Values,
    *,
    horizon: int | str | pd.Timedelta,
    base: Values | float | None = None,
    lag: int | None = None,
    expect: Expect = "different",
    confidence: float = 0.95,
) -> Comparison:
    """What would the textbook's correction for overlap say?

    Parameters
    ----------
    events, outcome, horizon, base, expect, confidence
        As in `oikit.stats.circular_shift`.
    lag : int, optional
        By default the longer of ``horizon - 1`` and `newey_west_lag`.

    Returns
    -------
    Comparison
        The same effect as `plain_t`, with a wider error; p from the normal distribution.

    Raises
    ------
    InputError
        As `oikit.stats.circular_shift`.

    Notes
    -----
    The least-squares slope on the event's 0/1, with the Bartlett weights of Newey and West (1987)
    and no small-sample factor. An unknown bar adds nothing but keeps its place, so that lags stay
    lags.

    Examples
    --------
    >>> answer = newey_west_t([1, 1, 0, 0, 0], [4.0, 6.0, 1.0, 1.0, 1.0], horizon=1, lag=0)
    >>> answer.effect.value, round(answer.statistic, 3)
    (4.0, 5.657)
    """
    given = pair_events(events, outcome, base)
    expect = expected(expect)
    ahead = horizon_bars(horizon, outcome if isinstance(outcome, pd.Series) else events)
    known = int(given.known.sum())
    most = max(ahead - 1, newey_west_lag(known)) if lag is None else whole(lag, "lag", at_least=0)
    after = np.nan_to_num(given.outcome)
    adds = (given.on & given.known) * (after - given.hits.mean()) / len(given.hits)
    if given.against_rest:
        adds = adds - (given.off & given.known) * (after - given.rest.mean()) / len(given.rest)
    error = math.sqrt(_bartlett(adds, most))
    effect = _normal_interval(given.effect, error, len(given.hits), f"Newey–West, {most} lags", confidence)
    statistic = _ratio(given.effect, error)
    tail = {
        "different": 2 * normal_cdf(-abs(statistic)),
        "higher": normal_cdf(-statistic),
        "lower": normal_cdf(statistic),
    }
    return Comparison(effect, tail[expect], statistic, expect=expect)


def newey_west_mean(values: Values, *, lag: int | None = None, confidence: float = 0.95) -> Estimate:
    """What is the mean, with the textbook's correction for neighbours that are alike?

    Parameters
    ----------
    values : Series, array or list, shape (n,), any unit, on consecutive bars
        NaN adds nothing but keeps its place.
    lag : int, optional
        `newey_west_lag` by default; with outcomes that overlap, not less than horizon - 1.
    confidence : float

    Returns
    -------
    Estimate
        Mean plus or minus normal quantile times Newey–West standard error.

    Raises
    ------
    InputError
        If fewer than two values are known.

    Examples
    --------
    >>> answer = newey_west_mean([1.0, 3.0, 1.0, 3.0], lag=0)
    >>> answer.value, round((answer.high - answer.low) / 2 / 1.959964, 6)
    (2.0, 0.5)
    """
    known = column(values, "values", known=2)
    n = int(np.count_nonzero(~np.isnan(known)))
    most = newey_west_lag(n) if lag is None else whole(lag, "lag", at_least=0)
    mean = float(np.nanmean(known))
    error = math.sqrt(_bartlett(np.nan_to_num(known - mean) / n, most))
    return _normal_interval(mean, error, n, f"Newey–West, {most} lags", confidence)


def newey_west_lag(n: int) -> int:
    """How many lags does the usual rule take? The whole part of ``4 (n / 100) ** (2 / 9)``.

    Parameters
    ----------
    n : int
        Number of bars.

    Examples
    --------
    >>> newey_west_lag(100)
    4
    """
    # The tiny share keeps an exact power from falling below its whole number.
    return int(4 * (whole(n, "n") / 100) ** (2 / 9) * (1 + 1e-12))


def _bartlett(adds: Floats, lag: int) -> float:
    """Variance of a sum whose terms are alike up to `lag` bars apart."""
    lag = min(lag, len(adds) - 1)
    size = 1 << (len(adds) + lag).bit_length()
    products = np.fft.irfft(np.abs(np.fft.rfft(adds, size)) ** 2, size)[1 : lag + 1]
    weights = 1 - np.arange(1, lag + 1) / (lag + 1)
    return max(float(adds @ adds + 2 * weights @ products), 0.0)


def _error_squared(sample: Floats) -> tuple[float, int]:
    free = len(sample) - 1
    return float(sample.var(ddof=1)) / len(sample), free


def _ratio(effect: float, error: float) -> float:
    if error > 0:
        return effect / error
    return math.copysign(math.inf, effect) if effect else 0.0


def _normal_interval(value: float, error: float, n: int, method: str, confidence: float) -> Estimate:
    share = fraction(confidence, "confidence", open_ends=True)
    width = normal_quantile((1 + share) / 2) * error
    return Estimate(value, value - width, value + width, n, method, confidence)

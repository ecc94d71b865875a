"""Is a good record skill, luck, or the best of many tries?

Everything is **per period** (per bar, per day): a yearly Sharpe ratio is divided by the square root
of the periods in a year before it comes in. `kurtosis` is Pearson's: 3 for a normal, not 0.
"""

from __future__ import annotations

import math
from typing import TypedDict

import numpy as np

from oikit.errors import InputError
from oikit.stats.estimate import Estimate
from oikit.stats.given import Values, column, fraction, whole
from oikit.stats.special import normal_cdf, normal_quantile

__all__ = [
    "TrackRecord",
    "deflated_sharpe",
    "expected_max_sharpe",
    "min_track_record",
    "probabilistic_sharpe",
    "sharpe_ratio",
    "track_record",
]

_EULER = 0.5772156649015329


class TrackRecord(TypedDict):
    """What the functions here ask of a record of returns; pass it on with ``**``."""

    sharpe: float
    n: int
    skew: float
    kurtosis: float


def track_record(returns: Values) -> TrackRecord:
    """How good was it, over how long, and how crooked was the luck?

    Parameters
    ----------
    returns : Series, array or list, shape (n,), fraction per period
        NaN is left out; ``n`` counts what is known.

    Returns
    -------
    dict
        ``sharpe`` (mean over standard deviation, with n - 1), ``n``, ``skew`` and Pearson's
        ``kurtosis`` (moments with n).

    Raises
    ------
    InputError
        If fewer than three returns are known, or all are alike.

    Examples
    --------
    >>> record = track_record([1.0, 3.0, 1.0, 3.0])
    >>> round(record["sharpe"], 3), record["n"], record["skew"], record["kurtosis"]
    (1.732, 4, 0.0, 1.0)
    """
    known = column(returns, "returns", known=3)
    known = known[~np.isnan(known)]
    away = known - known.mean()
    spread = float(np.sqrt(np.mean(away**2)))
    if spread <= 1e-12 * float(np.abs(known).max()):
        raise InputError("all returns are alike, so there is no Sharpe ratio; look at what made them")
    z = away / spread
    n = len(known)
    return TrackRecord(
        sharpe=float(known.mean() / spread * math.sqrt((n - 1) / n)),
        n=n,
        skew=float(np.mean(z**3)),
        kurtosis=float(np.mean(z**4)),
    )


def sharpe_ratio(returns: Values, *, confidence: float = 0.95) -> Estimate:
    """What is the Sharpe ratio per period, and what else might it be?

    Parameters
    ----------
    returns : Series, array or list, shape (n,), fraction per period
        That do not overlap. NaN is left out and not counted.
    confidence : float

    Returns
    -------
    Estimate, per period

    Raises
    ------
    InputError
        As `track_record`.

    Notes
    -----
    The standard error of Mertens (2002), which skew and fat tails widen; the same that
    `probabilistic_sharpe` uses.

    Examples
    --------
    >>> answer = sharpe_ratio([0.02, -0.01, 0.02, -0.01] * 25)
    >>> round(answer.value, 2), answer.n, answer.low > 0
    (0.33, 100, True)
    """
    record = track_record(returns)
    share = fraction(confidence, "confidence", open_ends=True)
    width = normal_quantile((1 + share) / 2) * _error(**record)
    value = record["sharpe"]
    return Estimate(value, value - width, value + width, record["n"], "Mertens", confidence)


def probabilistic_sharpe(
    sharpe: float, n: int, *, benchmark: float = 0.0, skew: float = 0.0, kurtosis: float = 3.0
) -> float:
    r"""How sure can one be that the true Sharpe ratio is above the benchmark?

    Parameters
    ----------
    sharpe, benchmark : float, per period
    n : int
        Periods that do not overlap.
    skew, kurtosis : float
        Of the returns; Pearson's kurtosis (3 for a normal).

    Returns
    -------
    float, fraction

    Raises
    ------
    InputError
        If such moments cannot be (often: the excess kurtosis was given), or n is below two.

    Notes
    -----
    Bailey and López de Prado (2012):

    .. math:: \Phi\left(\frac{(SR - SR^*)\sqrt{n - 1}}
        {\sqrt{1 - \gamma_3 SR + \frac{\gamma_4 - 1}{4} SR^2}}\right)

    Examples
    --------
    >>> round(probabilistic_sharpe(0.458, 24, skew=-2.448, kurtosis=10.164), 3)
    0.913
    """
    return normal_cdf((sharpe - benchmark) / _error(sharpe, n, skew, kurtosis))


def deflated_sharpe(
    sharpe: float,
    n: int,
    *,
    trials: int,
    variance: float,
    skew: float = 0.0,
    kurtosis: float = 3.0,
) -> float:
    """How sure can one be, knowing that this was the best of many tries?

    Parameters
    ----------
    sharpe : float, per period
        Of the setting that was picked.
    n : int
        Periods that do not overlap.
    trials : int
        Settings that were tried, all of them; the ones nobody mentions count too.
    variance : float
        Of the Sharpe ratios (per period) of those settings.
    skew, kurtosis : float
        As in `probabilistic_sharpe`.

    Returns
    -------
    float, fraction
        `probabilistic_sharpe` with `expected_max_sharpe` as the benchmark.

    Raises
    ------
    InputError
        As `probabilistic_sharpe`; or if the variance is below zero.

    Notes
    -----
    Bailey and López de Prado (2014).

    Examples
    --------
    >>> yearly = 2.5
    >>> best_of_100 = deflated_sharpe(
    ...     yearly / 250**0.5, 1250, trials=100, variance=0.5 / 250, skew=-3, kurtosis=10
    ... )
    >>> round(best_of_100, 4)
    0.9004
    """
    bar = expected_max_sharpe(trials, variance=variance)
    return probabilistic_sharpe(sharpe, n, benchmark=bar, skew=skew, kurtosis=kurtosis)


def expected_max_sharpe(trials: int, *, variance: float = 1.0) -> float:
    r"""How good does the best of so many tries look, if none has any skill?

    Parameters
    ----------
    trials : int
    variance : float
        Of the Sharpe ratios of the tries.

    Returns
    -------
    float, in the unit of the square root of the variance
        0 for a single try.

    Raises
    ------
    InputError
        If there are no trials, or the variance is below zero.

    Notes
    -----
    Bailey and López de Prado (2014), poor below five tries (0.52 instead of 0.56 for two):

    .. math:: \sqrt V \left[(1 - \gamma) \Phi^{-1}(1 - \tfrac1N)
        + \gamma \Phi^{-1}(1 - \tfrac1{N e})\right]

    Examples
    --------
    >>> round(expected_max_sharpe(100), 2)
    2.53
    """
    trials = whole(trials, "trials")
    if not (math.isfinite(variance) and variance >= 0):
        raise InputError(f"variance={variance:g} is none; give the variance of the tries' Sharpe ratios")
    if trials == 1:
        return 0.0
    first, second = normal_quantile(1 - 1 / trials), normal_quantile(1 - 1 / (trials * math.e))
    return math.sqrt(variance) * ((1 - _EULER) * first + _EULER * second)


def min_track_record(
    sharpe: float,
    *,
    benchmark: float = 0.0,
    skew: float = 0.0,
    kurtosis: float = 3.0,
    confidence: float = 0.95,
) -> float:
    """How long must such a record be, before it says that it beats the benchmark?

    Parameters
    ----------
    sharpe, benchmark : float, per period
    skew, kurtosis : float
        As in `probabilistic_sharpe`.
    confidence : float

    Returns
    -------
    float, periods
        Infinite if the record does not beat the benchmark in the first place.

    Raises
    ------
    InputError
        As `probabilistic_sharpe`.

    Notes
    -----
    Bailey and López de Prado (2012): the n at which `probabilistic_sharpe` reaches the confidence.

    Examples
    --------
    >>> daily = 365**0.5
    >>> round(min_track_record(1 / daily) / 365, 2), round(min_track_record(2 / daily) / 365, 2)
    (2.71, 0.68)
    """
    z = normal_quantile(fraction(confidence, "confidence", open_ends=True))
    # With two periods the error is that of one step, and scales from there.
    step = _error(sharpe, 2, skew, kurtosis)
    if sharpe <= benchmark:
        return math.inf
    return 1 + (step * z / (sharpe - benchmark)) ** 2


def _error(sharpe: float, n: int, skew: float, kurtosis: float) -> float:
    if not all(map(math.isfinite, (sharpe, skew, kurtosis))):
        raise InputError("sharpe, skew and kurtosis must be numbers; look at what made them")
    # No distribution has less; a little slack, for moments that were rounded.
    if kurtosis < 1 + skew**2 - 1e-6:
        raise InputError(
            f"kurtosis={kurtosis:g} with skew={skew:g} cannot be: it is at least 1 + skew ** 2; "
            "give Pearson's kurtosis, which is 3 more than the excess kurtosis"
        )
    periods = whole(n, "n", at_least=2) - 1
    inside = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe**2
    return math.sqrt(max(inside, 0.0) / periods)

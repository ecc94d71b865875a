"""How often does it happen? Intervals for a share of trials that do not lean on each other."""

from __future__ import annotations

import math

import numpy as np

from oikit.errors import InputError
from oikit.stats.estimate import Estimate
from oikit.stats.given import Floats, fraction, whole
from oikit.stats.special import beta_cdf, find, normal_quantile

__all__ = ["binomial_p", "clopper_pearson", "wilson", "zero_failures"]


def wilson(k: int, n: int, *, confidence: float = 0.95) -> Estimate:
    r"""What share is it, and what else might it be?

    The interval to draw: close to its promise on average, and sensible at 0 of n and n of n.

    Parameters
    ----------
    k : int
        Hits.
    n : int
        Trials that do not overlap.
    confidence : float

    Returns
    -------
    Estimate, fraction

    Raises
    ------
    InputError
        If there are more hits than trials, or no trials.

    Notes
    -----
    Wilson (1927): the shares :math:`\pi` with
    :math:`|k / n - \pi| \le z \sqrt{\pi (1 - \pi) / n}`.

    Examples
    --------
    >>> print(wilson(7, 9))
    0.7778 [0.4526, 0.9368] (95%, n = 9, Wilson)
    """
    k, n = _counts(k, n)
    z = normal_quantile((1 + fraction(confidence, "confidence", open_ends=True)) / 2)
    share = k / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    width = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if k == 0 else max(middle - width, 0.0)
    high = 1.0 if k == n else min(middle + width, 1.0)
    return Estimate(share, low, high, n, "Wilson", confidence)


def clopper_pearson(k: int, n: int, *, confidence: float = 0.95) -> Estimate:
    """What share is it, with an interval that never promises too much?

    The exact interval: it holds the truth at least as often as it says, whatever the truth is.
    Use it when a verdict hangs on a handful of trials.

    Parameters
    ----------
    k, n, confidence
        As in `wilson`.

    Returns
    -------
    Estimate, fraction

    Raises
    ------
    InputError
        As `wilson`.

    Notes
    -----
    Clopper and Pearson (1934): the shares under which neither "k or more" nor "k or fewer" has a
    probability below half of 1 - confidence.

    Examples
    --------
    >>> print(clopper_pearson(6, 6))
    1 [0.5407, 1] (95%, n = 6, Clopper–Pearson)
    """
    k, n = _counts(k, n)
    half = (1 - fraction(confidence, "confidence", open_ends=True)) / 2
    low = find(lambda share: half - beta_cdf(share, k, n - k + 1), 0.0, 1.0) if k else 0.0
    high = find(lambda share: 1 - beta_cdf(share, k + 1, n - k) - half, 0.0, 1.0) if k < n else 1.0
    return Estimate(k / n, low, high, n, "Clopper–Pearson", confidence)


def zero_failures(n: int, *, confidence: float = 0.95) -> Estimate:
    """It has not failed once in n trials: how often may it still fail?

    Parameters
    ----------
    n : int
        Trials that do not overlap, all without a failure.
    confidence : float

    Returns
    -------
    Estimate, fraction
        ``value`` and ``low`` are 0; ``high`` is the largest failure rate under which such a run has
        a probability of at least 1 - confidence.

    Raises
    ------
    InputError
        If there are no trials.

    Notes
    -----
    One-sided and exact: ``1 - (1 - confidence) ** (1 / n)``, close to ``3 / n`` at 95%.

    Examples
    --------
    >>> round(zero_failures(6).high, 3)
    0.393
    """
    n = whole(n, "n")
    share = fraction(confidence, "confidence", open_ends=True)
    return Estimate(0.0, 0.0, -math.expm1(math.log1p(-share) / n), n, "exact, one side", confidence)


def binomial_p(k: int, n: int, rate: float = 0.5) -> float:
    """How often would a coin of this rate give a count as unlikely as this one?

    Parameters
    ----------
    k, n : int
        Hits and trials.
    rate : float, fraction
        Of hits, by chance alone.

    Returns
    -------
    float
        Two-sided p: the probability of all counts that are no likelier than k.

    Raises
    ------
    InputError
        If there are more hits than trials, no trials, or the rate is no fraction.

    Examples
    --------
    >>> round(binomial_p(6, 6), 5)
    0.03125
    """
    k, n = _counts(k, n)
    rate = fraction(rate, "rate")
    if rate in (0.0, 1.0):
        return 1.0 if k == rate * n else 0.0
    logs: Floats = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    hits = np.arange(n + 1)
    log_chance = logs[n] - logs - logs[::-1] + hits * math.log(rate) + (n - hits) * math.log1p(-rate)
    chance = np.exp(log_chance)
    # Counts that are equally likely by symmetry must not be split by the last digit.
    return min(float(chance[chance <= chance[k] * (1 + 1e-7)].sum()), 1.0)


def _counts(k: int, n: int) -> tuple[int, int]:
    k, n = whole(k, "k", at_least=0), whole(n, "n")
    if k > n:
        raise InputError(f"k={k} hits in n={n} trials cannot be; the order is hits, trials")
    return k, n

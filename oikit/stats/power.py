"""What could have been seen at all? "Nothing found" says little until this is answered."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

import numpy as np

from oikit.errors import InputError
from oikit.stats.given import fraction, whole
from oikit.stats.special import find, normal_cdf, normal_quantile, t_quantile

__all__ = ["events_needed", "min_detectable_effect", "power_of", "trials_needed"]

Floats = np.typing.NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)
# Above this, the sample's spread is known and the integral is a single point.
_MANY = 1e6


def min_detectable_effect(
    sd: float, n: int, *, power: float = 0.8, alpha: float = 0.05, sides: Literal[1, 2] = 2
) -> float:
    """How large must an effect be, so that this many events would mostly have shown it?

    Parameters
    ----------
    sd : float, in the unit of the outcome
        Spread of one event's outcome.
    n : int
        Events that do not overlap.
    power : float, fraction
        How often it should be found.
    alpha : float, fraction
        Level of the test.
    sides : {1, 2}
        Of the test.

    Returns
    -------
    float, in the unit of the outcome, above zero

    Raises
    ------
    InputError
        If there are fewer than two events, or the spread is not above zero.

    Notes
    -----
    For a mean against a known base, with Student's t: exact for normal outcomes. With few events it
    is clearly more than the usual ``2.8 sd / sqrt(n)``.

    Examples
    --------
    >>> round(min_detectable_effect(1.0, 100), 3)
    0.283
    """
    wanted = fraction(power, "power", open_ends=True)
    return _spread(sd) * _size(whole(n, "n", at_least=2), wanted, alpha, sides)


def events_needed(
    effect: float, sd: float, *, power: float = 0.8, alpha: float = 0.05, sides: Literal[1, 2] = 2
) -> int:
    """How many events would settle whether there is an effect of this size?

    Parameters
    ----------
    effect : float, in the unit of the outcome
        Its sign does not matter.
    sd, power, alpha, sides
        As in `min_detectable_effect`.

    Returns
    -------
    int
        Events that do not overlap, at least two.

    Raises
    ------
    InputError
        If the effect is zero: no number of events shows nothing.

    Examples
    --------
    >>> events_needed(0.5, 1.0)
    34
    """
    sd = _spread(sd)
    if not math.isfinite(effect) or effect == 0:
        raise InputError(f"effect={effect:g}: no number of events shows it; name the smallest that matters")
    wanted = fraction(power, "power", open_ends=True)
    size = abs(effect) / sd
    # The normal approximation asks for a few too few; the search begins there.
    quantiles = normal_quantile(1 - fraction(alpha, "alpha", open_ends=True) / sides) + normal_quantile(
        wanted
    )
    low = max(1, int(min((quantiles / size) ** 2, 1e15)) - 2) if quantiles > 0 else 1
    while low > 1 and power_of(size, low, alpha=alpha, sides=sides) >= wanted:
        low //= 2
    step, high = 2, low + 2
    while power_of(size, high, alpha=alpha, sides=sides) < wanted:
        low, step = high, 2 * step
        high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        if power_of(size, middle, alpha=alpha, sides=sides) < wanted:
            low = middle
        else:
            high = middle
    return high


def power_of(size: float, n: int, *, alpha: float = 0.05, sides: Literal[1, 2] = 2) -> float:
    r"""How often would n events show an effect of this many standard deviations?

    Parameters
    ----------
    size : float
        Effect over the spread of one outcome, on the side that is tested.
    n : int
        Events that do not overlap, at least two.
    alpha, sides
        As in `min_detectable_effect`.

    Returns
    -------
    float, fraction

    Notes
    -----
    The tail of the non-central t distribution, as an integral over the spread that the sample
    happens to show:

    .. math:: \int \Phi(\sqrt n\,\delta - t_{\alpha} s)\, f_{n-1}(s)\, ds

    Examples
    --------
    >>> round(power_of(0.5, 34), 2)
    0.81
    """
    n = whole(n, "n", at_least=2)
    if sides not in (1, 2):
        raise InputError(f"sides={sides!r} is unknown; a test has 1 or 2 sides")
    freedom = n - 1
    critical = t_quantile(1 - fraction(alpha, "alpha", open_ends=True) / sides, freedom)
    shift = math.sqrt(n) * size
    if freedom > _MANY:
        return normal_cdf(shift - critical) + (normal_cdf(-shift - critical) if sides == 2 else 0.0)
    s, weights, width = _spreads(freedom)
    found = _normal(shift - critical * s)
    if sides == 2:
        found = found + _normal(-shift - critical * s)
    return float(np.sum(weights * found) * width / 2)


@lru_cache(maxsize=256)
def _size(n: int, power: float, alpha: float, sides: Literal[1, 2]) -> float:
    """In standard deviations; the claims of a ledger often share their n."""
    top = 1.0
    while power_of(top, n, alpha=alpha, sides=sides) < power:
        top *= 2
    return find(lambda size: power - power_of(size, n, alpha=alpha, sides=sides), 0.0, top)


@lru_cache(maxsize=256)
def _spreads(freedom: int) -> tuple[Floats, Floats, float]:
    """Spreads that a sample may show, over the true one; their weights, and how wide they lie."""
    reach = 9 / math.sqrt(2 * freedom)
    low, high = max(0.0, 1 - reach), 1 + reach
    s = low + (high - low) * (_NODES + 1) / 2
    density = np.exp(
        math.log(2)
        + freedom / 2 * math.log(freedom / 2)
        - math.lgamma(freedom / 2)
        + (freedom - 1) * np.log(s)
        - freedom * s * s / 2
    )
    return s, _WEIGHTS * density, high - low


def trials_needed(
    rate: float, base: float = 0.5, *, power: float = 0.8, alpha: float = 0.05, sides: Literal[1, 2] = 2
) -> int:
    """How many trials would tell a hit rate from a base rate?

    Parameters
    ----------
    rate, base : float, fraction
        The rate that is claimed, and the one without any skill.
    power, alpha, sides
        As in `min_detectable_effect`.

    Returns
    -------
    int
        Trials that do not overlap.

    Raises
    ------
    InputError
        If the two rates are equal, or one of them is 0 or 1.

    Notes
    -----
    The normal approximation with each rate's own spread.

    Examples
    --------
    >>> trials_needed(0.55, sides=1)
    617
    """
    rate, base = fraction(rate, "rate", open_ends=True), fraction(base, "base", open_ends=True)
    if rate == base:
        raise InputError(f"rate and base are both {rate:g}: no number of trials tells them apart")
    if sides not in (1, 2):
        raise InputError(f"sides={sides!r} is unknown; a test has 1 or 2 sides")
    level = normal_quantile(1 - fraction(alpha, "alpha", open_ends=True) / sides)
    found = normal_quantile(fraction(power, "power", open_ends=True))
    spread = level * math.sqrt(base * (1 - base)) + found * math.sqrt(rate * (1 - rate))
    return max(math.ceil((spread / (rate - base)) ** 2), 1)


def _spread(sd: float) -> float:
    if not (math.isfinite(sd) and sd > 0):
        raise InputError(f"sd={sd:g} is no spread; give the standard deviation of the outcome, above 0")
    return float(sd)


def _normal(z: Floats) -> Floats:
    return np.array([0.5 * math.erfc(-each / math.sqrt(2)) for each in z.tolist()])

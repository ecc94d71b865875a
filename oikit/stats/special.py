"""Three functions of the textbooks, so that a browser kernel need not load scipy for them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

__all__ = ["normal_quantile", "t_quantile"]

_NORMAL = NormalDist()
_TINY = 1e-300
# Above this, log-gammas lose more digits than the normal limit does.
_MANY = 1e6


def normal_cdf(z: float) -> float:
    """Share of a standard normal below z."""
    return _NORMAL.cdf(z)


def normal_quantile(share: float) -> float:
    """The z with this share of a standard normal below it."""
    return _NORMAL.inv_cdf(share)


def beta_cdf(x: float, a: float, b: float) -> float:
    """Share of a beta distribution below x: the regularised incomplete beta function.

    Notes
    -----
    The continued fraction of Abramowitz and Stegun 26.5.8, evaluated from the front (Lentz).
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    # The fraction converges fast only below the mean; above it, the mirror image is taken.
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_cdf(1 - x, b, a)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    above, below = 1.0, 1.0 - (a + b) * x / (a + 1)
    below = 1.0 / (below or _TINY)
    value = below
    step = 1
    change = 0.0
    while abs(change - 1.0) > 1e-15 and step < 100_000:
        for term in (
            step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step)),
            -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1)),
        ):
            below = 1.0 / (1.0 + term * below or _TINY)
            above = 1.0 + term / above or _TINY
            change = above * below
            value *= change
        step += 1
    return math.exp(front) * value / a


def t_tail(t: float, freedom: float) -> float:
    """Share of Student's t distribution above t."""
    if math.isinf(t):
        return 0.0 if t > 0 else 1.0
    if freedom > _MANY:
        return normal_cdf(-t)
    half = beta_cdf(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
    return half if t >= 0 else 1.0 - half


@lru_cache(maxsize=4096)
def t_quantile(share: float, freedom: float) -> float:
    """The t with this share of Student's distribution below it, for a share of a half or more.

    Notes
    -----
    Newton's steps from the normal quantile. That lies below, where the tail falls ever less steeply, so
    each step goes up and none goes too far.
    """
    t = normal_quantile(share)
    if freedom > _MANY:
        return t
    height = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)
    for _ in range(1000):
        density = math.exp(height - (freedom + 1) / 2 * math.log1p(t * t / freedom))
        step = (t_tail(t, freedom) - (1 - share)) / density
        if not step > 1e-15 * t:  # what is left is dust, and may be of either sign
            break
        t += step
    return t


def find(function: Callable[[float], float], low: float, high: float) -> float:
    """Where does a falling function cross zero? To the last digits.

    Notes
    -----
    The secant between the ends; an end that stays twice counts half (Illinois). Halving, where that is slow.
    """
    at_low, at_high = function(low), function(high)
    stayed = 0
    for turn in range(400):
        middle, width = (low + high) / 2, high - low
        if middle in (low, high) or width <= 4e-16 * abs(middle):
            break
        slow = turn % 8 > 5 or not at_low > at_high
        guess = middle if slow else low + width * at_low / (at_low - at_high)
        if not low < guess < high:
            guess = middle
        value = function(guess)
        if value > 0:
            low, at_low, at_high = guess, value, at_high / 2 if stayed > 0 else at_high
            stayed = 1
        elif value < 0:
            high, at_high, at_low = guess, value, at_low / 2 if stayed < 0 else at_low
            stayed = -1
        else:
            return guess
    return (low + high) / 2

"""What a statistic hands back: a number never travels without its interval and its n."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, cast, get_args

from oikit.errors import InputError

__all__ = ["SMALLEST_N", "Comparison", "Estimate", "Expect", "expected"]

SMALLEST_N = 10
"""With fewer separate cases oikit gives no share and no verdict; they are counted and called too few."""

Expect = Literal["different", "higher", "lower"]
"""Which answers count as extreme: both sides, or one that was named before looking."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, how far it may be off, and how much it rests on.

    Attributes
    ----------
    value, low, high : float
        In one unit. An end that the data cannot bound is infinite.
    n : int
        What was counted: bars, events, trials. `method` says which rule made the interval.
    method : str
    confidence : float
        Share of such intervals that hold the truth, where the method's conditions hold.

    Examples
    --------
    >>> print(Estimate(0.5, 0.25, 0.75, 10, "by hand"))
    0.5 [0.25, 0.75] (95%, n = 10, by hand)
    """

    value: float
    low: float
    high: float
    n: int
    method: str
    confidence: float = 0.95

    def __str__(self) -> str:
        """One line that can stand under a chart."""
        return (
            f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}] "
            f"({100 * self.confidence:.4g}%, n = {self.n:,}, {self.method})"
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Events against the rest: how much they differ, and how often chance does as well.

    Attributes
    ----------
    effect : Estimate
        Mean outcome of the events minus that of the rest (or minus the base that was given), in
        the unit of the outcome; ``effect.n`` counts events.
    p : float
        Share of arrangements at least as extreme, if events and outcomes had no link.
    statistic : float
        The effect over its standard error.
    draws : int
        How many arrangements the p-value looked at; 0 if it is read from a formula.
    expect : {"different", "higher", "lower"}
        The sides that counted as extreme. The interval always has both.
    skipped : int
        Arrangements left out, because they put fewer than two events on known outcomes.
    error : float, in the unit of the outcome
        The standard error that the statistic was divided by.
    reach : float
        The statistic, on either side, beyond which p would be at most 1 - confidence: half the
        interval over `error`. NaN if p is read from a formula.

    Examples
    --------
    >>> print(Comparison(Estimate(0.5, 0.25, 0.75, 10, "by hand"), 0.01, 4.0))
    0.5 [0.25, 0.75] (95%, n = 10, by hand), p = 0.01
    """

    effect: Estimate
    p: float
    statistic: float
    draws: int = 0
    expect: Expect = "different"
    skipped: int = 0
    error: float = math.nan
    reach: float = math.nan

    def __str__(self) -> str:
        """The effect with its interval, then the p-value."""
        side = "" if self.expect == "different" else f" ({self.expect} only)"
        return f"{self.effect}, p = {self.p:.2g}{side}"


def expected(expect: str) -> Expect:
    """Take one of the three words, or say which they are.

    Raises
    ------
    InputError
        If it is another word.
    """
    if expect in get_args(Expect):
        return cast(Expect, expect)
    raise InputError(f"expect={expect!r} is unknown; use 'different', 'higher' or 'lower'")

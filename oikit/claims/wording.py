"""How a verdict says its numbers: plain words, few digits, no letters that need a textbook."""

from __future__ import annotations

import math
from typing import Literal

__all__ = ["Unit", "amount", "chance", "correlation", "count", "difference", "share", "span"]

Unit = Literal["return", "share"]
"""What an outcome is counted in: a log return, or yes and no."""


def count(n: float, what: str, many: str | None = None) -> str:
    """Say how many, with the right noun.

    Examples
    --------
    >>> count(1, "event"), count(12_000, "event")
    ('1 event', '12,000 events')
    """
    return f"{n:,.0f} {what if round(n) == 1 else many or what + 's'}"


def amount(value: float, unit: Unit = "return") -> str:
    """Say a mean outcome: a signed change, or a share of cases.

    Examples
    --------
    >>> amount(-0.0123), amount(0.25, "share")
    ('−1.23%', '25%')
    """
    if not math.isfinite(value):
        return "unknown"
    return _minus(f"{100 * value:+.2f}%") if unit == "return" else f"{100 * value:.0f}%"


def difference(value: float, unit: Unit = "return") -> str:
    """Say how far two mean outcomes lie apart.

    Examples
    --------
    >>> difference(0.0123), difference(-0.25, "share")
    ('+1.23%', '−25 points')
    """
    if not math.isfinite(value):
        return "any size"
    return _minus(f"{100 * value:+.2f}%" if unit == "return" else f"{100 * value:+.0f} points")


def share(value: float, digits: int = 3) -> str:
    """Say a share of something.

    Examples
    --------
    >>> share(0.125), share(0.5), share(0.00386)
    ('12.5%', '50%', '0.386%')
    """
    return f"{100 * value:.{digits}g}%" if math.isfinite(value) else "unknown"


def span(low: float, high: float, unit: Unit = "return") -> str:
    """Say an interval.

    Examples
    --------
    >>> span(-0.01, 0.02)
    'from −1.00% to +2.00%'
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return "of any width"
    return f"from {difference(low, unit)} to {difference(high, unit)}"


def correlation(value: float) -> str:
    """Say how closely two things go together, from −1 to 1.

    Examples
    --------
    >>> correlation(-0.128), correlation(-0.001)
    ('−0.13', '0.00')
    """
    return _minus(f"{round(value, 2) + 0.0:.2f}")


def chance(p: float) -> str:
    """Say a p-value as what it is: how often chance alone does as well.

    Examples
    --------
    >>> chance(0.18), chance(0.0004), chance(1.0)
    ('18 times in 100', '4 times in 10,000', 'always')
    """
    if p >= 0.995:
        return "always"
    for of in (100, 1_000, 10_000):
        times = round(p * of)
        if times >= (1 if of > 1_000 else 2):
            return f"{times} {'time' if times == 1 else 'times'} in {of:,}"
    return "less than once in 10,000"


def _minus(text: str) -> str:
    return text.replace("-", "−")

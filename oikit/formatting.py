"""Numbers, shares, intervals, dates and times as text: the one place that decides how each is written.

A minus is a true minus sign, so that it is as wide as a plus. What is not known is ``"unknown"``. Times are
UTC, and their names do not follow the computer's language.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import pandas as pd

__all__ = [
    "Unit",
    "amount",
    "chance",
    "correlation",
    "count",
    "difference",
    "fine_percent",
    "in_unit",
    "interval",
    "minus",
    "moment",
    "multiple",
    "number",
    "percent",
    "share",
    "signed",
    "weekday",
]

Unit = Literal["return", "share"]
"""The two kinds of outcome: a log return, or a share of yes among yes and no."""


def minus(text: str) -> str:
    """Return the text with a true minus sign for each hyphen."""
    return text.replace("-", "−")


def number(value: float) -> str:
    """Write a number as a person says it.

    Examples
    --------
    >>> number(512345.6), number(3.137e8), number(612.4)
    ('512,346', '313.7 million', '612.40')
    """
    if not math.isfinite(value):
        return "unknown"
    for unit, name in ((1e9, "billion"), (1e6, "million")):
        if abs(value) >= unit:
            return f"{value / unit:,.1f} {name}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"


def percent(fraction: float, digits: int = 1) -> str:
    """Write a fraction as per cent.

    Examples
    --------
    >>> percent(0.0312), percent(0.00361, 3)
    ('3.1%', '0.361%')
    """
    return minus(f"{fraction:.{digits}%}") if math.isfinite(fraction) else "unknown"


def fine_percent(fraction: float) -> str:
    """Write a fraction with enough digits to keep nearly all apart from all, and nearly none from none.

    Examples
    --------
    >>> fine_percent(0.9996), fine_percent(0.5), fine_percent(1.0)
    ('99.96%', '50.0%', '100%')
    """
    if fraction in (0, 1):
        return f"{fraction:.0%}"
    return percent(fraction, next((n for n in range(1, 6) if 0 < round(fraction, n + 2) < 1), 6))


def multiple(value: float, digits: int = 3) -> str:
    """Write a multiple of something.

    Examples
    --------
    >>> multiple(1.2345), multiple(0.0001), multiple(12345.0)
    ('1.23×', 'under 0.001×', '12,345×')
    """
    if 0 < abs(value) < 0.001:
        return "under 0.001×"
    return f"{value:,.{digits}g}×" if abs(value) < 10**digits else f"{value:,.0f}×"


def signed(value: float, digits: int = 1, unit: str = "") -> str:
    """Write a number with its sign; what rounds to zero has none.

    Examples
    --------
    >>> signed(-1.25, 2), signed(0.04), signed(2.0, 0, "%")
    ('−1.25', '0.0', '+2%')
    """
    text = f"{round(value, digits) + 0.0:+,.{digits}f}"
    return minus(text if float(text.replace(",", "")) else text[1:]) + unit


def share(value: float, digits: int = 3) -> str:
    """Write a share with so many significant digits.

    Examples
    --------
    >>> share(0.125), share(0.5), share(0.00386)
    ('12.5%', '50%', '0.386%')
    """
    return f"{100 * value:.{digits}g}%" if math.isfinite(value) else "unknown"


def amount(value: float, unit: Unit = "return") -> str:
    """Write a mean outcome: a signed change, or a share of cases.

    Examples
    --------
    >>> amount(-0.0123), amount(0.25, "share")
    ('−1.23%', '25%')
    """
    if not math.isfinite(value):
        return "unknown"
    return minus(f"{100 * value:+.2f}%") if unit == "return" else f"{100 * value:.0f}%"


def difference(value: float, unit: Unit = "return") -> str:
    """Write the difference of two mean outcomes.

    Examples
    --------
    >>> difference(0.0123), difference(-0.25, "share")
    ('+1.23%', '−25 points')
    """
    if not math.isfinite(value):
        return "any size"
    return minus(f"{100 * value:+.2f}%" if unit == "return" else f"{100 * value:+.0f} points")


def interval(low: float, high: float, unit: Unit = "return") -> str:
    """Write an interval of differences.

    Examples
    --------
    >>> interval(-0.01, 0.02)
    'from −1.00% to +2.00%'
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return "of any width"
    return f"from {difference(low, unit)} to {difference(high, unit)}"


def correlation(value: float) -> str:
    """Write a correlation with two digits.

    Examples
    --------
    >>> correlation(-0.128), correlation(-0.001)
    ('−0.13', '0.00')
    """
    return minus(f"{round(value, 2) + 0.0:.2f}")


def chance(p: float) -> str:
    """Write a p-value as a count of times.

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


def count(n: float, what: str, many: str | None = None) -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> count(1, "event"), count(12_000, "event")
    ('1 event', '12,000 events')
    """
    return f"{n:,.0f} {what if round(n) == 1 else many or what + 's'}"


def in_unit(value: float, unit: str) -> str:
    """Write the value of a fact in its unit.

    Examples
    --------
    >>> in_unit(-0.0662, "fraction"), in_unit(-1234.5, "dollars"), in_unit(0.02, "points")
    ('−6.6%', '−$1,234', '+2.0 points')
    """
    return _UNITS[unit](value)


def moment(time: pd.Timestamp) -> str:
    """Write a time in UTC; midnight is its day alone.

    Examples
    --------
    >>> moment(pd.Timestamp("2026-03-09", tz="UTC")), moment(pd.Timestamp("2026-03-09 08:00", tz="UTC"))
    ('9 Mar 2026', '9 Mar 2026 08:00')
    """
    day = f"{time.day} {_MONTHS[time.month - 1]} {time.year}"
    return day if time == time.normalize() else f"{day} {time:%H:%M}"


def weekday(time: pd.Timestamp) -> str:
    """Name the day of the week in UTC.

    Examples
    --------
    >>> weekday(pd.Timestamp("2026-03-09", tz="UTC"))
    'Mon'
    """
    return _WEEKDAYS[time.weekday()]


# Not strftime's %b and %a: a page must not change with the computer's language.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _sized(write: Callable[[float], str]) -> Callable[[float], str]:
    """Put the sign before what `write` makes of the size."""
    return lambda v: ("−" if v < 0 else "") + write(abs(v))


def _fraction(v: float) -> str:
    if v == 0:
        return "0%"
    return percent(v, 1 if abs(v) >= 0.01 else 3 if abs(v) >= 0.00001 else 5)


def _points(v: float) -> str:
    return signed(v * 100, 1 if abs(v) >= 0.001 or v == 0 else 4, " points")


_UNITS: dict[str, Callable[[float], str]] = {
    "dollars per coin": _sized(lambda v: f"${number(v)}"),
    "coins": _sized(lambda v: f"{number(v)} coins"),
    "dollars": _sized(lambda v: f"${number(v) if v else '0'}"),
    "fraction": _fraction,
    "fraction per year": lambda v: f"{percent(v)} a year",
    "points": _points,
    "log change": _sized(lambda v: f"{v:.4f}"),
    "robust deviations": _sized(lambda v: f"{v:.1f}"),
    "score": _sized(lambda v: f"{v:.4f}"),
    "count": _sized(lambda v: f"{v:,.0f}"),
    "hours": lambda v: f"{v:g} hour{'' if v == 1 else 's'}",
}

"""One fact as text: its value with its unit, its size without a sign, its change, its place, its rank.

The page shows a number only through `text`, so that what is shown can be found among the facts again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from oikit.theme import moment, number, percent, weekday

__all__ = ["PARTS", "day", "reality", "span", "text", "when"]

PARTS = (
    "value",
    "size",
    "signed",
    "change",
    "tenths",
    "thousandths",
    "place",
    "window",
    "count",
    "rank",
)
"""What can be said of a fact; the last four of a few facts only."""

_NOTHING = re.compile(r"−?0(\.0+)?%")
_FIXED = {"change": 1, "tenths": 1, "thousandths": 3}


def text(fact: Mapping[str, Any], part: str = "value") -> str:
    """Say one thing of a fact.

    Parameters
    ----------
    fact : dict
        One of ``facts["facts"]``.
    part : str
        ``"value"`` with its sign and unit; ``"size"`` without the sign; ``"signed"`` with a plus where
        it is above zero. For the column of a table, where all rows have the same digits of a per cent:
        ``"change"`` (one, signed), ``"tenths"`` and ``"thousandths"``. Of the percentile its
        ``"place"``, ``"window"`` and ``"count"``; the ``"rank"``.

    Returns
    -------
    str
        ``"unknown"`` where it is.

    Examples
    --------
    >>> text({"value": -0.0662, "unit": "fraction"}), text({"value": -0.0662, "unit": "fraction"}, "size")
    ('−6.6%', '6.6%')
    >>> text({"value": 0.00187, "unit": "fraction"}), text({"value": 0.00187, "unit": "fraction"}, "change")
    ('0.187%', '+0.2%')
    """
    if part in ("value", "size", "signed", *_FIXED):
        value = fact["value"]
        return "unknown" if value is None else _said(value, fact["unit"], part)
    if part == "rank":
        order = fact["rank"]
        return f"{order['value']} of {order['of']}" if order else "unknown"
    place = fact["percentile"]
    if place is None:
        return "unknown"
    if part == "window":
        return str(place["window"]).replace("d", " days")
    if part == "count":
        return f"{place['n']:,}"
    # A share that only rounds to all is not all.
    share = min(place["value"], 0.999)
    return percent(share, 0 if 0.01 <= share <= 0.99 else 1)


def _said(value: float, unit: str, part: str) -> str:
    if part == "size" and unit == "points":
        return _points(abs(value)).lstrip("+").replace("points", "percentage points")
    fixed = part in _FIXED and unit == "fraction"
    told = _even(value, part) if fixed else _UNITS[unit](abs(value) if part == "size" else value)
    plus = part in ("signed", "change") and value > 0 and unit != "points" and not _NOTHING.fullmatch(told)
    return f"+{told}" if plus else told


def _even(value: float, part: str) -> str:
    """Write per cent with the digits of its column; what only rounds to nothing is not nothing."""
    digits = _FIXED[part]
    told = percent(value, digits)
    if not _NOTHING.fullmatch(told) or part == "change":
        return told.lstrip("−") if _NOTHING.fullmatch(told) else told
    return told if value == 0 else f"{'−' if value < 0 else ''}<{percent(10.0 ** -(digits + 2), digits)}"


def reality(of: Mapping[str, Any], noun: str = "") -> str:
    """Say how real it is: simulated, real, or real by hearsay.

    Parameters
    ----------
    of : dict
        The facts of a report, or its line in the index; of what does not say who vouches for it, nobody
        does.
    noun : str
        A word to follow the first, like ``"data"``.

    Examples
    --------
    >>> reality({"kind": "real", "vouched": True}), reality({"kind": "real", "vouched": False}, "data")
    ('real', 'real data, so it is said')
    """
    doubt = ", so it is said" if of["kind"] == "real" and not of.get("vouched") else ""
    return f"{of['kind']}{f' {noun}' if noun else ''}{doubt}"


def day(stamp: str) -> str:
    """Name the day that ends then.

    Examples
    --------
    >>> day("2026-03-03T00:00Z")
    'Mon 2 Mar'
    """
    inside = (pd.Timestamp(stamp) - pd.Timedelta(1, "s")).normalize()
    return f"{weekday(inside)} {moment(inside).rsplit(' ', 1)[0]}"


def when(stamp: str) -> str:
    """Write the time of a row: UTC, a midnight as its day alone."""
    return moment(pd.Timestamp(stamp))


def span(fact: Mapping[str, Any]) -> str:
    """Write the rows that a fact came from."""
    return " to ".join(dict.fromkeys(when(time) for time in fact["times"]))


def _signed(write: Callable[[float], str]) -> Callable[[float], str]:
    return lambda v: ("−" if v < 0 else "") + write(abs(v))


def _percent(v: float) -> str:
    if v == 0:
        return "0%"
    digits = 1 if abs(v) >= 0.01 else 3 if abs(v) >= 0.00001 else 5
    return percent(v, digits)


def _points(v: float) -> str:
    digits = 1 if abs(v) >= 0.001 or v == 0 else 4
    return f"{v * 100:+.{digits}f} points".replace("-", "−").replace("+0.0 ", "0.0 ")


def _hours(v: float) -> str:
    return f"{v:g} hour{'' if v == 1 else 's'}"


_UNITS: dict[str, Callable[[float], str]] = {
    "dollars per coin": _signed(lambda v: f"${number(v)}"),
    "coins": _signed(lambda v: f"{number(v)} coins"),
    "dollars": _signed(lambda v: f"${number(v) if v else '0'}"),
    "fraction": _percent,
    "fraction per year": lambda v: f"{percent(v)} a year",
    "points": _points,
    "log change": _signed(lambda v: f"{v:.4f}"),
    "robust deviations": _signed(lambda v: f"{v:.1f}"),
    "score": _signed(lambda v: f"{v:.4f}"),
    "count": _signed(lambda v: f"{v:,.0f}"),
    "hours": _hours,
}

"""One fact as text: its value with its unit, its size without a sign, its place, its rank.

The page shows a number only through `text`, so that what is shown can be found among the facts again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from oikit.theme import moment, number, percent

__all__ = ["PARTS", "span", "text", "when"]

PARTS = ("value", "size", "place", "window", "count", "rank")
"""What can be said of a fact; of most facts only the first two."""


def text(fact: Mapping[str, Any], part: str = "value") -> str:
    """Say one thing of a fact.

    Parameters
    ----------
    fact : dict
        One of ``facts["facts"]``.
    part : str
        ``"value"`` with its sign and unit; ``"size"`` without the sign; of the percentile its
        ``"place"``, ``"window"`` and ``"count"``; the ``"rank"``.

    Returns
    -------
    str
        ``"unknown"`` where it is.

    Examples
    --------
    >>> text({"value": -0.0662, "unit": "fraction"}), text({"value": -0.0662, "unit": "fraction"}, "size")
    ('−6.6%', '6.6%')
    """
    if part in ("value", "size"):
        value = fact["value"]
        if value is None:
            return "unknown"
        return _UNITS[fact["unit"]](abs(value) if part == "size" else value)
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

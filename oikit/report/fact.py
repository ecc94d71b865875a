"""One fact as text: the page shows a number only through `text`, so each can be found among the facts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from oikit.formatting import in_unit, moment, number, percent, weekday

PARTS = (
    "value",
    "size",
    "signed",
    "change",
    "tenths",
    "thousandths",
    "whole",
    "standing",
    "money",
    "amount",
    "brief",
    "rounded",
    "place",
    "window",
    "count",
    "rank",
)
"""What can be said of a fact; the last four of a few facts only. `standing` is that of a place."""

_NOTHING = re.compile(r"−?0(\.0+)?%")
_DIGITS = {"change": 1, "tenths": 1, "thousandths": 3}


def text(fact: Mapping[str, Any], part: str = "value") -> str:
    """Return one part of a fact as text, ``"unknown"`` where it is.

    Examples
    --------
    >>> text({"value": -0.0662, "unit": "fraction"}), text({"value": -0.0662, "unit": "fraction"}, "size")
    ('−6.6%', '6.6%')
    >>> text({"value": 0.00187, "unit": "fraction"}), text({"value": 0.00187, "unit": "fraction"}, "change")
    ('0.187%', '+0.2%')
    """
    if part in ("value", "size", "signed", *_DIGITS, *_SPECIAL):
        value = fact["value"]
        if value is not None and part in _SPECIAL:
            return _SPECIAL[part](value)
        return "unknown" if value is None else _value(value, fact["unit"], part)
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


def _whole(value: float) -> str:
    """Write a change in whole per cent, or with a decimal below one."""
    digits = 0 if abs(value) >= 0.00995 else 1
    written = percent(value, digits)
    if _NOTHING.fullmatch(written):
        return "0%"
    return written if value < 0 else f"+{written}"


def _standing(place: float) -> str:
    """Write where a value stands among the others.

    Examples
    --------
    >>> _standing(0.043), _standing(0.39), _standing(0.999)
    ('lowest 5%', 'above 39%', 'highest 1%')
    """
    if 0.1 <= place <= 0.9:
        return f"above {percent(place, 0)}"
    near = min(place, 1 - place)
    return f"{'lowest' if place < 0.5 else 'highest'} {max(math.ceil(100 * near - 1e-9), 1)}%"


def _money(value: float) -> str:
    """Write dollars in the room of a tile."""
    size = abs(value)
    for unit, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if size >= unit:
            digits = 2 if letter == "bn" else 1 if size < 100 * unit else 0
            return f"{'−' if value < 0 else ''}${size / unit:,.{digits}f}{letter}"
    return f"{'−' if value < 0 else ''}${size:,.2f}"


_SPECIAL: dict[str, Callable[[float], str]] = {
    "whole": _whole,
    "standing": _standing,
    "money": _money,
    "amount": number,
    "brief": lambda value: f"{value:.1f}",
    "rounded": lambda value: percent(value, 0),
}


def _value(value: float, unit: str, part: str) -> str:
    if part == "size" and unit == "points":
        return in_unit(abs(value), unit).lstrip("+").replace("points", "percentage points")
    fixed = part in _DIGITS and unit == "fraction"
    written = _aligned(value, part) if fixed else in_unit(abs(value) if part == "size" else value, unit)
    plus = part in ("signed", "change") and value > 0 and unit != "points" and not _NOTHING.fullmatch(written)
    return f"+{written}" if plus else written


def _aligned(value: float, part: str) -> str:
    """Write per cent with the digits of its column; what only rounds to nothing is not nothing."""
    digits = _DIGITS[part]
    written = percent(value, digits)
    if not _NOTHING.fullmatch(written) or part == "change":
        return written.lstrip("−") if _NOTHING.fullmatch(written) else written
    return written if value == 0 else f"{'−' if value < 0 else ''}<{percent(10.0 ** -(digits + 2), digits)}"


def reality(of: Mapping[str, Any], noun: str = "") -> str:
    """Return how real the data are: simulated, real, or real by hearsay.

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

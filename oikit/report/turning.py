"""Turning points: how far each headline is from a different reading."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from oikit import clock
from oikit.indicators import long_share
from oikit.report.book import Book, Column
from oikit.report.levels import share_of_coins

_HIGH, _LOW = 0.8, 0.2
_YEAR = pd.Timedelta(days=365)


def collect_turning(book: Book) -> list[dict[str, Any]]:
    """Return the distance of each reading from its nearest edge."""
    found = [
        _fifth(book, "ratio", share_of_coins(book), "oi_to_cap", "open interest / supply"),
        _fifth(
            book,
            "crowd",
            book.column("long_short_ratio", long_share),
            "long_share_accounts",
            "the long share of all accounts",
        ),
        _funding(book),
        *_quadrant(book),
    ]
    return [each for each in found if each is not None]


def _fifth(book: Book, kind: str, values: Column, fact: str, says: str) -> dict[str, Any] | None:
    """The nearest edge between the fifths at the ends of its year and the three in the middle."""
    if isinstance(values, str):
        return None
    row = book.known(values, book.about.until)
    year = values.loc[book.about.until - _YEAR : book.about.until].dropna()
    bar = clock.bar_length(book.about.frame.index)
    if row.empty or len(year) < 0.9 * (_YEAR // bar):
        return None
    now = float(row.iloc[-1])
    low, high = (float(np.quantile(year, share)) for share in (_LOW, _HIGH))
    place = "top fifth" if now >= high else "bottom fifth" if now <= low else "middle"
    edge = high if place == "top fifth" or (place == "middle" and high - now <= now - low) else low
    then = (
        "the middle of its year" if place != "middle" else f"the {'top' if edge == high else 'bottom'} fifth"
    )
    span = [year.index[0], row.index[-1]]
    label = f"{says}: where {then} begins"
    relative = kind == "ratio"
    move = edge / now - 1 if relative and now else edge - now
    return {
        "kind": kind,
        "reading": f"{says} is in the {place} of its year"
        if place == "middle"
        else f"{says} is in the {place}",
        "then": then,
        "fact": fact,
        "edge": book.add(f"turn_{kind}_edge", edge, "fraction", "turning", label, span),
        "move": book.add(
            f"turn_{kind}_move",
            move,
            "fraction" if relative else "points",
            "turning",
            f"{says}: how far {then} is",
            span,
        ),
    }


def _funding(book: Book) -> dict[str, Any] | None:
    """Return how many typical opposite settlements would turn the sign of the week's funding."""
    paid = next(each for each in book.facts if each["id"] == "funding_paid")
    if paid["value"] is None:
        return None
    who = "longs paid" if paid["value"] > 0 else "shorts paid" if paid["value"] < 0 else "neither side paid"
    then = {"longs paid": "shorts paid", "shorts paid": "longs paid"}.get(who, "one side paid")
    about = book.about
    rates = about.frame["funding_rate"].loc[about.since + pd.Timedelta(1, "s") :]
    settled = rates[about.frame["funding_interval"].reindex(rates.index) > 0]
    typical = float(settled[settled != 0].abs().median()) if (settled != 0).any() else np.nan
    label = (
        "settlements the other way, of the usual size of those not 0, that turn the sign of the week's sum"
    )
    need = abs(paid["value"]) / typical if np.isfinite(typical) and typical else None
    turns = None if need is None else float(np.floor(need + 1e-9) + 1)
    span = list(settled.index[[0, -1]])
    unless = "nobody paid anything in the week"
    return {
        "kind": "funding",
        "reading": f"over the week {who}",
        "then": then,
        "fact": "funding_paid",
        "edge": book.add(
            "turn_funding_edge",
            typical,
            "fraction",
            "turning",
            "usual size of a settlement of the week that was not 0 (median)",
            span,
            unknown=unless,
        ),
        "move": book.add("turn_funding_move", turns, "count", "turning", label, span, unknown=unless),
    }


def _quadrant(book: Book) -> list[dict[str, Any]]:
    """Return the changes that would undo the week's move of price, and of positions."""
    found = []
    for name, label in (("close", "the price"), ("open_interest", "open interest in coins")):
        values = book.column(name)
        ends = values if isinstance(values, str) else book.ends(values)
        if isinstance(ends, str) or ends.empty:
            continue
        start, now = (float(each) for each in ends)
        if start == now or not now:
            continue
        rose = now > start
        undone = _other(book, name)
        found.append(
            {
                "kind": "quadrant",
                "reading": f"{label} {'rose' if rose else 'fell'} over the week",
                "then": undone,
                "fact": f"{'price' if name == 'close' else 'open_interest'}_change",
                "edge": book.add(
                    f"turn_{name}_edge",
                    start,
                    "dollars per coin" if name == "close" else "coins",
                    "turning",
                    f"{label}: where the week began",
                    [ends.index[0]],
                ),
                "move": book.add(
                    f"turn_{name}_move",
                    start / now - 1,
                    "fraction",
                    "turning",
                    f"{label}: change from here that undoes the week",
                    list(ends.index),
                ),
            }
        )
    return found


def _other(book: Book, turned: str) -> str:
    """Name the quadrant that the week would have if one of its two moves were undone and reversed."""
    of = {each["id"]: each["value"] for each in book.facts}
    price, coins = of.get("price_change"), of.get("open_interest_change")
    if not price or not coins:
        return "the week has another name"
    up, built = price > 0, coins > 0
    up, built = (not up, built) if turned == "close" else (up, not built)
    names = {(True, True): "new longs", (True, False): "short covering", (False, True): "new shorts"}
    return names.get((up, built), "longs closing")

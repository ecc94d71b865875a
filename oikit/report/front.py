"""The front of the report: six measures in one window, the reading of the week, its days, the week before.

Everything here is a fact or a name for facts; the words are in `oikit.report.sections`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from oikit import clock
from oikit.indicators import long_share, oi_to_cap
from oikit.report.book import Book, stamp
from oikit.report.levels import CROWDS, collect_crowds, collect_levels
from oikit.report.pace import collect_trail
from oikit.report.paid import collect_paid
from oikit.report.source import Subject

WEEKS = 13
"""So many weeks are drawn."""

_WINDOWS = ("365d", "180d", "90d", "30d")
_KNOWN = 0.9
_POINTS, _DRAWN = 92, 182  # of a small line, and of the lines of the chart
_DAYS_OF_ANOTHER = 5
_FORCED = 1 / 3
_SIDES = {"long_liquidations": "longs", "short_liquidations": "shorts"}
_CLOSED = {"long liquidation": "longs closed"}  # the quadrant's name says that they were forced: few were

_KEPT = (
    "price_change",
    "open_interest_change",
    "open_interest_value",
    "funding_paid",
    *(fact for fact, _ in CROWDS.values()),
    "liquidated",
    "place_open_interest",
)

Told = tuple[dict[str, Any], dict[str, dict[str, Any]]]
"""The reading of a week, and its facts by id."""


class Reading(NamedTuple):
    """What the title says after its numbers: the row of the table that holds, its words, and a count."""

    row: int
    says: str
    days: int = 0


def reading(
    price: float,
    coins: float,
    *,
    flat: tuple[float, float],
    days: Sequence[str] = (),
    forced: float | None = None,
) -> Reading:
    """Name a week by its change of price and of open interest: the first row that holds wins.

    Parameters
    ----------
    price, coins : float, fraction
    flat : tuple of float
        Smaller changes of the two are none.
    days : sequence of str
        The quadrant of each day.
    forced : float, optional
        Liquidations over what was closed on the days that closed positions.

    Examples
    --------
    >>> reading(0.10, 0.04, flat=(0.01, 0.01)).says
    'new longs'
    >>> reading(-0.07, -0.07, flat=(0.01, 0.01), forced=0.13).says
    'longs closed, few were forced out'
    """
    still, idle = abs(price) < flat[0], abs(coins) < flat[1]
    if still and idle:
        return Reading(2, "a quiet week")
    if still:
        return Reading(3, f"positions {'built' if coins > 0 else 'left'} at a still price")
    week = _quadrant(price, coins)
    for name in dict.fromkeys(days):
        count = list(days).count(name)
        if name != week and count >= _DAYS_OF_ANOTHER:
            return Reading(4, _CLOSED.get(name, name), count)
    if idle:
        return Reading(6 if price > 0 else 7, "the move needed no new positions")
    if week != "long liquidation":
        return Reading({"new longs": 5, "short covering": 6, "new shorts": 7}[week], week)
    if forced is None:
        return Reading(8, "longs closed")
    return Reading(8, "longs liquidated" if forced >= _FORCED else "longs closed, few were forced out")


def _quadrant(price: float, coins: float) -> str:
    names = {(True, True): "new longs", (True, False): "short covering", (False, True): "new shorts"}
    return names.get((price > 0, coins > 0), "long liquidation")


def collect_front(book: Book, trail: dict[str, Any]) -> dict[str, Any]:
    """Work out the front; levels, crowds and funding are in the book already."""
    about = book.about
    series = _measures(about)
    window = _window(series, about)
    tiles = [_tile(book, name, values, window) for name, values in series.items()]
    liquidated = _liquidated(book)
    flat = _flat(book, window)
    days, forced = _days(book, trail)
    return {
        "window": None if window is None else window.replace("d", " days"),
        "tiles": tiles,
        "liquidated": liquidated,
        "flat": flat,
        "days": days,
        "forced": forced,
        "reading": _told(book, _read(book, flat, days, forced)),
        "lines": _lines(book, trail),
        "first": stamp(max(about.until - WEEKS * clock.WEEK, about.frame.index[0]) + clock.DAY),
        "ends": [stamp(about.since + day * clock.DAY) for day in range(8)],
        "before": None,
    }


def collect_before(book: Book, front: dict[str, Any], fronts: dict[str, Told]) -> None:
    """Add the same of the week before, from the same bars; None where it is not among them."""
    about = book.about
    bar = clock.bar_length(about.frame.index)
    fronts[about.week] = (front["reading"], {fact["id"]: fact for fact in book.facts})
    if about.frame.index[0] - bar > about.since - clock.WEEK:
        return
    year, number, _ = (about.since - clock.WEEK).isocalendar()
    week = f"{year}-W{number:02d}"
    read, of = fronts.get(week) or _of_the_week_before(about, week)
    ids = {}
    for name in _KEPT:
        if (fact := of.get(name)) is None:
            continue
        ids[name] = book.add(
            f"before_{name}",
            fact["value"],
            fact["unit"],
            fact["definition"],
            f"{fact['label']}; of the week before",
            [pd.Timestamp(time) for time in fact["times"]],
            unknown=fact["unknown"],
        )
    front["before"] = {"week": week, "reading": read, "facts": ids}


def _of_the_week_before(about: Subject, week: str) -> Told:
    since, until = about.since - clock.WEEK, about.since
    was = Book(replace(about, frame=about.frame.loc[:until], week=week, since=since, until=until))
    collect_levels(was)
    collect_paid(was)
    collect_crowds(was)
    front = collect_front(was, collect_trail(was))
    return front["reading"], {fact["id"]: fact for fact in was.facts}


def _measures(about: Subject) -> dict[str, pd.Series]:
    """The six series whose ends the tiles show, where the data have them."""
    frame, found = about.frame, {}
    size = int(clock.WEEK // clock.bar_length(frame.index))

    def week(values: pd.Series) -> pd.Series:
        return values.rolling(size, min_periods=max(int(_KNOWN * size), 1)).sum()

    if "close" in frame:
        found["price"] = frame["close"]
    if "open_interest" in frame:
        found["open_interest"] = frame["open_interest"]
        if "circulating_supply" in frame:
            found["oi_to_cap"] = oi_to_cap(frame["open_interest"], frame["circulating_supply"])
    if "funding_rate" in frame:
        found["funding_paid"] = week(frame["funding_rate"])
    if "long_short_ratio" in frame:
        found["long_share_accounts"] = long_share(frame["long_short_ratio"])
    if set(_SIDES) <= set(frame):
        found["liquidated"] = week(frame[list(_SIDES)].sum(axis=1, skipna=False))
    elif "quote_volume" in frame:
        found["traded"] = week(frame["quote_volume"])
    return {name: values for name, values in found.items() if values.notna().any()}


def _window(series: dict[str, pd.Series], about: Subject) -> str | None:
    """Return the longest window of which every measure is known well enough."""
    bar = clock.bar_length(about.frame.index)
    for window in _WINDOWS:
        count = int(clock.length(window) // bar)
        if series and all(
            len(values) >= count and values.iloc[-count:].notna().sum() >= _KNOWN * count
            for values in series.values()
        ):
            return window
    return None


def _tile(book: Book, name: str, values: pd.Series, window: str | None) -> dict[str, Any]:
    about = book.about
    row = book.known(values, about.until)
    place = None
    span: list[pd.Timestamp] = []
    line: pd.Series = values.loc[about.until - clock.WEEK * WEEKS :]
    if window is not None:
        line = values.iloc[-int(clock.length(window) // clock.bar_length(values.index)) :]
        known = line.dropna().to_numpy()
        span = [line.index[0], about.until]
        if len(row):
            now = float(row.iloc[-1])
            dust = 1e-9 * float(np.abs(known).max())  # sums of the same settlements differ in their last bits
            below, level = np.count_nonzero(known < now - dust), np.count_nonzero(np.abs(known - now) <= dust)
            place = float((below + 0.5 * level) / len(known))
    label = f"{name.replace('_', ' ')}: share of its values in the common window below the last"
    placed = book.add(
        f"place_{name}",
        place,
        "fraction",
        name,
        label,
        span,
        unknown="too little is known of the past for one window of all measures",
    )
    return {"name": name, "place": placed, "line": _text(line, _POINTS)}


def _text(values: pd.Series, points: int) -> str:
    """Write a line as so many numbers at most, the last one its last; a gap is a dash."""
    step = -(-len(values) // points)
    thin = values.to_numpy()[::-1][::step][::-1]
    return " ".join(f"{each:.5g}" if np.isfinite(each) else "-" for each in thin)


def _liquidated(book: Book) -> dict[str, str]:
    """Add what was liquidated in the week by side, or what was traded where that is not known."""
    about = book.about
    week = about.frame.loc[about.frame.index > about.since]
    reason = "the data has no liquidations"
    sums: dict[str, float | None] = dict.fromkeys(_SIDES)
    if set(_SIDES) <= set(week):
        known = week[list(_SIDES)].dropna()
        if len(known) >= _KNOWN * len(week):
            sums = {name: float(known[name].sum()) for name in _SIDES}
        reason = "too few bars of the week have liquidations"
    times = [about.since, about.until]
    ids = {
        side: book.add(
            f"liquidated_{side}",
            sums[name],
            "dollars",
            "liquidated",
            f"{side} that were forced out in the week",
            times,
            unknown=reason,
        )
        for name, side in _SIDES.items()
    }
    both = [value for value in sums.values() if value is not None]
    label = "positions that were forced out in the week, both sides"
    ids["both"] = book.add(
        "liquidated", sum(both) if both else None, "dollars", "liquidated", label, times, unknown=reason
    )
    traded = week["quote_volume"].dropna() if "quote_volume" in week else pd.Series(dtype=float)
    enough = len(traded) >= _KNOWN * max(len(week), 1)
    label = "value of all trades of the week"
    ids["traded"] = book.add(
        "traded",
        float(traded.sum()) if enough and len(traded) else None,
        "dollars",
        "traded",
        label,
        times,
        unknown="the data has no volume in dollars, or not of enough bars",
    )
    return ids


def _flat(book: Book, window: str | None) -> dict[str, str]:
    """Add the changes below which a week is called flat: a quarter of the usual change."""
    about, ids = book.about, {}
    ends = pd.date_range(
        end=about.until, periods=int(clock.length(window or "365d") // clock.WEEK) + 1, freq=clock.WEEK
    )
    for fact, column in (("price", "close"), ("open_interest", "open_interest")):
        values = book.column(column)
        usual = None
        if not isinstance(values, str):
            at = values.ffill(limit=23).reindex(ends)
            moved = (at / at.shift() - 1).abs().dropna()
            usual = float(moved.median()) / 4 if len(moved) >= 4 else 0.0
        label = f"{fact.replace('_', ' ')}: a quarter of the usual change over a week; less is called flat"
        ids[fact] = book.add(
            f"flat_{fact}",
            usual,
            "fraction",
            "quadrant",
            label,
            list(ends[[0, -1]]),
            unknown="it is not known",
        )
    return ids


def _days(book: Book, trail: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Add each day's own change, in price, coins and dollars, and what was liquidated on it."""
    about, days = book.about, []
    closed = liquidated = 0.0
    known = bool(trail["days"])
    days_ends = pd.date_range(about.since, about.until, freq=clock.DAY)
    at = about.frame.reindex(columns=["close", "open_interest"]).reindex(days_ends).to_numpy()
    gone = _forced(about)
    for day, each in enumerate(trail["days"], 1):
        ends = list(days_ends[day - 1 : day + 1])
        was, now = at[day - 1], at[day]
        moved = now / was - 1
        dollars = float((now[1] - was[1]) * was[0])
        forced = float(gone[day - 1])
        values = {
            "price": (moved[0], "fraction", "price", "price: change over the day"),
            "coins": (moved[1], "fraction", "open_interest", "open interest in coins: change over the day"),
            "dollars": (dollars, "dollars", "dollar_change", "coins opened or closed, at the price before"),
            "liquidated": (forced, "dollars", "liquidated", "positions that were forced out, both sides"),
        }
        ids = {
            name: book.add(
                f"day_{day}_{name}",
                value,
                unit,
                definition,
                f"day {day}: {label}",
                ends,
                unknown="its bars are not all known",
            )
            for name, (value, unit, definition, label) in values.items()
        }
        days.append({"time": each["time"], "label": each["label"], **ids})
        known = known and np.isfinite(dollars) and np.isfinite(forced)
        if dollars < 0:
            closed, liquidated = closed - dollars, liquidated + forced
    share = min(liquidated / closed, 1.0) if known and closed else None
    label = "liquidations on the days that closed positions, over what was closed on them: at most this share"
    opened = [days[0]["time"], days[-1]["time"]] if days else []
    times = [pd.Timestamp(time) for time in opened]
    reason = "no day closed positions, or liquidations are not known"
    return days, book.add("forced_share", share, "fraction", "liquidated", label, times, unknown=reason)


def _forced(about: Subject) -> list[float]:
    """Return what was forced out on each day of the week, both sides; NaN where a bar of it is not known."""
    if not set(_SIDES) <= set(about.frame):
        return [np.nan] * 7
    week = about.frame.loc[about.since + pd.Timedelta(1, "s") :, list(_SIDES)].sum(axis=1, skipna=False)
    day = np.asarray((pd.DatetimeIndex(week.index) - about.since - pd.Timedelta(1, "s")) // clock.DAY)
    return [float(np.sum(week.to_numpy()[day == n])) if (day == n).any() else np.nan for n in range(7)]


def _told(book: Book, found: Reading) -> dict[str, Any]:
    label = "days of the week with the name that the title gives it"
    book.add("reading_days", float(found.days), "count", "quadrant", label, [book.about.until])
    return found._asdict()


def _read(book: Book, flat: dict[str, str], days: list[dict[str, Any]], forced: str) -> Reading:
    of = {fact["id"]: fact for fact in book.facts}
    about = book.about
    week = about.frame.loc[about.frame.index > about.since]
    shares = {}
    for fact, name in (("price", "close"), ("open_interest", "open_interest")):
        shares[fact] = float(week[name].notna().mean()) if name in week else 0.0
        label = f"bars of the week with {name}"
        book.add(f"seen_{fact}", shares[fact], "fraction", "coverage", label, [about.since, about.until])
    price, coins = of["price_change"]["value"], of["open_interest_change"]["value"]
    if min(shares.values()) < _KNOWN or price is None or coins is None:
        return Reading(1, min(shares, key=lambda name: shares[name]))
    limits = tuple(of[flat[name]]["value"] or 0.0 for name in ("price", "open_interest"))
    labels = [each["label"] for each in days]
    return reading(price, coins, flat=(limits[0], limits[1]), days=labels, forced=of[forced]["value"])


def _lines(book: Book, trail: dict[str, Any]) -> dict[str, Any]:
    """Take the lines of the chart, and where open interest stands among the highs and lows of them."""
    about = book.about
    recent = about.frame.loc[about.until - WEEKS * clock.WEEK : about.until]
    weeks = max(round((recent.index[-1] - recent.index[0]) / clock.WEEK), 1)
    told: dict[str, Any] = {"weeks": weeks, "kind": "none", "day": None, "fact": None}
    for name, column in (("price", "close"), ("open_interest", "open_interest")):
        told[name] = _text(recent[column], _DRAWN) if column in recent else ""
    coins = recent["open_interest"].dropna() if "open_interest" in recent else pd.Series(dtype=float)
    if len(coins) < 2:
        return told
    now, high, low = float(coins.iloc[-1]), float(coins.max()), float(coins.min())
    of = {fact["id"]: fact["value"] for fact in book.facts}
    path = [(of[each["open_interest"]], each["time"]) for each in trail["days"]]
    known = [(moved, time) for moved, time in path if moved is not None]
    near = 0.05 * (high - low)
    kind, value, day, label = "below", now / high - 1, None, "below its highest value"
    if known:
        end, (peak, top), (trough, bottom) = known[-1][0], max(known), min(known)
        turn = 0.25 * (high - low) / (now / (1 + end))
        if peak - max(end, 0.0) >= turn:
            kind, value, day, label = (
                "peaked",
                (1 + end) / (1 + peak) - 1,
                top,
                "against the peak of the week",
            )
        elif min(end, 0.0) - trough >= turn:
            kind, value, day = "bottomed", (1 + end) / (1 + trough) - 1, bottom
            label = "against the lowest day of the week"
    if kind == "below" and now >= high - near:
        kind = "high"
    elif kind != "bottomed" and now <= low + near and kind == "below":
        kind = "low"
    label = f"open interest in coins at the end of the week, {label}"
    told |= {"kind": kind, "day": day}
    told["fact"] = book.add(
        "line_open_interest", value, "fraction", "open_interest", label, [recent.index[0], about.until]
    )
    return told


def seen(book: Book, turning: list[dict[str, Any]]) -> None:
    """Add to each distance how many of the past 52 weeks moved at least so far, the same way."""
    about = book.about
    of = {fact["id"]: fact for fact in book.facts}
    ends = pd.date_range(end=about.until, periods=53, freq=clock.WEEK)
    series = _measures(about)
    names = {"ratio": "oi_to_cap", "crowd": "long_share_accounts", "funding": "funding_paid"}
    for each in turning:
        name = names.get(each["kind"]) or ("price" if each["fact"] == "price_change" else "open_interest")
        need, count, weeks = of[each["move"]]["value"], None, 0
        if each["kind"] == "funding":
            paid = of["funding_paid"]["value"]
            need = None if need is None else -paid
        if name in series and need is not None:
            at = series[name].ffill(limit=23).reindex(ends)
            shares = name in ("long_share_accounts", "funding_paid")
            moved = (at.diff() if shares else at / at.shift() - 1).dropna()
            weeks = len(moved)
            count = float(np.count_nonzero(moved >= need if need > 0 else moved <= need))
        label = "of the past weeks, those in which it moved at least that far, the same way"
        stem = each["move"].removesuffix("_move")
        reason = "its past weeks are not known"
        each["seen"] = book.add(
            f"{stem}_seen", count, "count", "turning", label, list(ends[[0, -1]]), unknown=reason
        )
        each["weeks"] = book.add(
            f"{stem}_weeks",
            float(weeks),
            "count",
            "turning",
            "past weeks whose move is known",
            list(ends[[0, -1]]),
        )

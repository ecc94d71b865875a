"""Pace of positions on three clocks, and the joint direction of price and positions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from oikit import clock
from oikit.errors import InputError
from oikit.frame import resample
from oikit.indicators import QUADRANTS, divergence, quadrant, robust_zscore, velocity
from oikit.report.book import Book, stamp

CLOCKS = {"5min": ("1h", "7d"), "1h": ("24h", "30d"), "1d": ("7d", "180d")}
"""Clock: over how long a change is measured, and how long before it the yardstick reaches."""

_NEEDS = ("close", "open_interest")


def collect_clocks(book: Book) -> list[dict[str, str]]:
    """Velocity and divergence on each clock; where the data lack one, they say so."""
    return [_on(book, every, *spans) for every, spans in CLOCKS.items()]


def _on(book: Book, every: str, window: str, yardstick: str) -> dict[str, str]:
    frame = _bars(book, every, window, yardstick)
    lacking = frame if isinstance(frame, str) else ""
    score: pd.Series | None = None
    speed: pd.Series | str = lacking
    unless = "the bars it is made of are not known"
    if not isinstance(frame, str):
        speed = velocity(frame["open_interest"], window)
        # The yardstick is worked out bar by bar: as many as the week and its past, and no more.
        first = book.about.since - clock.length(yardstick)
        score = robust_zscore(speed.loc[first:], yardstick)
    label = f"log change of open interest in coins over {window}, on bars of {every}, at the end of the week"
    ids = {
        "clock": every,
        "window": window,
        "yardstick": yardstick,
        "velocity": book.level(f"velocity_{every}", speed, "log change", "velocity", label, unless=unless),
    }
    label = f"that velocity ({every}) less its median over the {yardstick} before, in robust deviations"
    unless = f"the bars of the {yardstick} before are not all known, or too few"
    told: pd.Series | str = lacking if score is None else score
    ids["score"] = book.level(
        f"velocity_score_{every}", told, "robust deviations", "velocity_score", label, unless=unless
    )
    return ids | _diverged(book, frame, every, window, yardstick)


def _diverged(
    book: Book, frame: pd.DataFrame | str, every: str, window: str, yardstick: str
) -> dict[str, str]:
    about = book.about
    flagged = asked = None
    times: list[pd.Timestamp] = []
    reason = frame if isinstance(frame, str) else "no bar of the week could be asked"
    if not isinstance(frame, str) and "close" not in frame.columns:
        reason = "the data has no close"
    elif not isinstance(frame, str):
        first = about.since - clock.length(yardstick) - clock.length(window)
        recent = frame.loc[first:]
        said = divergence(recent["close"], recent["open_interest"], window, yardstick).loc[about.since :]
        said = said[said.index > about.since].dropna()
        if len(said):
            flagged, asked, times = float(said.sum()), float(len(said)), list(said.index[[0, -1]])
    label = f"bars of {every} in the week in which open interest jumped while the price was quiet"
    more = f"bars of {every} in the week that could be asked whether they did"
    return {
        "diverged": book.add(
            f"divergence_{every}", flagged, "count", "divergence", label, times, unknown=reason
        ),
        "asked": book.add(
            f"divergence_asked_{every}", asked, "count", "divergence", more, times, unknown=reason
        ),
    }


def _bars(book: Book, every: str, window: str, yardstick: str) -> pd.DataFrame | str:
    """Take the bars of this clock, or say why there are none."""
    about, span = book.about, clock.length(every)
    given = [each for each in (about.frame, about.fine) if each is not None]
    fits = [each for each in given if _divides(clock.bar_length(each.index), span)]
    if not fits:
        there = " and ".join(clock.words(clock.bar_length(each.index)) for each in given)
        return f"the data has no bars of {every}, only of {there}"
    frame = fits[0]
    columns = [name for name in _NEEDS if name in frame.columns]
    if "open_interest" not in columns:
        return "the data has no open_interest"
    reach = 2 * clock.length(yardstick) + clock.length(window) + clock.WEEK
    return resample(frame.loc[about.until - reach :, columns], every)


def _divides(bar: pd.Timedelta, span: pd.Timedelta) -> bool:
    return bar <= span and not span % bar


def collect_trail(book: Book) -> dict[str, Any]:
    """Add price and open interest at the end of each day, relative to the start of the week."""
    price, coins = book.column("close"), book.column("open_interest")
    if isinstance(price, str) or isinstance(coins, str):
        return {"days": [], "labels": {}, "unknown": price if isinstance(price, str) else str(coins)}
    about = book.about
    ends = pd.date_range(about.since, about.until, freq=clock.DAY)
    at = {name: values.reindex(ends) for name, values in (("price", price), ("open_interest", coins))}
    moved = {name: values / values.iloc[0] - 1 for name, values in at.items()}
    labels = quadrant(at["price"], at["open_interest"], 1).astype(object)
    days = []
    for day, time in enumerate(ends[1:], 1):
        ids = {
            name: book.add(
                f"trail_{day}_{name}",
                float(values[time]),
                "fraction",
                "quadrant",
                f"{name.replace('_', ' ')} at the end of day {day}, against where the week began",
                [ends[0], time],
                unknown="the bars at the two ends are not both known",
            )
            for name, values in moved.items()
        }
        name = labels[time]
        days.append({"time": stamp(time), "label": name if isinstance(name, str) else "unknown", **ids})
    return {"days": days, "labels": _labelled(book, price, coins), "unknown": None}


def _labelled(book: Book, price: pd.Series, coins: pd.Series) -> dict[str, str]:
    about, bar = book.about, clock.bar_length(book.about.frame.index)
    first = about.since - max(clock.DAY, bar)
    try:
        names = quadrant(price.loc[first:], coins.loc[first:], "24h")
        names, reason = names[names.index > about.since], "no bar of the week could be named"
    except InputError as error:
        names, reason = pd.Series(dtype=object), str(error)
    known = names.dropna()
    counts = known.value_counts()
    span = list(known.index[[0, -1]]) if len(known) else []
    return {
        name: book.add(
            f"quadrant_{name.replace(' ', '_')}",
            float(counts.get(name, 0)) if len(known) else np.nan,
            "count",
            "quadrant",
            f"bars of the week whose last 24h were named {name}",
            span,
            unknown=reason,
        )
        for name in QUADRANTS[:4]
    }

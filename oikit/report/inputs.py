"""The inputs of a report: how much is known, how old it is, and whether it was revised.

Each column of each week has a short digest, so that next week's report can detect inputs revised after
this one was written (`revisions`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from oikit import clock
from oikit.data import quality
from oikit.report.book import Book
from oikit.report.levels import CROWDS

WATCHED = (
    "close",
    "open_interest",
    "open_interest_value",
    "circulating_supply",
    "funding_rate",
    *CROWDS,
)
"""The columns that the report reads."""

_HEX = 8  # letters of a week's digest: two weeks that differ look alike once in four thousand million


def collect_quality(book: Book) -> dict[str, Any]:
    """Coverage, longest gap and staleness of each column that is read; repairs and revisions."""
    about = book.about
    week = about.frame.loc[about.frame.index > about.since]
    told = quality.coverage(week, repairs=about.repairs, revised=about.revised, now=about.until)
    columns: dict[str, Any] = {}
    for name in WATCHED:
        if name not in week.columns:
            columns[name] = {"absent": True}
            continue
        known = week.index[week[name].notna()]
        span = [week.index[0], week.index[-1]]
        stale = (about.until - known[-1]) / pd.Timedelta(hours=1) if len(known) else None
        columns[name] = {
            "absent": False,
            "known": book.add(
                f"known_{name}",
                told.known[name],
                "fraction",
                "coverage",
                f"bars of the week with {name}",
                span,
            ),
            "gap": book.add(
                f"gap_{name}",
                told.longest_gap[name] / pd.Timedelta(hours=1),
                "hours",
                "coverage",
                f"longest time in the week without {name}",
                span,
            ),
            "stale": book.add(
                f"stale_{name}",
                stale,
                "hours",
                "coverage",
                f"age of the newest {name} as the week ended",
                list(known[-1:]),
                unknown=f"no bar of the week has {name}",
            ),
        }
    read = [name for name in WATCHED if name in week.columns]
    whole = sum(told.known[name] == 1 for name in read)
    label = "series that the report reads"
    series = book.add("series", float(len(WATCHED)), "count", "coverage", label, [about.until])
    label = "of these, series known at every bar of the week"
    complete = book.add("series_whole", float(whole), "count", "coverage", label, [about.until])
    every, span = clock.words(told.every), [about.frame.index[0], about.until]
    rows = book.add("rows", float(told.rows), "count", "coverage", f"bars of {every} in the week", span[1:])
    label = f"bars of {every} before the week, which serve as its yardstick"
    before = book.add(
        "rows_before", float(len(about.frame) - told.rows), "count", "coverage", label, span[:1]
    )
    label = "repairs made when the stored bars were read from the venue, over all of them"
    repairs = book.add("repairs", float(sum(told.repairs.values())), "count", "repairs", label)
    label = "rows that the venue has changed since they were first stored, over all of them"
    revised = book.add("revised_rows", float(told.revised), "count", "revision", label)
    return {
        "columns": columns,
        "series": series,
        "series_whole": complete,
        "rows": rows,
        "rows_before": before,
        "repairs": repairs,
        "repaired": dict(sorted(told.repairs.items())),
        "revised_rows": revised,
    }


def digest(frame: pd.DataFrame) -> str:
    """Return the digest of the bars: names, times and numbers, whatever file they came from."""
    names = sorted(str(name) for name in frame.columns)
    sha = hashlib.sha256("\n".join(names).encode())
    sha.update(pd.DatetimeIndex(frame.index).as_unit("ns").asi8.astype("<i8").tobytes())
    for name in names:
        sha.update(_plain(frame[name]).tobytes())
    return sha.hexdigest()


def prints(frame: pd.DataFrame, until: pd.Timestamp) -> dict[str, Any]:
    """A short digest of each column in each whole week."""
    index = pd.DatetimeIndex(frame.index)
    bar = clock.bar_length(index)
    start = index[0] - bar
    first = start + (clock.MONDAY - start) % clock.WEEK
    weeks = max(int((until - first) // clock.WEEK), 0)
    size = clock.WEEK // bar
    row = int((first - start) // bar)
    columns = {}
    for name in sorted(str(name) for name in frame.columns):
        values = _plain(frame[name])[row : row + weeks * size]
        columns[name] = " ".join(
            hashlib.sha256(part.tobytes()).hexdigest()[:_HEX] for part in values.reshape(weeks, size)
        )
    return {"every": clock.words(bar), "first": _name(first) if weeks else None, "columns": columns}


def revisions(now: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the weeks whose digest has changed, by column."""
    found = {}
    there = _weeks(now)
    for name, weeks in _weeks(was).items():
        mine = there.get(name, {}) if now["every"] == was["every"] else {}
        known = [week for week in weeks if week in next(iter(there.values()), {})]
        changed = [week for week in known if mine.get(week) != weeks[week]]
        if changed:
            found[name] = changed
    return found


def _weeks(given: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    if given["first"] is None:
        return {}
    since, _ = clock.week(given["first"])
    return {
        name: {_name(since + place * clock.WEEK): each for place, each in enumerate(text.split())}
        for name, text in given["columns"].items()
    }


def _name(since: pd.Timestamp) -> str:
    year, number, _ = since.isocalendar()
    return f"{year}-W{number:02d}"


def _plain(values: pd.Series) -> Any:
    """The same bytes for the same numbers: one kind of NaN, no minus before a zero."""
    numbers = values.to_numpy(dtype="<f8") + 0.0
    return np.where(np.isnan(numbers), np.nan, numbers).astype("<f8")

"""Base rates of next week's outcomes after weeks that met the same condition.

Everything uses week ends (Monday 00:00 UTC), so no two outcomes share an hour. A condition reads the
past week and the year before it; an outcome reads the next week. A forecast at the end of a week uses
only weeks whose next week was over by then, in this report and in its track record
(`oikit.report.scorecard`): one table serves both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit import clock, rolling
from oikit.indicators import QUADRANTS, long_share, oi_to_cap, quadrant
from oikit.report.book import Book
from oikit.report.source import Subject
from oikit.rolling import window_sum
from oikit.stats import SMALLEST_N, wilson

_YEAR, _SOME = 52, 26  # a place is among the ends of a year's weeks, of half a year at the least
_HIGH, _LOW = 0.8, 0.2
_MOVE = 0.05

PULL = 30.0
"""A share is drawn towards the base rate as if that had been seen in so many weeks more."""

CONDITIONS = {
    **{
        name.replace(" ", "-"): f"over the week price and open interest moved as in {name}"
        for name in QUADRANTS[:4]
    },
    "ratio-high": "open interest / supply ended in the top fifth of its year",
    "ratio-low": "open interest / supply ended in the bottom fifth of its year",
    "positions-built": "open interest grew over the week more than in four of five weeks of its year",
    "positions-closed": "open interest shrank over the week more than in four of five weeks of its year",
    "longs-paid": "longs paid funding over the week, on balance",
    "shorts-paid": "shorts paid funding over the week, on balance",
    "funding-high": "the funding of the week was in the top fifth of its year",
    "funding-low": "the funding of the week was in the bottom fifth of its year",
    "crowd-more-long": "the long share of all accounts ended in the top fifth of its year",
    "crowd-less-long": "the long share of all accounts ended in the bottom fifth of its year",
}
"""What may hold at the end of a week. A year is 52 weeks, or at least 26 early in the data."""

OUTCOMES = {
    "higher": "the price ended the next week higher",
    "fell": f"the price fell at least {_MOVE:.0%} below its start within the next week",
    "rose": f"the price rose at least {_MOVE:.0%} above its start within the next week",
    "closed": "open interest in coins ended the next week lower",
}
"""What may follow."""

SHORT = {
    "higher": "price higher",
    "fell": f"fell {_MOVE:.0%} or more",
    "rose": f"rose {_MOVE:.0%} or more",
    "closed": "open interest lower",
}
"""The same, for the head of a column."""


@dataclass(frozen=True, slots=True, eq=False)
class Weeks:
    """Week ends, the conditions met at them, and the outcomes of the week after.

    Attributes
    ----------
    held : DataFrame, shape (weeks, conditions)
        1.0, 0.0, or NaN while not known.
    came : DataFrame, shape (weeks, outcomes)
        The same of the week that begins there; NaN in the last row, which nobody knows yet.
    """

    held: pd.DataFrame
    came: pd.DataFrame


def weeks(frame: pd.DataFrame, until: pd.Timestamp) -> Weeks:
    """Cut a frame into weeks."""
    index = pd.DatetimeIndex(frame.index)
    bar = clock.bar_length(index)
    first = index[0] + (clock.MONDAY - index[0]) % clock.WEEK
    ends = pd.date_range(first, until, freq=clock.WEEK)
    size = clock.WEEK // bar

    def at(name: str, make: Any = None) -> pd.Series:
        """The last known value of the day that ends with each week."""
        if name not in frame.columns:
            return pd.Series(np.nan, ends)
        values, reach = frame[name], int(clock.DAY // bar) - 1
        values = values.ffill(limit=reach) if reach > 0 else values
        return (make(values) if make else values).reindex(ends)

    price, coins = at("close"), at("open_interest")
    share = oi_to_cap(coins, at("circulating_supply"))
    crowd = at("long_short_ratio", long_share)
    grown = pd.Series(np.log(coins / coins.shift()), ends)
    paid = pd.Series(np.nan, ends)
    if "funding_rate" in frame.columns and len(frame) >= size:
        paid = pd.Series(window_sum(frame["funding_rate"].to_numpy(), size), index).reindex(ends)
    names = quadrant(price, coins, 1) if len(ends) > 1 else pd.Series(np.nan, ends)
    held = {
        name.replace(" ", "-"): (names == name).astype(float).where(names.notna()) for name in QUADRANTS[:4]
    }
    for high, low, values in (
        ("ratio-high", "ratio-low", share),
        ("positions-built", "positions-closed", grown),
        ("funding-high", "funding-low", paid),
        ("crowd-more-long", "crowd-less-long", crowd),
    ):
        place = _place(values)
        held[high] = (place >= _HIGH).astype(float).where(place.notna())
        held[low] = (place <= _LOW).astype(float).where(place.notna())
    held["longs-paid"] = (paid > 0).astype(float).where(paid.notna())
    held["shorts-paid"] = (paid < 0).astype(float).where(paid.notna())
    after, later = price.shift(-1) / price - 1, coins.shift(-1) / coins - 1
    deepest, highest = (_extreme(frame, name, size, ends) / price - 1 for name in ("low", "high"))
    came = {
        "higher": (after > 0).astype(float).where(after.notna()),
        "fell": (deepest <= -_MOVE).astype(float).where(deepest.notna()),
        "rose": (highest >= _MOVE).astype(float).where(highest.notna()),
        "closed": (later < 0).astype(float).where(later.notna()),
    }
    return Weeks(pd.DataFrame(held)[list(CONDITIONS)], pd.DataFrame(came)[list(OUTCOMES)])


def _place(values: pd.Series) -> pd.Series:
    """Return the percentile of each value within its own year; ties count a half."""
    rolling = values.rolling(_YEAR, min_periods=_SOME)
    return ((rolling.rank(method="average") - 0.5) / rolling.count()).where(values.notna())


def _extreme(frame: pd.DataFrame, name: str, size: int, ends: pd.DatetimeIndex) -> pd.Series:
    """The lowest low, or highest high, of the week that begins at each end."""
    if name not in frame.columns:
        return pd.Series(np.nan, ends)
    rolling = frame[name].rolling(size)
    found = rolling.min() if name == "low" else rolling.max()
    return found.reindex(ends).shift(-1)


def statements(given: Weeks) -> pd.DataFrame:
    """Return the forecasts at the end of each week, from outcomes known by then.

    Notes
    -----
    ``said = (k + m b) / (n + m)`` with ``b = (base_k + 1/2) / (base_n + 1)`` and m = 30: a few weeks
    weigh little against all of them, and 0 of 10 does not mean never.
    """
    ends, parts = given.came.index, []
    for place, outcome in enumerate(given.came.columns):
        came = given.came[outcome].to_numpy()
        known = ~np.isnan(came)
        hit = came == 1
        base_n, base_k = _before(known), _before(hit)
        base = (base_k + 0.5) / (base_n + 1.0)
        for other, condition in enumerate(given.held.columns):
            now = given.held[condition].to_numpy() == 1
            n, k = _before(now & known), _before(now & hit)
            said = np.where(n >= SMALLEST_N, (k + PULL * base) / (n + PULL), np.nan)
            at = np.flatnonzero(now)
            codes = np.full((2, len(at)), [[place], [other]])
            parts.append((at, *codes, *(each[at] for each in (k, n, base_k, base_n, said, came))))
    columns = [np.concatenate(each) for each in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    at, which, what, k, n, base_k, base_n, said, came = (each[order] for each in columns)
    names = {
        "week": ends[at],
        "condition": given.held.columns.to_numpy(dtype=object)[what],
        "outcome": given.came.columns.to_numpy(dtype=object)[which],
    }
    return pd.DataFrame(
        {**names, "k": k, "n": n, "base_k": base_k, "base_n": base_n, "said": said, "came": came}
    )


class History:
    """A market's bars up to its last week, and what is worked out of them once for all its weeks."""

    def __init__(self, about: Subject) -> None:
        self.about, self.bars = about, rolling.History(about.frame)
        self.fronts: dict[str, Any] = {}  # of the weeks so far, for those after them
        self._said: pd.DataFrame | None = None

    def said(self, about: Subject) -> pd.DataFrame:
        """Return what was said by the end of a week, as it was known then; nobody knows what follows it."""
        if not self.bars.begins_with(about.frame):
            return statements(weeks(about.frame, about.until))
        if self._said is None:
            self._said = statements(weeks(self.about.frame, self.about.until))
        past = self._said[self._said["week"] <= about.until].copy()
        past.loc[past["week"] == about.until, "came"] = np.nan
        return past


def _before(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return how many earlier rows are True, for each row."""
    return np.concatenate([[0], np.cumsum(flags)[:-1]]).astype(np.int64)


def collect_rates(book: Book, said: pd.DataFrame) -> list[dict[str, Any]]:
    """Add the base rates for the conditions met this week."""
    until = book.about.until
    rows = said[said["week"] == until]
    found = []
    for row in rows.to_dict("records"):
        condition, outcome = row["condition"], row["outcome"]
        few = row["n"] < SMALLEST_N
        share = wilson(row["k"], row["n"]) if not few else None
        base = row["base_k"] / row["base_n"] if row["base_n"] else None
        stem = f"rate_{condition}_{outcome}"
        reason = f"{row['n']} earlier weeks like it are too few; at least {SMALLEST_N} are needed"
        whole = f"earlier weeks of any kind after which {OUTCOMES[outcome]}"
        kinds = {
            "share": (share.value if share else None, "fraction", "share of earlier weeks like it that did"),
            "low": (share.low if share else None, "fraction", "lower end of the 95% interval of that share"),
            "high": (
                share.high if share else None,
                "fraction",
                "upper end of the 95% interval of that share",
            ),
            "said": (None if few else row["said"], "fraction", "that share, drawn towards the base rate"),
            "n": (row["n"], "count", "earlier weeks like it"),
        }
        ids = {
            kind: book.add(
                f"{stem}_{kind}",
                None if value is None else float(value),
                unit,
                "base_rate",
                f"{condition.replace('-', ' ')}; {SHORT[outcome]}: {label}",
                [until],
                unknown=reason,
            )
            for kind, (value, unit, label) in kinds.items()
        }
        ids["base"] = _once(book, f"base_{outcome}", base, "fraction", f"share of {whole}", until)
        ids["base_n"] = _once(
            book, f"base_{outcome}_n", row["base_n"], "count", "earlier weeks counted", until
        )
        words = {
            "condition_says": CONDITIONS[condition],
            "outcome_says": OUTCOMES[outcome],
            "short": SHORT[outcome],
        }
        found.append({"condition": condition, "outcome": outcome, "few": bool(few), **words, **ids})
    _luck(book, found)
    order = {name: place for place, name in enumerate(OUTCOMES)}
    ranked = {name: place for place, name in enumerate(CONDITIONS)}
    return sorted(found, key=lambda each: (order[each["outcome"]], ranked[each["condition"]]))


def _luck(book: Book, found: list[dict[str, Any]]) -> None:
    """Add how many shares miss the one of all weeks, and how many would by luck."""
    of = {fact["id"]: fact["value"] for fact in book.facts}
    shown = [each for each in found if of[each["low"]] is not None and of[each["base"]] is not None]
    missed = sum(not of[each["low"]] <= of[each["base"]] <= of[each["high"]] for each in shown)
    for fact, value, label in (
        ("rates_shown", float(len(shown)), "shares with an interval"),
        ("rates_missed", float(missed), "shares whose interval misses the share of all weeks"),
        ("rates_luck", 0.05 * len(shown), "of so many shares, those whose 95% interval misses by luck"),
    ):
        unit = "score" if fact == "rates_luck" else "count"
        book.add(fact, value, unit, "base_rate", label, [book.about.until])


def _once(book: Book, fact: str, value: float | None, unit: str, label: str, until: pd.Timestamp) -> str:
    if not any(each["id"] == fact for each in book.facts):
        reason = "no earlier week is known"
        book.add(
            fact, None if value is None else float(value), unit, "base_rate", label, [until], unknown=reason
        )
    return fact

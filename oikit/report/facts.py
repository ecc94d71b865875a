"""The numbers of one week: each with its unit, its definition and the rows it came from.

A report is drawn from these and from nothing else. The same bars give the same facts, to the last
digit. What is not known is null, with the reason; nothing is estimated in its place.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd

import oikit
from oikit import clock
from oikit.indicators import (
    funding_apr,
    long_share,
    oi_to_cap,
    price_and_position_parts,
    robust_zscore,
    trailing_percentile,
    velocity,
)
from oikit.report.source import Subject

__all__ = ["SCHEMA_VERSION", "collect"]

SCHEMA_VERSION = 1
"""Goes up when a fact is renamed or means something else."""

# A percentile over less than this share of its window would be one of another window.
_ENOUGH = 0.9
# The longest that fits is taken, and said.
_WINDOWS = ("365d", "180d", "90d", "30d")
_CROWDS = {
    "long_short_ratio": ("long_share_accounts", "long accounts among all accounts with a position"),
    "top_account_ratio": ("long_share_top_accounts", "long accounts among the venue's top accounts"),
    "top_position_ratio": ("long_share_top_positions", "long coins among what the top accounts hold"),
}
_WATCHED = (
    "close",
    "open_interest",
    "open_interest_value",
    "circulating_supply",
    "funding_rate",
    *_CROWDS,
)


def collect(about: Subject) -> dict[str, Any]:
    """Work out the facts of one week.

    Parameters
    ----------
    about : Subject
        From `oikit.report.subject`.

    Returns
    -------
    dict
        Ready for JSON. ``facts`` is a list, each with ``id``, ``value`` (None if unknown), ``unit``,
        ``definition``, ``times`` (of the rows it came from), ``percentile`` (``value``, ``window``
        and ``n``, or None) and ``unknown`` (why, or None). Around it: ``schema_version``,
        ``market``, ``week``, ``since``, ``until``, ``every``, ``kind`` ("simulated" or "real"),
        ``vouched`` (real, and from the venue's own address), ``source``,
        ``data_sha256`` (of the bars used), ``oikit_version`` and ``coverage``.
    """
    book = _Book(about)
    _levels(book)
    _dollars(book)
    _pace(book)
    _funding(book)
    for name, (fact, says) in _CROWDS.items():
        share = book.column(name, long_share)
        book.level(fact, share, "fraction", f"{says}, at the end of the week", percentile=True)
    every = clock.words(clock.bar_length(about.frame.index))
    return {
        "schema_version": SCHEMA_VERSION,
        "market": about.market,
        "week": about.week,
        "since": _stamp(about.since),
        "until": _stamp(about.until),
        "every": every,
        "kind": "simulated" if about.simulated else "real",
        "vouched": about.vouched,
        "source": about.source,
        "data_sha256": _digest(about.frame),
        "oikit_version": oikit.__version__,
        "coverage": _coverage(about),
        "facts": book.facts,
    }


class _Book:
    """The facts so far, and how one is written down."""

    def __init__(self, about: Subject) -> None:
        self.about = about
        self.facts: list[dict[str, Any]] = []

    def column(self, name: str, make: Any = None) -> pd.Series | str:
        """A column, or what is made of it; a reason where there is none."""
        if name not in self.about.frame.columns:
            return f"the data has no {name}"
        values = self.about.frame[name]
        return make(values) if make else values

    def known(self, values: pd.Series, when: pd.Timestamp) -> pd.Series:
        """The last known value in the day that ends then: one row, or none."""
        return values[(values.index > when - clock.DAY) & (values.index <= when)].dropna().iloc[-1:]

    def add(
        self,
        fact: str,
        value: float | None,
        unit: str,
        definition: str,
        times: list[pd.Timestamp],
        *,
        percentile: dict[str, Any] | None = None,
        unknown: str | None = None,
    ) -> None:
        """Write one down; seven digits are more than any of the data has."""
        number = None if value is None or not np.isfinite(value) else float(f"{value:.7g}") + 0.0
        self.facts.append(
            {
                "id": fact,
                "value": number,
                "unit": unit,
                "definition": definition,
                "times": [_stamp(time) for time in times],
                "percentile": percentile,
                "unknown": unknown if number is None else None,
            }
        )

    def level(
        self,
        fact: str,
        values: pd.Series | str,
        unit: str,
        definition: str,
        *,
        percentile: bool = False,
        unless: str = "no bar of the week's last day is known",
    ) -> None:
        """A value at the end of the week; the last known of its last day."""
        if isinstance(values, str):
            return self.add(fact, None, unit, definition, [], unknown=values)
        row = self.known(values, self.about.until)
        if row.empty:
            return self.add(fact, None, unit, definition, [], unknown=unless)
        place = _percentile(values.loc[: row.index[-1]]) if percentile else None
        return self.add(fact, float(row.iloc[-1]), unit, definition, [row.index[-1]], percentile=place)

    def ends(self, values: pd.Series) -> pd.Series:
        """The values at both ends of the week; empty unless both are known."""
        rows = [self.known(values, when) for when in (self.about.since, self.about.until)]
        return pd.concat(rows) if all(len(row) for row in rows) else values.iloc[:0]


_NO_ENDS = "the bars at the two ends of the week are not both known"


def _levels(book: _Book) -> None:
    for name, fact, unit in (
        ("close", "price", "dollars per coin"),
        ("open_interest", "open_interest", "coins"),
    ):
        values = book.column(name)
        what = "last traded price" if fact == "price" else "contracts open, one side, in coins"
        book.level(fact, values, unit, f"{what}, at the end of the week", percentile=fact != "price")
        ends = values if isinstance(values, str) else book.ends(values)
        definition = f"{what}: its change over the week, as a share of where it began"
        reason = ends if isinstance(ends, str) else _NO_ENDS
        change, times = None, []
        if not isinstance(ends, str) and len(ends):
            change, times = float(ends.iloc[1] / ends.iloc[0] - 1), list(ends.index)
        book.add(f"{fact}_change", change, "fraction", definition, times, unknown=reason)


def _dollars(book: _Book) -> None:
    value, coins = book.column("open_interest_value"), book.column("open_interest")
    book.level(
        "open_interest_value", value, "dollars", "open interest at the mark price, at the end of the week"
    )
    parts = {
        "change": ("dollar_change", "change of open interest in dollars over the week"),
        "price_part": ("dollar_change_price_part", "of that change: old coins at the change of price"),
        "position_part": (
            "dollar_change_position_part",
            "of that change: the change of coins at the old price",
        ),
        "cross_part": (
            "dollar_change_cross_part",
            "of that change: the change of coins at the change of price",
        ),
    }
    lacking = next((each for each in (value, coins) if isinstance(each, str)), None)
    found: pd.Series | None = None
    times: list[pd.Timestamp] = []
    if lacking is None:
        both = pd.DataFrame({"value": value, "coins": coins}).dropna()
        ends = book.ends(both["value"])
        if len(ends):
            coins, times = both.loc[ends.index, "coins"], list(ends.index)
            found = price_and_position_parts(coins, ends / coins, 1).iloc[-1]
    for part, (fact, definition) in parts.items():
        number = None if found is None else float(found[part])
        book.add(fact, number, "dollars", definition, times, unknown=lacking or _NO_ENDS)


def _pace(book: _Book) -> None:
    coins, supply = book.column("open_interest"), book.column("circulating_supply")
    share: pd.Series | str = supply
    if not isinstance(coins, str) and not isinstance(supply, str):
        share = oi_to_cap(coins, supply)
    elif isinstance(coins, str):
        share = coins
    book.level(
        "oi_to_cap", share, "fraction", "coins in open contracts over coins in circulation", percentile=True
    )
    speed = coins if isinstance(coins, str) else velocity(coins, "24h")
    says = "log change of open interest in coins over 24 hours"
    book.level(
        "velocity_24h", speed, "log change", says, unless="the bars of the last two days are not known"
    )
    # Enough bars for the yardstick and no more: it is worked out bar by bar.
    recent = speed if isinstance(speed, str) else speed.loc[book.about.until - pd.Timedelta(days=32) :]
    score = recent if isinstance(recent, str) else robust_zscore(recent, "30d")
    definition = "that velocity less its median over the 30 days before, in robust standard deviations"
    unless = "the bars of the 30 days before are not all known, or too few"
    book.level("velocity_score", score, "robust deviations", definition, unless=unless)


def _funding(book: _Book) -> None:
    about = book.about
    rate, hours = book.column("funding_rate"), book.column("funding_interval")
    reason = next((each for each in (rate, hours) if isinstance(each, str)), None)
    paid = year = count = zeros = None
    times: list[pd.Timestamp] = []
    if not isinstance(rate, str) and not isinstance(hours, str):
        inside = (rate.index > about.since) & (rate.index <= about.until)
        rate, hours = rate[inside], hours[inside]
        lost = int((rate.isna() | hours.isna()).sum())
        settled = rate[(hours > 0) & rate.notna()]
        times = list(settled.index[[0, -1]]) if len(settled) else []
        if lost:
            reason = f"{lost} of {len(rate)} bars of the week have no funding"
        else:
            paid, year = float(rate.sum()), float(funding_apr(rate, len(rate)).iloc[-1])
            count, zeros = float(len(settled)), float((settled == 0).sum())
    week = "over the week, as a share of the position; above 0: longs paid shorts"
    book.add("funding_paid", paid, "fraction", f"funding paid {week}", times, unknown=reason)
    year_says = "the funding of the week, were it paid for a year of 365 days, not compounded"
    book.add("funding_year", year, "fraction per year", year_says, times, unknown=reason)
    book.add(
        "funding_settlements",
        count,
        "count",
        "how often funding was settled in the week",
        times,
        unknown=reason,
    )
    book.add("funding_zeros", zeros, "count", "settlements of exactly 0", times, unknown=reason)


def _percentile(values: pd.Series) -> dict[str, Any] | None:
    """Which share of the last year lies below the last value? Of less, if there is no more."""
    bar = clock.bar_length(values.index)
    for window in _WINDOWS:
        count = clock.length(window) // bar
        known = values.iloc[-count:].dropna().reset_index(drop=True)  # places of rows, no times
        if len(values) >= count and len(known) >= _ENOUGH * count:
            place = trailing_percentile(known, len(known)).iloc[-1]
            return {"value": round(float(place), 4), "window": window, "n": len(known)}
    return None


def _coverage(about: Subject) -> dict[str, Any]:
    week = about.frame.loc[about.frame.index > about.since]
    missing, gaps = {}, {}
    for name in _WATCHED:
        lost = week[name].isna() if name in week.columns else pd.Series(True, week.index)
        missing[name] = int(lost.sum())
        runs = lost.groupby((lost != lost.shift()).cumsum()).sum()
        gaps[name] = int(runs.max())
    return {
        "rows": len(week),
        "rows_before": len(about.frame) - len(week),
        "missing": missing,
        "longest_gap": gaps,
        "absent": [name for name in _WATCHED if name not in week.columns],
    }


def _digest(frame: pd.DataFrame) -> str:
    """Of the bars themselves: names, times and numbers, whatever file they came in."""
    names = sorted(str(name) for name in frame.columns)
    sha = hashlib.sha256("\n".join(names).encode())
    sha.update(pd.DatetimeIndex(frame.index).as_unit("ns").asi8.astype("<i8").tobytes())
    for name in names:
        values = frame[name].to_numpy(dtype="<f8") + 0.0
        sha.update(np.where(np.isnan(values), np.nan, values).astype("<f8").tobytes())
    return sha.hexdigest()


def _stamp(time: pd.Timestamp) -> str:
    return time.strftime("%Y-%m-%dT%H:%MZ")

"""Cost of holding a position in the week: funding as it was paid, its interval, its streak."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit import clock
from oikit.report.book import Book, percentile, rank
from oikit.rolling import window_sum

_STAKE = 1000.0


def collect_paid(book: Book) -> None:
    """Funding of the week.

    Settlements at the end of the data with one sign are the streak. The cost to hold charges each
    settlement on the coins' value at that time, as a venue does.
    """
    about = book.about
    rate, hours = book.column("funding_rate"), book.column("funding_interval")
    if isinstance(rate, str) or isinstance(hours, str):
        return _write(book, None, None, rate if isinstance(rate, str) else str(hours), pd.Series(dtype=float))
    inside = (rate.index > about.since) & (rate.index <= about.until)
    week, lengths = rate[inside], hours[inside]
    lost = int((week.isna() | lengths.isna()).sum())
    settled = week[(lengths > 0) & week.notna()]
    reason = f"{lost} of {len(week)} bars of the week have no funding" if lost else "nothing was settled"
    if lost or settled.empty:
        return _write(book, None, None, reason, settled)
    sums = pd.Series(window_sum(rate.to_numpy(), len(week)), rate.index)
    return _write(book, settled, sums, reason, settled)


def _write(
    book: Book, settled: pd.Series | None, sums: pd.Series | None, reason: str, seen: pd.Series
) -> None:
    about = book.about
    times = list(seen.index[[0, -1]]) if len(seen) else []
    paid = year = place = order = count = zeros = None
    if settled is not None and sums is not None:
        paid, count, zeros = float(settled.sum()), float(len(settled)), float((settled == 0).sum())
        year = paid * (pd.Timedelta(days=365) / clock.WEEK)
        place, order = percentile(sums), rank(sums, about.until)

    def add(fact: str, value: float | None, unit: str, definition: str, label: str, **more: object) -> None:
        book.add(fact, value, unit, definition, label, times, unknown=reason, **more)  # type: ignore[arg-type]

    label = "funding paid over the week, as a share of the position; above 0 longs paid shorts"
    add("funding_paid", paid, "fraction", "funding_paid", label, place=place, order=order)
    before = None if sums is None else float(sums.get(about.since, np.nan))
    change = None if before is None or paid is None else paid - before
    label = "funding paid over the week less that of the week before"
    unless = reason if paid is None else "the funding of the week before is not known"
    book.add("funding_change", change, "fraction", "funding_paid", label, times, unknown=unless)
    label = "the funding of the week, were it paid for a year of 365 days, not compounded"
    add("funding_year", year, "fraction per year", "funding_year", label)
    add("funding_settlements", count, "count", "funding_settlements", "settlements of funding in the week")
    add("funding_zeros", zeros, "count", "funding_settlements", "settlements of exactly 0 in the week")
    _interval(book, settled, times, reason)
    _streak(book, reason)
    cost = None if settled is None else _cost(book, settled)
    unless = reason if settled is None else "the price at a settlement is not known"
    label = f"funding paid by a long of {_STAKE:,.0f} dollars that was opened as the week began"
    book.add("funding_cost", cost, "dollars", "funding_cost", label, times, unknown=unless)


def _interval(book: Book, settled: pd.Series | None, times: list[pd.Timestamp], reason: str) -> None:
    shortest = longest = None
    if settled is not None:
        lengths = book.about.frame.loc[settled.index, "funding_interval"]
        shortest, longest = float(lengths.min()), float(lengths.max())
    for fact, value, which in (
        ("funding_interval_shortest", shortest, "shortest"),
        ("funding_interval_longest", longest, "longest"),
    ):
        label = f"{which} interval that a settlement of the week paid for"
        book.add(fact, value, "hours", "funding_interval", label, times, unknown=reason)


def _streak(book: Book, reason: str) -> None:
    frame, until = book.about.frame, book.about.until
    last = run = None
    times: list[pd.Timestamp] = []
    if {"funding_rate", "funding_interval"} <= set(frame.columns):
        rates, hours = frame["funding_rate"], frame["funding_interval"]
        lost = np.flatnonzero((rates.isna() | hours.isna()).to_numpy())
        first = int(lost[-1]) + 1 if len(lost) else 0  # beyond an unknown bar nobody knows the streak
        settled = rates.iloc[first:][hours.iloc[first:] > 0].loc[:until]
        if len(settled):
            signs = np.sign(settled.to_numpy())
            other = np.flatnonzero(signs != signs[-1])
            begins = int(other[-1]) + 1 if len(other) else 0
            run, last = float(len(signs) - begins), float(settled.iloc[-1])
            times = list(settled.index[[begins, -1]])
    label = "settlements in a row, up to the last one, in which the same side paid (or nobody)"
    book.add("funding_streak", run, "count", "funding_streak", label, times, unknown=reason)
    label = "the last settled rate, as paid for its own interval"
    book.add("funding_last", last, "fraction", "funding_paid", label, times[-1:], unknown=reason)


def _cost(book: Book, settled: pd.Series) -> float | None:
    frame = book.about.frame
    price = frame.get("mark_price", frame.get("close"))
    start = None if price is None else book.known(price, book.about.since)
    if price is None or start is None or start.empty:
        return None
    worth = price.reindex(settled.index) / float(start.iloc[0])
    return float((settled * worth).sum(skipna=False)) * _STAKE

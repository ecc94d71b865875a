"""Bars that the store lacks, fetched from the venue page by page.

Only closed bars are requested, once. The venue's clock and the age of its figures decide which bars have
closed, never this computer's clock. Known bars are not requested again, except the one before each gap,
so that a revision is noticed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from oikit.data.http import Client
from oikit.data.venues import binance
from oikit.data.venues.binance_rows import next_page, read_markets, read_time
from oikit.data.venues.query import Query
from oikit.errors import BadReply

Progress = Callable[[int, int, str], object]
"""Called with how many answers have come, how many are expected in all, and what the last one held."""

_BEHIND = pd.Timedelta(minutes=1)  # figures older than this are stale
_ARRIVES = pd.Timedelta(seconds=15)  # a request may take so long to arrive
_SPARE_PAGES = 10  # beyond twice as many as are needed, before it is a venue that makes no progress
_NEAR = 100  # holes fewer bars apart than this are asked for together
_FIRST_QUESTIONS = 3


class Moment(NamedTuple):
    """The venue's clock, the end of the last bar closed for its figures, and remarks about it.

    `read` is when the client's own clock said so.
    """

    clock: pd.Timestamp
    closed: pd.Timestamp
    remarks: list[str]
    read: float


class Window(NamedTuple):
    """Bars that end in (since, until]."""

    since: pd.Timestamp
    until: pd.Timestamp


class Piece(NamedTuple):
    """One window of one series, on bars; `frame` is None where the venue does not offer the series."""

    series: str
    frame: pd.DataFrame | None
    repairs: Counter[str]


def moment(client: Client, symbol: str) -> Moment:
    """Look up the symbol, the venue's clock and the age of its figures."""
    clock, read = read_time(client.get(binance.ask_time())), client.seconds()
    binance.check_market(symbol, read_markets(client.get(binance.ask_markets())))
    newest = read_time(client.get(binance.ask_newest(symbol)))
    if clock - newest <= _BEHIND:
        return Moment(clock, clock - binance.READY, [], read)
    late = (clock - newest).ceil("1min") // pd.Timedelta(minutes=1)
    return Moment(
        clock,
        newest - binance.READY,
        [
            f"stale: the newest figures are of {newest:%Y-%m-%d %H:%M} UTC, {late} min behind the venue's "
            "own clock; only bars that had closed by then are used"
        ],
        read,
    )


def wall(clock: pd.Timestamp, step: pd.Timedelta) -> pd.Timestamp:
    """The first bar whose open interest and ratios can still be had when the venue's clock says so."""
    # A minute's grace: the wall moves while we ask.
    return (clock - binance.WALL + pd.Timedelta(minutes=1)).ceil(step)


def holes(
    stored: pd.DataFrame, step: pd.Timedelta, first: pd.Timestamp, lacking: Collection[str] = ()
) -> dict[str, list[Window]]:
    """Return the windows of each series in which any of its columns is unknown and can be requested."""
    found: dict[str, list[Window]] = {}
    index = pd.DatetimeIndex(stored.index)
    for name, series in binance.SERIES.items():
        unknown = (binance.SERIES["klines"] if name in lacking else series).unknown(stored)
        if series.walled:
            unknown = unknown & (index >= first)
        at = np.flatnonzero(unknown)
        for run in np.split(at, np.flatnonzero(np.diff(at) > _NEAR) + 1) if len(at) else ():
            since = index[max(run[0] - 1, 0)] - step
            if series.walled:
                since = max(since, first - step)
            found.setdefault(name, []).append(Window(since, index[run[-1]]))
    return found


def read_tail(
    client: Client,
    symbol: str,
    step: pd.Timedelta,
    windows: Mapping[str, list[Window]],
    now: Moment,
    progress: Progress | None = None,
) -> Iterator[Piece]:
    """Fetch each window, and yield it as soon as it is complete.

    The wall moves on while this asks and waits, so a window is clipped to it when it is sent.
    """
    asked = [
        (name, window, series.ask(symbol, step, window.since, window.until))
        for name, series in binance.SERIES.items()
        for window in windows.get(name, ())
    ]
    pages = [max(len(queries), _pages(queries[0], step)) for _, _, queries in asked]
    edge = _Edge(client, now, step)
    done, lacking = _FIRST_QUESTIONS, set[str]()
    for k, (name, window, queries) in enumerate(asked):
        if name in lacking:
            continue
        series, parts, repairs = binance.SERIES[name], [], Counter[str]()
        todo, began = list(queries), done
        most = _SPARE_PAGES + 2 * len(queries) * _pages(queries[0], step, finest=True)
        while todo:
            if done - began >= most:
                raise BadReply(
                    f"{name}: Binance sent {most} pages of a row or two and has more to come; "
                    "none of it is used; try again later"
                )
            query = todo.pop(0)
            rows = client.get(query, edge.clip if series.walled else None)
            done += 1
            if rows is None:
                lacking.add(name)
                todo.clear()
            else:
                reading = series.read(query, rows)
                parts.append(reading.frame)
                repairs += reading.repairs
                if edge.behind:
                    repairs[f"{name}: bar(s) that slipped behind the thirty-day wall, gaps"] += edge.behind
                    edge.behind = 0
                following = next_page(query, rows)
                todo[:0] = [following] if following else []
            if progress:
                still = max(len(todo), pages[k] - (done - began)) if todo else 0
                progress(done, done + still + sum(pages[k + 1 :]), name)
        if name in lacking:
            yield Piece(name, None, Counter())
            continue
        laid = series.lay(pd.concat(parts), step, window.since, window.until)
        yield Piece(name, laid.frame, repairs + laid.repairs)


class _Edge:
    """The thirty-day wall as it moves; `behind` counts the bars of the last query that it has passed."""

    def __init__(self, client: Client, now: Moment, step: pd.Timedelta) -> None:
        self.behind = 0
        self._client, self._now, self._step = client, now, step

    def clip(self, query: Query) -> Query | None:
        """Return what of a query can still be had by the time it arrives."""
        passed = pd.Timedelta(seconds=self._client.seconds() - self._now.read)
        reach = (self._now.clock + passed + _ARRIVES - binance.WALL).ceil(self._step)
        first, bar = int(reach.timestamp() * 1000), self._step // pd.Timedelta(milliseconds=1)
        start, end = int(query.params["startTime"]), int(query.params["endTime"])
        self.behind = max(0, (min(first, end + bar) - start) // bar)
        if not self.behind:
            return query
        return replace(query, params={**query.params, "startTime": first}) if first <= end else None


def _pages(query: Query, step: pd.Timedelta, *, finest: bool = False) -> int:
    """Return the likely number of pages of a query, or the most of a market that settles each hour."""
    if query.bucket == "data":
        return 1
    each = pd.Timedelta(hours=1 if finest else 8) if query.bucket == "funding" else step
    span = int(query.params["endTime"]) - int(query.params["startTime"])
    return -(-span // (int(query.params["limit"]) * (each // pd.Timedelta(milliseconds=1))))

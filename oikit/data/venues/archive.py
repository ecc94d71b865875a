"""Binance's bulk archive: the files that make up a range, and their contents.

Pure: names keys and reads texts; `oikit.data.bulk` brings them from a web address, a folder or a stick.

===================  =======================  ======================================================
set                  files                    becomes
===================  =======================  ======================================================
metrics              one a day, 5 minutes     open interest, its value, three ratios of crowds, taker
                                              ratio
klines               one a day or a month     prices and volumes
markPriceKlines      the same                 ``mark_price``
indexPriceKlines     the same                 ``index_price``
premiumIndexKlines   the same                 ``premium``
fundingRate          one a month              settlements, with the hours each pays for
===================  =======================  ======================================================

Every row returned is stamped with the end of its bar, or the moment of observation, whatever the stamp
in its file. A file of bars gives the start of the bar; a settlement is rounded to its minute; a row of
``metrics`` stamped T was observed at T in some files and at T + 5 min in others, which is measured
against the price (`oikit.data.labels`). Its taker ratio covers the 5 minutes up to that same instant
under either label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from oikit.data.labels import Held, Label, choose, judge
from oikit.data.venues.archive_files import ADDRESS, BUDGETS, FIRST, SETS, STEPS, File, files
from oikit.data.venues.archive_rows import MICROSECONDS, Layout, Table, parse
from oikit.data.venues.defects import (
    DEFECTS,
    UNREADABLE,
    Floats,
    Ints,
    Mask,
    Rows,
    count_as,
    repair,
)
from oikit.errors import BadReply, InputError

__all__ = ["ADDRESS", "BUDGETS", "FIRST", "SETS", "File", "files"]

_FIVE, _MINUTE, _DAY = 300_000, 60_000, 86_400_000  # ms
_SLOTS = 288  # five minutes of a day
_KLINE = (
    *("open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "count"),
    *("taker_buy_volume", "taker_buy_quote_volume", "ignore"),
)
_METRICS = Layout(
    ("create_time", "symbol", *SETS["metrics"]),
    tuple(SETS["metrics"]),
    "create_time",
    clock=True,
    market="symbol",
    headless=False,
)
_FUNDING = Layout(
    ("calc_time", "funding_interval_hours", "last_funding_rate"), tuple(SETS["fundingRate"]), "calc_time"
)


class Archived(NamedTuple):
    """Rows read from archive files, with the repairs, labels and refusals.

    Attributes
    ----------
    frame : DataFrame
        Stamped at bar ends, in order, without duplicates; bars that were not recorded are not in it yet.
    repairs : Counter of str
        The count of each known defect, in words.
    labels : dict of str to Label
        By key of the file; for ``metrics`` only.
    refused : dict of str to str
        By key: files that are not used at all, by name, and why.
    """

    frame: pd.DataFrame
    repairs: Counter[str]
    labels: dict[str, Label]
    refused: dict[str, str]


Sheets = Sequence[tuple[File, bytes]]


def read(sheets: Sheets, *, price: pd.Series | None = None, strict: bool = True) -> Archived:
    """Read files of any one set; see `read_metrics`, `read_klines`, `read_funding`."""
    _checked(sheets, *SETS)
    if sheets[0][0].set == "metrics":
        return read_metrics(sheets, price=price, strict=strict)
    return (read_funding if sheets[0][0].set == "fundingRate" else read_klines)(sheets, strict=strict)


def _checked(sheets: Sheets, *sets: str) -> File:
    """The first of files that may be read together, or the reason why they may not."""
    kinds = {(file.set, file.symbol, file.interval) for file, _ in sheets}
    if len(kinds) != 1 or len({(file.start, file.end) for file, _ in sheets}) != len(sheets):
        raise InputError("files of one set, market and interval are read together, each of them once")
    if sheets[0][0].set not in sets:
        raise InputError(f"these are files of {sheets[0][0].set}; this reads {', '.join(sets)}")
    return sheets[0][0]


def read_metrics(sheets: Sheets, *, price: pd.Series | None = None, strict: bool = True) -> Archived:
    """Read open interest and the ratios of crowds, each row at the instant it was seen.

    Notes
    -----
    The day in a file's name owns its rows. Under end labels that is 00:05 to 00:00 of the next day,
    under start labels 00:00 to 23:55: the same 288 instants. A row at the other midnight is used only
    where the file lacks its own, and where no owner has that instant.
    """
    file = _checked(sheets, "metrics")
    sheets = sorted(sheets, key=lambda sheet: sheet[0].start)
    table = parse([text for _, text in sheets], _METRICS, file.symbol)
    rows, untimed = _raw(sheets, table, SETS["metrics"].values(), _FIVE, closed=True)
    rows, repairs, at_odds = repair(rows, "metrics")
    refused = table.refused | untimed | at_odds
    midnights = _midnights(rows)
    labels = _labels(rows, midnights, [file.start for file, _ in sheets], price)
    late = np.array([label.held == "start" for label in labels])
    rows, seen, spare = _own(rows, midnights, late, repairs)
    if not (np.diff(seen) > 0).all():
        order = np.lexsort((spare, seen))
        first = np.diff(seen[order], prepend=-1) > 0
        if not first.all():
            repairs[count_as("midnight-twice", "metrics")] += int((~first).sum())
        rows, seen = rows.keep(order[first]), seen[order[first]]
    lacking = np.clip(_SLOTS - np.bincount(rows.file, minlength=len(sheets)), 0, None)
    there = np.array([i not in refused for i in range(len(sheets))])
    if lacking[there].any():
        repairs[count_as("short-file", "metrics")] += int(lacking[there].sum())
    frame = _frame(rows.columns, rows.cells, seen)
    told = {file.key: label for (file, _), label, used in zip(sheets, labels, there, strict=True) if used}
    return _archived(frame, repairs, told, sheets, refused, strict)


def _raw(
    sheets: Sheets, table: Table, columns: Iterable[str], step: int, *, closed: bool = False
) -> tuple[Rows, dict[int, str]]:
    """Return the parsed rows, with the spans that their files are named for, and the files without a time."""
    start, end = (np.array([_ms(getattr(each, name)) for each, _ in sheets]) for name in ("start", "end"))
    rows = Rows(tuple(columns), table.stamp, table.file, table.numbers, start, end, step, closed)
    inside = (rows.label >= start[rows.file]) & (rows.label <= end[rows.file])
    seen, timed = (np.bincount(of, minlength=len(sheets)) for of in (rows.file, rows.file[inside]))
    untimed = {
        int(number): DEFECTS["strange-times"].says for number in np.flatnonzero((seen > 0) & (timed == 0))
    }
    return rows.keep(~np.isin(rows.file, list(untimed))), untimed


def _ms(when: pd.Timestamp) -> int:
    return int(when.timestamp() * 1000)


def _labels(
    rows: Rows, midnights: tuple[Ints, Ints], days: list[pd.Timestamp], price: pd.Series | None
) -> list[Label]:
    """Measure and settle the label of every file."""
    gap_end = np.full(len(rows.label), np.nan)
    gap_start = gap_end.copy()
    if price is not None and len(price) and len(rows.label):
        at, known = _logs(price)
        implied = np.log(rows.cells[:, 1] / rows.cells[:, 0])
        where = np.clip(np.searchsorted(at, rows.label), 0, len(at) - 1)
        now = np.where(at[where] == rows.label, known[where], np.nan)
        gap_end = np.abs(implied - now)
        step = (np.diff(rows.label) == rows.step) & (np.diff(rows.file) == 0)
        gap_start[1:] = np.where(step, np.abs(implied[:-1] - now[1:]), np.nan)
    ends = np.searchsorted(rows.file, np.arange(len(days) + 1))
    pieces = [slice(a, b) for a, b in pairwise(ends)]
    measured = [judge(gap_end[piece], gap_start[piece]) for piece in pieces]
    # 00:05 to 00:00 is what ends look like, 00:00 to 23:55 starts.
    look: list[Held | None] = [
        "start" if a > b else "end" if b > a else None for a, b in zip(*midnights, strict=True)
    ]
    return choose(measured, look, days)


def _logs(price: pd.Series) -> tuple[Ints, Floats]:
    price = price[~price.index.duplicated()].sort_index()
    at = pd.DatetimeIndex(price.index).as_unit("ms").asi8
    return at, np.log(price.where(price > 0).to_numpy(dtype=np.float64))


def _midnights(rows: Rows) -> tuple[Ints, Ints]:
    """Return how many rows each file has at its first and at its last midnight."""
    size = len(rows.start)
    first, last = (rows.label == bound[rows.file] for bound in (rows.start, rows.end))
    return np.bincount(rows.file[first], minlength=size), np.bincount(rows.file[last], minlength=size)


def _own(
    rows: Rows, midnights: tuple[Ints, Ints], late: Mask, repairs: Counter[str]
) -> tuple[Rows, Ints, Mask]:
    """Rows that their files own, when each was seen, and which are only kept for want of an owner."""
    first, last = midnights
    start, end = rows.start[rows.file], rows.end[rows.file]
    shifted = late[rows.file]
    other = np.where(shifted, rows.label == end, rows.label == start)
    has_own = np.where(late, first, last)[rows.file] > 0
    drop = other & has_own
    seen = rows.label + rows.step * shifted
    if not drop.any():
        return rows, seen, other
    repairs[count_as("other-day-row", "metrics")] += int(drop.sum())
    return rows.keep(~drop), seen[~drop], other[~drop]


def read_klines(sheets: Sheets, *, strict: bool = True) -> Archived:
    """Read bars of any of the four kinds, stamped at their ends."""
    file = _checked(sheets, *(name for name in SETS if name.endswith("lines")))
    names = SETS[file.set]
    wanted = tuple(name for name in _KLINE if name in names)
    table = parse(
        [text for _, text in sheets], Layout(_KLINE, (*wanted, "close_time"), "open_time"), file.symbol
    )
    step = STEPS[file.interval]
    other = _of_other_length(table, step)
    refused = table.refused | {
        int(number): DEFECTS["other-bars"].says for number in np.unique(table.file[other])
    }
    table = table._replace(numbers=table.numbers[:, :-1])
    keep = ~np.isin(table.file, list(refused))
    table = table._replace(stamp=table.stamp[keep], numbers=table.numbers[keep], file=table.file[keep])
    rows, untimed = _raw(sheets, table, [names[name] for name in wanted], step if step <= _DAY else 0)
    rows, repairs, at_odds = repair(rows, file.set)
    frame = _frame(rows.columns, rows.cells, rows.label + step if step else _next_month(rows.label))
    if file.set == "klines":
        # The venue writes at most eight decimals; rounding to them undoes the dust of the subtraction.
        sold = (frame["volume"] - frame["taker_buy_volume"]).round(8)
        if (sold < 0).any():
            repairs[f"taker_sell_volume: {DEFECTS['out-of-range'].says}"] += int((sold < 0).sum())
        frame["taker_sell_volume"] = sold.where(sold >= 0)
    return _archived(frame, repairs, {}, sheets, refused | untimed | at_odds, strict)


def _of_other_length(table: Table, step: int) -> Mask:
    """Rows whose two times say that their bar has another length than the file's name."""
    close = table.numbers[:, -1]
    close = np.where(close >= MICROSECONDS, close // 1000, close)
    open_ = np.where(table.stamp > 0, table.stamp, np.nan)
    took = close + 1 - open_
    shortest, longest = (step, step) if step else (28 * _DAY, 31 * _DAY)
    return (took < shortest) | (took > longest)


def _next_month(label: Ints) -> Ints:
    months = label.astype("datetime64[ms]").astype("datetime64[M]") + np.timedelta64(1, "M")
    return np.asarray(months.astype("datetime64[ms]").astype(np.int64))


def read_funding(sheets: Sheets, *, strict: bool = True) -> Archived:
    """Read settlements, each at its minute, with the hours it pays for."""
    file = _checked(sheets, "fundingRate")
    table = parse([text for _, text in sheets], _FUNDING, file.symbol)
    minute = (table.stamp + _MINUTE // 2) // _MINUTE * _MINUTE
    table = table._replace(stamp=np.where(table.stamp > 0, minute, UNREADABLE))
    rows, untimed = _raw(sheets, table, SETS["fundingRate"].values(), 0)
    rows, repairs, at_odds = repair(rows, "fundingRate")
    frame = _frame(rows.columns, rows.cells, rows.label)
    return _archived(frame, repairs, {}, sheets, table.refused | untimed | at_odds, strict)


def _frame(columns: tuple[str, ...], cells: Floats, stamps: Ints) -> pd.DataFrame:
    index = pd.DatetimeIndex(pd.to_datetime(stamps, unit="ms", utc=True), name="time").as_unit("us")
    frame = pd.DataFrame(cells, index, list(columns))
    # Files may be given in any order; they own no moment in common.
    return frame if index.is_monotonic_increasing else frame.sort_index(kind="stable")


def _archived(
    frame: pd.DataFrame,
    repairs: Counter[str],
    labels: dict[str, Label],
    sheets: Sheets,
    refused: dict[int, str],
    strict: bool,
) -> Archived:
    keys = {number: sheets[number][0].key for number in sorted(refused)}
    named = {key: f"{key.rsplit('/', 1)[1]} {refused[number]}" for number, key in keys.items()}
    if named and strict:
        lines = "\n".join(f"  - {why}" for why in named.values())
        raise BadReply(f"{len(named)} file(s) of the archive cannot be used:\n{lines}")
    return Archived(frame, repairs, labels, named)

"""Bars older than the venue's 30 days, from its bulk archive: read day by day, stored month by month.

`oikit.data.tail` asks the exchange for the last month; this asks the archive for what came before, and,
where the exchange does not serve this location, for prices and funding too.

Known data is never requested again or replaced, except when the publisher has replaced its file. A day
whose file has been read is settled, including its gaps; so is a day whose file was missing a week after
it ended; a day whose file was refused is requested again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from oikit.clock import DAY
from oikit.data import bulk, labels
from oikit.data.quality import compare
from oikit.data.tail import Window
from oikit.data.venues import archive
from oikit.data.venues.archive_files import File
from oikit.data.venues.binance_rows import PERIODS, lay, lay_funding

Files = Mapping[str, Mapping[str, Any]]

_HOUR, _TICK = pd.Timedelta(hours=1), pd.Timedelta(1, "us")
_LATEST = pd.Timedelta(days=2)  # a day's file comes within a day and a half of its end
_SETTLED = pd.Timedelta(days=7)  # what has not come by then is missing
AT_ONCE = 6  # files asked for at the same time, as a browser would
_GIVEN = [name for name in archive.SETS["metrics"].values() if name != "taker_buy_sell_ratio"]
_EARLIEST = {"BTCUSDT": pd.Timestamp("2020-09-01", tz="UTC")}


@dataclass(slots=True)
class Past:
    """The part of the archive read for a run of days within one month.

    Attributes
    ----------
    frame : DataFrame
        On bars; only cells that were unknown, or that a replaced file changes.
    remarks : list of str
        Counts of what was repaired, is missing or differs.
    refused : dict of str to str
        By key: what is wrong with the file.
    files : dict of str to dict
        What `oikit.data.held.note_files` is to record.
    labels : list of (Timestamp, Label)
        The label used for each day's stamps.
    """

    frame: pd.DataFrame
    remarks: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    labels: list[tuple[pd.Timestamp, labels.Label]] = field(default_factory=list)


def first_day(symbol: str) -> pd.Timestamp:
    """The first day of which the archive has open interest."""
    return _EARLIEST.get(symbol, archive.FIRST)


def days(since: pd.Timestamp, until: pd.Timestamp) -> Window:
    """The whole days that hold the bars of (since, until]: a file is read whole or not at all."""
    return Window(since.floor("D"), until.ceil("D"))


def wanted(
    stored: pd.DataFrame,
    symbol: str,
    first: pd.Timestamp,
    files: Files,
    *,
    recheck: bool = False,
) -> list[Window]:
    """Return the days with unknown open interest or ratios that the archive may fill."""
    table = _by_day(stored, first)
    if table.empty:
        return []
    open_ = [
        day
        for day, known, lacking in table.itertuples(name=None)
        if day >= first_day(symbol)
        and ((recheck and day < first) or (lacking and not _is_settled(files, symbol, day, known)))
    ]
    beside = first.floor("D")
    if not recheck and open_ and beside in (open_[-1], open_[-1] + DAY):
        # A day or two that both can give, to see whether they agree.
        open_ += [day for day in (beside, beside + DAY) if day > open_[-1] and day in table.index]
    return _runs(open_)


def _by_day(stored: pd.DataFrame, first: pd.Timestamp) -> pd.DataFrame:
    """Return, by day, the bars with open interest, and whether one before `first` lacks any of its set."""
    index = pd.DatetimeIndex(stored.index)
    if index.empty:
        return pd.DataFrame()
    given = stored.reindex(columns=_GIVEN).notna()
    lacking = ~given.all(axis=1) & (index < first)
    table = pd.DataFrame({"known": given["open_interest"], "lacking": lacking})
    return table.groupby((index - _TICK).floor("D")).agg({"known": "sum", "lacking": "any"})


def _is_settled(files: Files, symbol: str, day: pd.Timestamp, known: int) -> bool:
    file = File("metrics", symbol, day, day + DAY)
    entry = files.get(file.key, {})
    if "missing" in entry:
        return bool(pd.Timestamp(entry["missing"]) >= file.end + _SETTLED)
    # Fewer bars than it gave: somebody has moved a month away since.
    return "bars" in entry and bool(known >= entry["bars"])


def still_stored(stored: pd.DataFrame, symbol: str, files: Files) -> Files:
    """Return the files whose bars are all stored still: a month may have been moved away.

    Parameters and errors are those of `wanted`.
    """
    kept = dict(files)
    for day, known, *_ in _by_day(stored, pd.Timestamp(stored.index[-1])).itertuples(name=None):
        key = File("metrics", symbol, day, day + DAY).key
        if key in kept and known < kept[key].get("bars", 0):
            del kept[key]
    return kept


def _runs(open_: list[pd.Timestamp]) -> list[Window]:
    runs: list[Window] = []
    for day in open_:
        if runs and runs[-1].until == day and day.day != 1:
            runs[-1] = Window(runs[-1].since, day + DAY)
        else:
            runs.append(Window(day, day + DAY))
    return runs


# ---------------------------------------------------------------- open interest and the crowds


def past_files(symbol: str, step: pd.Timedelta, window: Window) -> list[File]:
    """Return the files that `read_past` takes: for long bars also prices, since their own are too few."""
    marks = _mark_files(symbol, window) if step > _HOUR else []
    return archive.files("metrics", symbol, *window) + marks


def _mark_files(symbol: str, window: Window) -> list[File]:
    return archive.files("markPriceKlines", symbol, *window, interval="1h")


def read_past(
    pool: bulk.Pool,
    symbol: str,
    step: pd.Timedelta,
    stored: pd.DataFrame,
    window: Window,
    *,
    first: pd.Timestamp,
    clock: pd.Timestamp,
    watch: bulk.Watch | None = None,
) -> Past:
    """Read one run of days."""
    asked = archive.files("metrics", symbol, *window)
    haul = bulk.collect(pool, asked, watch=watch)
    remarks = haul.repairs + haul.gaps(clock - _LATEST)
    grid = pd.date_range(window.since + step, window.until, freq=step, name="time").as_unit("us")
    was = stored.reindex(grid)
    spare = {file.key for file in asked if file.spare}
    past = Past(was.iloc[:0, :0], refused={key: why for key, why in haul.refused.items() if key not in spare})
    for file in haul.missing:
        past.files[file.key] = {"missing": clock.isoformat()}
    if haul.packs:
        price, lacking = _price(pool, symbol, step, stored, window)
        remarks += lacking
        found = archive.read(haul.sheets, price=price, strict=False)
        mine = {key: label for key, label in found.labels.items() if key not in spare}
        remarks += found.repairs - _repairs_of_spare(haul, price) + _told(mine)
        past.refused |= {key: why for key, why in found.refused.items() if key not in spare}
        frame = found.frame.drop(columns="taker_buy_sell_ratio").reindex(grid)
        past.remarks += _beside(frame, was, first)
        past.frame = _news(frame, was, first, [file for file in asked if file.key in haul.revised])
        _note_packs(past, haul, found, frame, was)
    past.remarks[:0] = _counted(remarks)
    return past


def hashes(files: Files) -> dict[str, str]:
    """Return the checksums of the files that need not come again unless they were replaced."""
    # One that gave nothing may have been read by an oikit that could not tell its times: it is read again.
    return {key: entry["sha256"] for key, entry in files.items() if entry.get("sha256") and entry.get("bars")}


def _price(
    pool: bulk.Pool, symbol: str, step: pd.Timedelta, stored: pd.DataFrame, window: Window
) -> tuple[pd.Series | None, Counter[str]]:
    """A price at many instants of each day: the closes that are known, else hourly mark prices."""
    if step <= _HOUR and "close" in stored:
        near = (stored.index > window.since - DAY) & (stored.index <= window.until + DAY)
        known = stored.loc[near, "close"].dropna()
        if len(known):
            return known, Counter()
    marks = bulk.collect(pool, _mark_files(symbol, window))
    lacking = Counter({"markPriceKlines: file(s) refused, not needed for figures": len(marks.refused)})
    if not marks.packs:
        return None, +lacking
    return archive.read(marks.sheets, strict=False).frame["mark_price"], +lacking


def _repairs_of_spare(haul: bulk.Haul, price: pd.Series | None) -> Counter[str]:
    """Return the repairs of the day before, which is read only for its last row."""
    sheets = [(pack.file, pack.text) for pack in haul.packs if pack.file.spare]
    return archive.read(sheets, price=price, strict=False).repairs if sheets else Counter()


def _told(held: Mapping[str, labels.Label]) -> Counter[str]:
    """Count the labels that were not decided by the price."""
    return Counter(f"labels: file(s) not told by the price but by {x.how}" for x in held.values() if x.remark)


def _beside(frame: pd.DataFrame, was: pd.DataFrame, first: pd.Timestamp) -> list[str]:
    """Return a remark where archive and exchange disagree."""
    both = compare(was[was.index >= first], frame[frame.index >= first])
    if not len(both.differing):
        return []
    return [f"archive and exchange disagree, the exchange is believed: {both}"]


def _news(frame: pd.DataFrame, was: pd.DataFrame, first: pd.Timestamp, revised: list[File]) -> pd.DataFrame:
    """The figures that are not known yet, or that a replaced file tells otherwise.

    Ratios have more digits here than from the exchange; that alone is no news.
    """
    known = was.reindex(columns=frame.columns)
    keep = known.notna()
    for file in revised:
        day = (frame.index > file.start) & (frame.index <= file.end) & (frame.index < first)
        for name in frame:
            differs = compare(known.loc[day, [name]], frame.loc[day, [name]]).differing
            keep.loc[differs, name] = False
    return frame.mask(keep)


def _note_packs(
    past: Past, haul: bulk.Haul, found: archive.Archived, frame: pd.DataFrame, was: pd.DataFrame
) -> None:
    """Record the provenance of each file used, except the one of the day before."""
    seen = frame["open_interest"].notna()
    if "open_interest" in was:
        seen |= was["open_interest"].notna()
    for pack in haul.packs:
        file = pack.file
        if file.spare or file.key in past.refused:
            continue
        label = found.labels[file.key]
        past.labels.append((file.start, label))
        entry = {
            "sha256": pack.sha256,
            "checked": pack.checked,
            "label": label.held,
            "how": label.how,
            "bars": int(seen[(seen.index > file.start) & (seen.index <= file.end)].sum()),
        }
        if file.key in haul.revised:
            entry["was"] = haul.revised[file.key][0]
        past.files[file.key] = entry


# ---------------------------------------------------------------- prices and funding, where REST is blocked


def bar_files(symbol: str, step: pd.Timedelta, window: Window) -> list[File]:
    """Return the files that `read_bars` takes."""
    return archive.files("klines", symbol, *window, interval=PERIODS[step])


def read_bars(
    pool: bulk.Pool, symbol: str, step: pd.Timedelta, window: Window, watch: bulk.Watch | None = None
) -> tuple[Past, pd.Timestamp | None]:
    """Read prices and volumes from the archive, where the exchange does not serve this place."""
    bars = bulk.collect(pool, bar_files(symbol, step, window), watch=watch)
    remarks, refused = bars.repairs, dict(bars.refused)
    grid = pd.date_range(window.since + step, window.until, freq=step, name="time").as_unit("us")
    frame = pd.DataFrame(index=grid)
    if bars.packs:
        found = archive.read(bars.sheets, strict=False)
        remarks, refused = remarks + found.repairs, refused | found.refused
        inside = found.frame[(found.frame.index > window.since) & (found.frame.index <= window.until)]
        frame = lay(inside, step, *window).frame
    known = frame.index[frame["close"].notna()] if "close" in frame else frame.index[:0]
    end = pd.Timestamp(known[-1]) if len(known) else None
    ended = bars.gaps(end) if end is not None else Counter[str]()
    return Past(frame, _counted(remarks + ended), refused), end


def paid_files(symbol: str, _: pd.Timedelta, window: Window) -> list[File]:
    """Return the files that `read_paid` takes."""
    # A day more: a settlement pays for the hours since the one before.
    return archive.files("fundingRate", symbol, window.since - DAY, window.until)


def read_paid(
    pool: bulk.Pool, symbol: str, step: pd.Timedelta, window: Window, watch: bulk.Watch | None = None
) -> Past:
    """Read funding from the archive, whose file of a month comes once the month has ended."""
    wide = Window(window.since - DAY, window.until)
    paid = bulk.collect(pool, paid_files(symbol, step, window), watch=watch)
    past = Past(pd.DataFrame(), refused=dict(paid.refused))
    if paid.packs:
        found = archive.read(paid.sheets, strict=False)
        near = found.frame[(found.frame.index > wide.since) & (found.frame.index <= window.until)]
        laid = lay_funding(near, step, *window)
        past.refused |= found.refused
        past.frame = _where_paid(laid.frame, paid, past.refused)
        past.remarks = _counted(paid.repairs + found.repairs + laid.repairs)
    return past


def _counted(remarks: Counter[str]) -> list[str]:
    return [f"{what} ({count})" for what, count in sorted(remarks.items())]


def _where_paid(frame: pd.DataFrame, paid: bulk.Haul, refused: Collection[str]) -> pd.DataFrame:
    """Set bars of months without a funding file of use to NaN, as their funding is unknown, not 0."""
    index = pd.DatetimeIndex(frame.index)
    there = np.zeros(len(index), dtype=bool)
    for pack in paid.packs:
        if pack.file.key not in refused:
            there |= (index > pack.file.start) & (index <= pack.file.end)
    return frame.where(pd.Series(there, index), axis=0)

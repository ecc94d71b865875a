"""Merge archive and exchange: what the archive delivers is added to the stored bars month by month.

`fill` requests the days that `oikit.data.past.wanted` returns, `instead` everything where the exchange
does not serve this location. Both write to the store after each month, so nothing is read twice, and
both continue after a refused file: the caller reports the refused ones at the end.

Each figure comes from one source or the other, never from a blend.
"""

from __future__ import annotations

import contextlib
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from oikit.data import bulk, held, past
from oikit.data import store as disk
from oikit.data.http import Client
from oikit.data.labels import spans
from oikit.data.question import Question, floor, moment_text
from oikit.data.tail import Progress, Window
from oikit.data.venues import archive, binance
from oikit.errors import BadReply, GeoBlocked, RateLimited, Unreachable

_AWAY = (Unreachable, GeoBlocked, RateLimited)
_AHEAD = 40  # files on their way, at the most, before the first of them is read
_NAMED = 3  # refused files that one line names


@dataclass(slots=True)
class Source:
    """A source of archive files, with the number of requests sent."""

    address: str
    place: bulk.Place
    client: Client | None = None

    def pool(self, known: Mapping[str, str] | None = None, *, whole: bool = False) -> bulk.Pool:
        """Return a pool for files of this source."""
        return bulk.Pool(self.place, at_once=past.AT_ONCE, known=known, whole=whole)

    @property
    def requests(self) -> int:
        """Requests sent so far; 0 for a folder."""
        return self.client.requests if self.client else 0


@dataclass(slots=True)
class Stitched:
    """Remarks, losses and refused files of the archive's part.

    Attributes
    ----------
    remarks : list of str
        Repairs and missing data, counted over all months.
    losses : list of str
        Why some of it could not be read.
    refused : dict of str to str
        By key: what is wrong with the file.
    """

    remarks: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def check(self, *, skip: bool) -> None:
        """Report refused files: as a loss with `skip`, else as an error."""
        if not self.refused:
            return
        lines = list(self.refused.values())
        more = f"; and {len(lines) - _NAMED} more" if len(lines) > _NAMED else ""
        says = f"{len(lines)} file(s) of the archive are refused: {'; '.join(lines[:_NAMED])}{more}"
        if not skip:
            raise BadReply(
                f"{says}. All others are stored; try again later, or leave these as gaps with "
                "skip_refused=True (--skip-refused)"
            )
        self.losses.append(says)


@contextlib.contextmanager
def source(asked: Question, client: Client) -> Iterator[Source | None]:
    """The archive of this question for as long as the block lasts; None if it has none."""
    if asked.archive is None:
        yield None
    elif re.match(r"https?://", asked.archive):
        base = asked.archive.rstrip("/")
        with client.beside(base, budgets=archive.BUDGETS, most_bytes=bulk.LARGEST) as files:
            yield Source(base, bulk.place(base, fetch=files.fetch), files)
    else:
        yield Source(asked.archive, bulk.place(asked.archive))


def fill(
    asked: Question,
    found: Source,
    until: pd.Timestamp,
    first: pd.Timestamp,
    clock: pd.Timestamp,
    origin: dict[str, Any],
    *,
    recheck: bool = False,
    progress: Progress | None = None,
    done: int = 0,
) -> Stitched:
    """Request from the archive every day whose open interest is unknown, and store the result."""
    stored = disk.read(asked.root, asked.symbol, asked.step, *past.days(asked.since, until))
    files = past.still_stored(stored, asked.symbol, asked.files())
    windows = past.wanted(stored, asked.symbol, first, files, recheck=recheck)
    total, out = sum((window.until - window.since).days for window in windows), Stitched()
    with found.pool(past.hashes(files)) as pool:
        for window in _asked_ahead(pool, asked, windows, past.past_files):
            watch = _watch(progress, done, total)
            try:
                part = past.read_past(
                    *(pool, asked.symbol, asked.step, stored, window),
                    first=first,
                    clock=clock,
                    watch=watch,
                )
            except _AWAY as error:
                out.losses.append(f"the archive cannot be had: {error}")
                break
            except BadReply as error:
                out.refused[f"{window.since:%Y-%m}"] = " ".join(str(error).split())
                break
            _take(asked, found, part, origin, out)
            done += (window.until - window.since).days
            total -= (window.until - window.since).days
    return out


def _asked_ahead(
    pool: bulk.Pool,
    asked: Question,
    windows: Iterable[Window],
    files: Callable[[str, pd.Timedelta, Window], list[archive.File]],
) -> Iterator[Window]:
    """Yield each window, once the files of those behind it are on their way too."""
    queue: deque[Window] = deque()
    for window in windows:
        queue.append(window)
        pool.ask(files(asked.symbol, asked.step, window))
        while queue and len(pool) >= _AHEAD:
            yield queue.popleft()
    yield from queue


def _watch(progress: Progress | None, done: int, total: int) -> bulk.Watch | None:
    if progress is None:
        return None
    return lambda now, _, file: progress(done + now, done + max(total, now), f"archive {file.set}")


def _take(asked: Question, found: Source, part: past.Past, origin: dict[str, Any], out: Stitched) -> None:
    """Store one part, then add its remarks and refused files."""
    where = asked.root, asked.symbol, asked.step
    # Named before it is stored: a file that is named but whose bars are not there is asked for again.
    # One that replaces another is named last, else nobody would notice that it has.
    named = {key: {**entry, "sha256": ""} if "was" in entry else entry for key, entry in part.files.items()}
    held.note_files(*where, found.address, named)
    remarks, known = part.remarks, part.frame.dropna(how="all")
    if len(known):
        lacking = [key for key, entry in part.files.items() if "missing" in entry]
        note = {
            "address": found.address,
            "labels": spans(part.labels),
            "files": len(part.labels),
            "missing": lacking,
            "refused": sorted(part.refused),
        }
        remarks = disk.write(*where, known, {**origin, "archive": note, "remarks": part.remarks})
    held.note_files(*where, found.address, part.files)
    out.remarks = added(out.remarks, remarks)
    out.refused |= part.refused


def added(one: list[str], other: list[str]) -> list[str]:
    """Remarks of two parts as one list, counts of the same thing added up."""
    counts: dict[str, int] = {}
    plain: list[str] = []
    for remark in [*one, *other]:
        match = re.fullmatch(r"(.+) \((\d+)\)", remark)
        if match:
            counts[match[1]] = counts.get(match[1], 0) + int(match[2])
        elif remark not in plain:
            plain.append(remark)
    return [*(f"{what} ({count})" for what, count in sorted(counts.items())), *plain]


# ---------------------------------------------------------------- without the exchange


def instead(
    asked: Question,
    found: Source,
    until: pd.Timestamp,
    origin: dict[str, Any],
    progress: Progress | None,
    *,
    recheck: bool = False,
    whole: bool = False,
) -> tuple[Stitched, pd.Timestamp | None]:
    """Request prices and funding from the archive too, month by month, as far as it reaches.

    `whole`: a month of prices that it lacks is not asked for by its days.
    """
    out, stored, began = Stitched(), asked.stored(until), False
    with found.pool(whole=whole) as pool:
        windows = _months(stored, asked.step, "klines", recheck=recheck)
        for window in _asked_ahead(pool, asked, windows, past.bar_files):
            part, end = past.read_bars(pool, asked.symbol, asked.step, window, _watch(progress, 0, 1))
            if end is None and began:
                break  # the archive has not come further yet
            began = began or end is not None
            _take(asked, found, part, origin, out)
    stored = asked.stored(until)
    known = stored.index[stored["close"].notna()] if "close" in stored else stored.index[:0]
    if not len(known):
        return out, None
    end = floor(pd.Timestamp(known[-1]), asked.every)
    if end <= asked.since:
        return out, None
    with found.pool() as pool:
        windows = _months(asked.stored(end), asked.step, "funding", recheck=recheck)
        for window in _asked_ahead(pool, asked, windows, past.paid_files):
            paid = past.read_paid(pool, asked.symbol, asked.step, window, _watch(progress, 0, 1))
            _take(asked, found, paid, origin, out)
    rest = fill(asked, found, end, end + asked.step, end, origin, recheck=recheck, progress=progress)
    out.remarks, out.losses = added(out.remarks, rest.remarks), [*out.losses, *rest.losses]
    out.refused |= rest.refused
    if end < until:
        out.losses.append(f"the archive ends {moment_text(end)}: newer bars come from the exchange only")
    return out, end


def _months(stored: pd.DataFrame, step: pd.Timedelta, name: str, *, recheck: bool) -> Iterator[Window]:
    """Months in which a series is not wholly known, no further than asked for; all of them to look again."""
    index = pd.DatetimeIndex(stored.index)
    index = index if recheck else index[binance.SERIES[name].unknown(stored)]
    month = (index - pd.Timedelta(1, "us")).tz_localize(None).to_period("M")
    for _, bars in index.to_series().groupby(month):
        yield Window(bars.iloc[0] - step, bars.iloc[-1])

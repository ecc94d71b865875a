"""Load a market between two dates: from the store, the archive and the exchange.

=============  ================================================================================
`load`         the frame; if the exchange cannot be reached, what is stored, with a remark
`fetch`        the same with all remarks, and without a fallback
`provenance`   one line: where the stored bars of a market came from
=============  ================================================================================

Nothing is lost silently. What cannot be fetched is a row of NaN and a remark, never a shorter frame;
data read before an error is kept; figures of two sources never share a store.

Addresses and place come from the arguments, else from OIKIT_BINANCE_REST, OIKIT_ARCHIVE and OIKIT_STORE.
"""

from __future__ import annotations

import contextlib
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from oikit.clock import words
from oikit.data import past, stitch
from oikit.data import store as disk
from oikit.data.answer import Fetched, answer, gaps, losses
from oikit.data.http import Client
from oikit.data.origin import provenance
from oikit.data.question import Question, floor, moment_text, understood
from oikit.data.second import second_choice, with_hint
from oikit.data.tail import Moment, Progress, holes, moment, read_tail, wall
from oikit.data.venues import binance
from oikit.errors import (
    FallbackWarning,
    GeoBlocked,
    InputError,
    RateLimited,
    Unreachable,
)
from oikit.frame import without_freq

__all__ = ["Fetched", "fetch", "load", "provenance"]

_NO_ANSWER = (Unreachable, GeoBlocked, RateLimited)


def load(
    symbol: str,
    *,
    since: str | pd.Timestamp,
    until: str | pd.Timestamp | None = None,
    every: str | pd.Timedelta = "1h",
    store: str | Path | None = None,
    rest: str | None = None,
    archive: str | Path | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
    recheck: bool = False,
    skip_refused: bool = False,
    fallback: Literal["sample"] | None = None,
) -> pd.DataFrame:
    """Load one market as a frame: from the store where it is complete, else from Binance.

    Parameters
    ----------
    symbol : str
        A USD-M perpetual in the venue's spelling, like ``"BNBUSDT"``.
    since, until : str or Timestamp
        Bars that end in (since, until], UTC. Without `until`: to the last bar that has closed on the
        venue's own clock.
    every : str or Timedelta
        The bar length: 5 minutes or more, dividing a day, or ``"7d"``.
    store : path, optional
        The folder of stored bars; else ``OIKIT_STORE``, else ``.oikit/store`` in the home folder.
    rest : str, optional
        The address to ask; else ``OIKIT_BINANCE_REST``, else Binance's own.
    archive : path or str, optional
        Where the bulk archive is: an address, a folder that holds ``data/futures/um`` (a stick), or an
        fsspec address; else ``OIKIT_ARCHIVE``, else Binance's own. Another exchange at `rest` has none
        unless it is named.
    client : Client, optional
        To ask with; `rest` is then ignored.
    progress : callable, optional
        ``progress(done, total, what)`` after each answer.
    recheck : bool
        Ask the archive whether files that are stored have been replaced since; the newer are kept.
    skip_refused : bool
        Leave days whose file of the archive is refused as gaps, and warn, rather than raise in the end.
    fallback : {"sample"}, optional
        Where neither the exchange nor the store gives any of these bars, return a bundled **simulated**
        sample and warn, so that a lesson can go on; by default raise.

    Returns
    -------
    DataFrame, shape (n, m)
        A valid frame (`oikit.frame`), columns in the order of ``FIELDS``, one row a bar; a bar the
        venue lacks is a row of NaN. Open interest and ratios further back than 30 days are the
        archive's, and NaN where it has none. ``premium`` is there only where the venue offers it.

    Warns
    -----
    FallbackWarning
        If the exchange could not be had and this is what the archive gives, or the store holds, or, with
        ``fallback="sample"``, a simulated sample. `fetch` raises instead.
    UserWarning
        If the frame holds less than was asked for: open interest that nobody gives, an `until` that has
        not come yet, figures that lag behind the venue's clock.

    Raises
    ------
    InputError
        If the symbol, a date, a length or the fallback is none that can be had.
    StoreError
        If the store cannot be read or written; nothing has been fetched then.
    VenueError
        If the exchange did not give what it should; if it cannot be had now and the store holds
        none of these bars; if files of the archive are refused and not `skip_refused`: all that
        could be had is stored by then.
    """
    if fallback not in (None, "sample"):
        raise InputError(f"fallback={fallback!r} is none; type fallback='sample', or leave it out")
    asked = understood(symbol, since, until, every, store, client.base if client else rest, archive)
    try:
        found = _fetch(asked, client, progress, recheck=recheck, skip=skip_refused)
    except _NO_ANSWER as error:
        found = second_choice(asked, error, fallback)
    if found.instead:
        warnings.warn(found.instead, FallbackWarning, stacklevel=2)
    for loss in found.losses:
        warnings.warn(f"{asked.symbol} {words(asked.every)}: {loss}", UserWarning, stacklevel=2)
    return found.frame


def fetch(
    symbol: str,
    *,
    since: str | pd.Timestamp,
    until: str | pd.Timestamp | None = None,
    every: str | pd.Timedelta = "1h",
    store: str | Path | None = None,
    rest: str | None = None,
    archive: str | Path | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
    recheck: bool = False,
    skip_refused: bool = False,
) -> Fetched:
    """Load one market with all that is to be said about it; where `load` takes a second choice, this raises.

    Parameters and errors are those of `load`.

    Returns
    -------
    Fetched
    """
    asked = understood(symbol, since, until, every, store, client.base if client else rest, archive)
    try:
        return _fetch(asked, client, progress, recheck=recheck, skip=skip_refused)
    except _NO_ANSWER as error:
        raise with_hint(asked, error) from error


# ---------------------------------------------------------------- the answer


def _fetch(
    asked: Question, client: Client | None, progress: Progress | None, *, recheck: bool, skip: bool
) -> Fetched:
    note = asked.manifest()
    if asked.until is not None and note and asked.until <= pd.Timestamp(note["until"]) and not recheck:
        # Time only moves the wall forward: what lay beyond it when it was fetched does so now.
        first, lacking = wall(pd.Timestamp(note["fetched_at"]), asked.step), note.get("lacking", ())
        stored = asked.stored(asked.until)
        if not holes(_told(stored, note), asked.step, first, lacking) and not _days_open(asked, first):
            disk.tidy(asked.root, asked.symbol, asked.step)
            return answer(asked, stored, losses(stored, first, asked), (), 0)
    disk.check(asked.root)
    disk.settle(asked.root, asked.symbol, asked.step)
    with contextlib.ExitStack() as stack:
        if client is None:
            client = stack.enter_context(Client(asked.address, budgets=binance.BUDGETS))
        if progress:
            progress = stack.enter_context(_waits_shown(client, progress))
        files = stack.enter_context(stitch.source(asked, client))
        try:
            now = moment(client, asked.symbol)
        except binance.NotTrading as error:
            return _no_longer_trading(asked, client, files, error, progress, recheck=recheck, skip=skip)
        except GeoBlocked as error:
            if files is None:
                raise
            return _without_exchange(asked, client, files, error, progress, recheck=recheck, skip=skip)
        return _from_venue(asked, client, now, files, progress, recheck=recheck, skip=skip)


@contextlib.contextmanager
def _waits_shown(client: Client, progress: Progress) -> Iterator[Progress]:
    """Progress that is also told, at the point it has reached, when the client waits for its turn."""
    reached = 0, 1

    def show(done: int, total: int, what: str) -> None:
        nonlocal reached
        reached = done, total
        progress(done, total, what)

    client.waiting = lambda what: progress(*reached, what)
    try:
        yield show
    finally:
        client.waiting = None


def _days_open(asked: Question, first: pd.Timestamp) -> bool:
    """Return whether the archive may have more days."""
    if asked.archive is None or asked.until is None:
        return False
    whole = disk.read(asked.root, asked.symbol, asked.step, *past.days(asked.since, asked.until))
    return bool(past.wanted(whole, asked.symbol, first, asked.files()))


def _from_venue(
    asked: Question,
    client: Client,
    now: Moment,
    files: stitch.Source | None,
    progress: Progress | None,
    *,
    recheck: bool,
    skip: bool,
) -> Fetched:
    before = client.requests - 3
    until, late = _closed(asked, now)
    note, first = asked.manifest(), wall(now.clock, asked.step)
    stored, lacking = _told(asked.stored(until), note), set(note.get("lacking", ()))
    parts, repairs = dict[str, list[pd.DataFrame]](), Counter[str]()
    try:
        for piece in read_tail(
            client, asked.symbol, asked.step, holes(stored, asked.step, first, lacking), now, progress
        ):
            if piece.frame is None:
                lacking.add(piece.series)
            else:
                lacking.discard(piece.series)
                parts.setdefault(piece.series, []).append(piece.frame)
            repairs += piece.repairs
    except BaseException:
        # What was read whole is kept, whatever came between; the next call asks for the rest.
        _keep(asked, _joined(parts), now, lacking, [*_counted(repairs), "cut short: the rest was not read"])
        raise
    new = _joined(parts)
    parts.clear()  # years of five minutes are not to lie in memory twice
    told = [*_counted(repairs), *gaps(stored, new, first, lacking)]
    remarks = _keep(asked, new, now, lacking, [*late, *told])
    del stored, new
    sent = client.requests - before
    found = stitch.Stitched()
    if files is not None:
        origin = _origin(asked, now.clock, lacking)
        found = stitch.fill(
            *(asked, files, until, first, now.clock, origin),
            recheck=recheck,
            progress=progress,
            done=sent,
        )
        sent += files.requests
    found.check(skip=skip)
    whole = asked.stored(until)
    late += [*found.losses, *losses(whole, first, asked)]
    remarks = stitch.added(remarks, found.remarks)
    return answer(asked, whole, late, remarks, sent, now.clock)


def _no_longer_trading(
    asked: Question,
    client: Client,
    files: stitch.Source | None,
    error: binance.NotTrading,
    progress: Progress | None,
    *,
    recheck: bool,
    skip: bool,
) -> Fetched:
    """Return the bars of a market that has been taken off the exchange, which the archive still has."""
    if asked.until is None or asked.until > pd.Timestamp.now("UTC"):
        if not error.listed and not asked.manifest():
            raise error
        raise InputError(f"{error}; to have what was of it, type until= (--until) and a time in the past")
    if files is None:
        return second_choice(asked, error, None)
    return _without_exchange(asked, client, files, error, progress, recheck=recheck, skip=skip)


def _without_exchange(
    asked: Question,
    client: Client,
    files: stitch.Source,
    error: GeoBlocked | binance.NotTrading,
    progress: Progress | None,
    *,
    recheck: bool,
    skip: bool,
) -> Fetched:
    """Return the bars from the archive as far as it reaches, marked as a fallback."""
    # The venue's clock cannot be had; this computer's only says how far to look, not what has closed.
    today = floor(pd.Timestamp.now("UTC"), asked.every)
    until = today if asked.until is None else min(asked.until, today)
    note = asked.manifest()
    origin = _origin(asked, today, set(note.get("lacking", ())))
    try:
        found, end = stitch.instead(
            *(asked, files, max(until, asked.since + asked.every), origin, progress),
            recheck=recheck,
            # A name that is nowhere may be a slip: not every day of years is asked for.
            whole=isinstance(error, binance.NotTrading) and not error.listed,
        )
    except _NO_ANSWER as away:
        raise type(error)(f"{error}; and its archive cannot be had: {away}") from away
    found.check(skip=skip)
    if end is None:
        raise type(error)(f"{error}; and its archive {files.address} has nothing of {asked.symbol} then")
    whole = asked.stored(end)
    used = f"the archive {files.address} and the store, up to {moment_text(end)}"
    told = f"{error}. Used instead: {used}"
    if isinstance(error, binance.NotTrading):
        found.remarks.append(f"{asked.symbol} does not trade now; all of this is from {used}")
        told = ""
    late = [*found.losses, *losses(whole, end + asked.step, asked)]
    unknown = gaps(whole, whole, end + asked.step, ["premium"])[1:]
    return answer(asked, whole, late, [*found.remarks, *unknown], client.requests + files.requests, end, told)


def _closed(asked: Question, now: Moment) -> tuple[pd.Timestamp, list[str]]:
    """The end of the last bar to give, and why it is not the one that was asked for."""
    late, last = list(now.remarks), floor(now.closed, asked.every)
    if last <= asked.since:
        raise InputError(
            f"no bar of {words(asked.every)} has closed since {moment_text(asked.since)}: "
            f"at the venue it is {moment_text(now.clock)}; type an earlier since"
        )
    if asked.until is None or asked.until <= last:
        return asked.until or last, late
    late.append(
        f"bars up to {moment_text(asked.until)} have not all closed yet: "
        f"the last that has ends {moment_text(last)}"
    )
    return last, late


def _counted(repairs: Counter[str]) -> list[str]:
    return [f"{what} ({count})" for what, count in sorted(repairs.items())]


def _origin(asked: Question, clock: pd.Timestamp, lacking: set[str]) -> dict[str, Any]:
    note = {"address": asked.address, "fetched_at": clock.isoformat(), "lacking": sorted(lacking)}
    return {**note, "no_supply": asked.manifest().get("no_supply", [])}


def _told(stored: pd.DataFrame, note: dict[str, Any]) -> pd.DataFrame:
    """Stored bars with a supply of 0 where the venue has said that it knows none."""
    if "circulating_supply" not in stored:
        return stored
    none = stored.index.isin(pd.to_datetime(note.get("no_supply", []), utc=True))
    supply = stored["circulating_supply"]
    return stored.assign(circulating_supply=supply.mask(none & supply.isna(), 0.0))


def _joined(parts: dict[str, list[pd.DataFrame]]) -> pd.DataFrame:
    """Windows of a series one below the other, series side by side."""
    read = [pd.concat(windows) for windows in parts.values()]
    if not read:
        return pd.DataFrame(index=pd.DatetimeIndex([], tz="UTC", name="time").as_unit("us"))
    once = [each.groupby(level=0).last() if each.index.has_duplicates else each for each in read]
    return pd.concat([without_freq(each) for each in once], axis=1, sort=True)


def _keep(
    asked: Question, new: pd.DataFrame, now: Moment, lacking: set[str], remarks: list[str]
) -> list[str]:
    origin = {**_origin(asked, now.clock, lacking), "remarks": remarks}
    if "circulating_supply" in new:
        none = new["circulating_supply"] == 0
        new = new.assign(circulating_supply=new["circulating_supply"].mask(none))
        recent = {at.isoformat() for at in new.index[none]}
        reach = (now.clock - binance.WALL).isoformat()
        origin["no_supply"] = sorted(at for at in recent.union(origin["no_supply"]) if at >= reach)
    known = new.dropna(how="all")
    if known.empty:
        return remarks
    return disk.write(asked.root, asked.symbol, asked.step, known, origin)

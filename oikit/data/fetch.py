"""From a market and two dates to a frame: what is stored, and the exchange for the rest.

=============  ================================================================================
`load`         the frame; falls back to the store where the exchange cannot be had, and says so
`fetch`        the same with everything that is to be said about it, and no falling back
`provenance`   one line: where the stored bars of a market came from
=============  ================================================================================

The one rule: **nothing is lost in silence**. What cannot be had is a row of NaN and a remark, never a
shorter frame; what was read before something went wrong is kept; figures of two sources never meet in
one store.

Addresses and place come from the arguments, else from OIKIT_BINANCE_REST and OIKIT_STORE.
"""

from __future__ import annotations

import hashlib
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from oikit.clock import length, words
from oikit.data import store as disk
from oikit.data.http import Client
from oikit.data.question import Question, floor, moment_text, understood
from oikit.data.tail import Moment, Progress, holes, moment, read_tail, wall
from oikit.data.venues import binance
from oikit.data.venues.query import check_symbol
from oikit.errors import (
    FallbackWarning,
    GeoBlocked,
    InputError,
    RateLimited,
    Unreachable,
    VenueError,
)
from oikit.frame import FIELDS, resample, validate

__all__ = ["Fetched", "fetch", "load", "provenance"]

_NO_ANSWER = (Unreachable, GeoBlocked, RateLimited)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A frame and what is to be said about it.

    Attributes
    ----------
    frame : DataFrame
        As `load` returns it.
    symbol, every : str
    path : Path
        The folder that holds the bars.
    remarks : tuple of str
        What was repaired, is missing or has changed; one plain line each, counted.
    losses : tuple of str
        Those of the remarks that say why the frame holds less than was asked for.
    requests : int
        Requests sent, tries included; 0 if the store knew everything.
    """

    frame: pd.DataFrame
    symbol: str
    every: str
    path: Path
    remarks: tuple[str, ...]
    losses: tuple[str, ...]
    requests: int


def load(
    symbol: str,
    *,
    since: str | pd.Timestamp,
    until: str | pd.Timestamp | None = None,
    every: str | pd.Timedelta = "1h",
    store: str | Path | None = None,
    rest: str | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
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
    client : Client, optional
        To ask with; `rest` is then ignored.
    progress : callable, optional
        ``progress(done, total, what)`` after each answer.

    Returns
    -------
    DataFrame, shape (n, m)
        A valid frame (`oikit.frame`), columns in the order of ``FIELDS``, one row a bar; a bar the
        venue lacks is a row of NaN. Open interest and ratios are NaN where they lie further back
        than the venue gives them. ``premium`` is there only where the venue offers it.

    Warns
    -----
    FallbackWarning
        If the exchange could not be had and this is what the store holds.
    UserWarning
        If the frame holds less than was asked for: open interest beyond 30 days, an `until` that has
        not come yet, figures that lag behind the venue's clock.

    Raises
    ------
    InputError
        If the symbol, a date or a length is none that can be had.
    StoreError
        If the store cannot be read or written; nothing has been fetched then.
    VenueError
        If the exchange did not give what it should, and the store holds nothing of this.
    """
    asked = understood(symbol, since, until, every, store, client.base if client else rest)
    try:
        found = _fetch(asked, client, progress)
    except _NO_ANSWER as error:
        found = _fall_back(asked, error)
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
    client: Client | None = None,
    progress: Progress | None = None,
) -> Fetched:
    """Load one market with all that is to be said about it; where `load` would fall back, this raises.

    Parameters and errors are those of `load`.

    Returns
    -------
    Fetched
    """
    asked = understood(symbol, since, until, every, store, client.base if client else rest)
    try:
        return _fetch(asked, client, progress)
    except _NO_ANSWER as error:
        raise _with_hint(asked, error) from error


def provenance(
    symbol: str, *, every: str | pd.Timedelta | None = None, store: str | Path | None = None
) -> str:
    """Where do the stored bars of this market come from? One line, for the foot of a chart or a report.

    Parameters
    ----------
    symbol : str
    every : str or Timedelta, optional
        The bar length that was asked for; by default the one fetched last.
    store : path, optional

    Raises
    ------
    InputError
        If nothing of it is stored.
    """
    root = Path(store) if store else disk.default_root()
    check_symbol(symbol)
    if every is not None:
        steps = [binance.clock_for(every)]
    else:
        steps = [length(stored) for name, stored in disk.markets(root) if name == symbol]
    notes = [note for step in steps if (note := disk.manifest(root, symbol, step))]
    if not notes:
        raise InputError(
            f"the store {root} holds nothing of {symbol}; use oikit.load({symbol!r}, since=...) first"
        )
    note = max(notes, key=lambda each: str(each["fetched_at"]))
    address = str(note["address"])
    source = f"real figures from {address}"
    if address != binance.ADDRESS:
        source = f"figures given as real by {address}, which is not Binance's own address"
    since, until, at = (
        f"{pd.Timestamp(note[key]):%Y-%m-%d %H:%M}" for key in ("since", "until", "fetched_at")
    )
    remarks = sum(len(fetched["remarks"]) for fetched in note["fetches"])
    digest = hashlib.sha256("".join(month["sha256"] for month in note["files"].values()).encode()).hexdigest()
    return (
        f"Binance USD-M {symbol} {note['every']}: {source}, {note['rows']} bars in ({since}, {until}] UTC, "
        f"fetched {at} UTC by the venue's clock, {remarks} remark(s), sha256 {digest[:12]}"
    )


# ---------------------------------------------------------------- the answer


def _fetch(asked: Question, client: Client | None, progress: Progress | None) -> Fetched:
    note = asked.manifest()
    if asked.until is not None and note and asked.until <= pd.Timestamp(note["until"]):
        # Time only moves the wall forward: what lay beyond it when it was fetched does so now.
        first, lacking = wall(pd.Timestamp(note["fetched_at"]), asked.step), note.get("lacking", ())
        stored = asked.stored(asked.until)
        if not holes(stored, asked.step, first, lacking):
            return _answer(asked, stored, _losses(stored, first), (), 0)
    disk.check(asked.root)
    if client is not None:
        return _from_venue(asked, client, progress)
    with Client(asked.address, budgets=binance.BUDGETS) as own:
        return _from_venue(asked, own, progress)


def _from_venue(asked: Question, client: Client, progress: Progress | None) -> Fetched:
    before = client.requests
    now = moment(client, asked.symbol)
    until, losses = _closed(asked, now)
    stored, first = asked.stored(until), wall(now.clock, asked.step)
    lacking = set(asked.manifest().get("lacking", ()))
    new, repairs = stored.iloc[:0, :0], Counter[str]()
    try:
        for piece in read_tail(
            client, asked.symbol, asked.step, holes(stored, asked.step, first, lacking), progress
        ):
            if piece.frame is None:
                lacking.add(piece.series)
            else:
                lacking.discard(piece.series)
                new = disk.merge(new, piece.frame)[0]
            repairs += piece.repairs
    except BaseException:
        # What was read whole is kept, whatever came between; the next call asks for the rest.
        _keep(asked, new, now, lacking, [*_counted(repairs), "cut short: the rest was not read"])
        raise
    whole = disk.merge(stored, new)[0].reindex(stored.index)
    losses += _losses(whole, first)
    remarks = [*_counted(repairs), *_gaps(whole, first, lacking)]
    kept = _keep(asked, new, now, lacking, [*losses, *remarks])
    return _answer(asked, asked.stored(until), losses, kept, client.requests - before)


def _closed(asked: Question, now: Moment) -> tuple[pd.Timestamp, list[str]]:
    """The end of the last bar to give, and why it is not the one that was asked for."""
    losses, last = list(now.remarks), floor(now.closed, asked.every)
    if last <= asked.since:
        raise InputError(
            f"no bar of {words(asked.every)} has closed since {moment_text(asked.since)}: "
            f"at the venue it is {moment_text(now.clock)}; type an earlier since"
        )
    if asked.until is None or asked.until <= last:
        return asked.until or last, losses
    losses.append(
        f"bars up to {moment_text(asked.until)} have not all closed yet: "
        f"the last that has ends {moment_text(last)}"
    )
    return last, losses


def _losses(frame: pd.DataFrame, first: pd.Timestamp) -> list[str]:
    """What lies beyond the wall, and is not in the store either."""
    beyond = frame[frame.index < first]
    lost = len(beyond) if "open_interest" not in beyond else int(beyond["open_interest"].isna().sum())
    if not lost:
        return []
    return [
        f"open interest and the three ratios of {lost} of {len(frame)} bar(s) are missing: "
        f"the venue gives them for the last {binance.WALL.days} days only, here from {moment_text(first)}"
    ]


def _gaps(frame: pd.DataFrame, first: pd.Timestamp, lacking: Iterable[str]) -> list[str]:
    """What the venue should have had and has not."""
    said = [f"{name}: not offered at this address, so the column is left out" for name in sorted(lacking)]
    for name, series in binance.SERIES.items():
        part = frame[frame.index >= first] if series.walled else frame
        bad = part.index if series.columns[0] not in part else part.index[part[series.columns[0]].isna()]
        if name not in lacking and len(bad):
            said.append(
                f"{name}: {len(bad)} of {len(frame)} bar(s) are unknown, the first ends {moment_text(bad[0])}"
            )
    return said


def _counted(repairs: Counter[str]) -> list[str]:
    return [f"{what} ({count})" for what, count in sorted(repairs.items())]


def _keep(
    asked: Question, new: pd.DataFrame, now: Moment, lacking: set[str], remarks: list[str]
) -> list[str]:
    known = new.dropna(how="all")
    if known.empty:
        return remarks
    origin = {
        "address": asked.address,
        "fetched_at": now.clock.isoformat(),
        "lacking": sorted(lacking),
        "remarks": remarks,
    }
    return disk.write(asked.root, asked.symbol, asked.step, known, origin)


def _answer(
    asked: Question, stored: pd.DataFrame, losses: Sequence[str], remarks: Sequence[str], requests: int
) -> Fetched:
    always = [name for series in binance.SERIES.values() if not series.may_lack for name in series.columns]
    frame = stored.reindex(columns=[name for name in FIELDS if name in {*stored.columns, *always}])
    if asked.every != asked.step:
        frame = resample(frame, asked.every)
    sold = frame["taker_sell_volume"]
    frame["taker_buy_sell_ratio"] = frame["taker_buy_volume"] / sold.where(sold > 0)
    frame["market_cap"] = frame["circulating_supply"] * frame["close"]
    frame = validate(frame[[name for name in FIELDS if name in frame]])
    said = tuple(dict.fromkeys([*losses, *remarks]))
    return Fetched(frame, asked.symbol, words(asked.every), asked.path, said, tuple(losses), requests)


# ---------------------------------------------------------------- the second choice


def _fall_back(asked: Question, error: VenueError) -> Fetched:
    note = asked.manifest()
    # Nobody can say now what has closed since; so it ends where the store ends.
    last = floor(pd.Timestamp(note["until"]), asked.every) if note else asked.since
    until = last if asked.until is None else min(last, asked.until)
    stored = asked.stored(until) if until > asked.since else pd.DataFrame()
    known = int(stored.notna().any(axis=1).sum())
    if not known:
        raise _with_hint(asked, error) from error
    fetched = moment_text(note["fetched_at"])
    warnings.warn(
        f"{error}. Used instead: the store {asked.root}, fetched {fetched}; it knows {known} of "
        f"{len(stored)} bars of {asked.symbol} {words(asked.step)} up to {moment_text(until)}",
        FallbackWarning,
        stacklevel=3,
    )
    return _answer(asked, stored, (), (), 0)


def _with_hint(asked: Question, error: VenueError) -> VenueError:
    """The same refusal, and what still works."""
    note, what = asked.manifest(), f"{asked.symbol} {words(asked.step)}"
    held = f"the store {asked.root} holds nothing of {what}"
    if note:
        since, until = moment_text(note["since"]), moment_text(note["until"])
        held = f"the store holds {note['rows']} bars of {what} in ({since}, {until}]"
    sample = "oikit.sample('bnb-null')"
    works = "" if sample in str(error) else f"; {sample} works without the exchange"
    return type(error)(f"{error}; {held}{works}")

"""The data of a report: a sample of the pack, or a market in the store.

Nothing is fetched here. The request is checked first, and a refusal lists what is available.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from oikit import clock
from oikit.data.mirror import names, near
from oikit.errors import InputError, ReportError
from oikit.files import store_address
from oikit.frame import resample, validate
from oikit.report.own import is_table, kept, own
from oikit.simulate import samples

__all__ = ["Subject", "subject", "whole"]

# Finer bars are made into these: a week has 168 of them, and a page has no room for more.
_BAR = "1h"
# Of finer bars no more are kept than the yardsticks of the fastest clock look back on.
_FINE = pd.Timedelta(days=24)
# As `oikit.data.fetch` words its remarks.
_REPAIRED = re.compile(r"(.+) \((\d+)\)")
_REVISED = re.compile(r"revised: (\d+) known")


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One market and one week, with all the bars up to its end.

    Attributes
    ----------
    market, week : str
    frame : DataFrame, shape (n, m)
        A valid frame; the week's bars are its last.
    since, until : Timestamp
        The bars of the week end in (since, until].
    simulated : bool
    source : str
        Where the bars are from, in one line.
    vouched : bool
        Whether they came from the venue's own address, if they are real.
    given_by : str
        Otherwise the address that they came from.
    fine : DataFrame, optional
        Shorter bars of the same market around the week, where the data have them.
    repairs : dict of str to int
        What was mended as the bars were read from the venue, by its words.
    revised : int
        Rows that the venue has changed since they were stored.
    """

    market: str
    week: str
    frame: pd.DataFrame
    since: pd.Timestamp
    until: pd.Timestamp
    simulated: bool
    source: str
    vouched: bool = False
    fine: pd.DataFrame | None = None
    repairs: dict[str, int] = field(default_factory=dict)
    revised: int = 0
    given_by: str = ""


def subject(market: str, *, week: str | None = None, store: str | Path | None = None) -> Subject:
    """Find the bars of one market up to the end of one week.

    Parameters
    ----------
    market : str
        A sample, like ``"bnb-null"``; a symbol in the store, like ``"BNBUSDT"``; or the file of a table
        that `oikit.read` can read, like ``"mine.csv"``.
    week : str, optional
        An ISO week, like ``"2026-W10"``; by default the last whole one in the data.
    store : path or address, optional
        Of stored bars; by default the usual one. See `oikit.data.mirror.near`.

    Raises
    ------
    ReportError
        If there is no such market, or the week is not in its data.
    StoreError
        If the store cannot be read.
    """
    if market in samples.NAMES:
        found = [(samples.sample(market), _sample_line(market), "")]
        return _of_week(market, week, found, simulated=True)
    mine = own(market) if is_table(market) else kept(near(store, market), market)
    if mine is not None:
        found = [(mine.frame, mine.source, "" if mine.simulated else mine.given_by)]
        return _of_week(mine.name, week, found, simulated=mine.simulated)
    root = near(store, market)
    return _with_notes(_of_week(market, week, _stored(market, root, store), simulated=False), root)


def whole(market: str, *, store: str | Path | None = None) -> tuple[pd.DataFrame, str, bool]:
    """Return all bars of a market, on its finest clock of an hour or longer.

    Parameters
    ----------
    market : str
        A sample, a symbol in the store, or the file of a table.
    store : path or address, optional
        Of stored bars; by default the usual one.

    Returns
    -------
    frame : DataFrame
    source : str
        One line on where it is from; it says "Simulated" of what is.
    simulated : bool

    Raises
    ------
    ReportError
        If there is no such market.
    """
    simulated = market in samples.NAMES
    if simulated:
        frame, source = samples.sample(market), _sample_line(market)
    elif (mine := own(market) if is_table(market) else kept(near(store, market), market)) is not None:
        frame, source, simulated = mine.frame, mine.source, mine.simulated
    else:
        frame, source, _ = next(iter(_stored(market, near(store, market), store)))
    if clock.bar_length(frame.index) < clock.length(_BAR):
        frame = _hourly(frame)
    return frame, source, simulated


def _letters(market: str) -> str:
    """Return a market as exchanges spell it: bnbusdt, BNB/USDT:USDT and BNB-USDT are BNBUSDT."""
    return re.sub(r"[^A-Z0-9]", "", market.upper().partition(":")[0])


def _meant(symbol: str, there: list[str]) -> str:
    """Return the market that was probably meant: the same letters, the same coin, or nearly so."""
    spelled = {_letters(name): name for name in reversed(there)}
    if len(symbol) < 2:
        return ""
    coin = [name for letters, name in spelled.items() if letters == f"{symbol}USDT"]
    near = difflib.get_close_matches(symbol, spelled, 1, 0.85)
    return spelled.get(symbol, "") or (coin[0] if coin else spelled[near[0]] if near else "")


def _hourly(frame: pd.DataFrame) -> pd.DataFrame:
    """Make hours of shorter bars, without a ratio of volumes that are not there."""
    parts = {"taker_buy_volume", "taker_sell_volume"}
    return resample(
        frame if parts <= set(frame) else frame.drop(columns="taker_buy_sell_ratio", errors="ignore"), _BAR
    )


def _of_week(
    market: str, week: str | None, found: Iterable[tuple[pd.DataFrame, str, str]], *, simulated: bool
) -> Subject:
    """Take the first of the frames that holds the week, in bars of an hour or longer."""
    spans = []
    for frame, source, given_by in found:
        index = pd.DatetimeIndex(frame.index)
        begins = index[0] - clock.bar_length(index)
        last = index[-1] - (index[-1] - clock.MONDAY) % clock.WEEK
        spans.append(f"from {begins:%Y-%m-%d %H:%M} to {index[-1]:%Y-%m-%d %H:%M} UTC")
        try:
            since, until = clock.week(week) if week is not None else (last - clock.WEEK, last)
        except InputError as error:
            raise ReportError(str(error)) from error
        if since < begins or until > index[-1]:
            continue
        frame, fine = frame.loc[:until], None
        if clock.bar_length(index) < clock.length(_BAR):
            frame, fine = _hourly(frame), frame.loc[until - _FINE :]
        year, number, _ = since.isocalendar()
        name = f"{year}-W{number:02d}"
        vouched = not simulated and not given_by
        return Subject(market, name, frame, since, until, simulated, source, vouched, fine, given_by=given_by)
    asked = f"week={week!r} is not" if week is not None else "no whole week is"
    raise ReportError(f"{asked} in the data of {market}, which reaches {', or '.join(spans)}")


def _with_notes(about: Subject, root: Path) -> Subject:
    """Add what the store knows beside the bars: repairs, revisions, and shorter bars of the same weeks."""
    from oikit.data import store as disk

    bar = clock.bar_length(about.frame.index)
    steps = [clock.length(every) for symbol, every in disk.markets(root) if symbol == about.market]
    source = bar if bar in steps else min(steps)
    repairs: dict[str, int] = {}
    revised = 0
    for fetched in disk.manifest(root, about.market, source).get("fetches", []):
        for remark in fetched["remarks"]:
            if match := _REVISED.match(remark):
                revised += int(match[1])
            elif match := _REPAIRED.fullmatch(remark):
                repairs[match[1]] = repairs.get(match[1], 0) + int(match[2])
    fine = about.fine
    shorter = sorted(step for step in steps if step < min(bar, clock.length(_BAR)))
    if fine is None and shorter:
        found = disk.read(root, about.market, shorter[0], about.until - _FINE, about.until)
        fine = validate(found) if len(found) > 1 else None
    return replace(about, fine=fine, repairs=dict(sorted(repairs.items())), revised=revised)


def _sample_line(name: str) -> str:
    entry: dict[str, Any] = samples.manifest()[name]
    return (
        f"Simulated, recorded nowhere: {name} ({entry['title']}), seed {entry['seed']}, "
        f"{entry['rows']:,} bars of {entry['every']} in ({entry['since'][:10]}, {entry['until'][:10]}] UTC, "
        f"sha256 {entry['sha256'][:12]}"
    )


def _stored(market: str, root: Path, store: str | Path | None) -> Iterator[tuple[pd.DataFrame, str, str]]:
    """Yield each stored bar length of this market, hours first, then the nearest to them.

    Each comes with its source in a line, and those of its addresses that are not the venue's own.
    """
    from oikit.data import store as disk
    from oikit.data.kept import framed
    from oikit.data.origin import provenance
    from oikit.data.venues import archive, binance

    stored = disk.markets(root) if root.is_dir() else []
    steps = [clock.length(every) for symbol, every in stored if symbol == market]
    if not steps:
        there = f"the store {store or store_address()} holds {', '.join(names(store)) or 'nothing'}"
        symbol = _letters(market)
        how = ""
        if meant := _meant(symbol, [*samples.NAMES, *names(store)]):
            how = f"; did you mean {meant}?"
        elif re.fullmatch(r"[A-Z0-9]{2,32}", symbol) and re.fullmatch(r"[\w/:-]+", market):
            symbol = symbol if len(symbol) > 5 else f"{symbol}USDT"
            how = f"; to fill it, type: oikit fetch {symbol} --since 2026-02-20"
        raise ReportError(
            f"market={market!r} is neither a sample ({', '.join(samples.NAMES)}) nor stored: {there}{how}"
        )
    hour = clock.length(_BAR)
    for step in sorted(steps, key=lambda step: (step != hour, step > hour, step)):
        note = disk.manifest(root, market, step)
        given = [(note["address"], binance.ADDRESS)]
        given += (
            [(note["archive"]["address"], archive.ADDRESS)] if "address" in note.get("archive", {}) else []
        )
        others = " and ".join(str(address) for address, own in given if address != own)
        source = provenance(market, every=step, store=root)
        yield framed(root, market, step), source, others

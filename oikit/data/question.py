"""A question about a market that makes sense: everything that can be refused before anything is opened."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from oikit.clock import MONDAY, length, utc, words
from oikit.data import held
from oikit.data import store as disk
from oikit.data.venues import binance
from oikit.data.venues.archive_files import ADDRESS
from oikit.data.venues.query import check_symbol
from oikit.errors import InputError, StoreError
from oikit.files import store_root


@dataclass(frozen=True, slots=True)
class Question:
    """A request for bars: the market, the range, the store and the sources to ask.

    Attributes
    ----------
    symbol : str
    every, step : Timedelta
        The bar length requested, and the one requested from the venue: `every` is whole bars of it.
    since, until : Timestamp
        On the grid of `every`. ``until=None``: the last bar that has closed.
    root : Path
        The store.
    address : str
        The venue's address.
    archive : str or None
        The address of its bulk archive; None if unknown.
    """

    symbol: str
    every: pd.Timedelta
    step: pd.Timedelta
    since: pd.Timestamp
    until: pd.Timestamp | None
    root: Path
    address: str
    archive: str | None = None

    @property
    def path(self) -> Path:
        """The folder of these bars."""
        return disk.folder(self.root, self.symbol, self.step)

    def manifest(self) -> dict[str, Any]:
        """Return the manifest of these bars."""
        return disk.manifest(self.root, self.symbol, self.step)

    def stored(self, until: pd.Timestamp) -> pd.DataFrame:
        """Return the stored bars, with a row for each bar up to `until`."""
        return disk.read(self.root, self.symbol, self.step, self.since, until)

    def files(self) -> dict[str, Any]:
        """Return the archive files whose bars are stored."""
        return held.files_of(self.root, self.symbol, self.step)


def understood(
    symbol: str,
    since: str | pd.Timestamp,
    until: str | pd.Timestamp | None,
    every: str | pd.Timedelta,
    store: str | Path | None,
    rest: str | None,
    archive: str | Path | None = None,
) -> Question:
    """Parse a request, or raise an error that says what is wrong with it."""
    check_symbol(symbol)
    span, step = length(every), binance.clock_for(every)
    start = utc(since, "since")
    end = None if until is None else utc(until, "until")
    if start < binance.FIRST:
        raise InputError(
            f"since={start:%Y-%m-%d} is before Binance's futures began; "
            f"type {binance.FIRST:%Y-%m-%d} or later"
        )
    if end is not None and end <= start:
        raise InputError(f"since={moment_text(start)} is not before until={moment_text(end)}; swap them")
    low, high = floor(start, span), None if end is None else floor(end, span)
    if end is not None and high is not None and high <= low:
        raise InputError(
            f"no bar of {words(span)} ends after {moment_text(start)} and by {moment_text(end)}; "
            "type a later until, or a shorter every"
        )
    root = store_root(store)
    address = (rest or os.environ.get("OIKIT_BINANCE_REST") or binance.ADDRESS).rstrip("/")
    asked = Question(symbol, span, step, low, high, root, address, _archive(archive, address))
    stored = str(asked.manifest().get("address", address))
    if (stored == binance.ADDRESS) != (address == binance.ADDRESS):
        raise StoreError(
            f"{asked.path} holds figures from {stored}, and {address} is another source; "
            "keep them apart with --store or OIKIT_STORE"
        )
    return asked


def _archive(archive: str | Path | None, address: str) -> str | None:
    """The one that was named, else the exchange's own; another exchange's figures have another archive."""
    named = str(archive or os.environ.get("OIKIT_ARCHIVE") or "")
    return os.path.expanduser(named) or (ADDRESS if address == binance.ADDRESS else None)


def floor(when: pd.Timestamp, span: pd.Timedelta) -> pd.Timestamp:
    """The last end of a bar that is not after this moment; weeks end on Monday 00:00."""
    return MONDAY + (when - MONDAY) // span * span


def moment_text(when: pd.Timestamp | str) -> str:
    """A moment as a person reads it."""
    return f"{pd.Timestamp(when):%Y-%m-%d %H:%M} UTC"

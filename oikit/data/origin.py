"""The origin of stored figures in one line, for the foot of a chart or a report."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from oikit.clock import length
from oikit.data import store as disk
from oikit.data.supply import quote_of
from oikit.data.venues import archive, binance
from oikit.data.venues.query import check_symbol
from oikit.errors import InputError
from oikit.files import store_root

__all__ = ["provenance"]


def provenance(
    symbol: str, *, every: str | pd.Timedelta | None = None, store: str | Path | None = None
) -> str:
    """Return the origin of a market's stored bars in one line, for the foot of a chart or a report.

    Parameters
    ----------
    symbol : str
    every : str or Timedelta, optional
        The bar length that was asked for; by default the one fetched last.
    store : path, optional

    Raises
    ------
    InputError
        If nothing of this market is stored.
    """
    root = store_root(store)
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
    held = note.get("archive", {}).get("address")
    if held:
        own = "" if held == archive.ADDRESS else ", which is not the archive's own address"
        source += f" and from files of {held}{own}"
    since, until, at = (
        f"{pd.Timestamp(note[key]):%Y-%m-%d %H:%M}" for key in ("since", "until", "fetched_at")
    )
    remarks = sum(len(fetched["remarks"]) for fetched in note["fetches"])
    many = f"{remarks or 'no'} remark{'' if remarks == 1 else 's'}"
    digest = hashlib.sha256("".join(month["sha256"] for month in note["files"].values()).encode()).hexdigest()
    quote = quote_of(symbol)
    priced = f", priced in {quote}" if quote not in ("", "USDT") else ""
    return (
        f"Binance USD-M {symbol} {note['every']}{priced}: {source}, {note['rows']:,} bars in "
        f"({since}, {until}] UTC, fetched {at} UTC by the venue's clock, {many}, sha256 {digest[:12]}"
    )

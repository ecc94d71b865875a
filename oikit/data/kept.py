"""A market as it is kept in the store: one valid frame, with its published supply."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from oikit.clock import length
from oikit.data import store as disk
from oikit.data.mirror import near
from oikit.data.supply import with_supply
from oikit.frame import FIELDS, validate

__all__ = ["framed", "kept"]


def kept(symbol: str, every: str = "1h", *, store: str | Path | None = None) -> pd.DataFrame | None:
    """Return all stored bars of a market.

    Parameters
    ----------
    symbol : str
    every : str
        The bar length it was fetched in.
    store : path or address, optional
        By default the usual one. See `oikit.data.mirror.near`.

    Returns
    -------
    DataFrame or None
        None if nothing of it is stored.

    Raises
    ------
    InputError
        If the symbol is none.
    StoreError
        If the store cannot be read.
    """
    root, step = near(store, symbol), length(every)
    return framed(root, symbol, step) if disk.manifest(root, symbol, step) else None


def framed(root: Path, symbol: str, step: pd.Timedelta) -> pd.DataFrame:
    """The bars of one length of a market that is stored.

    Parameters
    ----------
    root : Path
        Of a store on this computer.
    symbol : str
    step : Timedelta

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    note = disk.manifest(root, symbol, step)
    frame = disk.read(root, symbol, step, pd.Timestamp(note["since"]), pd.Timestamp(note["until"]))
    frame = with_supply(frame[[name for name in FIELDS if name in frame]], symbol)
    return validate(frame[[name for name in FIELDS if name in frame]])

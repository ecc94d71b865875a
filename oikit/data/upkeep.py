"""Maintenance of the store: list, verify, compact and export it.

=============  ================================================================================
`shelves`      each market with its bar length, rows, range and size
`verify`       every file against its checksum; a list of what is wrong, in words
`compact`      removes unfinished files and the records of old fetches
`export`       one market as CSV, for tools that cannot read Parquet
=============  ================================================================================

No known data is removed; `verify` and `shelves` write nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from oikit.clock import length
from oikit.data import held
from oikit.data import store as disk
from oikit.errors import InputError, StoreError
from oikit.files import storing, write_atomic
from oikit.frame import FIELDS

__all__ = ["compact", "export", "shelves", "verify"]


@dataclass(frozen=True, slots=True)
class Shelf:
    """One market at one bar length.

    Attributes
    ----------
    symbol, every : str
    rows, months, size : int
        Size in bytes.
    since, until : Timestamp
        Bars that end in (since, until].
    address, fetched_at : str
    files : int
        Files of the archive that it holds.
    """

    symbol: str
    every: str
    rows: int
    months: int
    size: int
    since: pd.Timestamp
    until: pd.Timestamp
    address: str
    fetched_at: str
    files: int

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.symbol} {self.every}: {self.rows:,} bars in ({self.since:%Y-%m-%d %H:%M}, "
            f"{self.until:%Y-%m-%d %H:%M}] UTC, {self.months} file(s), {self.size / 2**20:.1f} MiB, "
            f"from {self.address}"
            + (f" and {self.files} file(s) of its archive" if self.files else "")
            + f", fetched {pd.Timestamp(self.fetched_at):%Y-%m-%d %H:%M} UTC"
        )


def shelves(root: Path) -> tuple[list[Shelf], list[str]]:
    """Return the stored markets with their range, rows and size, and what is wrong with the others.

    Raises
    ------
    StoreError
        If the folder itself cannot be read.
    """
    found, wrong = [], []
    for symbol, every in disk.markets(root):
        try:
            found.append(_shelf(root, symbol, every))
        except StoreError as error:
            wrong.append(str(error))
    return found, wrong


def _shelf(root: Path, symbol: str, every: str) -> Shelf:
    step = length(every)
    note, where = disk.manifest(root, symbol, step), disk.folder(root, symbol, step)
    kept = held.files_of(root, symbol, step).values()
    with storing(where, "read"):
        size = sum(path.stat().st_size for path in where.glob("*.parquet"))
    since, until = (pd.Timestamp(note[key]) for key in ("since", "until"))
    return Shelf(
        *(symbol, every, note["rows"], len(note["files"]), size, since, until),
        *(str(note["address"]), str(note["fetched_at"]), sum("sha256" in each for each in kept)),
    )


def verify(root: Path) -> list[str]:
    """Return what is wrong with the store, in words; an empty list if nothing is.

    It checks every file against the checksum of its manifest, every file that no manifest lists, rows
    and their order, impossible values, and unfinished files.

    Raises
    ------
    StoreError
        If the folder itself cannot be read.
    """
    wrong: list[str] = []
    with storing(root, "read"):
        if not root.exists():
            raise InputError(f"there is no store at {root}; choose another with --store or OIKIT_STORE")
        wrong += [f"{path}: left half written; oikit store compact takes it away" for path in _parts(root)]
        folders = sorted(path for path in root.glob("*/*/*") if path.is_dir())
    for where in folders:
        if not disk.is_ours(where):
            wrong.append(f"{str(where)!r}: no market and bar length of ours; it is not read, move it away")
            continue
        try:
            wrong += _wrong_in(root, where)
        except StoreError as error:
            wrong.append(str(error))
    return wrong


def _parts(root: Path) -> list[Path]:
    return sorted(root.rglob(".*.part"))


def _wrong_in(root: Path, where: Path) -> list[str]:
    symbol, step = where.parts[-2], length(where.parts[-1])
    note, wrong = disk.manifest(root, symbol, step), []
    held.files_of(root, symbol, step)
    coming = note.get("coming", {})
    said = {**note.get("files", {}), **coming}
    with storing(where, "read"):
        there = {path.stem: path for path in sorted(where.glob("*.parquet"))}
    wrong += [
        f"{where / month}.parquet: is gone; fetch again" for month in sorted({*said} - {*there} - {*coming})
    ]
    for month, path in there.items():
        if month not in said:
            wrong.append(f"{path}: no manifest names it; move it away")
            continue
        try:
            rows = disk.read_month(where, month)
        except StoreError as error:
            wrong.append(str(error))
            continue
        known = [note.get("files", {}).get(month, {}), coming.get(month, {})]
        if len(rows) not in [entry.get("rows") for entry in known]:
            wrong.append(f"{path}: {len(rows)} rows are not those of its manifest")
        wrong += [f"{path}: {why}" for why in _odd(rows, step)]
    return wrong


def _odd(rows: pd.DataFrame, step: pd.Timedelta) -> list[str]:
    """Return the defects of a table of bars, in words."""
    index = pd.DatetimeIndex(rows.index)
    said = []
    if not (index.is_monotonic_increasing and index.is_unique):
        said.append("its rows are out of order, or stand twice")
    if len(index) and (index.floor(min(step, pd.Timedelta(days=1))) != index).any():
        said.append("it holds a row that ends no bar")
    for name in rows:
        field = FIELDS.get(str(name))
        values = rows[name].dropna().to_numpy(dtype=np.float64)
        low = 0.0 if field and field.bound != "any" else -np.inf
        if not np.isfinite(values).all() or (values < low).any():
            said.append(f"{name} holds a value that cannot be")
    return said


def compact(root: Path, *, keep: int = 20) -> list[str]:
    """Remove unfinished files, and all but the last few fetches from each manifest.

    Parameters
    ----------
    root : Path
    keep : int
        Fetches that each manifest goes on telling of.

    Returns
    -------
    list of str
        What was done, one line each.

    Raises
    ------
    StoreError
        If the store cannot be written to.
    """
    done = []
    with disk.writing(root), storing(root, "write to"):
        for path in _parts(root):
            path.unlink(missing_ok=True)
            done.append(f"{path}: taken away, it was left half written")
    for symbol, every in disk.markets(root):
        before = len(disk.manifest(root, symbol, length(every)).get("fetches", ()))
        disk.settle(root, symbol, length(every), keep=keep)
        done.append(f"{symbol} {every}: {min(before, keep)} of {before} fetches remembered")
    return done


def export(root: Path, symbol: str, every: str, path: Path) -> int:
    """Write one market as CSV: one row a bar, ``time`` in UTC first, a missing value an empty cell.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    InputError
        If nothing of it is stored.
    StoreError
        If it cannot be read or written.
    """
    step = length(every)
    note: dict[str, Any] = disk.manifest(root, symbol, step)
    if not note:
        there = ", ".join(" ".join(each) for each in disk.markets(root)) or "nothing"
        raise InputError(f"the store {root} holds nothing of {symbol} {every}; it holds {there}")
    since, until = (pd.Timestamp(note[key]) for key in ("since", "until"))
    frame = disk.read(root, symbol, step, since, until)
    frame = frame[[name for name in FIELDS if name in frame]]
    # repr gives the shortest text that reads back as the same number.
    text = frame.to_csv(date_format="%Y-%m-%dT%H:%M:%SZ", lineterminator="\n")
    with storing(path, "write"):
        write_atomic({path: text.encode()}, durable=True)
    return len(frame)

"""What has been fetched, kept on disk: Parquet files by market, bar length and month.

::

    ROOT/binance/BNBUSDT/4h/2026-03.parquet    bars that end in (2026-03-01, 2026-04-01] UTC
    ROOT/binance/BNBUSDT/4h/manifest.json      where they came from, and what had to be repaired

The one rule: **what is known is never lost**. A file is written under a temporary name and put in
place in one step; a missing value never replaces a known one; a known value that has changed is
replaced, counted and said. ROOT is ``OIKIT_STORE``, or ``.oikit/store`` in the home folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from oikit.clock import words
from oikit.data.venues.query import check_symbol
from oikit.errors import StoreError

__all__ = ["check", "default_root", "folder", "manifest", "markets", "merge", "read", "write"]

_KEPT = 200  # fetches remembered in a manifest; a market watched for months must not grow it for ever
_MANIFEST = "manifest.json"


def default_root() -> Path:
    """Where the store is, unless an option says otherwise."""
    return Path(os.environ.get("OIKIT_STORE") or Path.home() / ".oikit" / "store").expanduser()


def folder(root: Path, symbol: str, every: pd.Timedelta, *, venue: str = "binance") -> Path:
    """The folder of one market at one bar length.

    Raises
    ------
    InputError
        If the symbol could be anything but one folder's name.
    """
    return root / venue / check_symbol(symbol) / words(every)


def check(root: Path) -> None:
    """Make sure that the store can be written to, before anything is fetched for it.

    Raises
    ------
    StoreError
        If it cannot.
    """
    with _storing(root, "write to"):
        root.mkdir(parents=True, exist_ok=True)
        probe = root / f".{secrets.token_hex(6)}.part"
        probe.touch()
        probe.unlink()


def manifest(root: Path, symbol: str, every: pd.Timedelta, *, venue: str = "binance") -> dict[str, Any]:
    """What is known about the stored bars of one market; empty if there are none.

    Returns
    -------
    dict
        ``address``, ``fetched_at``, ``since``, ``until``, ``rows``, ``columns``, ``files`` (rows and
        sha256 of each month) and ``fetches`` (when, what range, which remarks).

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    path = folder(root, symbol, every, venue=venue) / _MANIFEST
    with _storing(path, "read"):
        if not path.exists():
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict) or not isinstance(found.get("files"), dict):
        raise StoreError(f"{path} is no manifest of a store; move it away and fetch again")
    return found


def markets(root: Path, *, venue: str = "binance") -> list[tuple[str, str]]:
    """Which markets are stored, at which bar lengths?"""
    with _storing(root, "read"):
        return sorted((path.parts[-3], path.parts[-2]) for path in (root / venue).glob(f"*/*/{_MANIFEST}"))


def read(
    root: Path,
    symbol: str,
    every: pd.Timedelta,
    since: pd.Timestamp,
    until: pd.Timestamp,
    *,
    venue: str = "binance",
) -> pd.DataFrame:
    """Read the bars that end in (since, until], one row each; what is not stored is NaN.

    Returns
    -------
    DataFrame, shape (n, m)
        On the grid of `every`, whether or not a bar is stored. No columns if nothing is.

    Raises
    ------
    StoreError
        If a file cannot be read.
    """
    index = pd.date_range(since + every, until, freq=every, name="time").as_unit("us")
    where = folder(root, symbol, every, venue=venue)
    parts = [_read_month(where / f"{month}.parquet") for month in _months(index).unique()]
    stored = pd.concat(parts) if parts else pd.DataFrame(index=index[:0])
    return stored.reindex(index)


def merge(old: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Lay new rows over old ones.

    Returns
    -------
    frame : DataFrame
        Rows and columns of both. Where both know a value the new one stands; a NaN replaces nothing.
    remark : str
        What changed among the values that were known before; empty if nothing did.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 04:00", periods=2, freq="4h", tz="UTC", name="time")
    >>> old = pd.DataFrame({"close": [600.0, 606.0]}, times)
    >>> both, remark = merge(old, pd.DataFrame({"close": [float("nan"), 607.0]}, times))
    >>> both["close"].tolist()
    [600.0, 607.0]
    >>> remark
    'revised: 1 known value(s) changed, the newer stand; first close at 2026-03-02 08:00 UTC, 606 to 607'
    """
    both = new.combine_first(old)
    both = both[[*old.columns, *(name for name in new.columns if name not in old.columns)]]
    was, now = old.align(new, join="inner")
    changed = (was.notna() & now.notna() & (was != now)).to_numpy()
    if not changed.any():
        return both, ""
    row, column = (int(at[0]) for at in changed.nonzero())
    before, after = was.to_numpy()[row, column], now.to_numpy()[row, column]
    first = f"first {was.columns[column]} at {was.index[row]:%Y-%m-%d %H:%M} UTC, {before:.12g} to"
    return both, f"revised: {changed.sum()} known value(s) changed, the newer stand; {first} {after:.12g}"


def write(
    root: Path,
    symbol: str,
    every: pd.Timedelta,
    frame: pd.DataFrame,
    provenance: Mapping[str, Any],
    *,
    venue: str = "binance",
) -> list[str]:
    """Lay a frame over what is stored, month by month, and note where it came from.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        Stamped at bar ends, on the grid of `every`.
    provenance : mapping
        ``address``, ``fetched_at`` and ``remarks`` (a list), and whatever else is worth keeping.

    Returns
    -------
    list of str
        The remarks, with those that writing added.

    Raises
    ------
    StoreError
        If it cannot be written; what was stored before is then untouched or, month by month, newer.
    """
    where, known = folder(root, symbol, every, venue=venue), manifest(root, symbol, every, venue=venue)
    remarks, files = list(provenance.get("remarks", ())), dict(known.get("files", {}))
    columns = list(dict.fromkeys([*known.get("columns", ()), *frame.columns]))
    with _storing(where, "write to"):
        where.mkdir(parents=True, exist_ok=True)
    for month, rows in frame.groupby(_months(pd.DatetimeIndex(frame.index))):
        path = where / f"{month}.parquet"
        both, remark = merge(_read_month(path), rows)
        if remark:
            remarks.append(remark)
        buffer = io.BytesIO()
        both.to_parquet(buffer)
        _put(path, buffer.getvalue())
        files[str(month)] = {
            "rows": len(both),
            "first": both.index[0].isoformat(),
            "last": both.index[-1].isoformat(),
            "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
        }
    files = dict(sorted(files.items()))
    entry = {**provenance, "since": _text(frame.index[0] - every), "until": _text(frame.index[-1])}
    note = {
        "venue": venue,
        "symbol": symbol,
        "every": words(every),
        "stamp": "end of bar, UTC",
        **{key: value for key, value in provenance.items() if key != "remarks"},
        "since": _text(pd.Timestamp(next(iter(files.values()))["first"]) - every),
        "until": list(files.values())[-1]["last"],
        "rows": sum(month["rows"] for month in files.values()),
        "columns": columns,
        "files": files,
        "fetches": [*known.get("fetches", ()), {**entry, "remarks": remarks}][-_KEPT:],
    }
    _put(where / _MANIFEST, json.dumps(note, indent=1, ensure_ascii=False).encode())
    return remarks


def _text(when: pd.Timestamp) -> str:
    return when.isoformat()


def _months(index: pd.DatetimeIndex) -> pd.PeriodIndex:
    # A bar that ends at midnight belongs to the month it lies in.
    return (index - pd.Timedelta(microseconds=1)).tz_localize(None).to_period("M")


def _read_month(path: Path) -> pd.DataFrame:
    with _storing(path, "read"):
        if not path.exists():
            return pd.DataFrame(index=pd.DatetimeIndex([], tz="UTC", name="time").as_unit("us"))
        stored = pd.read_parquet(io.BytesIO(path.read_bytes()))
    index = pd.DatetimeIndex(stored.index).as_unit("us")
    return stored.set_axis(index.rename("time"))


def _put(path: Path, content: bytes) -> None:
    """Write so that a reader sees the old file or the new one, and never half of one."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    with _storing(path, "write"):
        try:
            with part.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def _storing(path: Path, verb: str) -> Iterator[None]:
    """Say in one line what the folder would not let us do."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise StoreError(
            f"cannot {verb} {path} ({why}); choose another folder with --store or OIKIT_STORE"
        ) from error
    except ValueError as error:  # of pyarrow and json: a file that is none of theirs
        raise StoreError(f"cannot {verb} {path}: it is damaged; move it away and fetch again") from error

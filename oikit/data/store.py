"""The store on disk: Parquet files by market, bar length and month.

::

    ROOT/binance/BNBUSDT/4h/2026-03.parquet    bars that end in (2026-03-01, 2026-04-01] UTC
    ROOT/binance/BNBUSDT/4h/manifest.json      where they came from, and what was repaired
    ROOT/binance/BNBUSDT/4h/archive.json       which files of the bulk archive they hold

Known data is never lost. A file is written under a temporary name and moved into place in one step, and
the manifest lists its checksum before that and after, so that a process may be killed at any time; one
process writes at a time; a missing value never replaces a known one; a known value that has changed is
replaced, counted and reported. Files read must match their checksum. ROOT is ``OIKIT_STORE``, or
``.oikit/store`` in the home folder; `oikit.data.upkeep` looks after it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from oikit.clock import length, words
from oikit.data.manifest import SCHEMA, read_manifest
from oikit.data.quality import reworded
from oikit.data.venues.query import check_symbol
from oikit.errors import InputError, StoreError
from oikit.files import locked, read_regular, storing, write_atomic
from oikit.frame import FIELDS, without_freq

__all__ = ["manifest", "markets", "read"]

_LOOKS = 5  # at a file that another process may be replacing
_KEPT = 200  # fetches remembered in a manifest; a market watched for months must not grow it for ever
_MANIFEST, _LOCK = "manifest.json", ".lock"
_PROBE = re.compile(r"\.[0-9a-f]{12}\.part")


def folder(root: Path, symbol: str, every: pd.Timedelta, *, venue: str = "binance") -> Path:
    """The folder of one market at one bar length."""
    return root / venue / check_symbol(symbol) / words(every)


def check(root: Path) -> None:
    """Make sure that the store can be written to, before anything is fetched for it."""
    with storing(root, "write to"):
        root.mkdir(parents=True, exist_ok=True)
        for left in root.glob(".*.part"):
            if _PROBE.fullmatch(left.name):
                left.unlink(missing_ok=True)
        probe = root / f".{secrets.token_hex(6)}.part"
        probe.touch()
        probe.unlink(missing_ok=True)


def manifest(root: Path, symbol: str, every: pd.Timedelta, *, venue: str = "binance") -> dict[str, Any]:
    """Return the manifest of one market's stored bars; empty if there are none.

    Returns
    -------
    dict
        ``schema``, ``address``, ``fetched_at``, ``since``, ``until``, ``rows``, ``columns``, ``files`` (rows
        and sha256 of each month) and ``fetches`` (time, range, remarks).

    Raises
    ------
    StoreError
        If it cannot be read, or if there are bars without one.
    """
    return read_manifest(folder(root, symbol, every, venue=venue) / _MANIFEST)


def markets(root: Path, *, venue: str = "binance") -> list[tuple[str, str]]:
    """Return the stored markets with their bar lengths; folders with other names are not ours."""
    with storing(root, "read"):
        found = [path.parent for path in (root / venue).glob(f"*/*/{_MANIFEST}") if path.is_file()]
    return sorted((where.parts[-2], where.parts[-1]) for where in found if is_ours(where))


def is_ours(where: Path) -> bool:
    """Return whether a folder is named as the store names one: a market, and a bar length in our words."""
    try:
        return where == where.parents[1] / check_symbol(where.parts[-2]) / words(length(where.parts[-1]))
    except InputError:
        return False


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
    parts = [pd.DataFrame(index=index[:0])]
    for month, bars in index.to_series().groupby(_months(index)):
        stored = read_month(where, str(month))
        # Month by month, so that years of five minutes are not laid on the grid twice.
        parts.append(stored.reindex(bars.index) if len(stored) else pd.DataFrame(index=bars.index))
    return pd.concat(parts).set_axis(index)


def merge(old: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Merge new rows into old ones; new known values win, and a remark counts them.

    A ratio told with fewer digits is the same ratio: the longer stands, and nothing was revised.

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
    old, new = without_freq(old), without_freq(new)
    was, now = old.align(new, join="inner")
    same, fewer = reworded(was, now)
    if fewer.to_numpy().any():
        new = new.mask(fewer.reindex(index=new.index, columns=new.columns, fill_value=False))
    both = new.combine_first(old)
    both = both[[*old.columns, *(name for name in new.columns if name not in old.columns)]]
    changed = (was.notna() & now.notna() & (was != now) & ~same).to_numpy()
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
    """Merge a frame into the stored one, month by month, and record its provenance."""
    where = folder(root, symbol, every, venue=venue)
    with writing(root):
        with storing(where, "write to"):
            where.mkdir(parents=True, exist_ok=True)
        _clear(where)
        known = manifest(root, symbol, every, venue=venue)
        settled, content = _settled(where, known), dict[str, bytes]()
        remarks, files = list(provenance.get("remarks", ())), dict(settled)
        for month, rows in frame.groupby(_months(pd.DatetimeIndex(frame.index))):
            old = read_month(where, str(month), files)
            both, remark = merge(old, rows)
            if remark:
                remarks.append(remark)
            both = _canonical(both)
            if both.empty or (len(old) and both.equals(old)):
                continue
            buffer = io.BytesIO()
            both.to_parquet(buffer, compression="zstd")
            content[str(month)] = buffer.getvalue()
            files[str(month)] = {
                "rows": len(both),
                "first": both.index[0].isoformat(),
                "last": both.index[-1].isoformat(),
                "sha256": hashlib.sha256(content[str(month)]).hexdigest(),
            }
        if not files:
            return remarks
        columns = {*known.get("columns", ()), *frame.columns[frame.notna().any()]}
        span = {"since": (frame.index[0] - every).isoformat(), "until": frame.index[-1].isoformat()}
        fetched = {key: value for key, value in provenance.items() if key != "no_supply"}
        fetched |= {**span, "remarks": remarks}
        note = {
            "schema": SCHEMA,
            "venue": venue,
            "symbol": symbol,
            "every": words(every),
            "stamp": "end of bar, UTC",
            **({"archive": known["archive"]} if "archive" in known else {}),
            **{key: value for key, value in provenance.items() if key != "remarks"},
            **_range(files, every),
            "columns": [name for name in FIELDS if name in columns],
            "fetches": [*known.get("fetches", ()), fetched][-_KEPT:],
        }
        adopt(where, {**(known or {**note, "fetches": []}), "files": settled}, note, content)
    return remarks


def adopt(
    where: Path, before: Mapping[str, Any], note: Mapping[str, Any], content: Mapping[str, bytes]
) -> None:
    """Write months of one market and their manifest; the caller must hold the lock."""
    if content:
        # A reader, or a process after this one is killed, finds either file as one of the two.
        _put_note(where, {**before, "coming": {month: note["files"][month] for month in content}})
    for month, body in content.items():
        _put(where / f"{month}.parquet", body)
    _put_note(where, note)


def tidy(root: Path, symbol: str, every: pd.Timedelta) -> None:
    """Do what `settle` does where a process was killed, and nothing in a store that is only read."""
    where = folder(root, symbol, every)
    with contextlib.suppress(StoreError):
        if "coming" in manifest(root, symbol, every) or any(where.glob(".*.part")):
            settle(root, symbol, every)


def settle(
    root: Path, symbol: str, every: pd.Timedelta, *, keep: int = _KEPT, venue: str = "binance"
) -> None:
    """Make good what a process left that was killed while it wrote; of fetches remember the last `keep`."""
    where = folder(root, symbol, every, venue=venue)
    with writing(root):
        _clear(where)
        known = manifest(root, symbol, every, venue=venue)
        if not known or ("coming" not in known and len(known.get("fetches", ())) <= keep):
            return
        files = _settled(where, known)
        if not files:
            with storing(where, "write to"):
                (where / _MANIFEST).unlink()
            return
        known = {**known, **_range(files, every), "fetches": known.get("fetches", [])[-keep:]}
        known.pop("coming", None)
        _put_note(where, known)


def _range(files: Mapping[str, Any], every: pd.Timedelta) -> dict[str, Any]:
    """Return the manifest's totals over its months."""
    months = [files[month] for month in sorted(files)]
    return {
        "since": (pd.Timestamp(months[0]["first"]) - every).isoformat(),
        "until": months[-1]["last"],
        "rows": sum(month["rows"] for month in months),
        "files": dict(sorted(files.items())),
    }


def _settled(where: Path, known: Mapping[str, Any]) -> dict[str, Any]:
    """The months as they are, where a process before this one may have been killed between files."""
    files = dict(known.get("files", {}))
    for month, coming in known.get("coming", {}).items():
        if _digest(where / f"{month}.parquet") == coming["sha256"]:
            files[month] = coming
    return {month: entry for month, entry in files.items() if (where / f"{month}.parquet").exists()}


def _digest(path: Path) -> str:
    with storing(path, "read"):
        try:
            return hashlib.sha256(path.read_bytes()).hexdigest()
        except FileNotFoundError:
            return ""


def _canonical(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the bars in canonical order, so that the same bars make the same file."""
    frame = frame.dropna(how="all").dropna(how="all", axis=1)
    names = [name for name in FIELDS if name in frame]
    frame = frame[[*names, *sorted(str(name) for name in frame if name not in FIELDS)]].sort_index()
    return frame.set_axis(pd.DatetimeIndex(frame.index).as_unit("us").rename("time"))


def _put_note(where: Path, note: Mapping[str, Any]) -> None:
    _put(where / _MANIFEST, json.dumps({"schema": SCHEMA, **note}, indent=1, ensure_ascii=False).encode())


def _put(path: Path, content: bytes) -> None:
    with storing(path, "write"):
        write_atomic({path: content}, durable=True)


def _clear(where: Path) -> None:
    """Remove the unfinished files of a killed process; the caller must hold the lock."""
    with storing(where, "write to"):
        for part in where.glob(".*.part"):
            part.unlink(missing_ok=True)


def _months(index: pd.DatetimeIndex) -> pd.PeriodIndex:
    # A bar that ends at midnight belongs to the month it lies in.
    return (index - pd.Timedelta(microseconds=1)).tz_localize(None).to_period("M")


def read_month(where: Path, month: str, files: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """One month, once its bytes are what the manifest says; without a file, no rows."""
    path = where / f"{month}.parquet"
    for again in range(_LOOKS):
        with storing(path, "read"):
            try:
                body = read_regular(path)
            except FileNotFoundError:
                return pd.DataFrame(index=pd.DatetimeIndex([], tz="UTC", name="time").as_unit("us"))
        note = read_manifest(where / _MANIFEST) if files is None else {"files": files}
        said = [
            entry[month]["sha256"]
            for entry in (note.get("files", {}), note.get("coming", {}))
            if month in entry
        ]
        if hashlib.sha256(body).hexdigest() in said:
            break
        if files is not None or again == _LOOKS - 1:
            raise StoreError(_damaged(path, f"its checksum is not the one in {_MANIFEST}"))
        time.sleep(0.02 * (again + 1))  # another process has put a newer one in place just now
    try:
        stored = pd.read_parquet(io.BytesIO(body))
        wrong = _no_bars(stored)
    except Exception as error:  # pyarrow has errors of many kinds
        raise StoreError(_damaged(path, "it is no table")) from error
    if wrong:
        raise StoreError(_damaged(path, wrong))
    index = pd.DatetimeIndex(stored.index).as_unit("us")
    return stored.set_axis(index.rename("time"))


def _no_bars(stored: pd.DataFrame) -> str:
    """Return why a table is none of bars, or nothing."""
    if not isinstance(stored.index, pd.DatetimeIndex) or str(stored.index.tz) != "UTC":
        return "its rows have no times in UTC"
    if not (stored.index.is_monotonic_increasing and stored.index.is_unique):
        return "its rows are out of order, or stand twice"
    odd = [name for name, kind in stored.dtypes.items() if not pd.api.types.is_float_dtype(kind)]
    return f"{odd[0]!s:.40} holds something other than numbers" if odd else ""


def _damaged(path: Path, why: str) -> str:
    return f"cannot read {path}: it is damaged, {why}; move it away and fetch again"


@contextlib.contextmanager
def writing(root: Path) -> Iterator[None]:
    """Hold the store's write lock for the block."""
    with contextlib.ExitStack() as stack:
        with storing(root, "write to"):
            root.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(root / _LOCK))
        yield

"""A local copy of a remote store: changes are copied here, and read from the copy.

Every copy must match its checksum. The manifest of a market lists its months and their checksums; a
month that is here already is not sent again, one that does not match is refused, and a copy is written
as atomically as the store itself, so a concurrent reader never sees a partial one.
"""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path
from typing import Any

from oikit.clock import length
from oikit.data import store as disk
from oikit.data.manifest import checked, read_manifest
from oikit.errors import InputError, OikitError, StoreError
from oikit.files import cache_folder, filesystem, is_address, store_address, store_root

__all__ = ["names", "near", "opened"]

_WEB = re.compile(r"https?://", re.IGNORECASE)
_LOOKS = 5  # at a manifest that somebody may be replacing


def near(store: str | Path | None, symbol: str) -> Path:
    """The folder on this computer that holds a market of this store.

    Parameters
    ----------
    store : path or address, optional
        A folder, which is given back; or an address that fsspec knows, like ``"s3://bucket/store"``,
        of which the market is copied to ``OIKIT_CACHE``. By default the usual store.
    symbol : str

    Returns
    -------
    Path
        Without the market, if the store does not hold it.

    Raises
    ------
    InputError
        If the address or the symbol is none.
    StoreError
        If the address cannot be read, or a file there is damaged.
    MissingExtra
        If it is an address and fsspec is not installed.
    """
    address = str(store or store_address())
    if not is_address(address):
        return store_root(store)
    files, there = opened(address)
    here = cache_folder() / "stores" / hashlib.sha256(address.rstrip("/").encode()).hexdigest()[:16]
    try:
        here.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"cannot copy the store {address} to {here} ({error.strerror})"
        raise StoreError(f"{why}; choose another folder with OIKIT_CACHE") from error
    with disk.writing(here):
        for manifest in _manifests(address, files, there):
            name, every = manifest.split("/")[-3:-1]
            if name == symbol:
                where = disk.folder(here, symbol, length(every))
                _copy(address, files, manifest.rpartition("/")[0], where)
    return here


def names(store: str | Path | None = None) -> list[str]:
    """Return the markets in a store, local or remote.

    Raises
    ------
    InputError, StoreError, MissingExtra
        Those of `near`.
    """
    address = str(store or store_address())
    if is_address(address):
        return sorted({path.split("/")[-3] for path in _manifests(address, *opened(address))})
    root = store_root(store)
    return sorted({symbol for symbol, _ in disk.markets(root)}) if root.is_dir() else []


def opened(address: str) -> tuple[Any, str]:
    """The file system of a store, and the path on it.

    Raises
    ------
    InputError
        If no store can be there.
    MissingExtra
        If fsspec is not installed.
    """
    if _WEB.match(address):
        raise InputError(f"the store {address} is a web address, which lists no files; copy it to a folder")
    files, there = filesystem(address, "data")
    return files, there.rstrip("/")


def _manifests(address: str, files: Any, there: str) -> list[str]:
    try:
        return sorted(files.glob(f"{there}/binance/*/*/manifest.json"))
    except Exception as error:  # each file system has errors of its own
        raise _cannot(address, error) from error


def _copy(address: str, files: Any, there: str, where: Path) -> None:
    """One market at one bar length."""
    for again in range(_LOOKS):
        note, content, wrong = _look(address, files, there, where)
        if not wrong:
            break
        time.sleep(0.02 * (again + 1))  # another process has put a newer one in place just now
    else:
        raise StoreError(
            f"cannot read the store {address}: {wrong} is damaged, it is not what the manifest says"
        )
    before = read_manifest(where / "manifest.json")
    if note != before:
        where.mkdir(parents=True, exist_ok=True)
        disk.adopt(where, before or {**note, "files": {}}, note, content)


def _look(address: str, files: Any, there: str, where: Path) -> tuple[dict[str, Any], dict[str, bytes], str]:
    """The manifest, the months that are not here yet, and the name of one that does not match."""
    content: dict[str, bytes] = {}
    try:
        note = checked(files.cat_file(f"{there}/manifest.json"))
        coming, months = note.pop("coming", {}), note["files"]
        for month in {**months, **coming}:
            said = {each[month]["sha256"]: each[month] for each in (months, coming) if month in each}
            path = where / f"{month}.parquet"
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
            if digest not in said:
                content[month] = files.cat_file(f"{there}/{month}.parquet")
                digest = hashlib.sha256(content[month]).hexdigest()
            if digest not in said:
                return {}, {}, f"{there}/{month}.parquet"
            months[month] = said[digest]
    except OikitError:
        raise
    except Exception as error:
        raise _cannot(address, error) from error
    return note, content, ""


def _cannot(address: str, error: Exception) -> StoreError:
    why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return StoreError(f"cannot read the store {address} ({why})")

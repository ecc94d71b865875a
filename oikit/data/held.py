"""Record of the archive files whose bars are stored: ``archive.json`` beside a market's manifest.

It may list a file whose bars are not stored yet, but never omits one whose bars are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from oikit.data.manifest import read_archive
from oikit.data.store import folder, writing
from oikit.files import storing, write_atomic

_FILES = "archive.json"


def files_of(root: Path, symbol: str, every: pd.Timedelta, *, venue: str = "binance") -> dict[str, Any]:
    """Return the files of the bulk archive whose bars are stored, by key."""
    files: dict[str, Any] = read_archive(folder(root, symbol, every, venue=venue) / _FILES).get("files", {})
    return files


def note_files(
    root: Path,
    symbol: str,
    every: pd.Timedelta,
    address: str,
    files: Mapping[str, Mapping[str, Any]],
    *,
    venue: str = "binance",
) -> None:
    """Add to what `files_of` tells."""
    if not files:
        return
    path = folder(root, symbol, every, venue=venue) / _FILES
    with writing(root):
        with storing(path.parent, "write to"):
            path.parent.mkdir(parents=True, exist_ok=True)
        known = read_archive(path).get("files", {})
        both = dict(sorted({**known, **files}.items()))
        if both != known:
            lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(entry)}" for key, entry in both.items())
            text = f'{{\n "address": {json.dumps(address)},\n "files": {{\n{lines}\n }}\n}}\n'
            with storing(path, "write"):
                write_atomic({path: text.encode()}, durable=True)

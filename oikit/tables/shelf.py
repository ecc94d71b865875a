"""Tables of one's own in the store, apart from what was fetched: ``ROOT/own/SYMBOL.parquet`` and its note."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd

from oikit.clock import bar_length, words
from oikit.data import store as disk
from oikit.data.venues.query import SYMBOL, check_symbol
from oikit.errors import InputError, StoreError
from oikit.files import storing, write_atomic
from oikit.frame import FIELDS, validate


def put(root: Path, symbol: str, frame: pd.DataFrame, *, file: str, notes: list[str]) -> Path:
    """Keep a frame under a symbol, in place of an older one; the exchange's own markets keep their names."""
    check_symbol(symbol)
    if len(validate(frame)) < 2:
        raise InputError(f"{file} holds {len(frame)} bar(s); a market is two or more")
    if root.is_dir() and any(name == symbol for name, _ in disk.markets(root)):
        raise InputError(f"{symbol} was fetched from the exchange; use another name, like {symbol}-OWN")
    buffer = io.BytesIO()
    frame[[name for name in FIELDS if name in frame]].to_parquet(buffer, compression="zstd")
    content = buffer.getvalue()
    index = frame.index
    note = {
        "symbol": symbol,
        "every": words(bar_length(index)),
        "stamp": "end of bar, UTC",
        "file": file,
        "rows": len(frame),
        "first": index[0].isoformat(),
        "last": index[-1].isoformat(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "notes": notes,
    }
    path = root / "own" / f"{symbol}.parquet"
    with disk.writing(root), storing(path, "write"):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(note, indent=1, ensure_ascii=False).encode()
        write_atomic({path: content, path.with_suffix(".json"): text}, durable=True)
    return path


def get(root: Path, symbol: str) -> tuple[pd.DataFrame, dict[str, Any]] | None:
    """Return a kept frame and its note; None if there is none."""
    if not SYMBOL.fullmatch(symbol):
        return None
    path = root / "own" / f"{symbol}.parquet"
    with storing(path, "read"):
        if not path.is_file():
            return None
        content = path.read_bytes()
        note = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if hashlib.sha256(content).hexdigest() != note["sha256"]:
        raise StoreError(f"cannot read {path}: its checksum is not the one in its note; import it again")
    return validate(pd.read_parquet(io.BytesIO(content))), note


def listed(root: Path) -> dict[str, str]:
    """Return a line for each kept table, by its symbol."""
    found = {}
    for path in sorted((root / "own").glob("*.json")):
        with storing(path, "read"):
            note = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = (
            f"{note['symbol']} {note['every']}: {note['rows']:,} bars to "
            f"{pd.Timestamp(note['last']):%Y-%m-%d %H:%M} UTC, a table of your own, from {note['file']}"
        )
    return found

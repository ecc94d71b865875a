"""The two notes that the store keeps beside bars, read with each part checked.

``manifest.json`` of a market says where its bars came from, and the checksum of each month;
``archive.json`` says which files of the bulk archive they hold. Both are text on a reader's disk: cut
short, edited, copied by a tool or planted. What cannot be what it should be is a `StoreError` that names
the file and the part, before anything is done with it. A manifest without a ``schema`` is of the first
kind, which is read as it is.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from oikit.errors import StoreError
from oikit.files import read_regular, storing

SCHEMA = 1
MONTH = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])")
_SHA = re.compile(r"[0-9a-f]{64}")
_WITH_FOLDER = "move its folder away and fetch again"  # without it nothing vouches for the bars

Note = dict[str, Any]


def read_manifest(path: Path) -> Note:
    """Read a market's manifest; empty if there is none, which no folder that holds bars may lack."""
    note = _read(path, _manifest, _WITH_FOLDER)
    if not note:
        with storing(path.parent, "read"):
            bars = [month for month in path.parent.glob("*.parquet") if MONTH.fullmatch(month.stem)]
        # It is written before the first of them, so a reader who finds none here looks once more.
        note = _read(path, _manifest, _WITH_FOLDER) if bars else {}
        if bars and not note:
            raise StoreError(
                f"{path.parent} holds {len(bars)} file(s) of bars, but no {path.name} that vouches for them; "
                "move the folder away and fetch again"
            )
    return note


def read_archive(path: Path) -> Note:
    """Read which files of the archive are stored; empty if there is no such note."""
    return _read(path, _archive, "move it away and fetch again")


def checked(body: bytes) -> Note:
    """Return the manifest in these bytes, or raise a ValueError that says what is wrong with it."""
    wrong = _wrong(body, _manifest)
    if wrong:
        raise ValueError(wrong)
    note: Note = json.loads(body.decode("utf-8-sig"))
    return note


def _read(path: Path, check: Callable[[Note], str], remedy: str) -> Note:
    with storing(path, "read"):
        try:
            body = read_regular(path)
        except FileNotFoundError:
            return {}
    wrong = _wrong(body, check)
    if wrong:
        raise StoreError(f"cannot read {path}: it is damaged, {wrong}; {remedy}")
    note: Note = json.loads(body.decode("utf-8-sig"))
    return note


@functools.lru_cache(maxsize=16)
def _wrong(body: bytes, check: Callable[[Note], str]) -> str:
    """Return what is wrong with a note; months are read one by one, each with the same manifest."""
    try:
        note = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return "it is no JSON"
    if not isinstance(note, dict) or not isinstance(note.get("files"), dict):
        return "it lists no files"
    return check(note)


def _manifest(note: Note) -> str:
    if not isinstance(note.get("schema", 0), int):
        return "its schema is no number"
    if note.get("schema", 0) > SCHEMA:
        return f"or a newer oikit has written it (schema {note['schema']}, this one reads up to {SCHEMA})"
    for key in ("files", "coming"):
        months = note.get(key, {})
        if not isinstance(months, dict) or not all(_is_month(*item) for item in months.items()):
            return f"{key} is no list of months"
    if not note["files"] and not note.get("coming"):
        return "it lists no files"
    for key in ("fetched_at", "since", "until"):
        if not _is_time(note.get(key)):
            return f"{key} is no time"
    if not _is_text(note.get("address")):
        return "address is no text"
    if not isinstance(note.get("rows"), int):
        return "rows is no number"
    for key in ("lacking", "no_supply", "columns"):
        if not _is_texts(note.get(key, [])):
            return f"{key} is no list of texts"
    if not all(_is_time(at) for at in note.get("no_supply", [])):
        return "no_supply is no list of times"
    fetches = note.get("fetches")
    if not isinstance(fetches, list) or not all(
        isinstance(each, dict) and _is_texts(each.get("remarks")) for each in fetches
    ):
        return "fetches is no list of fetches"
    archive = note.get("archive", {})
    if not isinstance(archive, dict) or not _is_text(archive.get("address", "")):
        return "archive is no archive"
    return ""


def _archive(note: Note) -> str:
    for key, entry in note["files"].items():
        if not isinstance(entry, dict) or not _is_text(key):
            return "it lists something other than files"
        missing, bars = entry.get("missing"), entry.get("bars", 0)
        if not isinstance(bars, int) or not _is_text(entry.get("sha256", "")):
            return f"what it says of {key[-60:]} cannot be"
        if missing is not None and not _is_time(missing):
            return f"what it says of {key[-60:]} cannot be"
    return ""


def _is_month(month: str, entry: Any) -> bool:
    return (
        bool(MONTH.fullmatch(month))
        and isinstance(entry, dict)
        and isinstance(entry.get("rows"), int)
        and _is_time(entry.get("first"))
        and _is_time(entry.get("last"))
        and isinstance(entry.get("sha256"), str)
        and bool(_SHA.fullmatch(entry["sha256"]))
    )


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and pd.Timestamp(value).tzinfo is not None
    except (ValueError, OverflowError):
        return False


def _is_text(value: Any) -> bool:
    """Return whether this is one line of text without control codes, fit to be printed."""
    return isinstance(value, str) and value.isprintable()


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(each) for each in value)

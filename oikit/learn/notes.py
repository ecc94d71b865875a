"""The learner's notes: ``.oikit/progress.json`` in the working folder.

Each check, prediction and sentence adds one entry. The file is read again, extended and replaced
under a lock, so that two notebooks in one folder lose nothing and a crash leaves the old file.
There is no name, no address and no time of day in it: only minutes since the first entry.

A folder that cannot be written costs one line of text and nothing else: entries then live as long
as the kernel, and checking works as before.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from oikit.files import locked, write_atomic

__all__ = ["entries", "record"]

Entry = dict[str, Any]

_unsaved: list[Entry] = []
_told: set[str] = set()

_PATIENCE = 2.0  # seconds to wait for another notebook that is writing


def record(kind: str, name: str, **facts: Any) -> str:
    """Add one entry.

    Parameters
    ----------
    kind : str
        ``"check"``, ``"hint"``, ``"prediction"``, ``"quiz"``, ``"reveal"``, ``"sentence"`` ...
    name : str
        The id of the exercise or question.
    **facts
        What to remember; plain values only.

    Returns
    -------
    str
        Empty, or the one line the learner should read about the file, once per kernel and reason.
    """
    entry: Entry = {"kind": kind, "id": name, **facts}
    folder = Path(".oikit")
    try:
        folder.mkdir(exist_ok=True)
        with locked(folder / "progress.lock", patience=_PATIENCE, optional=True):
            kept, line = _read(folder / "progress.json")
            began = kept.setdefault("began", int(time.time()))
            entry["minutes"] = max(0, int(time.time() - began) // 60)
            kept["entries"].append(entry)
            _write(folder / "progress.json", kept)
    except OSError as error:
        _unsaved.append(entry)
        reason = error.strerror or type(error).__name__
        line = (
            f"Your progress is not saved, because this folder cannot be written ({reason}). Checking "
            "still works; to keep your progress, copy the notebook into a folder of your own."
        )
    if not line or line in _told:
        return ""
    _told.add(line)
    return line


def entries(kind: str, name: str) -> list[Entry]:
    """Return the entries recorded for one exercise or question, oldest first.

    Parameters
    ----------
    kind, name : str
        As given to `record`.
    """
    return [each for each in book()[0] if each["kind"] == kind and each["id"] == name]


def book() -> tuple[list[Entry], str]:
    """Return all entries, oldest first, and one line if the file could not be read."""
    line = ""
    try:
        kept = parse((Path(".oikit") / "progress.json").read_text(encoding="utf-8"))["entries"]
        kept = [each for each in kept if readable(each)]
    except FileNotFoundError:
        kept = []
    except ValueError:
        kept = []
        line = "Your earlier progress could not be read; the next check keeps that file under another name."
    except OSError as error:
        kept = []
        line = f"Your earlier progress could not be read ({error.strerror or type(error).__name__})."
    return [*kept, *_unsaved], line


_PLAIN: dict[str, dict[str, type | tuple[type, ...]]] = {
    "check": {"status": str, "tries": int, "misconception": str, "seen": str},
    "prediction": {"choice": str, "confidence": (int, float)},
    "sentence": {"text": str},
    "quiz": {"status": str, "choice": str},
    "opened": {"pick": str, "right": bool},
    "reveal": {"right": bool},
    "submission": {"digest": str},
}


def parse(text: str) -> dict[str, Any]:
    """Read a book of entries."""
    try:
        book = json.loads(text)
    except RecursionError:
        raise ValueError("not a book of entries") from None
    if not isinstance(book, dict) or not isinstance(book.get("entries"), list):
        raise ValueError("not a book of entries")
    if not isinstance(book.get("began", 0), int):
        raise ValueError("no minute it began in")
    if not all(isinstance(each, dict) for each in book["entries"]):
        raise ValueError("an entry is no entry")
    return book


def readable(each: Entry) -> bool:
    """Return whether an entry has the form that `record` writes; others stay in the file, unused."""
    if not all(isinstance(each.get(key), str) for key in ("kind", "id")):
        return False
    return all(isinstance(each.get(key), kind) for key, kind in _PLAIN.get(each["kind"], {}).items())


def _read(path: Path) -> tuple[dict[str, Any], str]:
    fresh: dict[str, Any] = {"format": 1, "entries": []}
    try:
        return parse(path.read_text(encoding="utf-8")), ""
    except FileNotFoundError:
        return fresh, ""
    except ValueError:
        # A half-copied or hand-edited file is kept for the teacher, never overwritten.
        number = 1
        while (aside := path.with_name(f"progress.unreadable-{number}.json")).exists():
            number += 1
        os.replace(path, aside)
        return (
            fresh,
            f"Your earlier progress could not be read; it is kept as {aside.name}, and a new file begins.",
        )


def _write(path: Path, kept: dict[str, Any]) -> None:
    write_atomic({path: (json.dumps(kept, indent=1, ensure_ascii=False) + "\n").encode()})

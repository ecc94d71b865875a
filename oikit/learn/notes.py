"""The learner's notes: ``.oikit/progress.json`` in the working folder.

Each check, prediction and sentence adds one entry. The file is read again, extended and replaced
under a lock, so that two notebooks in one folder lose nothing and a crash leaves the old file.
There is no name, no address and no time of day in it: only minutes since the first entry.

A folder that cannot be written costs one line of text and nothing else: entries then live as long
as the kernel, and checking works as before.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["entries", "record"]

Entry = dict[str, Any]

_unsaved: list[Entry] = []
_told: set[str] = set()

_PATIENCE = 2.0  # seconds to wait for another notebook that is writing
_STALE = 10.0  # seconds after which a lock is a leftover of a crash


def record(kind: str, name: str, **facts: Any) -> str:
    """Add one entry.

    Parameters
    ----------
    kind : str
        ``"check"``, ``"prediction"``, ``"sentence"``, ``"quiz"`` or ``"reveal"``.
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
        with _lock(folder / "progress.lock"):
            book, line = _read(folder / "progress.json")
            began = book.setdefault("began", int(time.time()))
            entry["minutes"] = max(0, int(time.time() - began) // 60)
            book["entries"].append(entry)
            _write(folder / "progress.json", book)
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
    """What is remembered about one exercise or question, oldest first.

    Parameters
    ----------
    kind, name : str
        As given to `record`.
    """
    try:
        book = _parse((Path(".oikit") / "progress.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        book = {"entries": []}
    return [
        each for each in [*book["entries"], *_unsaved] if each.get("kind") == kind and each.get("id") == name
    ]


def _parse(text: str) -> dict[str, Any]:
    book = json.loads(text)
    if not isinstance(book, dict) or not isinstance(book.get("entries"), list):
        raise ValueError("not a book of entries")
    if not all(isinstance(each, dict) for each in book["entries"]):
        raise ValueError("an entry is no entry")
    return book


def _read(path: Path) -> tuple[dict[str, Any], str]:
    fresh: dict[str, Any] = {"format": 1, "entries": []}
    try:
        return _parse(path.read_text(encoding="utf-8")), ""
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


def _write(path: Path, book: dict[str, Any]) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(part, path)


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _STALE:
                    path.unlink()
            if time.monotonic() > until:
                raise TimeoutError(0, "another notebook is writing") from None
            time.sleep(0.01)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)

"""The learner of this folder: a nickname in ``.oikit/learner.txt``, or nobody in particular.

Without a name everyone is ``"class"`` and has the same numbers, so that a room can talk about them.
With one, `oikit.learn.variants` draws individual numbers. The name stays in this folder; it is in no
other file, so a teacher can collect ``progress.json`` without it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from oikit.errors import InputError
from oikit.files import write_atomic
from oikit.learn.show import note
from oikit.learn.todo import TODO, untouched

__all__ = ["learner"]

CLASS = "class"
"""The learner everyone is until they say otherwise."""

_ALLOWED = re.compile(r"[\w][\w .-]{0,39}")
_here: list[str] = []  # where the folder cannot be written, the name lives as long as the kernel


def learner(name: Any = TODO) -> None:
    """Set the nickname under which you work here, or show it.

    Parameters
    ----------
    name : str
        A nickname or a number, at most 40 characters; not your full name. Capitals do not matter.

    Raises
    ------
    InputError
        If the name is not valid.

    Notes
    -----
    A folder has one learner. Exercises then use numbers of your own, the same ones each time.
    """
    if untouched(name):
        _say(f"You work as {current()}.")
        return
    wanted = _read(name)
    kept = _kept()
    if kept and kept != wanted:
        _say(
            f"This folder belongs to {kept}, and so do the tries in it. To work as {wanted}, copy the "
            f"notebooks into a folder of your own. Going on as {kept}."
        )
        return
    line = "" if kept else _keep(wanted)
    whose = "the numbers of the class" if wanted == CLASS else "numbers of your own"
    _say(f"You work as {wanted}, with {whose}. Run the cells that show your numbers once more.", line)


def current() -> str:
    """Return the learner's name: from OIKIT_LEARNER, else from this folder, else ``"class"``."""
    told = os.environ.get("OIKIT_LEARNER", "")
    return _read(told) if told else _kept() or CLASS


def _read(name: Any) -> str:
    text = str(name).strip().lower() if isinstance(name, str | int) and not isinstance(name, bool) else ""
    if not _ALLOWED.fullmatch(text):
        raise InputError(
            f"learner({name!r}) is no nickname; write letters or digits in quotes, such as learner('ana')"
        )
    return text


def _kept() -> str:
    try:
        return _read((Path(".oikit") / "learner.txt").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return _here[-1] if _here else ""


def _keep(name: str) -> str:
    folder = Path(".oikit")
    try:
        folder.mkdir(exist_ok=True)
        write_atomic({folder / "learner.txt": f"{name}\n".encode()})
    except OSError as error:
        _here.append(name)
        reason = error.strerror or type(error).__name__
        return (
            f"The name is not kept, because this folder cannot be written ({reason}). "
            "Run this line again after a restart."
        )
    return ""


def _say(*lines: str) -> None:
    note("KEPT", "learner", *lines)

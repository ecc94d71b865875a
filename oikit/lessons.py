"""Lookup of the lessons, which are a package of their own: `oikit_lessons`, a folder for each lesson.

The library imports that package nowhere else, and each part of a lesson only when it is asked for.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from oikit.errors import InputError, OikitError

__all__ = ["Lesson", "files", "lessons", "numbers", "part"]

PACKAGE = "oikit_lessons"


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson as it lies on the disk.

    Attributes
    ----------
    number : str
        Two digits, such as ``"02"``.
    notebook : str
        The name of its notebook without the ending, such as ``"02_ratio_threshold"``.
    source : Path
        Its cells with their solutions, in jupytext's percent format.
    """

    number: str
    notebook: str
    source: Path


def numbers() -> tuple[str, ...]:
    """Return the number of every lesson, in order.

    Raises
    ------
    OikitError
        If the lessons are not installed.
    """
    return tuple(folder.name[-2:] for folder in _folders(_root()))


def part(lesson: str, name: str) -> ModuleType:
    """Import one module of a lesson, and no other lesson's.

    Parameters
    ----------
    lesson : str
        Its number.
    name : str
        Such as ``"exercises"`` and ``"questions"``, which every lesson has, holding EXERCISES and
        QUESTIONS, or ``"words"``, holding the WORDS of its result sentences.

    Returns
    -------
    module

    Raises
    ------
    InputError
        If there is no such lesson.
    OikitError
        If the lessons are not installed.
    """
    if lesson not in numbers():
        raise InputError(f"there is no lesson {lesson!r}; there are lessons {', '.join(numbers())}")
    return importlib.import_module(f"{PACKAGE}.lesson{lesson}.{name}")


def lessons(folder: str | Path | None = None) -> list[Lesson]:
    """Find the lessons in a folder, in order.

    Parameters
    ----------
    folder : path, optional
        Holding ``lesson01`` and so on; by default the lessons that come with oikit.

    Returns
    -------
    list of Lesson

    Raises
    ------
    InputError
        If there is none, or one that does not name its notebook.
    OikitError
        If the lessons are not installed.
    """
    found = _folders(_root() if folder is None else Path(folder))
    if not found:
        raise InputError(
            f"there are no lessons in {folder}; a lesson is a folder such as lesson01 with a lesson.py "
            "in percent format"
        )
    return [Lesson(each.name[-2:], _notebook(each), each / "lesson.py") for each in found]


def files(name: str, lesson: str = "[0-9][0-9]") -> list[Path]:
    """Find the files of this name in the lessons' folders, in order.

    Parameters
    ----------
    name : str
        Such as ``"hero.js"``.
    lesson : str
        The number of one lesson; by default all.

    Returns
    -------
    list of Path

    Raises
    ------
    OikitError
        If the lessons are not installed.
    """
    return sorted(_root().glob(f"lesson{lesson}/{name}"))


def _root() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise OikitError(
            f"this needs the lessons ({PACKAGE}), which come with oikit and are not installed here; "
            "type: pip install --force-reinstall oikit, or in a copy of the repository: pip install -e ."
        )
    return Path(found.origin).parent


def _folders(root: Path) -> list[Path]:
    return sorted(path.parent for path in root.glob("lesson[0-9][0-9]/lesson.py"))


def _notebook(folder: Path) -> str:
    """Read NOTEBOOK without running anything: a folder to build from need not be importable."""
    module = folder / "__init__.py"
    for node in ast.parse(module.read_text(encoding="utf-8")).body if module.is_file() else ():
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "NOTEBOOK":
            return str(ast.literal_eval(node.value))
    raise InputError(f'{module} names no notebook; write NOTEBOOK = "{folder.name[-2:]}_name" into it')

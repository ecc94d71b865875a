"""What all tests of a lesson share: its source, its run with the solutions, and the page that is made of it.

A lesson takes up to half a minute to run, so each is run once by a process; `tests/conftest.py` keeps
the tests of one lesson on one worker.
"""

from __future__ import annotations

import copy
import functools
import importlib.util
from pathlib import Path
from typing import Any

import pytest

from oikit.export import render
from oikit.learn import course
from oikit.learn.run import run
from oikit.lessons import Lesson, lessons, numbers

LESSONS = lessons()
NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
EXPLORERS = tuple(
    each for each in numbers() if importlib.util.find_spec(f"oikit_lessons.lesson{each}.explorer")
)
"""The lessons that have an explorer with controls; the others show a picture."""

each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.notebook)


def lesson_of(number: str) -> Lesson:
    """Find a lesson by its number."""
    (found,) = (each for each in LESSONS if each.number == number)
    return found


def plant(folder: Path, notebook: str, text: str) -> Lesson:
    """Write a lesson of these cells into a folder of lessons."""
    own = folder / f"lesson{notebook[:2]}"
    own.mkdir(parents=True, exist_ok=True)
    (own / "__init__.py").write_text(f'NOTEBOOK = "{notebook}"\n', encoding="utf-8")
    (own / "lesson.py").write_text(text, encoding="utf-8")
    return Lesson(notebook[:2], notebook, own / "lesson.py")


@functools.cache
def _solved(lesson: str) -> Any:
    pytest.importorskip("nbclient")
    return run(course.solved(lesson_of(lesson[:2])), name=lesson)


def solved_run(lesson: str) -> Any:
    """Return the lesson with its solutions and what they put out; the copy is yours."""
    return copy.deepcopy(_solved(lesson))


@functools.cache
def solved_page(lesson: str) -> str:
    """Return the solved lesson as a reader without a kernel gets it."""
    return render(solved_run(lesson))

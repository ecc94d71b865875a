"""What all tests of a lesson share: its run with the solutions, and the page that is made of it.

A lesson takes up to half a minute to run, so each is run once by a process; `tests/conftest.py` keeps
the tests of one lesson on one worker.
"""

from __future__ import annotations

import copy
import functools
from pathlib import Path
from typing import Any

import pytest

from oikit.export import render
from oikit.learn import course
from oikit.learn.run import run

SOURCES = Path(__file__).resolve().parents[1] / "notebooks" / "source"


@functools.cache
def _solved(lesson: str) -> Any:
    pytest.importorskip("nbclient")
    return run(course.solved(SOURCES / f"{lesson}.py"), name=lesson)


def solved_run(lesson: str) -> Any:
    """Return the lesson with its solutions and what they put out; the copy is yours."""
    return copy.deepcopy(_solved(lesson))


@functools.cache
def solved_page(lesson: str) -> str:
    """Return the solved lesson as a reader without a kernel gets it."""
    return render(solved_run(lesson))

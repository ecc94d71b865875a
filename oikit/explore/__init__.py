"""Explorers: one per lesson, one definition, two faces.

>>> print(explore("01", buyer="closes", seller="closes", size=5).says.split(". ")[0])
Both sides leave, so contracts disappear

``explore("01")`` plays it with buttons and sliders; named settings give the same result in words,
for reading aloud, for slow machines and for a page without a kernel. ``still("01")`` is one chart
that moves by itself. To add one: write a module with an `Explorer` and list it in `EXPLORERS`.
"""

from __future__ import annotations

from typing import Any

from oikit.errors import InputError, MissingExtra
from oikit.explore.ledger import LEDGER
from oikit.explore.model import Explorer, words

__all__ = ["EXPLORERS", "explore", "still"]

EXPLORERS: dict[str, Explorer] = {LEDGER.id: LEDGER}
"""Lesson number to explorer."""


def explore(lesson: str, **settings: Any) -> Any:
    """Play with the question of a lesson.

    Parameters
    ----------
    lesson : str
        Its number, such as ``"01"``.
    **settings
        Given any, the answer comes in words, for these settings; a control that is not named
        stays at its start.

    Returns
    -------
    Face, VConcatChart or Words
        Buttons and sliders; where widgets are not installed, the chart of `still`; with settings,
        words and a table.

    Raises
    ------
    InputError
        If there is no such lesson, control or option.
    """
    explorer = _find(lesson)
    if settings:
        return words(explorer, settings)
    try:
        from oikit.explore.widget import Face
    except ImportError:
        return still(lesson)
    return Face(explorer)


def still(lesson: str) -> Any:
    """Draw the explorer of a lesson as one chart that moves without a kernel.

    Parameters
    ----------
    lesson : str
        Its number, such as ``"01"``.

    Returns
    -------
    VConcatChart

    Raises
    ------
    InputError
        If there is no such lesson.
    MissingExtra
        If Altair is not installed.
    """
    explorer = _find(lesson)
    try:
        from oikit.explore.drawing import chart
    except ImportError as error:
        raise MissingExtra("altair", "charts") from error
    return chart(explorer)


def _find(lesson: str) -> Explorer:
    if lesson not in EXPLORERS:
        raise InputError(f"there is no explorer for lesson {lesson!r}; there are {', '.join(EXPLORERS)}")
    return EXPLORERS[lesson]

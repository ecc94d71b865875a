"""Explorers: one per lesson, one definition, two faces.

>>> print(explore("01", buyer="closes", seller="closes", size=5).says.split(". ")[0])
Both sides leave, so contracts disappear

``explore("01")`` plays it with buttons and sliders; named settings give the same result in words,
for reading aloud, for slow machines and for a page without a kernel. ``still("01")`` is one chart
that moves by itself. To add one: write ``explorer.py`` with an EXPLORER in the folder of its lesson.
"""

from __future__ import annotations

from typing import Any

from oikit.errors import MissingExtra
from oikit.explore.model import Explorer, words
from oikit.explore.worlds import with_real
from oikit.lessons import part

__all__ = ["explore", "still", "tried"]


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


def tried(lesson: str) -> int:
    """Return how many settings of this explorer the session has tried.

    Parameters
    ----------
    lesson : str
        Its number, such as ``"02"``.

    Returns
    -------
    int
        0 for an explorer that tries nothing on data.

    Raises
    ------
    InputError
        If the lesson is unknown.
    """
    from oikit.claims import SESSION

    return SESSION.of(f"explorer-{_find(lesson).id}")


def _find(lesson: str) -> Explorer:
    return with_real(part(lesson, "explorer").EXPLORER)

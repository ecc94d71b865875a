"""Explorers: one per lesson, to play with its question.

>>> print(explore("02", threshold=0.005).says.split(". ")[0])
207 days above 0.50%, but only 11 episodes

``explore("02")`` shows it: the hero picture of the lesson, or, where a lesson still has an explorer, that
chart with buttons and sliders. Named settings give the same result in words, for reading aloud, for slow
machines and for a page without a kernel. A hero is ``hero.py`` and ``hero.js`` in the folder of its lesson; a
chart with controls is an EXPLORER in its ``explorer.py``.
"""

from __future__ import annotations

from typing import Any

from oikit.errors import InputError, MissingExtra
from oikit.explore.hero import Hero, of
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
    Hero, Face, VConcatChart or Words
        The hero picture; buttons and sliders where the lesson has none, or, where widgets are not
        installed, the chart of `still`. With settings, words and a table.

    Raises
    ------
    InputError
        If there is no such lesson, control or option.
    """
    explorer = _find(lesson)
    if isinstance(explorer, Hero):
        return explorer.words(**settings) if settings else explorer
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
        If there is no such lesson, or if it has a hero picture instead.
    MissingExtra
        If Altair is not installed.
    """
    explorer = _find(lesson)
    if isinstance(explorer, Hero):
        raise InputError(
            f'lesson {lesson} has no chart with controls, it shows a picture; type: explore("{lesson}")'
        )
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
        0 for a hero picture, and for an explorer that tries nothing on data.

    Raises
    ------
    InputError
        If the lesson is unknown.
    """
    from oikit.claims import SESSION

    explorer = _find(lesson)
    return 0 if isinstance(explorer, Hero) else SESSION.of(f"explorer-{explorer.id}")


def _find(lesson: str) -> Explorer | Hero:
    """Return the explorer of a lesson, or its picture once that has replaced it."""
    try:
        return with_real(part(lesson, "explorer").EXPLORER)
    except ModuleNotFoundError as error:
        picture = of(lesson)
        if picture is None or not str(error.name).endswith(".explorer"):
            raise
        return picture

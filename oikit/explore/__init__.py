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
from oikit.explore.hero import of as hero
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
    explorer = _explorer(lesson)
    picture = None if explorer else hero(lesson)
    if picture is not None:
        return picture.words(**settings) if settings else picture
    explorer = explorer or _find(lesson)
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

    return SESSION.of(f"explorer-{lesson}") if _explorer(lesson) else 0


def _explorer(lesson: str) -> Explorer | None:
    """Return the explorer of a lesson; a lesson that has one is still built around it, hero or not."""
    try:
        return with_real(part(lesson, "explorer").EXPLORER)
    except ModuleNotFoundError as error:
        if not str(error.name).endswith(".explorer"):
            raise
        return None


def _find(lesson: str) -> Explorer:
    explorer = _explorer(lesson)
    if explorer is None:
        raise InputError(
            f'lesson {lesson} has no chart with controls, it shows a picture; type: explore("{lesson}")'
        )
    return explorer

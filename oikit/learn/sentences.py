"""Result sentences: templates that stand beside a lesson and are filled in by its code."""

from __future__ import annotations

import re
from typing import Any

from oikit.learn import show
from oikit.learn.notes import entries
from oikit.lessons import part

__all__ = ["after", "say"]

_NAME = re.compile(r"(\d\d)\.[a-z-]+")
_WAITING = "Make your bet first. The answer follows here when you run this cell again."


def say(*sentences: object, after: str = "", **values: Any) -> None:
    """Show sentences as a paragraph, their numbers filled in.

    Parameters
    ----------
    *sentences : str, or anything that can be written
        Markdown. A name such as ``"02.level"`` stands for the sentence of this name in the lesson's
        ``words.py``, in which each ``{value}`` is filled in.
    after : str
        A prediction such as ``"02.c"``, whose `reveal` stands in the same cell: nothing is shown until it
        is made.
    **values
        What the sentences name.

    Raises
    ------
    InputError
        If the lesson does not exist.
    KeyError
        If the lesson has no such sentence, or the sentence names another value.
    """
    if after and not entries("prediction", after):
        return  # the line of `reveal` in the same cell says so
    show.say(*(_filled(str(sentence), values) for sentence in sentences))


def after(name: str, shown: Any) -> Any:
    """Return a table or chart once a prediction is made, so that nothing gives its answer away.

    Parameters
    ----------
    name : str
        The prediction, such as ``"01.a"``.
    shown : object
        What the cell shows then.

    Returns
    -------
    object or None
        None, with a line that says why, until the prediction is made.
    """
    if entries("prediction", name):
        return shown
    show.note("NOT ATTEMPTED", name, _WAITING)
    return None


def _filled(sentence: str, values: dict[str, Any]) -> str:
    found = _NAME.fullmatch(sentence)
    if not found:
        return sentence
    template: str = part(found[1], "words").WORDS[sentence]
    return template.format(**values)

"""``quiz``: a few questions at once, with buttons where there are widgets, in words where not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from oikit.errors import InputError
from oikit.learn.lessons import questions
from oikit.learn.notes import record
from oikit.learn.questions import Question
from oikit.learn.rescue import watch
from oikit.learn.show import note, stale
from oikit.learn.todo import untouched

__all__ = ["quiz"]

_FIRST = "choose an answer first."


def quiz(prefix: str, *choices: Any) -> Quiz | None:
    """Ask the questions of a part of a lesson.

    Parameters
    ----------
    prefix : str
        ``"01.w"`` for the warm-up of lesson 01, ``"01.q"`` for its quiz.
    *choices : str
        The letters, one for each question: they are judged in words, without buttons.

    Returns
    -------
    Quiz or None
        The questions, to be shown; None if letters were given.

    Raises
    ------
    InputError
        If there are no such questions, or a letter does not exist.
    """
    watch()
    asked = questions(prefix)
    if not choices:
        stale()
        return Quiz(prefix, asked)
    if len(choices) != len(asked):
        raise InputError(
            f"{len(choices)} letters came, {len(asked)} are asked: one for each question of {prefix}"
        )
    letters = [None if untouched(c) else each.read(c) for each, c in zip(asked, choices, strict=True)]
    for each, letter in zip(asked, letters, strict=True):
        if letter is None:
            note("NOT ATTEMPTED", each.id, each.asks)
        else:
            status, says = _judge(each, letter)
            note(status, each.id, each.asks, *says.split("\n"))
    return None


def _judge(asked: Question, choice: str) -> tuple[str, str]:
    status = "CORRECT" if asked.is_right(choice) else "NOT YET"
    line = record("quiz", asked.id, status=status, choice=choice)
    return status, "\n".join(each for each in (f"{choice}) {asked.says[choice]}", line) if each)


class Quiz:
    """A few questions, shown with buttons in a kernel that has widgets."""

    def __init__(self, prefix: str, asked: Sequence[Question]) -> None:
        self.prefix = prefix
        self.asked = tuple(asked)

    def __repr__(self) -> str:
        """The questions as text, and how to answer them without buttons."""
        return "\n\n".join([*(f"{each.id}  {each.plain}" for each in self.asked), self._how])

    @property
    def _how(self) -> str:
        letters = ", ".join('"a"' for _ in self.asked)
        return f'Without buttons: quiz("{self.prefix}", {letters}) with your letters.'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Buttons where widgets can be shown, the same questions as HTML elsewhere."""
        *first, last = self.asked
        rich = [each.on_page("Check", "") for each in first] + [last.on_page("Check", self._how)]
        bundle = {"text/plain": repr(self), "text/html": "".join(rich)}
        try:
            import ipywidgets

            from oikit.learn.ask import Ask
        except ImportError:
            return bundle
        return {**ipywidgets.VBox([_buttons(each, Ask) for each in self.asked])._repr_mimebundle_(), **bundle}


def _buttons(asked: Question, ask: Callable[..., Any]) -> Any:
    def pressed(box: Any, _: str) -> None:
        status, says = _judge(asked, box.choice) if box.choice in asked.options else ("NOT ATTEMPTED", _FIRST)
        box.text = f"[{status}] {asked.id}: {says}"

    return ask(asked, pressed, act="Check", text=f"{asked.id}: choose an answer, then check it.")

"""``quiz``: a few questions at once, with buttons where there are widgets, in words where not."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

from oikit.errors import InputError
from oikit.learn.lessons import questions
from oikit.learn.notes import record
from oikit.learn.questions import Question
from oikit.learn.rescue import watch
from oikit.learn.show import note
from oikit.learn.todo import untouched

__all__ = ["quiz"]


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
        rich = "".join(f'<div style="margin-bottom: 1em">{each.rich}</div>' for each in self.asked)
        bundle = {"text/plain": repr(self), "text/html": f"{rich}<div>{html.escape(self._how)}</div>"}
        try:
            import ipywidgets

            from oikit.explore.status import Status
        except ImportError:
            return bundle
        box = ipywidgets.VBox([_buttons(each, ipywidgets, Status) for each in self.asked])
        return {**box._repr_mimebundle_(), **bundle}


def _buttons(asked: Question, widgets: Any, status: Callable[..., Any]) -> Any:
    choice = widgets.ToggleButtons(
        options=list(asked.options),
        value=None,
        description=asked.id,
        style={"button_width": "3.5em", "description_width": "initial"},
        layout={"width": f"{1 + 3.9 * len(asked.options)}em"},
    )
    button = widgets.Button(
        description="Check", tooltip=f"check {asked.id}; on the keyboard press Space", layout={"width": "7em"}
    )
    answer = status(text="Choose a letter, then Check (Space on the keyboard).")

    def judge(_: Any) -> None:
        if choice.value is None:
            answer.text = f"[NOT ATTEMPTED] {asked.id}: choose a letter first."
            return
        word, says = _judge(asked, choice.value)
        answer.text = f"[{word}] {asked.id}: {says}"

    button.on_click(judge)
    row = widgets.HBox([choice, button], layout={"flex_flow": "row wrap", "align_items": "flex-end"})
    row.add_class("oikit-controls")
    return widgets.VBox([widgets.HTML(asked.rich), row, answer], layout={"margin": "0 0 1em 0"})

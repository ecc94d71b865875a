"""Questions with options: predictions before, quizzes after.

A `Question` keeps a digest of the right option instead of the option. Anyone can try four
options; the aim is that nobody reads the answer by accident.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass

from oikit.errors import InputError


def digest(name: str, choice: str) -> str:
    """Sixteen hex digits that stand for one option of one question.

    Examples
    --------
    >>> len(digest("01.q1", "a"))
    16
    """
    return hashlib.sha256(f"oikit|{name}|{choice}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its options, and what to say about each.

    Attributes
    ----------
    id : str
        Lesson, dot, letter and number.
    asks : str
    options : mapping of str to str
        The letter and the text of each option.
    right : str
        `digest` of the right option.
    says : mapping of str to str
        What each option shows, also the wrong ones.
    """

    id: str
    asks: str
    options: Mapping[str, str]
    right: str
    says: Mapping[str, str]

    def read(self, choice: object) -> str:
        """Return the letter itself, or say which ones there are."""
        if isinstance(choice, str) and choice.strip().lower() in self.options:
            return choice.strip().lower()
        letters = ", ".join(self.options)
        raise InputError(f"{self.id}: choice={choice!r} is not one of its options; use one of {letters}")

    def is_right(self, choice: str) -> bool:
        """Return whether this letter is the right one."""
        return digest(self.id, choice) == self.right

    @property
    def answer(self) -> str:
        """The right letter, for the moment when it may be seen."""
        return next(letter for letter in self.options if self.is_right(letter))

    @property
    def plain(self) -> str:
        """The question and its options as lines of text."""
        return "\n".join([self.asks, *(f"  {letter}) {text}" for letter, text in self.options.items())])

    @property
    def rich(self) -> str:
        """The question and its options as HTML."""
        options = "".join(
            f'<div style="padding-left: 1.2em"><strong>{letter}</strong>&ensp;{html.escape(text)}</div>'
            for letter, text in self.options.items()
        )
        return (
            '<div style="max-width: 46em; line-height: 1.5; font-size: 14px">'
            f"<div>{html.escape(self.asks)}</div>{options}</div>"
        )

    def on_page(self, act: str, how: str) -> str:
        """Return the question for a page without a kernel, whose script makes buttons of it.

        What is said of each option is in it as Base64, so that nobody reads an answer by accident; `how` says
        what to type where a kernel runs and no script does.
        """
        facts = {
            "id": self.id,
            "asks": self.asks,
            "options": dict(self.options),
            "right": self.answer,
            "says": dict(self.says),
            "act": act,
        }
        told = base64.b64encode(json.dumps(facts).encode()).decode()
        return (
            f'<div class="oikit-question" data-question="{told}">{self.rich}'
            f'<p class="oikit-kernel">{html.escape(how)}</p></div>'
        )

"""Lookup of the exercises and questions of each lesson, imported on demand."""

from __future__ import annotations

from typing import Any

from oikit.errors import InputError
from oikit.learn.exercise import Exercise
from oikit.learn.questions import Question
from oikit.lessons import numbers, part


def exercise(name: str) -> Exercise:
    """Find an exercise, or say which there are."""
    found: Exercise = _find(name, "EXERCISES", "exercise")
    return found


def exercises(lesson: str) -> list[Exercise]:
    """All exercises of a lesson, in its order."""
    return list(_book(lesson, "EXERCISES").values())


def question(name: str) -> Question:
    """Find a question, or say which there are."""
    found: Question = _find(name, "QUESTIONS", "question")
    return found


def questions(prefix: str) -> list[Question]:
    """All questions whose id begins so, in the order of the lesson: ``"01.q"`` is the quiz."""
    book = _book(prefix, "QUESTIONS")
    found = [each for name, each in book.items() if name.startswith(prefix)]
    if not found:
        raise InputError(f"there are no questions {prefix!r}; lesson {prefix[:2]} has {', '.join(book)}")
    return found


def sentence(name: str) -> str:
    """Return the sentence that a learner's own may be compared with, or nothing."""
    lesson = str(name).split(".")[0]
    return str(part(lesson, "questions").SENTENCES.get(name, "")) if lesson in numbers() else ""


def _book(name: str, shelf: str) -> dict[str, Any]:
    lesson = name.split(".")[0] if isinstance(name, str) else name
    if lesson not in numbers():
        raise InputError(f"there is no lesson for {name!r}; there are lessons {', '.join(numbers())}")
    book: dict[str, Any] = getattr(part(lesson, shelf.lower()), shelf)
    return book


def _find(name: str, shelf: str, word: str) -> Any:
    book = _book(name, shelf)
    if name not in book:
        raise InputError(f"there is no {word} {name!r}; there are {', '.join(book)}")
    return book[name]

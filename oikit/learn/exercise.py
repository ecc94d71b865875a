"""Exercises and how an answer is judged.

An `Exercise` is data: the numbers it gives, the reference answer *computed from those numbers*,
and the wrong models (`Malrule`) that lead to typical wrong answers, each with its reason. `check`
judges in one fixed order:

1. untouched → NOT ATTEMPTED
2. the learner's own exception → ERROR, in words
3. the reference → CORRECT
4. a wrong model → NOT YET, with its reason
5. a property every right answer has → NOT YET
6. the unit, then the sign → NOT YET
7. the next hint, which from the second miss on follows any reason; after enough different tries,
   the worked answer

Only the standard library and NumPy are needed here, so that a browser kernel can judge too.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from oikit.errors import InputError
from oikit.learn.todo import untouched

Given = Any  # the exercise's own numbers, by name; mistyped names fail at once

TOLERANCE = 1e-3
"""Relative: rounding to four digits passes, and every wrong model is further away (tested)."""

WORKED_AFTER = 2
"""So many different misses after the hints have run out, the worked answer is shown."""

_SLIPS = {100.0: "100 times", 1e3: "a thousand times", 1e6: "a million times"}


@dataclass(frozen=True, slots=True)
class Malrule:
    """A wrong model that people really use, and what to say about it.

    Attributes
    ----------
    name : str
        Kept in the notes, so that a class can see which mistakes it shares.
    part : str
        The part of the answer it shows up in.
    gives : callable
        ``gives(given)`` -> the wrong value it leads to.
    says : str
        The reason, and where to look; never the answer.
    """

    name: str
    part: str
    gives: Callable[[Given], Any]
    says: str


@dataclass(frozen=True, slots=True)
class Property:
    """Something every right answer has.

    Attributes
    ----------
    name : str
    holds : callable
        ``holds(observed, given)`` -> bool.
    says : str
    """

    name: str
    holds: Callable[[Mapping[str, Any], Given], bool]
    says: str


def _as_given(given: Given, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value, name) for name, value in answers.items()}


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise, ready to be judged.

    Attributes
    ----------
    id : str
        Lesson, dot, number.
    parts : tuple of str
        What is asked for, in order: the arguments of ``check(id, ...)``.
    given : mapping of str to (number, str)
        The learner's numbers and their units.
    answer : callable
        ``answer(given)`` -> dict of the observed values.
    rules : tuple of Malrule
    hints : tuple of str
        From a nudge to almost the answer.
    worked : callable
        ``worked(given)`` -> str.
    well : str
        What a right answer shows.
    observe : callable
        ``observe(given, answers)`` -> dict: what is compared; runs a learner's function.
    properties : tuple of Property
    """

    id: str
    parts: tuple[str, ...]
    answer: Callable[[Given], Mapping[str, Any]]
    rules: tuple[Malrule, ...]
    hints: tuple[str, ...]
    worked: Callable[[Given], str]
    well: str
    given: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    observe: Callable[[Given, Mapping[str, Any]], Mapping[str, Any]] = _as_given
    properties: tuple[Property, ...] = ()

    @property
    def numbers(self) -> Given:
        """The numbers by name: ``numbers.price_before``."""
        return SimpleNamespace(**{name: value for name, (value, _) in self.given.items()})


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of checking one answer.

    Attributes
    ----------
    status : str
        CORRECT, NOT YET, NOT ATTEMPTED or ERROR.
    says : str
    misconception : str
        The name of the wrong model, if one was recognised.
    seen : str
        A digest of the answer: the same answer twice is one try.
    """

    status: str
    says: str
    misconception: str = ""
    seen: str = ""


def judge(exercise: Exercise, answers: Sequence[Any], *, tries: Sequence[str] = ()) -> Finding:
    """Judge one answer, in the order of this module's docstring."""
    if len(answers) != len(exercise.parts):
        asked = ", ".join(exercise.parts)
        return Finding("ERROR", f"{len(answers)} value(s) came, {len(exercise.parts)} are asked: {asked}.")
    if all(untouched(value) for value in answers):
        return Finding("NOT ATTEMPTED", "your turn: replace TODO, run the cell, then run this one again.")
    given, named = exercise.numbers, dict(zip(exercise.parts, answers, strict=True))
    open_parts = [name for name, value in named.items() if untouched(value)]
    if open_parts:
        return Finding(
            "NOT YET", f"{' and '.join(open_parts)} still to do; the rest waits until all is there."
        )
    try:
        observed = exercise.observe(given, named)
    except Unfinished as left:
        what = "the function still gives back TODO" if any(map(callable, answers)) else "a TODO is left"
        return Finding("NOT ATTEMPTED", str(left) or f"your turn: {what}.")
    except InputError as error:
        return Finding("NOT YET", str(error), seen=_digest(str(error)))
    except Exception as error:
        what = f"your code stopped with {type(error).__name__}: {error}"
        return Finding(
            "ERROR",
            f"{what}. Try your function on one small case and read its last line.",
            seen=_digest(what),
        )
    right = exercise.answer(given)
    wrong = [part for part in right if not same(observed[part], right[part])]
    if not wrong:
        return Finding("CORRECT", exercise.well)
    seen = _digest(repr(sorted(observed.items())))
    earlier = [each for each in dict.fromkeys(tries) if each != seen]
    name, says = _reason(exercise, given, observed, right, wrong, len(earlier))
    if len(earlier) + 1 >= len(exercise.hints) + WORKED_AFTER:
        says = f"{says}\nWorked answer: {exercise.worked(given)}"
    elif name and earlier:
        says = f"{says}\nHint: {_hint(exercise, len(earlier) - 1)}"
    return Finding("NOT YET", says, name, seen)


def _reason(
    exercise: Exercise,
    given: Given,
    observed: Mapping[str, Any],
    right: Mapping[str, Any],
    wrong: Sequence[str],
    earlier: int,
) -> tuple[str, str]:
    for part in wrong:
        for rule in exercise.rules:
            if rule.part == part and same(observed[part], rule.gives(given)):
                return rule.name, rule.says
    for part in wrong:
        if isinstance(right[part], float) and isinstance(observed[part], list):
            size = len(observed[part])
            came = f"a list of {size} came" if size else "an empty list came"
            return "shape", f"{part}: one number is asked for, and {came}."
    for each in exercise.properties:
        # An answer of an odd shape is no evidence for or against a property.
        with contextlib.suppress(TypeError, ValueError, IndexError):
            if not each.holds(observed, given):
                return each.name, each.says
    for part in wrong:
        slip = _slip(observed[part], right[part])
        if slip:
            return slip[0], f"{part}: {slip[1]}"
    return "", f"{wrong[0]} is not right yet. Hint: {_hint(exercise, earlier)}"


def _hint(exercise: Exercise, place: int) -> str:
    return exercise.hints[min(place, len(exercise.hints) - 1)]


def _slip(seen: Any, right: Any) -> tuple[str, str] | None:
    if not isinstance(seen, float) or not isinstance(right, float):
        return None
    for factor, words in _SLIPS.items():
        if same(seen, right * factor):
            return "unit", f"your number is {words} too large. Which unit is asked for?"
        if same(seen, right / factor):
            return "unit", f"your number is {words} too small. Which unit is asked for?"
    if same(seen, -right):
        return (
            "sign",
            "the size is right and the sign is not. A change is what came after, minus what was before.",
        )
    return None


class Unfinished(Exception):
    """An answer that is still the TODO or the code handed out, unchanged.

    Its text, if any, is shown to the learner.
    """


def plain(value: object, name: str) -> float | list[Any]:
    """Take a number, or a list of numbers, out of whatever holds it."""
    if untouched(value):
        raise Unfinished
    if isinstance(value, str | bytes | Mapping | bool | np.bool_):
        raise InputError(f"{name} is {_short(value)}; give a plain number, without quotes or units.")
    try:
        out = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name} is {_short(value)}; numbers are asked for.") from None
    if not np.isfinite(out).all():
        raise InputError(f"{name} holds a number that is missing or infinite; look at what you divide by.")
    return out.tolist()


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def same(one: Any, other: Any) -> bool:
    """Return whether two values agree: numbers up to rounding, lists entry by entry."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-12)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, list) and isinstance(other, float):
        return len(one) == 1 and same(one[0], other)  # a Series of one number is that number
    return type(one) is type(other) and bool(one == other)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]

"""Exercises and how an answer is judged.

An `Exercise` is data: the numbers it gives, the reference answer *computed from those numbers*,
and the wrong models (`Malrule`) that lead to typical wrong answers, each with its reason. `check`
judges in one fixed order:

1. untouched → NOT ATTEMPTED
2. the learner's own exception → ERROR, in words
3. the reference, unless a wrong model is nearer → CORRECT
4. the nearest wrong model of a part that is wrong → NOT YET, with its reason
5. a property every right answer has → NOT YET
6. the unit, the sign, too few digits → NOT YET
7. the next hint for the part that is wrong, which from the second miss on follows any reason; after
   enough different tries, the worked answer

Only the standard library and NumPy are needed here, so that a browser kernel can judge too.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from oikit.errors import InputError
from oikit.learn.answers import Unfinished, Watched, agrees, distance, last_digit, number, plain, same
from oikit.learn.rescue import line_for
from oikit.learn.todo import untouched

__all__ = ["WORKED_AFTER", "Exercise", "Malrule", "Property", "Unfinished", "number", "plain", "same"]

Given = Any  # the exercise's own numbers, by name; mistyped names fail at once

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
    hints : tuple of str, or mapping of part to tuple of str
        From a nudge to almost the answer; by part where the parts need different help.
    worked : callable
        ``worked(given)`` -> str.
    well : str
        What a right answer shows.
    observe : callable
        ``observe(given, answers)`` -> dict: what is compared; runs a learner's function.
    properties : tuple of Property
    counts : tuple of str
        The observed values that are counts, and so must be met exactly. Whole references are counts, too.
    countdown : str
        The observed number that many repairs bring down to 0: a lower one is progress, and no miss.
    """

    id: str
    parts: tuple[str, ...]
    answer: Callable[[Given], Mapping[str, Any]]
    rules: tuple[Malrule, ...]
    hints: tuple[str, ...] | Mapping[str, tuple[str, ...]]
    worked: Callable[[Given], str]
    well: str
    given: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    observe: Callable[[Given, Mapping[str, Any]], Mapping[str, Any]] = _as_given
    properties: tuple[Property, ...] = ()
    counts: tuple[str, ...] = ()
    countdown: str = ""

    def hints_for(self, part: str = "") -> tuple[str, ...]:
        """Return the hints of a part, or of the first one."""
        if not isinstance(self.hints, Mapping):
            return self.hints
        return self.hints.get(part) or next(iter(self.hints.values()))

    def called(self, part: str) -> str:
        """Return the learner's name for an observed value."""
        return self.parts[0] if len(self.parts) == 1 else part

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
        A digest of the answer: the same answer twice is one try. Empty for progress, which is no miss.
    part : str
        The first part that is wrong.
    left : float, optional
        The number that a countdown has come down to.
    """

    status: str
    says: str
    misconception: str = ""
    seen: str = ""
    part: str = ""
    left: float | None = None


def judge(
    exercise: Exercise, answers: Sequence[Any], *, tries: Sequence[str] = (), lowest: float | None = None
) -> Finding:
    """Judge one answer, in the order of this module's docstring."""
    if len(answers) != len(exercise.parts):
        asked = ", ".join(exercise.parts)
        return Finding("ERROR", f"{len(answers)} value(s) came, {len(exercise.parts)} are asked: {asked}.")
    if all(untouched(value) for value in answers):
        return Finding("NOT ATTEMPTED", "your turn: replace TODO, run the cell, then run this one again.")
    open_parts = [name for name, value in zip(exercise.parts, answers, strict=True) if untouched(value)]
    if open_parts:
        return Finding(
            "NOT YET", f"{' and '.join(open_parts)} still to do; the rest waits until all is there."
        )
    functions = [Watched(value) for value in answers if callable(value)]
    watched = iter(functions)
    named = {
        name: next(watched) if callable(value) else value
        for name, value in zip(exercise.parts, answers, strict=True)
    }
    found = _judged(exercise, named, functions, tries, lowest)
    borrowed = next((each.borrowed for each in functions if each.borrowed), "")
    if borrowed and found.status in ("CORRECT", "NOT YET"):
        kind = f"You use the library's {borrowed}, which is fine in your own work. Here, write it out once: "
        found = replace(found, says=f"{found.says}\n{kind}then you know what it does.")
    return found


def _judged(
    exercise: Exercise,
    named: Mapping[str, Any],
    functions: Sequence[Watched],
    tries: Sequence[str],
    lowest: float | None,
) -> Finding:
    given = exercise.numbers
    try:
        observed = exercise.observe(given, named)
    except Unfinished as unfinished:
        if any(each.nothing for each in functions):
            printed = any(each.printed for each in functions)
            what = "It printed, but returned nothing" if printed else "It returned nothing"
            return Finding("NOT YET", f"{what}: did you forget `return`?", "no-return", _digest(what))
        what = "the function still gives back TODO" if functions else "a TODO is left"
        return Finding("NOT ATTEMPTED", str(unfinished) or f"your turn: {what}.")
    except InputError as error:
        return Finding("NOT YET", str(error), seen=_digest(str(error)))
    except (Exception, SystemExit) as error:
        what = f"your code stopped with {line_for(error)}".rstrip(".")
        if isinstance(error, SystemExit):
            what = "your code called exit(), which ends the whole program; a function ends with return"
        return Finding(
            "ERROR",
            f"{what}. Try your function on one small case and read its last line.",
            seen=_digest(what),
        )
    right = exercise.answer(given)
    wrong = [part for part in right if not _is_right(exercise, part, observed[part], right[part])]
    if not wrong:
        return Finding("CORRECT", exercise.well)
    left = observed.get(exercise.countdown)
    seen = _digest(repr(sorted(observed.items())))
    earlier = [each for each in dict.fromkeys(tries) if each != seen]
    name, says, part = _reason(exercise, observed, right, wrong, len(earlier))
    if isinstance(left, float) and (lowest is None or left < lowest):
        return Finding("NOT YET", says, name, part=part, left=left)
    hints = exercise.hints_for(part)
    if len(earlier) + 1 >= len(hints) + WORKED_AFTER:
        says = f"{says}\nWorked answer: {exercise.worked(given)}"
    elif name and earlier:
        says = f"{says}\nHint: {_hint(hints, len(earlier) - 1)}"
    return Finding("NOT YET", says, name, seen, part)


def _is_right(exercise: Exercise, part: str, seen: Any, right: Any) -> bool:
    if not agrees(seen, right, exact=part in exercise.counts):
        return False
    off = distance(seen, right)
    models = [rule.gives(exercise.numbers) for rule in exercise.rules if rule.part == part] if off else []
    return not any(distance(seen, each) < off and not same(each, right) for each in models)


def _reason(
    exercise: Exercise,
    observed: Mapping[str, Any],
    right: Mapping[str, Any],
    wrong: Sequence[str],
    earlier: int,
) -> tuple[str, str, str]:
    """Return the name of what went wrong, what to say about it, and in which part."""
    given = exercise.numbers
    for part in wrong:
        seen, exact = observed[part], part in exercise.counts
        models = [(distance(seen, rule.gives(given)), rule) for rule in exercise.rules if rule.part == part]
        models = [each for each in models if agrees(seen, each[1].gives(given), exact=exact)]
        if models:
            rule = min(models, key=lambda each: each[0])[1]
            return rule.name, rule.says, part
    for part in wrong:
        if isinstance(right[part], float) and isinstance(observed[part], list):
            size = len(observed[part])
            came = f"a list of {size} came" if size else "an empty list came"
            return "shape", f"{exercise.called(part)}: one number is asked for, and {came}.", part
    for each in exercise.properties:
        # An answer of an odd shape is no evidence for or against a property.
        with contextlib.suppress(TypeError, ValueError, IndexError):
            if not each.holds(observed, given):
                return each.name, each.says, wrong[0]
    for part in wrong:
        slip = _slip(observed[part], right[part], exact=part in exercise.counts)
        if slip:
            return slip[0], f"{exercise.called(part)}: {slip[1]}", part
    hint = _hint(exercise.hints_for(wrong[0]), earlier)
    return "", f"{exercise.called(wrong[0])} is not right yet. Hint: {hint}", wrong[0]


def _hint(hints: Sequence[str], place: int) -> str:
    return hints[min(place, len(hints) - 1)]


def _slip(seen: Any, right: Any, *, exact: bool) -> tuple[str, str] | None:
    if agrees(seen, _times(right, 100)) and distance(right, _times(right, 0)) <= np.size(right):
        return (
            "unit",
            'that is per cent. Give a fraction, such as 0.25, or text with its sign, such as "25%".',
        )
    for factor, words in _SLIPS.items():
        if agrees(seen, _times(right, factor)):
            return "unit", f"your number is {words} too large. Which unit is asked for?"
        if agrees(seen, _times(right, 1 / factor)):
            return "unit", f"your number is {words} too small. Which unit is asked for?"
    if agrees(seen, _times(right, -1)):
        return (
            "sign",
            "the size is right and the sign is not. A change is what came after, minus what was before.",
        )
    if exact or not seen or not isinstance(seen, float) or not isinstance(right, float):
        return None
    if seen == float(f"{right:.1g}"):
        return "digits", "that is rounded too far to tell. Give at least two digits."
    if abs(seen - right) < last_digit(seen):
        return "digits", "very close: the last digit you typed is not rounded right."
    return None


def _times(value: Any, factor: float) -> Any:
    if isinstance(value, list):
        return [_times(each, factor) for each in value]
    return value * factor if isinstance(value, float) else value


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]

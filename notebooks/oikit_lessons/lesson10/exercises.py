"""The exercises of lesson 10: how long a gap is, a replay that does not look ahead, and five slots again.

The second is judged by its values and by cutting: what a function says of an early bar may not change
when later bars are taken away.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Any

from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule, Property, number, plain
from oikit_lessons.lesson00.exercises import EXERCISES as FIRST

Column = Sequence[float | None]


# --- 10.1: the longest gap ---


def _columns(seed: int = 10, count: int = 10) -> list[list[float | None]]:
    """Columns with gaps: by hand at both ends and in the middle, then drawn ones."""
    columns: list[list[float | None]] = [
        [1.0, None, None, 4.0, None, 6.0],
        [None, None, None, 4.0, None, None],
        [1.0, 2.0, 3.0],
        [1.0, None, 0.0, 0.0, 0.0],
        [1.0, None, 2.0, None, None, None],
    ]
    draw = random.Random(seed)
    return columns + [
        [None if draw.random() < 0.4 else float(draw.randint(0, 9)) for _ in range(draw.randint(8, 20))]
        for _ in range(count)
    ]


def _gaps(column: Column) -> list[int]:
    return [len(list(run)) for missing, run in groupby(column, lambda v: v is None) if missing]


def _of_gaps(measure: Callable[[Column], float]) -> Callable[[Any], list[float]]:
    return lambda _: [float(measure(column)) for column in _columns()]


def _longest(column: Column) -> int:
    return max(_gaps(column), default=0)


def _stamps(column: Column) -> int:
    """Return the length of the longest gap from stamp to stamp: one more than the bars missing."""
    return _longest(column) + 1 if _gaps(column) else 0


def _inside(column: Column) -> int:
    known = [place for place, value in enumerate(column) if value is not None]
    return _longest(column[known[0] : known[-1] + 1])


def _call_on_columns(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    function = _function(answers["longest_gap"], "longest_gap", "one column")
    asked = "one number for the whole column"
    return {"gaps": [number(function(list(column)), "longest_gap", asked) for column in _columns()]}


def _function(value: Any, name: str, of: str) -> Callable[..., Any]:
    if not callable(value):
        raise InputError(f"{name} is {value!r}; it should be a function of {of}.")
    found: Callable[..., Any] = value
    return found


GAP = Exercise(
    id="10.1",
    parts=("longest_gap",),
    answer=lambda given: {"gaps": _of_gaps(_longest)(given)},
    observe=_call_on_columns,
    counts=("gaps",),
    rules=(
        Malrule(
            "counts-all-missing",
            "gaps",
            _of_gaps(lambda column: sum(_gaps(column))),
            "that is how many bars are missing in all. How many in a row, at most?",
        ),
        Malrule(
            "counts-the-gaps",
            "gaps",
            _of_gaps(lambda column: len(_gaps(column))),
            "that is how many gaps there are. How long is the longest?",
        ),
        Malrule(
            "takes-the-first",
            "gaps",
            _of_gaps(lambda column: next(iter(_gaps(column)), 0)),
            "that is the first gap. A later one may be longer.",
        ),
        Malrule(
            "takes-the-last",
            "gaps",
            _of_gaps(lambda column: next(iter(_gaps(column)[::-1]), 0)),
            "that is the last gap. Do you keep the longest so far when a new one begins?",
        ),
        Malrule(
            "counts-from-known-to-known",
            "gaps",
            _of_gaps(_stamps),
            "one too many: you count the steps from one known bar to the next. How many bars are missing?",
        ),
        Malrule(
            "forgets-the-ends",
            "gaps",
            _of_gaps(_inside),
            "a gap at the beginning or at the end is a gap, too. Data often stop before anybody notices.",
        ),
        Malrule(
            "takes-zero-for-missing",
            "gaps",
            _of_gaps(lambda column: _longest([value or None for value in column])),
            "you take 0 for missing. A volume of 0 is known: nobody traded. Ask whether it *is None*.",
        ),
        Malrule(
            "counts-the-known",
            "gaps",
            _of_gaps(lambda column: _longest([1.0 if value is None else None for value in column])),
            "that is the longest run of bars that are known. Turn the question round.",
        ),
    ),
    properties=(
        Property(
            "within-the-column",
            lambda seen, _: all(
                0 <= said <= len(column) for said, column in zip(seen["gaps"], _columns(), strict=True)
            ),
            "a property fails: no gap is longer than the column, and none is shorter than nothing.",
        ),
    ),
    hints=(
        "walk through the column and keep two numbers: how long the present gap is, and the longest so far.",
        "a missing bar makes the present gap one longer; a known bar sets it back to 0.",
    ),
    worked=lambda _: (
        "start with run = longest = 0; for each value set run = run + 1 if it is None, else run = 0, "
        "then longest = max(longest, run); give back longest."
    ),
    well="a gap is measured, wherever it lies, and nothing was filled.",
)


# --- 10.2: a replay ---


def _paths(seed: int = 11, count: int = 6) -> list[list[float]]:
    """Prices: by hand, then walks whose highest comes late, early, and in between."""
    draw = random.Random(seed)
    paths = [[100.0, 80.0, 120.0, 60.0], [50.0, 40.0, 30.0]]
    for _ in range(count):
        path = [100.0]
        for _ in range(draw.randint(5, 9)):
            path.append(round(path[-1] * draw.choice((0.8, 0.9, 1.1, 1.25)), 2))
        paths.append(path)
    return paths


def _so_far(path: Sequence[float]) -> list[float]:
    return [1 - price / max(path[: place + 1]) for place, price in enumerate(path)]


def _of_paths(measure: Callable[[Sequence[float]], list[float]]) -> Callable[[Any], list[list[float]]]:
    return lambda _: [measure(path) for path in _paths()]


def _before(path: Sequence[float]) -> list[float]:
    return [0.0, *(1 - price / max(path[:place]) for place, price in enumerate(path) if place)]


def _steps(path: Sequence[float]) -> list[float]:
    return [0.0, *(1 - now / before for before, now in pairwise(path))]


def _call_on_paths(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Call the learner's function on each path, whole and with its later bars cut off."""
    function = _function(answers["fall_so_far"], "fall_so_far", "one list of prices")
    what = "what fall_so_far gives back"
    whole = [plain(function(list(path)), what) for path in _paths()]
    early = [[plain(function(list(path[:end])), what) for end in range(1, len(path))] for path in _paths()]
    return {"falls": whole, "early": early}


def _unmoved(seen: Mapping[str, Any], _: Any) -> bool:
    for whole, cuts in zip(seen["falls"], seen["early"], strict=True):
        if not isinstance(whole, list) or any(cut != whole[: end + 1] for end, cut in enumerate(cuts)):
            return False
    return True


FALL = Exercise(
    id="10.2",
    parts=("fall_so_far",),
    answer=lambda given: {
        "falls": _of_paths(_so_far)(given),
        "early": [[_so_far(path[:end]) for end in range(1, len(path))] for path in _paths()],
    },
    observe=_call_on_paths,
    rules=(
        Malrule(
            "knows-the-highest-of-all",
            "falls",
            _of_paths(lambda path: [1 - price / max(path) for price in path]),
            "you look ahead: the highest of the *whole* list is known only at its end. "
            "At each bar, which prices had been seen?",
        ),
        Malrule(
            "looks-only-ahead",
            "falls",
            _of_paths(lambda path: [1 - price / max(path[place:]) for place, price in enumerate(path)]),
            "you look ahead: that is the fall from what comes *later*. Take the prices up to this bar.",
        ),
        Malrule(
            "from-the-first",
            "falls",
            _of_paths(lambda path: [1 - price / path[0] for price in path]),
            "that is the fall from the first price. The highest so far may have come later than that.",
        ),
        Malrule(
            "from-the-bar-before",
            "falls",
            _of_paths(_steps),
            "that is the fall since the bar before. How far is it below the highest so far?",
        ),
        Malrule(
            "leaves-out-the-present-bar",
            "falls",
            _of_paths(_before),
            "a new high is no fall: this bar's own price has been seen, too, so no number is below 0.",
        ),
        Malrule(
            "turns-the-sign",
            "falls",
            _of_paths(lambda path: [-fall for fall in _so_far(path)]),
            "the sizes are right and the sign is not: a fall is asked for, so it counts upwards from 0.",
        ),
        Malrule(
            "in-per-cent",
            "falls",
            _of_paths(lambda path: [100 * fall for fall in _so_far(path)]),
            "these are per cent. A fraction is asked for.",
        ),
        Malrule(
            "divides-by-the-price",
            "falls",
            _of_paths(lambda path: [max(path[: at + 1]) / price - 1 for at, price in enumerate(path)]),
            "you divide by the price after the fall. A fall is a share of where it began.",
        ),
        Malrule(
            "in-dollars",
            "falls",
            _of_paths(lambda path: [max(path[: at + 1]) - price for at, price in enumerate(path)]),
            "that is the fall in dollars. A share of the highest so far is asked for.",
        ),
        Malrule(
            "only-the-last",
            "falls",
            lambda _: [_so_far(path)[-1] for path in _paths()],
            "that is the last bar only. Give one number for each bar.",
        ),
    ),
    properties=(
        Property(
            "one-number-for-each-bar",
            lambda seen, _: all(
                isinstance(said, list) and len(said) == len(path)
                for said, path in zip(seen["falls"], _paths(), strict=True)
            ),
            "give back a list with one number for each bar.",
        ),
        Property(
            "cut-off-the-later-bars",
            _unmoved,
            "a property fails: when later bars are cut off, what you said of earlier ones changes. "
            "So it was not known at the time.",
        ),
    ),
    hints=(
        "at bar i, the prices that have been seen are prices[: i + 1].",
        "the highest so far is max(prices[: i + 1]); the fall is 1 − price / highest so far.",
    ),
    worked=lambda _: "return [1 - price / max(prices[: i + 1]) for i, price in enumerate(prices)].",
    well="cut off wherever you like: what was said of a bar stays. That is a replay without looking ahead.",
)


SLOTS = replace(
    FIRST["00.3"],
    id="10.3",
    well="all five slots hold. Weigh it once, on data you have not looked at, and keep what comes out.",
)

EXERCISES = {each.id: each for each in (GAP, FALL, SLOTS)}
"""By id, in the order of the lesson."""

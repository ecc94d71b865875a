"""Answers as learners type them, right and wrong, each with the word it must get.

They were written from the text of the lessons, before the rules of the exercises were read. An answer is
source code: one expression for each part, or a function.
"""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from oikit import stats
from oikit.learn.exercise import Finding, judge
from oikit.learn.lessons import exercise, exercises
from oikit.lessons import Lesson, numbers
from oikit.simulate.samples import sample
from oikit_lessons.lesson08.exercises import P_VALUES
from oikit_lessons.lesson09.capstone import begun_plan
from tests.answers_early import ANSWERS as EARLY
from tests.answers_later import ANSWERS as LATER
from tests.answers_later import hunt
from tests.runs import each_lesson

ANSWERS = EARLY | LATER


def typed(name: str, code: str) -> list[Any]:
    """What a learner hands in who typed this."""
    asked = exercise(name)
    space: dict[str, Any] = {"np": np, "pd": pd, "math": math, "p": asked.numbers, "q": asked.numbers}
    space |= {"stats": stats}
    if name == "00.1":
        space["market"] = sample("bnb-null")
    if name == "08.2":
        space["p"] = np.array(P_VALUES)
    if name.startswith("09"):
        space |= {"begun_plan": begun_plan, "evidence": EVIDENCE}
    if "\n" in code and "def " in code:
        exec(code, space)
        names = asked.parts
        return [space[each] for each in names]
    value = eval(code, space)
    return [*value] if len(asked.parts) > 1 else [value]


def value_of(name: str) -> dict[str, Any]:
    """The right answer of an exercise, by part."""
    asked = exercise(name)
    return dict(asked.answer(asked.numbers))


EVIDENCE = pd.DataFrame(
    {
        "n": [70, 60, 65, 12, 20, 15],
        "effect": [0.001, -0.002, -0.02, 0.01, -0.01, 0.02],
        "low": [-0.01, -0.012, -0.03, -0.02, -0.04, -0.01],
        "high": [0.012, 0.008, -0.01, 0.04, 0.02, 0.05],
    },
    index=[f"{kind}, {market}" for kind in ("jump", "rule") for market in "ABC"],
)


def judged(name: str, code: str) -> Finding:
    return judge(exercise(name), typed(name, code))


@pytest.mark.parametrize(
    ("name", "code"), [(name, code) for name, (right, _) in ANSWERS.items() for code in right]
)
def test_a_right_answer_is_right_however_it_is_typed(name: str, code: str) -> None:
    """Rounding, per cent with its sign, text, NumPy and pandas are not what is being learned."""
    found = judged(name, code)

    assert found.status == "CORRECT", found.says


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [(name, code, says) for name, (_, wrong) in ANSWERS.items() for code, says in wrong],
)
def test_a_wrong_answer_is_wrong_and_told_why(name: str, code: str, says: str) -> None:
    """The reason speaks of the part that is wrong, in the learner's own words."""
    found = judged(name, code)

    assert found.status == "NOT YET", found.says
    assert says.lower() in found.says.lower()


NUMBERS = [(each.id, part) for lesson in numbers() for each in exercises(lesson) for part in each.parts]
NUMBERS = [(name, part) for name, part in NUMBERS if isinstance(value_of(name).get(part), float)]


@pytest.mark.parametrize(("name", "part"), NUMBERS)
def test_one_number_in_five_forms_gets_one_word(name: str, part: str) -> None:
    """As text, in per cent with its sign, from NumPy, from pandas, and rounded to four digits."""
    right = value_of(name)
    value = right[part]
    for form in (
        f"{value:.10g}",
        f"{100 * value:.10g} %",
        np.float64(value),
        np.float32(value),
        pd.Series([value]),
        np.array([[value]]),
        float(f"{value:.4g}") if part not in exercise(name).counts else int(value),
    ):
        assert judge(exercise(name), [*(right | {part: form}).values()]).status == "CORRECT", form


@pytest.mark.parametrize(("name", "part"), [each for each in NUMBERS if each[1] in exercise(each[0]).counts])
@pytest.mark.parametrize("off", [-1, 1, 20])
def test_a_count_is_right_or_wrong(name: str, part: str, off: int) -> None:
    """One of 26,376 hours is no rounding."""
    right = value_of(name)

    assert judge(exercise(name), [*(right | {part: right[part] + off}).values()]).status == "NOT YET"


@each_lesson
def test_messages_use_the_names_of_the_lesson(lesson: Lesson) -> None:
    """A part is called what the lesson's cell calls it."""
    calls = [
        node for node in ast.walk(ast.parse(lesson.source.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    for call in (each for each in calls if getattr(each.func, "id", "") == "check"):
        name, *handed_in = [getattr(each, "id", None) or ast.literal_eval(each) for each in call.args]

        assert tuple(handed_in) == exercise(name).parts


@pytest.mark.parametrize(
    ("typed_value", "status"),
    [
        (0.47, "CORRECT"),
        (0.473, "CORRECT"),
        (0.472, "NOT YET"),
        (0.48, "NOT YET"),
        (0.5, "NOT YET"),
        ("0,47", "CORRECT"),
        ("47 %", "CORRECT"),
        (47, "NOT YET"),
        ("about half", "NOT YET"),
    ],
)
def test_a_number_is_judged_to_the_digits_typed(typed_value: Any, status: str) -> None:
    """0.4729, to two digits at least."""
    assert judge(exercise("05.3"), [typed_value]).status == status


def test_a_borrowed_function_is_right_and_the_library_is_named() -> None:
    """Nobody is refused for using the library, and nobody learns the formula by it."""
    found = judged("02.3", "lambda k, n: (stats.wilson(k, n).low, stats.wilson(k, n).high)")

    assert found.status == "CORRECT"
    assert "You use the library's wilson" in found.says
    assert "library" not in judged("02.3", EARLY["02.3"][0][0]).says


def test_what_a_function_prints_while_it_is_checked_is_held_back(capsys: pytest.CaptureFixture[str]) -> None:
    """Hundreds of calls would bury the reason."""
    assert judge(exercise("10.1"), [print]).status == "NOT YET"
    assert capsys.readouterr().out == ""


def test_repairs_that_come_closer_are_no_misses() -> None:
    """Fault by fault, no hint is used up; standing still is a miss, once."""
    faults = [answer for answer, _ in LATER["08.3"][1][:2]]
    three = typed("08.3", hunt(centre=", center=True", drop='closes = closes.dropna(axis="columns")'))
    first = judge(exercise("08.3"), three)
    second = judge(exercise("08.3"), typed("08.3", faults[0]), lowest=first.left)
    still = judge(exercise("08.3"), typed("08.3", faults[1]), lowest=second.left)

    assert (first.left, second.left, still.left) == (2.0, 1.0, None)
    assert (first.seen, second.seen) == ("", "") != still.seen

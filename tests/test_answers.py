"""Every answer that a lesson knows goes through the code that checks it, and gets its own message.

The right answer of each exercise, each wrong model, with the class's numbers and with all that a learner can
draw, and each option of each question: no other message of the exercise or question fits as well.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from oikit.learn import quiz
from oikit.learn.exercise import Exercise, Finding, Malrule, judge, same
from oikit.learn.lessons import exercises, questions
from oikit.learn.questions import digest
from oikit.learn.variants import every
from oikit.lessons import numbers

each_lesson = pytest.mark.parametrize("number", numbers())


def judged(asked: Exercise, observed: Mapping[str, Any]) -> Finding:
    """Judge an answer of which this would be observed, whatever a learner types to get there."""
    return judge(dataclasses.replace(asked, observe=lambda *_: observed), ["typed"] * len(asked.parts))


def seen(value: Any) -> Any:
    """Return a value as it is observed: every number a float."""
    if isinstance(value, list):
        return [seen(each) for each in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def as_typed(value: Any, name: str) -> list[Any]:
    """Return an answer as it is, and rounded to four digits unless it may be a count, which is exact."""
    value = seen(value)
    rounded = isinstance(value, float) and not value.is_integer() and name != "not-rounded"
    return [value, float(f"{value:.4g}")] if rounded else [value]


def mixed_up(asked: Exercise) -> list[str]:
    """Return what goes wrong when each answer that this exercise knows is given."""
    numbers = asked.numbers
    right = asked.answer(numbers)
    found = judged(asked, {part: seen(value) for part, value in right.items()})
    wrong = [] if (found.status, found.says) == ("CORRECT", asked.well) else [f"{asked.id} is {found.status}"]
    for rule in asked.rules:
        for value in as_typed(rule.gives(numbers), rule.name):
            found = judged(asked, {**{part: seen(each) for part, each in right.items()}, rule.part: value})
            if (found.status, found.misconception, found.says) != ("NOT YET", rule.name, rule.says):
                wrong.append(f"{asked.id} {rule.part} {rule.name}: {found.status} {found.misconception}")
    for one, other in itertools.combinations(asked.rules, 2):
        if one.part == other.part and same(one.gives(numbers), other.gives(numbers)):
            wrong.append(f"{asked.id} {one.part}: {one.name} looks like {other.name}")
    return wrong


@each_lesson
def test_each_answer_of_each_exercise_gets_exactly_its_own_message(number: str) -> None:
    """The reference is right, and a wrong model is known by name and reason, whoever's numbers they are."""
    for asked in exercises(number):
        assert [each for mine in every(asked) for each in mixed_up(mine)] == []


@each_lesson
def test_no_exercise_says_one_thing_of_two_mistakes(number: str) -> None:
    """A message that fits two mistakes helps with neither; and there are hints before the worked answer."""
    for asked in exercises(number):
        names = [(rule.part, rule.name) for rule in asked.rules]
        says = [each.says for each in (*asked.rules, *asked.properties)]

        assert len(set(names)) == len(names), asked.id
        assert asked.hints and len({*says, *asked.hints}) == len(says) + len(asked.hints), asked.id
        assert not any("CORRECT" in each for each in (*says, *asked.hints)), asked.id
        assert asked.worked(asked.numbers), asked.id


@each_lesson
def test_each_option_of_each_question_gets_exactly_its_own_message(
    number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One option is right; every one is answered with its own reason and no other's."""
    monkeypatch.chdir(tmp_path)
    for asked in questions(number):
        assert asked.asks.endswith("?"), asked.id
        assert [digest(asked.id, letter) for letter in asked.options].count(asked.right) == 1, asked.id
        for letter in asked.options:
            quiz(asked.id, letter)
            said = capsys.readouterr().out
            status = "CORRECT" if letter == asked.answer else "NOT YET"

            assert said.startswith(f"[{status}] {asked.id}: ")
            assert [each for each, reason in asked.says.items() if reason in said] == [letter], asked.id


def test_answers_that_are_mixed_up_are_noticed() -> None:
    """The tests above can fail: a model that looks like another, and one that is right."""
    asked = exercises("01")[1]
    first, *others = asked.rules
    twin = Malrule("twin", first.part, first.gives, "never said")
    right = Malrule("right", first.part, lambda p: asked.answer(p)[first.part], "never said")

    assert mixed_up(asked) == []
    assert f"NOT YET {first.name}" in mixed_up(dataclasses.replace(asked, rules=(first, twin, *others)))[0]
    assert "right: CORRECT" in mixed_up(dataclasses.replace(asked, rules=(first, right)))[0]

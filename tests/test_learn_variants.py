"""Strict checks for graders, nicknames, and numbers of one's own."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oikit.errors import InputError
from oikit.learn import TODO, check, course, given, learner, notes, progress, say
from oikit.learn import learners as names
from oikit.learn.exercise import Exercise
from oikit.learn.lessons import exercise, exercises
from oikit.learn.variants import DRAWS, OTHER_NUMBERS, drawn, every
from oikit.lessons import numbers
from tests.runs import lesson_of

RIGHT = (-40_000_000, 100_000_000, -8_000_000)
"""The parts of 01.2 with the numbers of the class."""

Said = Callable[[], str]

each_drawn = pytest.mark.parametrize("name", DRAWS)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Each test has a working folder, nobody's, and a kernel that has said nothing yet."""
    monkeypatch.chdir(tmp_path)
    for variable in ("OIKIT_STRICT", "OIKIT_LEARNER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(notes, "_unsaved", [])
    monkeypatch.setattr(notes, "_told", set())
    monkeypatch.setattr(names, "_here", [])
    yield tmp_path


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """What has been shown since it was last asked."""
    return lambda: capsys.readouterr().out


def answer_to(asked: Exercise) -> list[Any]:
    right = asked.answer(asked.numbers)
    return [right[part] for part in asked.parts]


# --- strict ---


@pytest.mark.parametrize("answers", [(TODO, TODO, TODO), (0, 0, 0), (1, 2), ("x", 1, 1)])
def test_a_strict_check_stops_on_anything_but_correct(
    answers: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    """A grader counts exceptions, so every kind of not-correct must be one; learners see words only."""
    check("01.2", *answers)
    shown = said()
    monkeypatch.setenv("OIKIT_STRICT", "1")
    with pytest.raises(AssertionError) as stopped:
        check("01.2", *answers)

    assert str(stopped.value).splitlines()[0] in shown
    assert said().startswith(str(stopped.value).splitlines()[0])


@pytest.mark.parametrize(("told", "asked"), [("1", None), ("0", None), ("", None), ("0", True), ("1", False)])
def test_a_strict_check_lets_a_right_answer_pass(
    told: str, asked: bool | None, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    """And gives back nothing, strict or not."""
    monkeypatch.setenv("OIKIT_STRICT", told)

    assert check("01.2", *RIGHT, strict=asked) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("told", "asked", "stops"),
    [("1", None, True), ("yes", None, True), ("0", None, False), ("0", True, True), ("1", False, False)],
)
def test_a_call_decides_and_else_the_environment(
    told: str, asked: bool | None, stops: bool, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    """A grader can ask in the cell itself; a word that is not 0 is taken for strict, never for lenient."""
    monkeypatch.setenv("OIKIT_STRICT", told)
    if stops:
        with pytest.raises(AssertionError):
            check("01.2", 0, 0, 0, strict=asked)
    else:
        check("01.2", 0, 0, 0, strict=asked)


# --- who works here ---


def test_a_nickname_is_kept_in_the_folder_and_nowhere_else(said: Said) -> None:
    """So that progress can be collected without it."""
    learner(" Ana ")
    check("01.2", 1, 2, 3)

    assert names.current() == "ana"
    assert "You work as ana, with numbers of your own" in said()
    assert set(os.listdir(".oikit")) - {"progress.lock"} == {"learner.txt", "progress.json"}
    assert "ana" not in Path(".oikit/progress.json").read_text()
    learner()
    assert "You work as ana." in said()


def test_nobody_in_particular_is_the_class(said: Said) -> None:
    """Asking does not write anything."""
    learner()

    assert "You work as class." in said()
    assert not Path(".oikit").exists()
    learner("class")
    assert "the numbers of the class" in said()


def test_a_second_learner_gets_one_line_and_changes_nothing(said: Said) -> None:
    """Else the tries of two people would be one person's."""
    learner("ana")
    said()
    learner("bob")

    text = said()
    assert len(text.splitlines()) == 1
    assert "This folder belongs to ana" in text
    assert "copy the notebooks into a folder of your own" in text
    assert names.current() == "ana"
    learner("ANA")
    assert "You work as ana" in said()


@pytest.mark.parametrize("name", ["", "  ", 1.5, True, ["ana"], "a" * 41, "ana\nbob", "../ana", "<b>ana</b>"])
def test_what_is_no_nickname_is_refused(name: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an example of one; the same for the variable a grader sets."""
    with pytest.raises(InputError, match=r"such as learner\('ana'\)"):
        learner(name)
    if isinstance(name, str) and name:
        monkeypatch.setenv("OIKIT_LEARNER", name)
        with pytest.raises(InputError, match="is no nickname"):
            names.current()


def test_a_grader_names_the_learner_by_a_variable(monkeypatch: pytest.MonkeyPatch, said: Said) -> None:
    """A submission is run again elsewhere, where its folder is not."""
    learner("ana")
    monkeypatch.setenv("OIKIT_LEARNER", "7")

    assert names.current() == "7"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"../../x", b"two\nlines\n"])
def test_a_damaged_name_is_nobodys(content: bytes, said: Said) -> None:
    """The lesson goes on, and the name can be said again."""
    Path(".oikit").mkdir()
    Path(".oikit/learner.txt").write_bytes(content)

    assert names.current() == "class"
    learner("ana")
    assert names.current() == "ana"


def test_where_nothing_can_be_written_the_name_lives_as_long_as_the_kernel(said: Said) -> None:
    """One line says so."""
    Path(".oikit").write_text("in the way")
    learner("ana")
    learner("bob")

    text = said()
    assert text.count("The name is not kept") == 1
    assert "This folder belongs to ana" in text
    assert names.current() == "ana"


# --- numbers of one's own ---


def test_the_class_has_the_numbers_of_the_exercise() -> None:
    """Prose, screenshots and the teacher's screen show these."""
    for name in DRAWS:
        asked = exercise(name)

        assert drawn(asked, "class") is asked
        assert given(name).values == asked.given


@each_drawn
def test_a_learner_has_the_same_numbers_each_time_and_others_have_others(name: str) -> None:
    """Stable on reload; thirty people see most of what can be drawn."""
    asked = exercise(name)
    seen = {str(drawn(asked, f"learner {number}").given) for number in range(30)}

    assert drawn(asked, "ana").given == drawn(asked, "ana").given
    assert len(seen) > 10
    assert str(asked.given) not in seen


def test_the_draw_is_not_the_same_in_every_exercise() -> None:
    """Else two who share one exercise would share all."""
    first = [drawn(exercise("06.2"), f"learner {n}").given["cap"] for n in range(20)]
    second = [drawn(exercise("06.1"), f"learner {n}").given["funding_paid"] for n in range(20)]
    pairs = {(a[0], b[0]) for a, b in zip(first, second, strict=True)}

    assert len(pairs) > 3


def test_a_draw_never_changes() -> None:
    """A new release that drew other numbers would make a learner's notebook wrong over night."""
    p = drawn(exercise("06.1"), "ana").numbers

    assert (p.leverage, p.maintenance_margin_rate, p.funding_paid) == (15, 0.008, 0.003)


@each_drawn
def test_only_numbers_of_the_exercise_are_drawn_and_none_of_the_class(name: str) -> None:
    """An own number differs from the one on the teacher's screen."""
    for number, values in DRAWS[name].items():
        assert number in exercise(name).given
        assert exercise(name).given[number][0] not in values
        assert len(set(values)) == len(values) > 1


@each_drawn
def test_a_worked_example_is_never_drawn(name: str) -> None:
    """The lesson solves its own numbers in front of everyone."""
    shown: set[float] = set()
    for cell in course.student(lesson_of(name[:2])).cells:
        if cell.cell_type == "code":
            literals = (node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Constant))
            shown |= {float(node.value) for node in literals if type(node.value) in (int, float)}
        shown |= {float(number) for number in re.findall(r"`(\d[\d.]*)`", cell.source)}

    assert len(shown) > 3
    for mine in every(exercise(name)):
        assert {float(value) for value, _ in mine.given.values()} - shown


def test_what_the_words_say_stays_true() -> None:
    """The price falls and dollars rise, the long is paid, most accounts are long: whatever was drawn."""
    for mine in every(exercise("01.2")):
        p = mine.numbers
        assert p.price_after < p.price_before
        assert p.contracts_after * p.price_after > p.contracts_before * p.price_before
    for mine in every(exercise("05.1")):
        assert mine.numbers.long_accounts > 0.5
    for mine in every(exercise("04.1")):
        assert mine.numbers.funding_rate < 0
    for mine in every(exercise("02.1")):
        assert mine.numbers.total_supply > mine.numbers.circulating_supply


def test_an_answer_is_judged_by_the_numbers_it_was_computed_from(said: Said) -> None:
    """Ana's answer is right for Ana; the class's answer is named for what it is, and costs no try."""
    learner("ana")
    p = given("01.2")
    more, dearer = p.contracts_after - p.contracts_before, p.price_after - p.price_before
    said()
    check("01.2", p.contracts_before * dearer, p.price_before * more, more * dearer)
    assert "[CORRECT] 01.2" in said()
    check("01.2", *RIGHT)
    assert "right for the numbers of the class" in said()
    assert notes.entries("check", "01.2")[-1]["misconception"] == OTHER_NUMBERS
    progress()
    assert re.search(r"^01 +1 of .* nothing$", said(), re.MULTILINE)
    check("01.2", 1, 2, 3)
    assert exercise("01.2").hints_for("price_part")[0] in said()


@each_drawn
def test_the_lessons_own_solution_is_right_for_every_learner(
    name: str, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    """A solution with a number typed in would be right in class and wrong at home."""
    cells = [cell.source for cell in course.solved(lesson_of(name[:2])).cells if cell.cell_type == "code"]
    first = next(place for place, code in enumerate(cells) if f'given("{name}")' in code)
    last = next(place for place, code in enumerate(cells) if f'check("{name}"' in code)
    for who in ("class", "ana", "bob", "7", "eve"):
        monkeypatch.setenv("OIKIT_LEARNER", who)
        names_there = {"TODO": TODO, "given": given, "check": check, "say": say}
        for code in cells[first : last + 1]:
            exec(code, names_there)

        assert f"[CORRECT] {name}" in said()


@pytest.mark.parametrize("lesson", numbers())
def test_exercises_without_lists_are_the_same_for_all(lesson: str) -> None:
    """A new lesson works before anyone has written lists for it."""
    for asked in exercises(lesson):
        assert asked.id in DRAWS or drawn(asked, "ana") is asked
        assert asked.id in DRAWS or list(every(asked)) == [asked]

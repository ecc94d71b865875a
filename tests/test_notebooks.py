"""Lessons: what a reader can hold in mind, and that no answer lies about.

Everything here holds for each folder in ``notebooks/oikit_lessons``; a new lesson is tested by being there.
That lessons run is held by test_lesson_lab.py, which visits each of them.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
from typing import Any

import pytest

from oikit.learn import course
from oikit.learn.lessons import exercise, question, questions
from oikit.lessons import Lesson
from tests.runs import LESSONS, NOTEBOOKS, each_lesson


@pytest.fixture
def student(lesson: Lesson) -> Any:
    return course.student(lesson)


def prose(notebook: Any) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def codes(notebook: Any) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def lines(code: str) -> int:
    return sum(bool(line.strip()) for line in code.splitlines())


def words(text: str) -> int:
    return len(re.findall(r"[A-Za-z’'-]+", text))


# --- what a reader can hold in mind ---


def test_there_is_a_lesson() -> None:
    """Or all the tests below are about nothing."""
    assert LESSONS


@each_lesson
def test_a_lesson_has_the_eleven_blocks_in_order(student: Any, lesson: Lesson) -> None:
    """Readers find their way in the next lesson because this one is built the same."""
    text = re.sub(r"```.*?```", "", prose(student), flags=re.DOTALL)

    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == list(course.BLOCKS)
    assert re.findall(r"^# (.+)$", text, re.MULTILINE)[0].startswith(f"{lesson.number} · ")
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    assert "does not show" in text.split("## Key points")[1]


@each_lesson
def test_a_lesson_keeps_its_budgets(student: Any, lesson: Lesson) -> None:
    """Cells, words, lines, and enough words between the lines; the solved cells, too."""
    text, code = prose(student), codes(student)
    written = sum(map(lines, code))
    imports, *longest = map(lines, codes(course.solved(lesson)))

    assert len(student.cells) <= 45
    assert 600 <= words(text) <= 1800
    assert imports <= 14 and max(longest) <= 12
    assert sorted(map(lines, code))[len(code) // 2] <= 4
    assert words(text) >= 8 * written


@each_lesson
def test_no_two_code_cells_stand_without_a_word_between(student: Any) -> None:
    """A reader is told why before being shown how."""
    kinds = [cell.cell_type for cell in student.cells]

    assert ("code", "code") not in list(itertools.pairwise(kinds))
    assert kinds[0] == "markdown"


@each_lesson
def test_everything_is_imported_in_one_cell(student: Any) -> None:
    """The first cell brings in everything, so that any later cell can be run alone after it."""
    importing = [code for code in codes(student) if re.search(r"^\s*(import|from) ", code, re.MULTILINE)]

    assert importing == codes(student)[:1]


@each_lesson
def test_no_figure_stands_in_prose(student: Any) -> None:
    """A number written by hand drifts from the code; numbers come from cells."""
    text = re.sub(r"`[^`]*`|^#+ .*$|^\d+\. |\]\([^)]*\)", "", prose(student), flags=re.MULTILINE)

    assert re.findall(r"\S*\d\S*", text) == []


@each_lesson
def test_a_lesson_speaks_plainly(student: Any) -> None:
    """No word that makes a reader feel slow, none of the trade's hype, and no advice."""
    banned = r"\b(simply|obviously|just|clearly|trivial|bullish|bearish|smart money|profit|guaranteed)\b"

    assert re.findall(banned, prose(student), re.IGNORECASE) == []
    for sentence in re.split(r"(?<=[.?!:])\s|\n\n|\n- |\n\d\. ", re.sub(r"[*>`#]", "", prose(student))):
        assert words(sentence) <= 25, sentence


@each_lesson
def test_only_known_questions_and_exercises_are_asked(student: Any, lesson: Lesson) -> None:
    """Each name exists, and each of the lesson's own is used."""
    asked = set()
    for code in codes(student):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                name = getattr(node.args[0], "value", None)
                if node.func.id in ("check", "given"):
                    asked.add(exercise(name).id)
                elif node.func.id in ("predict", "reveal"):
                    asked.add(question(name).id)
                elif node.func.id == "quiz":
                    asked |= {each.id for each in questions(name)}

    assert {name for name in asked if "." in name} >= {each.id for each in questions(lesson.number)}
    assert {f"{lesson.number}.1", f"{lesson.number}.2"} <= asked


# --- what is committed ---


def test_the_committed_notebooks_are_what_the_sources_build() -> None:
    """Byte for byte; if not, type: oikit course build."""
    assert course.stale(None, NOTEBOOKS) == []


@each_lesson
def test_a_committed_notebook_has_no_outputs_and_no_traces(lesson: Lesson) -> None:
    """Stable ids, a kernel that everyone has, nothing of the machine it was made on."""
    text = (NOTEBOOKS / f"{lesson.notebook}.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(text)
    ids = [cell["id"] for cell in notebook["cells"]]

    assert ids == [f"{lesson.number}-{place:02d}" for place in range(1, len(ids) + 1)]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook["cells"])
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert not re.search(r"/(home|tmp|root|work|Users)/|http://|https://", text)
    assert len(lesson.notebook) <= 60 and re.fullmatch(r"\d\d_[a-z_]+", lesson.notebook)


@each_lesson
def test_no_answer_can_be_found_in_what_a_learner_opens(lesson: Lesson) -> None:
    """Not the solutions' lines, not the reasons of the right options, not their letters."""
    text = (NOTEBOOKS / f"{lesson.notebook}.ipynb").read_text(encoding="utf-8")
    for solved, stub in zip(codes(course.solved(lesson)), codes(course.student(lesson)), strict=True):
        if "# solution" in solved:
            below = solved.split("# solution")[1]
            for line in (each.strip() for each in below.splitlines()):
                assert len(line) < 12 or line in stub or line not in text.replace('\\"', '"')
    for each in questions(lesson.number):
        assert each.says[each.answer] not in text
        assert each.right not in text
    assert "# solution" not in text

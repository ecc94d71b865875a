"""What teachers build beside the notebooks: solutions, an nbgrader course, and pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nbformat import read as read_notebook

from oikit.cli import main
from oikit.errors import InputError, MissingExtra
from oikit.learn import course
from oikit.learn.pages import LIMIT, pages
from oikit.learn.release import grader, release
from oikit.learn.run import run
from oikit.lessons import Lesson, lessons
from tests.runs import LESSONS, each_lesson, plant

SOURCE = """\
# %% [markdown]
# # 01 · A small lesson
#
# ## Question
#
# *Which part of the change
# is which?*

# %%
from oikit.learn import TODO, check, given, predict, reveal

p = given("01.2")

# %% [markdown]
# A prediction.

# %%
predict("01.a", choice=TODO, confidence=TODO)

# %%
reveal("01.a")

# %%
one, two, three = TODO, TODO, TODO
# solution
one = p.contracts_before * (p.price_after - p.price_before)
two = p.price_before * (p.contracts_after - p.contracts_before)
three = (p.contracts_after - p.contracts_before) * (p.price_after - p.price_before)

# %%
check(
    "01.2",
    one,
    two,
    three,
)

# %% tags=["solution"]
secret = 43


# %%
def oi_path(trades):
    return TODO
    # solution
    total, path = 0, []
    for buyer, seller, size in trades:
        total += size * ([buyer, seller].count("opens") - 1)
        if total < 0:
            raise ValueError
        path.append(total)
    return path


# %%
check("01.1", oi_path)
again = TODO
# solution
again = "yes, again"

# %%
check("01.1", oi_path)
"""
ANSWERS = ("p.contracts_before *", "count(", "secret", "yes, again")

SOLVED_PATH = """def oi_path(trades):
    total, path = 0, []
    for buyer, seller, size in trades:
        total += size * ([buyer, seller].count("opens") - 1)
        if total < 0:
            raise ValueError
        path.append(total)
    return path
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    # The function's stub returns first; a learner's answer must replace it, so here the stub is the answer.
    plant(tmp_path / "source", "01_small", SOURCE.replace("    return TODO\n    # s", "    TODO\n    # s"))
    return tmp_path / "source"


def codes(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


# --- solutions ---


def test_teachers_get_notebooks_with_solutions_in_a_folder_of_their_own(source: Path, tmp_path: Path) -> None:
    """Never over the learners' ones, by a slip of the folder."""
    (made,) = course.solutions(source, tmp_path / "solved")
    text = made.read_text()

    assert all(answer in text.replace('\\"', '"') for answer in ANSWERS)
    (mine,) = course.build(source, tmp_path / "out")
    before = mine.read_bytes()
    with pytest.raises(InputError, match="choose another folder for solutions"):
        course.solutions(source, tmp_path / "out")
    assert mine.read_bytes() == before
    course.solutions(source, tmp_path / "solved")
    assert made.read_text() == text


# --- nbgrader ---


def test_every_answer_is_marked_and_every_check_has_a_point(source: Path) -> None:
    """The point hangs on a strict check that the learner does not see; an exercise counts once."""
    cells = [cell for cell in grader(*lessons(source)).cells if "nbgrader" in cell.metadata]
    facts = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in cells}

    assert list(facts) == ["answer-01-06", "check-01-2", "answer-01-08", "answer-01-09", "check-01-1"]
    for name, cell in facts.items():
        marked = cell.metadata["nbgrader"]
        if name.startswith("check"):
            assert (marked["grade"], marked["locked"], marked["solution"], marked["points"]) == (
                *(True, True, False),
                1,
            )
            hidden = cell.source.split("### BEGIN HIDDEN TESTS\n")[1]
            assert ", strict=True)\n### END HIDDEN TESTS" in hidden
            assert "strict" not in cell.source.split("### BEGIN")[0]
        else:
            assert (marked["grade"], marked["locked"], marked["solution"]) == (False, False, True)
            assert "### BEGIN SOLUTION\n" in cell.source and cell.source.endswith("### END SOLUTION")
            assert "TODO" in cell.source.split("### BEGIN")[0]
    assert not any("secret" in cell.source for cell in grader(*lessons(source)).cells)


def test_a_source_whose_answer_is_not_marked_makes_no_release(source: Path, tmp_path: Path) -> None:
    """Else the answer would be handed out."""
    path = source / "lesson01" / "lesson.py"
    path.write_text(path.read_text().replace("# solution\nagain", "# Solution\nagain"))
    with pytest.raises(InputError, match="write '# Solution' as '# solution'"):
        release(source, tmp_path / "course")

    assert not (tmp_path / "course").exists()


def test_a_teachers_configuration_is_left_alone(source: Path, tmp_path: Path) -> None:
    """Building again must not undo what somebody has set."""
    release(source, tmp_path / "course")
    config = tmp_path / "course" / "nbgrader_config.py"
    assert "# your turn" in config.read_text()
    config.write_text("mine")
    release(source, tmp_path / "course")

    assert config.read_text() == "mine"


@each_lesson
def test_every_lesson_can_be_released(lesson: Lesson) -> None:
    """Each exercise that is checked has its point once, and outside the marks no answer is left."""
    cells = codes(grader(lesson))
    asked = set(re.findall(r'check\("([\d.]+)"', "\n".join(codes_of(lesson))))
    marked = [cell.metadata["nbgrader"] for cell in cells if "nbgrader" in cell.metadata]

    assert sum(each.get("points", 0) for each in marked) == len(asked)
    assert len({each["grade_id"] for each in marked}) == len(marked)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]+", each["grade_id"]) for each in marked)
    cleared = [re.sub(r"### BEGIN (\w+ ?\w*)\n.*?### END \1", "", c.source, flags=re.DOTALL) for c in cells]
    stubs = "\n".join(codes_of(lesson))
    for line in "\n".join(cleared).splitlines():
        assert line.strip() in stubs


def codes_of(lesson: Lesson) -> list[str]:
    return [cell.source for cell in codes(course.student(lesson))]


def nbgrader(folder: Path, *arguments: str) -> None:
    # It calls a program of its own environment by name.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.notebook
def test_nbgrader_takes_the_lessons_and_gives_the_right_marks(source: Path, tmp_path: Path) -> None:
    """Its own validator reads every lesson; a right, a half and an empty submission get 2, 1 and 0 points."""
    pytest.importorskip("nbgrader")
    from nbgrader.api import Gradebook
    from nbgrader.nbgraderformat import reads

    for lesson in LESSONS:
        reads(course.as_text(grader(lesson)), as_version=4)
    folder = tmp_path / "course"
    release(source, folder)
    nbgrader(folder, "generate_assignment", "01_small", "--create")
    released = folder / "release" / "01_small" / "01_small.ipynb"
    text = released.read_text()

    assert not any(answer in text.replace('\\"', '"') for answer in (*ANSWERS, "strict", "BEGIN"))
    assert text.count("# your turn") == 3
    run(read_notebook(released, as_version=4))
    right = {
        "answer-01-06": "one, two, three = -40_000_000, 100_000_000, -8_000_000",
        "answer-01-08": SOLVED_PATH,
    }
    for who, given in {"right": right, "half": dict(list(right.items())[:1]), "empty": {}}.items():
        notebook = json.loads(text)
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            cell["source"] = given.get(name, cell["source"])
        there = folder / "submitted" / who / "01_small"
        there.mkdir(parents=True)
        (there / "01_small.ipynb").write_text(json.dumps(notebook))
    nbgrader(folder, "autograde", "01_small", "--create")
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        marks = {each.student.id: each.score for each in book.assignment_submissions("01_small")}
        most = book.find_assignment("01_small").max_score

    assert marks == {"right": 2, "half": 1, "empty": 0}
    assert most == 2


# --- pages ---


@pytest.fixture
def two(source: Path) -> Path:
    text = (source / "lesson01" / "lesson.py").read_text()
    plant(source, "02_next", text.replace("01 · A small lesson", "02 · <i>The</i> next"))
    return source


@pytest.mark.notebook
def test_pages_are_made_of_every_lesson_with_a_way_through_them(two: Path, tmp_path: Path) -> None:
    """An index with the questions, a way on and a way back; each one file; nothing answered."""
    made = list(pages(two, tmp_path / "html"))
    first, second, index = (path.read_text() for path in made)

    assert [path.name for path in made] == ["01_small.html", "02_next.html", "index.html"]
    assert '<a href="01_small.html">01 · A small lesson</a>' in index
    assert "Which part of the change is which?" in index
    assert '<a href="02_next.html">' in first and '<a href="index.html">' in first
    assert "Next:" not in second and '<a href="index.html">' in second
    assert "[NOT ATTEMPTED]" not in first and "NOT ATTEMPTED" in first
    for text in (first, second):
        # The code is coloured with tags in between.
        plain = re.sub(r"<[^>]+>", "", text)
        assert not any(answer in plain for answer in ANSWERS)
        assert "CORRECT" not in plain
        assert "your turn" in plain
        assert "http" not in re.sub(r"http://www\\.w3\\.org/\\S+", "", plain.split("Charts are drawn by")[0])
    assert max(path.stat().st_size for path in made) <= LIMIT


@pytest.mark.notebook
def test_pages_with_solutions_say_so(source: Path, tmp_path: Path) -> None:
    """A teacher must not send them round by mistake."""
    page, index = (path.read_text() for path in pages(source, tmp_path, with_solutions=True))
    plain = re.sub(r"<[^>]+>", "", page)

    assert all(answer in plain for answer in ANSWERS)
    assert "CORRECT 01.2" in plain and "CORRECT 01.1" in plain
    assert "with the solutions, for teachers" in plain
    assert "with its solutions</strong>, for teachers" in index


def test_a_page_that_is_too_large_to_send_is_refused(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty learners download it at once."""
    from oikit.learn import pages as module

    monkeypatch.setattr(module, "run", lambda notebook, name: notebook)
    monkeypatch.setattr(module, "LIMIT", 2_000)
    with pytest.raises(InputError, match=r"01_small.html would have .* MB, more than"):
        list(pages(source, tmp_path / "html"))

    assert not list((tmp_path / "html").glob("*.html"))


@pytest.mark.notebook
def test_a_lesson_is_run_as_a_new_learner_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No notes, no stored market, no strict checks of whoever builds: a page is the same everywhere."""
    from nbformat.v4 import new_code_cell, new_notebook

    for name, value in {"OIKIT_STRICT": "1", "OIKIT_LEARNER": "ana", "OIKIT_STORE": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    cell = "import os; {k: v for k, v in os.environ.items() if k.startswith('OIKIT')}, os.listdir()"
    said = run(new_notebook(cells=[new_code_cell(cell)])).cells[0].outputs[0].data["text/plain"]

    assert re.fullmatch(r"\(\{'OIKIT_STORE': '[^']*store'\}, \[\]\)", said)
    assert str(tmp_path) not in said


@pytest.mark.notebook
@pytest.mark.parametrize(
    ("cell", "says"),
    [("1 / 0", "broken stops: ZeroDivisionError: division by zero"), ("while True: pass", "longer than 1 s")],
)
def test_a_lesson_that_stops_is_named_with_its_error(cell: str, says: str) -> None:
    """One line for whoever builds, no page with a traceback in it."""
    from nbformat.v4 import new_code_cell, new_notebook

    with pytest.raises(InputError) as stopped:
        run(new_notebook(cells=[new_code_cell(cell)]), name="broken", seconds=1)

    assert says in str(stopped.value)


def test_without_a_kernel_the_line_to_type_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who makes pages needs one."""
    monkeypatch.setitem(sys.modules, "ipykernel", None)
    with pytest.raises(MissingExtra, match=r"pip install 'oikit\[report\]'"):
        run(None)


# --- the command ---


def typed(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["course", *arguments])
    return int(ended.value.code or 0)


def test_the_commands_write_what_was_asked_for_and_nothing_else(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who asks for solutions does not rebuild the learners' notebooks by the way."""
    out, solved, course_folder = (tmp_path / name for name in ("out", "solved", "course"))
    asked = ["--source", str(source), "--out", str(out)]
    assert typed("build", *asked, "--solutions", str(solved), "--nbgrader", str(course_folder)) == 0
    assert not out.exists()
    assert (solved / "01_small.ipynb").is_file()
    assert (course_folder / "source" / "01_small" / "01_small.ipynb").is_file()
    assert capsys.readouterr().out.count("01_small.ipynb") == 2
    assert typed("build", *asked) == 0
    assert (out / "01_small.ipynb").is_file()
    assert typed("build", *asked, "--solutions", str(out)) == 2
    assert "choose another folder" in capsys.readouterr().err


@pytest.mark.notebook
def test_the_command_writes_pages_and_says_how_large(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line a page."""
    assert typed("html", str(tmp_path / "html"), "--source", str(source)) == 0

    assert re.search(r"01_small\.html  0\.\d MB\n.*index\.html  0\.0 MB\n$", capsys.readouterr().out)

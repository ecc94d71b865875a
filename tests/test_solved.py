"""What lessons say stays what it was: the run of each solved lesson is compared with what was kept.

The kept notebooks are in tests/solved. A number that changed on purpose is kept anew with: make outputs.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from oikit.cli import main
from oikit.learn import course
from oikit.learn.outputs import said, write
from oikit.lessons import Lesson
from tests.runs import LESSONS, each_lesson, plant, solved_run

KEPT = Path(__file__).parent / "solved"

VARIES = (
    (r"\b\d+(?:\.\d+)? (?:ms|milliseconds|seconds)\b", "TIME"),
    (r"(?<![\w.])(?:/[\w.-]+){2,}", "PATH"),
)
"""What two runs need not share."""


def words(notebook: Any) -> list[str]:
    """Return what each cell says, line by line, without what two runs need not share."""
    lines = []
    for cell in notebook.cells:
        lines.append(f"cell {cell.id}")
        for output in cell.get("outputs", []):
            text = output.data["text/plain"] if "data" in output else output.get("text") or output.evalue
            for pattern, instead in VARIES:
                text = re.sub(pattern, instead, text)
            lines += [f"{output.output_type} {output.get('name', '')}", *text.splitlines()]
    return lines


def drift(kept: Any, now: Any) -> str:
    """Return the lines that differ between two notebooks, with their cells; nothing if they say the same."""
    return "\n".join(difflib.unified_diff(words(kept), words(now), "kept", "now", n=3, lineterm=""))


@pytest.mark.notebook
@each_lesson
def test_a_lesson_says_what_it_said(lesson: Lesson) -> None:
    """Word for word, every cell; a drifting number is an error, and so is an error."""
    path = KEPT / f"{lesson.notebook}.ipynb"
    assert path.is_file(), "nothing is kept of this lesson yet; type: make outputs"
    kept = nbformat.read(path, as_version=4)

    differs = drift(kept, said(solved_run(lesson.notebook)))

    assert not differs, f"if this change is meant, type: make outputs\n{differs}"


@each_lesson
def test_what_is_kept_is_of_the_lesson_as_it_is(lesson: Lesson) -> None:
    """Every exercise is CORRECT in it, every chart says something, and its cells are the source's."""
    kept = nbformat.read(KEPT / f"{lesson.notebook}.ipynb", as_version=4)
    solved = course.solved(lesson)
    text = "\n".join(
        str(output.get("data", {}).get("text/plain", "a stream or an error"))
        for cell in kept.cells
        for output in cell.get("outputs", [])
    )

    assert [(cell.id, cell.source) for cell in kept.cells] == [
        (cell.id, cell.source) for cell in solved.cells
    ]
    assert "a stream or an error" not in text and "[NOT YET]" not in text and "[ERROR]" not in text
    asked = re.findall(r"check\(\"([\d.]+)\"", "\n".join(cell.source for cell in kept.cells))
    assert all(f"[CORRECT] {name}:" in text for name in asked)
    assert not re.search(r"0x[0-9a-f]{6}|/(home|tmp|root|work|Users)/| object at |\x1b|\balt\.\w+\(", text)


def test_nothing_is_kept_of_lessons_that_are_gone() -> None:
    """A renamed lesson leaves no notebook behind."""
    assert {path.stem for path in KEPT.glob("*.ipynb")} == {each.notebook for each in LESSONS}


def outputs_of(*cells: list[str]) -> Any:
    """Make a notebook whose cells say these words."""
    made = [new_code_cell("x", id=f"01-{place:02d}") for place, _ in enumerate(cells)]
    for cell, texts in zip(made, cells, strict=True):
        cell.outputs = [new_output("display_data", data={"text/plain": text}) for text in texts]
    return new_notebook(cells=made)


def test_a_number_that_drifts_is_found() -> None:
    """A change in the last digit of one cell is shown with its cell, what was and what is; a time is not."""
    kept = outputs_of(["a fall of 4.53%\nand more"], ["took 9 ms"], ["in /tmp/a/b"])
    now = outputs_of(["a fall of 4.52%\nand more"], ["took 3 ms"], ["in /home/c/d"])
    differs = drift(kept, now)

    assert [line[:1] for line in differs.splitlines()[3:]].count("-") == 1
    assert "4.53%" in differs and "4.52%" in differs and "cell 01-00" in differs
    assert drift(kept, kept) == "" and "TIME" not in differs.replace(" TIME", "")
    assert drift(outputs_of(["3 ms"], ["/tmp/a"]), outputs_of(["4 ms"], ["/tmp/b"])) == ""


@pytest.mark.parametrize(
    "now",
    [
        outputs_of(["one", "two"], []),
        outputs_of(["one"], ["two"]),
        outputs_of(["two", "one"], ["three"]),
        outputs_of(["one", "two", "more"], ["three"]),
        outputs_of(["one", "two"], ["three"], ["four"]),
    ],
    ids=["a silent cell", "an output less", "another order", "an output more", "a cell more"],
)
def test_an_output_that_comes_goes_or_moves_is_found(now: Any) -> None:
    """Not words alone: each stands in its place."""
    assert drift(outputs_of(["one", "two"], ["three"]), now)


@pytest.mark.parametrize(
    "output",
    [
        new_output("stream", name="stderr", text="DeprecationWarning: old"),
        new_output("error", ename="ValueError", evalue="no", traceback=["no"]),
    ],
    ids=["a warning", "an error"],
)
def test_a_warning_and_an_error_are_found(output: Any) -> None:
    """They are no words of the lesson, and still differ."""
    now = outputs_of(["one"])
    now.cells[0].outputs.append(output)

    assert drift(outputs_of(["one"]), said(now))


def test_of_an_output_only_its_words_are_kept() -> None:
    """No picture, no widget's state, no time of day: what two runs share."""
    state = {"application/vnd.jupyter.widget-state+json": {"a": 1}}
    chart = {"application/vnd.vegalite.v5+json": {"mark": "bar"}, "text/plain": "It rose by 4%."}
    cell: Any = new_code_cell("x", execution_count=3, outputs=[new_output("execute_result", data=chart)])
    cell.metadata.execution = {"iopub.execute_input": "2026-03-02"}
    notebook = said(new_notebook(cells=[cell], metadata={"widgets": state}))

    assert notebook.cells[0].outputs == [
        {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "It rose by 4%."}}
    ]
    assert (notebook.cells[0].execution_count, notebook.cells[0].metadata) == (3, {})
    assert "widgets" not in notebook.metadata


@pytest.mark.notebook
def test_both_ways_to_keep_say_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the function and by the command; the second run gives the same bytes as the first."""
    source = tmp_path / "source"
    plant(source, "01_small", "# %%\nanswer = TODO = 1\n# solution\nanswer = 42\n\n# %%\nanswer\n")
    (made,) = write(source, tmp_path / "one")
    with pytest.raises(SystemExit) as ended:
        main(["course", "outputs", str(tmp_path / "two"), "--source", str(source)])

    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "two" / "01_small.ipynb")
    assert made.read_bytes() == (tmp_path / "two" / "01_small.ipynb").read_bytes()
    assert '"42"' in made.read_text(encoding="utf-8")

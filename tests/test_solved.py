"""What lessons say stays what it was: nbval runs each solved lesson and compares it with what was kept.

The kept notebooks are in tests/solved. A number that changed on purpose is kept anew with: make outputs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from oikit.cli import main
from oikit.learn import course
from oikit.learn.outputs import said, write

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(__file__).parent / "solved"
LESSONS = sorted((ROOT / "notebooks" / "source").glob("*.py"))
each_lesson = pytest.mark.parametrize("source", LESSONS, ids=lambda path: path.stem)

# What is drawn and what is tabled are said in text/plain, too; only that is kept.
SKIPPED = """
def pytest_itemcollected(item):
    more = ("text/html", "text/markdown", "application/vnd.vegalite.v5+json")
    item.parent.skip_compare = tuple(dict.fromkeys((*item.parent.skip_compare, *more)))
"""

SANITISED = """
[time taken]
regex: \\b\\d+(?:\\.\\d+)? (?:ms|milliseconds|seconds)\\b
replace: TIME

[folder]
regex: (?<![\\w.])(?:/[\\w.-]+){2,}
replace: PATH
"""


def judged(notebook: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run nbval on one notebook in a folder of its own, as a new learner without a store."""
    pytest.importorskip("nbval", reason="nbval is not installed; pip install 'oikit[test]'")
    shutil.copy(notebook, folder / "lesson.ipynb")
    (folder / "conftest.py").write_text(SKIPPED)
    (folder / "sanitise.cfg").write_text(SANITISED)
    (folder / "pytest.ini").write_text("[pytest]\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OIKIT_", "PYTEST_"))}
    more = {"OIKIT_STORE": str(folder / "store"), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", "-W", "ignore"]
    command += ["--nbval", "--nbval-sanitize-with", "sanitise.cfg", "--nbval-cell-timeout", "300"]
    return subprocess.run(
        [*command, "lesson.ipynb"], cwd=folder, env=kept | more, capture_output=True, text=True, check=False
    )


@pytest.mark.notebook
@each_lesson
def test_a_lesson_says_what_it_said(source: Path, tmp_path: Path) -> None:
    """Word for word, every cell; a drifting number is an error, and so is an error."""
    kept = KEPT / f"{source.stem}.ipynb"
    assert kept.is_file(), "nothing is kept of this lesson yet; type: make outputs"

    done = judged(kept, tmp_path)

    assert done.returncode == 0, f"if this change is meant, type: make outputs\n{done.stdout[-6000:]}"
    assert re.search(r"^\d+ passed", done.stdout, re.MULTILINE)


@each_lesson
def test_what_is_kept_is_of_the_lesson_as_it_is(source: Path) -> None:
    """Every exercise is CORRECT in it, every chart says something, and its cells are the source's."""
    kept = nbformat.read(KEPT / f"{source.stem}.ipynb", as_version=4)
    solved = course.solved(source)
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
    assert not re.search(r"0x[0-9a-f]{6}|/(home|tmp|root|work|Users)/| object at |\x1b|alt\.\w*Chart\(", text)


def test_nothing_is_kept_of_lessons_that_are_gone() -> None:
    """A renamed lesson leaves no notebook behind."""
    assert {path.stem for path in KEPT.glob("*.ipynb")} == {path.stem for path in LESSONS}


@pytest.mark.notebook
def test_a_number_that_drifts_is_found(tmp_path: Path) -> None:
    """A change in the last digit of one cell fails, and the line says what was and what is."""
    outputs = [new_output("display_data", data={"text/plain": "'a fall of 4.53%'"})]
    cells = [new_code_cell(f"'{says}'", execution_count=1) for says in ("a fall of 4.52%", "took 3 ms")]
    cells[0].outputs = outputs
    cells[1].outputs = [new_output("display_data", data={"text/plain": "'took 9 ms'"})]
    nbformat.write(new_notebook(cells=cells), tmp_path / "kept.ipynb")
    (tmp_path / "run").mkdir()

    done = judged(tmp_path / "kept.ipynb", tmp_path / "run")

    assert done.returncode == 1
    assert "4.53%" in done.stdout and "4.52%" in done.stdout
    assert "1 failed, 1 passed" in done.stdout


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
    source.mkdir()
    (source / "01_small.py").write_text("# %%\nanswer = TODO = 1\n# solution\nanswer = 42\n\n# %%\nanswer\n")
    (made,) = write(source, tmp_path / "one")
    with pytest.raises(SystemExit) as ended:
        main(["course", "outputs", str(tmp_path / "two"), "--source", str(source)])

    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "two" / "01_small.ipynb")
    assert made.read_bytes() == (tmp_path / "two" / "01_small.ipynb").read_bytes()
    assert '"42"' in made.read_text(encoding="utf-8")

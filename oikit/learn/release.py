"""The lessons for nbgrader: answers to be cleared, checks to be graded.

What is written is nbgrader's ``source`` folder. `nbgrader generate_assignment` makes from it what
learners get; there the answers are gone, and so are the strict checks, which come back for grading.
So a wrong answer costs its point even where OIKIT_STRICT was forgotten.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

from oikit.files import write_atomic
from oikit.learn.course import as_text, solved, student
from oikit.lessons import Lesson, lessons

__all__ = ["release"]

_CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "oikit"
# What stands in the place of an answer: the lesson goes on, and `check` says that it is your turn.
c.ClearSolutions.code_stub = {"python": "# your turn"}
"""


def release(source: str | Path | None, folder: str | Path) -> list[Path]:
    """Write the course folder for nbgrader: one assignment for each lesson.

    Parameters
    ----------
    source : path or None
        As in `oikit.learn.course.build`.
    folder : path
        The course folder; an ``nbgrader_config.py`` that is already there is left as it is.

    Returns
    -------
    list of Path
        The notebooks, in order.

    Raises
    ------
    InputError
        If there is no lesson, or one whose answers are not marked as such.
    """
    made = {
        Path(folder) / "source" / each.notebook / f"{each.notebook}.ipynb": as_text(grader(each))
        for each in lessons(source)
    }
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic({path: text.encode()})
    config = Path(folder) / "nbgrader_config.py"
    if not config.exists():
        write_atomic({config: _CONFIG.encode()})
    return list(made)


def grader(lesson: Lesson) -> Any:
    """Make the notebook that nbgrader reads: answers marked, checks with a point each."""
    from nbformat.v4 import new_code_cell

    student(lesson)  # refuses a source whose answers could not be told from the rest
    notebook = solved(lesson, teachers_cells=False)
    cells: list[Any] = []
    graded: set[str] = set()
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        checks = {name: text for name, text in _checks(cell.source) if name not in graded}
        graded |= set(checks)
        answer = re.search(r"^([ \t]*)# solution[ \t]*$", cell.source, re.MULTILINE)
        if answer:
            above, below, indent = cell.source[: answer.start()], cell.source[answer.end() :], answer[1]
            cell.source = f"{above}{indent}### BEGIN SOLUTION{below}\n{indent}### END SOLUTION"
            cell.metadata["nbgrader"] = _facts(f"answer-{cell.id}", solution=True)
        if checks:
            if answer:  # nbgrader would want to mark such a cell by hand
                cell = new_code_cell(_calls(checks), id=f"{cell.id}-check")
                cells.append(cell)
            strict = _calls(checks, ", strict=True")
            cell.source += f"\n### BEGIN HIDDEN TESTS\n{strict}\n### END HIDDEN TESTS"
            name = "-".join(name.replace(".", "-") for name in checks)
            cell.metadata["nbgrader"] = _facts(f"check-{name}", points=len(checks))
    notebook.cells = cells
    return notebook


def _checks(code: str) -> list[tuple[str, str]]:
    """Each check in a cell: its exercise, and the call."""
    return [
        (str(getattr(node.args[0], "value", "")), ast.get_source_segment(code, node) or "")
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check" and node.args
    ]


def _calls(checks: dict[str, str], more: str = "") -> str:
    open_calls = (text[:-1].rstrip(" \n,") for text in checks.values())
    return "\n".join(f"{text}{more})" for text in open_calls)


def _facts(grade_id: str, *, solution: bool = False, points: int = 0) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "schema_version": 3,
        "cell_type": "code",
        "grade_id": grade_id,
        "grade": points > 0,
        "locked": points > 0,
        "solution": solution,
        "task": False,
    }
    return facts | {"points": points} if points else facts

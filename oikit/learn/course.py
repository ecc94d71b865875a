"""The course builder: one source per lesson, with its solutions, and the notebook a learner opens.

A lesson is written in the ``lesson.py`` of its folder, in jupytext's percent format. In a code cell,
everything from a line ``# solution`` on becomes ``# your turn``; the lines above, with their TODO,
stay. A cell tagged ``solution`` is left out. What is built holds no outputs, no traces of a
machine, and cell ids made of the lesson and the position, so that building twice gives the same
bytes and `stale` can tell when someone forgot.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from oikit.errors import InputError, MissingExtra
from oikit.files import write_atomic
from oikit.lessons import Lesson, lessons

__all__ = ["build", "solutions"]

_SOLUTION = re.compile(r"^([ \t]*)# solution[ \t]*$", re.MULTILINE)
_NEARLY = re.compile(r"^[ \t]*#+[ \t]*solutions?\b", re.MULTILINE | re.IGNORECASE)


def build(source: str | Path | None, out_dir: str | Path) -> list[Path]:
    """Write the learner's notebook of every lesson.

    Parameters
    ----------
    source : path or None
        The folder of the lessons' folders; None for the lessons that come with oikit.
    out_dir : path

    Returns
    -------
    list of Path
        The notebooks, in order.

    Raises
    ------
    InputError
        If there is no source, or one that would show its solution to the learner.
    MissingExtra
        If jupytext is not installed.
    """
    return _write({each.notebook: student(each) for each in lessons(source)}, Path(out_dir))


def solutions(source: str | Path | None, out_dir: str | Path) -> list[Path]:
    """Write the teacher's notebook of every lesson: the same, with its solutions.

    Parameters
    ----------
    source, out_dir : path
        As in `build`.

    Returns
    -------
    list of Path
        The notebooks, in order.

    Raises
    ------
    InputError
        If there is no source, or if learners' notebooks would be overwritten.
    """
    made = {}
    for each in lessons(source):
        made[each.notebook] = solved(each)
        there = Path(out_dir) / f"{each.notebook}.ipynb"
        if there.is_file() and there.read_text(encoding="utf-8") == as_text(student(each)):
            raise InputError(f"{out_dir} holds the learners' notebooks; choose another folder for solutions")
    return _write(made, Path(out_dir))


def _write(made: dict[str, Any], folder: Path) -> list[Path]:
    texts = {folder / f"{name}.ipynb": as_text(notebook) for name, notebook in made.items()}
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic({path: text.encode() for path, text in texts.items()})
    return list(texts)


def stale(source: str | Path | None, out_dir: str | Path) -> list[str]:
    """Return the notebooks that differ from what their source would build now."""
    differ = []
    for each in lessons(source):
        notebook = Path(out_dir) / f"{each.notebook}.ipynb"
        if not notebook.is_file() or notebook.read_bytes() != as_text(student(each)).encode():
            differ.append(notebook.name)
    return differ


def student(lesson: Lesson) -> Any:
    """Make the notebook a learner opens: no solutions, no outputs."""
    return _notebook(lesson, keep_solutions=False, teachers_cells=False)


def solved(lesson: Lesson, *, teachers_cells: bool = True) -> Any:
    """Make the notebook a teacher or a test runs: the same, with the solutions in it."""
    return _notebook(lesson, keep_solutions=True, teachers_cells=teachers_cells)


def _notebook(lesson: Lesson, *, keep_solutions: bool, teachers_cells: bool) -> Any:
    try:
        import jupytext
        from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
    except ImportError as error:
        raise MissingExtra("jupytext", "course") from error
    read = jupytext.reads(lesson.source.read_text(encoding="utf-8"), fmt="py:percent")
    cells: list[Any] = []
    for cell in read.cells:
        tags = [tag for tag in cell.metadata.get("tags", []) if tag != "solution"]
        if not teachers_cells and len(tags) < len(cell.metadata.get("tags", [])):
            continue
        text = cell.source
        if cell.cell_type == "code" and not keep_solutions:
            text = _without_solution(text, lesson.notebook)
        make = new_markdown_cell if cell.cell_type == "markdown" else new_code_cell
        cells.append(
            make(text, id=f"{lesson.number}-{len(cells) + 1:02d}", metadata={"tags": tags} if tags else {})
        )
    metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return new_notebook(cells=cells, metadata=metadata)


def _without_solution(text: str, lesson: str) -> str:
    found = _SOLUTION.search(text)
    nearly = _NEARLY.search(text)
    if nearly and (found is None or nearly.start() < found.start()):
        raise InputError(
            f"{lesson}: write {nearly[0].strip()!r} as '# solution', or the learner reads the answer"
        )
    if found is None:
        return text
    above = text[: found.start()].rstrip()
    if "TODO" not in above:
        raise InputError(f"{lesson}: above '# solution' the learner needs a line with TODO to replace")
    return f"{above}\n{found[1]}# your turn"


def as_text(notebook: Any) -> str:
    """The bytes of a notebook, the same each time."""
    import nbformat

    text: str = nbformat.writes(notebook, version=4, indent=1, ensure_ascii=False)
    return text.rstrip("\n") + "\n"

"""The course builder: one source per lesson, with its solutions, and the notebook a learner opens.

Lessons are written in ``notebooks/source/*.py`` in jupytext's percent format. In a code cell,
everything from a line ``# solution`` on becomes ``# your turn``; the lines above, with their TODO,
stay. A cell tagged ``solution`` is left out. What is built holds no outputs, no traces of a
machine, and cell ids made of the lesson and the position, so that building twice gives the same
bytes and `stale` can tell when someone forgot.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from oikit.errors import InputError, MissingExtra

__all__ = ["BLOCKS", "build", "solved", "stale", "student"]

BLOCKS = (
    "Question",
    "Warm-up",
    "Claim card",
    "Predict",
    "Worked example",
    "Explorer",
    "Explain",
    "Exercises",
    "Evidence card",
    "Quiz",
    "Key points",
)
"""The headings of every lesson, in this order."""

_SOLUTION = re.compile(r"^([ \t]*)# solution[ \t]*$", re.MULTILINE)
_NEARLY = re.compile(r"^[ \t]*#+[ \t]*solutions?\b", re.MULTILINE | re.IGNORECASE)


def build(source_dir: str | Path, out_dir: str | Path) -> list[Path]:
    """Write the learner's notebook of every lesson.

    Parameters
    ----------
    source_dir : path
        Holding ``*.py`` in percent format.
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
    built = {Path(out_dir) / f"{path.stem}.ipynb": _text(student(path)) for path in _sources(source_dir)}
    Path(out_dir).mkdir(parents=True, exist_ok=True)
    for path, text in built.items():
        part = path.with_suffix(".part")
        part.write_text(text, encoding="utf-8", newline="\n")
        os.replace(part, path)
    return list(built)


def stale(source_dir: str | Path, out_dir: str | Path) -> list[str]:
    """Which notebooks differ from what their source would build now?

    Parameters
    ----------
    source_dir, out_dir : path
        As in `build`.

    Returns
    -------
    list of str
        File names; empty if all are fresh, byte for byte.
    """
    differ = []
    for path in _sources(source_dir):
        notebook = Path(out_dir) / f"{path.stem}.ipynb"
        if not notebook.is_file() or notebook.read_bytes() != _text(student(path)).encode():
            differ.append(notebook.name)
    return differ


def student(source: str | Path) -> Any:
    """Make the notebook a learner opens: no solutions, no outputs.

    Parameters
    ----------
    source : path
        One lesson in percent format.

    Returns
    -------
    NotebookNode
    """
    return _notebook(Path(source), keep_solutions=False)


def solved(source: str | Path) -> Any:
    """Make the notebook a teacher or a test runs: the same, with the solutions in it.

    Parameters
    ----------
    source : path
        One lesson in percent format.

    Returns
    -------
    NotebookNode
    """
    return _notebook(Path(source), keep_solutions=True)


def _sources(folder: str | Path) -> list[Path]:
    found = sorted(Path(folder).glob("*.py"))
    if not found:
        raise InputError(f"there are no lessons in {folder}; a lesson is a .py file in percent format")
    return found


def _notebook(source: Path, *, keep_solutions: bool) -> Any:
    try:
        import jupytext
        from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
    except ImportError as error:
        raise MissingExtra("jupytext", "course") from error
    read = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    lesson = source.stem.split("_")[0]
    cells: list[Any] = []
    for cell in read.cells:
        tags = [tag for tag in cell.metadata.get("tags", []) if tag != "solution"]
        if not keep_solutions and len(tags) < len(cell.metadata.get("tags", [])):
            continue
        text = cell.source
        if cell.cell_type == "code" and not keep_solutions:
            text = _without_solution(text, source.name)
        make = new_markdown_cell if cell.cell_type == "markdown" else new_code_cell
        cells.append(make(text, id=f"{lesson}-{len(cells) + 1:02d}", metadata={"tags": tags} if tags else {}))
    metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return new_notebook(cells=cells, metadata=metadata)


def _without_solution(text: str, source: str) -> str:
    found = _SOLUTION.search(text)
    nearly = _NEARLY.search(text)
    if nearly and (found is None or nearly.start() < found.start()):
        raise InputError(
            f"{source}: write {nearly[0].strip()!r} as '# solution', or the learner reads the answer"
        )
    if found is None:
        return text
    above = text[: found.start()].rstrip()
    if "TODO" not in above:
        raise InputError(f"{source}: above '# solution' the learner needs a line with TODO to replace")
    return f"{above}\n{found[1]}# your turn"


def _text(notebook: Any) -> str:
    import nbformat

    text: str = nbformat.writes(notebook, version=4, indent=1, ensure_ascii=False)
    return text.rstrip("\n") + "\n"

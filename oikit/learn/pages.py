"""The course as pages: every lesson run once and written down, for readers without a kernel.

Charts with controls still move, since the page itself draws them. Unless solutions are asked for, a
page holds what a learner has before typing anything: open exercises, and answers that wait.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oikit.errors import InputError
from oikit.files import write_atomic
from oikit.learn.course import solved, student
from oikit.learn.run import run
from oikit.lessons import lessons

__all__ = ["pages"]

LIMIT = 3_000_000
"""Bytes: more is too much to send to a room."""

_OPEN = "This page was made by running the lesson once, with every exercise open. To work on them, open the "
_DONE = (
    "This page was made by running the lesson once, **with the solutions**, for teachers. Learners open the "
)


def pages(source: str | Path | None, folder: str | Path, *, with_solutions: bool = False) -> Iterator[Path]:
    """Run every lesson and write it as one self-contained page; then an index of them.

    Parameters
    ----------
    source : path or None
        As in `oikit.learn.course.build`.
    folder : path
        Where the pages go, and ``index.html``.
    with_solutions : bool
        For teachers; by default nothing is answered.

    Yields
    ------
    Path
        Each page once it is written; the index last. A lesson takes about ten seconds.

    Raises
    ------
    InputError
        If there is no lesson, one stops with an error, or a page would be larger than `LIMIT`.
    MissingExtra
        If jupytext, nbclient, nbconvert or vl-convert-python is not installed.
    """
    from oikit.export import render

    sources = lessons(source)
    Path(folder).mkdir(parents=True, exist_ok=True)
    made = {each.notebook: (solved if with_solutions else student)(each) for each in sources}
    for place, (stem, notebook) in enumerate(made.items()):
        run(notebook, name=stem)
        after = list(made)[place + 1] if place + 1 < len(made) else ""
        _frame(notebook, stem, after, made[after] if after else None, with_solutions)
        yield _write(Path(folder) / f"{stem}.html", render(notebook))
    yield _write(Path(folder) / "index.html", render(_index(made, with_solutions), title="The lessons"))


def _write(path: Path, text: str) -> Path:
    size = len(text.encode())
    if size > LIMIT:
        raise InputError(
            f"{path.name} would have {size / 1e6:.1f} MB, more than {LIMIT / 1e6:g}: its charts hold too "
            "many points"
        )
    write_atomic({path: text.encode()})
    return path


def _frame(notebook: Any, stem: str, after: str, following: Any, with_solutions: bool) -> None:
    """Add the links to the other pages, and a note on what this page is."""
    from nbformat.v4 import new_markdown_cell

    says = f"{_DONE if with_solutions else _OPEN}notebook `{stem}.ipynb`."
    onward = f" · Next: [{_title(following)}]({after}.html)" if after else ""
    notebook.cells.insert(0, new_markdown_cell("[All lessons](index.html)", id="page-top"))
    notebook.cells.append(
        new_markdown_cell(f"---\n\n{says}\n\n[All lessons](index.html){onward}", id="page-end")
    )


def _index(made: dict[str, Any], with_solutions: bool) -> Any:
    from nbformat.v4 import new_markdown_cell, new_notebook

    rows = []
    for stem, notebook in made.items():
        asks = _question(notebook)  # where it is not the title itself
        rows.append(f"- [{_title(notebook)}]({stem}.html)" + (f"  \n  {asks}" if asks else ""))
    says = "Each page is one file that needs no network. Charts with controls move; code does not run here."
    kind = (
        "Every lesson **with its solutions**, for teachers." if with_solutions else "Every lesson, to read."
    )
    text = "\n\n".join(["# The lessons", f"{kind} {says}", "\n".join(rows)])
    return new_notebook(cells=[new_markdown_cell(text, id="index")])


def _prose(notebook: Any) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def _title(notebook: Any) -> str:
    found = re.search(r"^# (.+)$", _prose(notebook), re.MULTILINE)
    return found[1] if found else "A lesson"


def _question(notebook: Any) -> str:
    found = re.search(r"^## Question\s+\*(.+?)\*\s", _prose(notebook) + "\n", re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else ""

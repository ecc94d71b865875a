"""P8 and P9: a lesson from nothing to its last cell, and the page that it becomes.

Lessons are run with their solutions, each in a kernel of its own, and counted in processor seconds of the
kernel and of what runs it. The page of a run, and that of the weekly report, may be 3 MB large and hold the
library that draws charts once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import Row, cpu, fresh, oikit, size

BUDGET, LENS = 6.0, 9.0
"""Processor seconds; lesson 07 teaches models."""

_RUN = """
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read("lesson.ipynb", 4)
NotebookClient(notebook, timeout=300).execute()
nbformat.write(notebook, "lesson.ipynb")
"""


def rows() -> Iterator[Row | str]:
    import nbformat

    from oikit.export import render
    from oikit.learn.course import solved
    from oikit.lessons import lessons

    pages = {}
    for lesson in lessons():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "lesson.ipynb"
            nbformat.write(solved(lesson, teachers_cells=False), path)
            code = f"import os; os.chdir({folder!r})\n{_RUN}"
            spent = cpu(lambda code=code, folder=folder: fresh(code, OIKIT_STORE=f"{folder}/store"))
            pages[lesson.notebook] = render(nbformat.read(path, 4))
        budget = LENS if lesson.number == "07" else BUDGET
        yield Row(f"P8 cold run {lesson.notebook}, CPU", "the budget", budget, "-", None, spent, 1.0)
    with tempfile.TemporaryDirectory() as folder:
        fresh(oikit("report", "--out", folder))
        pages["report"] = next(Path(folder).glob("*.html")).read_text(encoding="utf-8")
    report = pages.pop("report")
    largest = max(pages, key=lambda name: len(pages[name]))
    yield size(f"P9 largest lesson page ({largest})", len(pages[largest].encode()) / 1e6, 3.0)
    yield size("P9 weekly report", len(report.encode()) / 1e6, 3.0)
    most = max(copies(page) for page in (*pages.values(), report))
    yield size("P9 copies of the chart library, the most", most, 1, "a page")


def copies(page: str) -> int:
    """How often the page holds the library, by its longest line."""
    from oikit.export import page as exported

    return page.count(max(exported._library().splitlines(), key=len))


if __name__ == "__main__":
    for row in rows():
        print(row)

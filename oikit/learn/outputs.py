"""Text outputs of the solved lessons, stored in notebooks so that a test notices changed numbers.

For each lesson one notebook with its solutions and, under each cell, its output as text: the finding of
a chart, the text of a table. Images and controls are left out; they are tested in a browser.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oikit.files import write_atomic
from oikit.learn.course import solved
from oikit.learn.run import run
from oikit.lessons import lessons

__all__ = ["write"]


def said(notebook: Any) -> Any:
    """Keep only the text of a notebook's outputs."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.pop("execution_count", None)
            output.metadata = {}
            if "data" in output:
                output.output_type = "display_data"
                output.data = {"text/plain": output.data.get("text/plain", "")}
    return notebook


def write(source: str | Path | None, folder: str | Path) -> list[Path]:
    """Run every solved lesson and keep what it says.

    Parameters
    ----------
    source : path or None
        As in `oikit.learn.course.build`.
    folder : path

    Returns
    -------
    list of Path
        The notebooks, in order.
    """
    import nbformat

    Path(folder).mkdir(parents=True, exist_ok=True)
    made = []
    for each in lessons(source):
        made.append(Path(folder) / f"{each.notebook}.ipynb")
        text = nbformat.writes(said(run(solved(each), name=each.notebook)), ensure_ascii=False, indent=1)
        write_atomic({made[-1]: (text.rstrip("\n") + "\n").encode()})
    return made

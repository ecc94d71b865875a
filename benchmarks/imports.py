"""P8: what does ``import oikit`` cost beside ``import pandas``? And a lesson's cold run?"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.harness import Row, race

LESSONS = Path(__file__).resolve().parents[1] / "notebooks"


def fresh(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def cold_run(path: Path) -> float:
    """Seconds from nothing to the last cell of a lesson, kernel start included."""
    import nbformat
    from nbclient import NotebookClient

    start = time.perf_counter()
    NotebookClient(
        nbformat.read(path, 4), timeout=120, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    return time.perf_counter() - start


def rows(rounds: int = 9) -> list[Row]:
    pandas, oikit, nothing = race(
        lambda: fresh("import pandas"), lambda: fresh("import oikit"), lambda: fresh("pass"), rounds=rounds
    )
    # The goal is a ceiling of 1.15 times pandas: at least 0.87 of its speed.
    out = [Row("P8 import oikit", "import pandas", pandas, "empty Python", nothing, oikit, 1 / 1.15)]
    for lesson in sorted(LESSONS.glob("[0-9]*.ipynb")):
        # The rival here is the budget: fifteen seconds.
        out.append(Row(f"P8 cold run {lesson.stem}", "the budget", 15.0, "-", None, cold_run(lesson), 1.0))
    return out

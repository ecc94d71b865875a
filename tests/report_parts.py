"""A small report to test the delivery with: real facts, and a page of three cells instead of forty."""

from __future__ import annotations

from pathlib import Path

import nbformat

from oikit.report.source import subject

PARAMETERS = 'market = ""\nweek = ""\nstore = ""\ntitle = ""\nnotes = ""\nfacts = ""'
SAYS = """from html import escape
from IPython.display import HTML
HTML(f"<h1>{escape(market)} {escape(week)}</h1><p id=title>{escape(title)}</p><pre>{escape(notes)}</pre>")"""
DRAWS = """import json, pathlib, altair as alt, pandas as pd
from oikit import charts
charts.use_theme("spec")
told = json.loads(pathlib.Path(facts).read_text(encoding="utf-8"))
print("facts of", told["market"])
table = pd.DataFrame({"x": [1, 2], "y": [2, 1]})
alt.Chart(table).mark_line().encode(x="x", y="y").properties(description="two")"""


def small(path: Path, *cells: str, parameters: str = PARAMETERS) -> Path:
    """Write a small notebook of a report; by default one that shows its parameters and a chart."""
    made = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}),
            *(
                nbformat.v4.new_code_cell(cell, id=f"cell-{n}")
                for n, cell in enumerate(cells or (SAYS, DRAWS))
            ),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(made, path)
    return path


def last_week(market: str = "bnb-null") -> str:
    """The last whole week of a sample."""
    return subject(market).week

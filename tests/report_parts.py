"""A small report to test the delivery with: eight weeks of facts, a page of three cells."""

from __future__ import annotations

from pathlib import Path

import nbformat

from oikit.clock import length
from oikit.data import store
from oikit.data.venues import binance
from oikit.report.source import subject
from oikit.simulate import samples

MARKETS = ("BNBUSDT", "BTCUSDT")
"""Those of `few_weeks`."""

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


def few_weeks(root: Path) -> Path:
    """Write a store with the last eight weeks of two markets: real to a report, and soon worked out."""
    for market, name in zip(MARKETS, ("bnb-null", "btc-null"), strict=True):
        table = samples.sample(name).loc["2026-01-12 01:00":"2026-03-09", ["close", "open_interest"]]  # type: ignore[misc]
        provenance = {
            "address": binance.ADDRESS,
            "fetched_at": "2026-03-17T00:00:00+00:00",
            "remarks": [],
        }
        store.write(root, market, length("1h"), table, provenance)
    return root


def last_week(market: str = "bnb-null") -> str:
    """The last whole week of a sample."""
    return subject(market).week

"""Charts of a week: its trail, what followed weeks like it, and whether what was said came true."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

from oikit import charts
from oikit.charts import finding, trail
from oikit.charts.results import base_rates, reliability
from oikit.charts.theme import MIME
from oikit.errors import FrameError, InputError
from oikit.export import page
from oikit.simulate import samples
from tests.browser import needs_browser, open_browser
from tests.conftest import frame


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    return samples.sample("bnb-null").loc["2025-12-01":]


def spec_of(chart: Any) -> dict[str, Any]:
    return json.loads(chart.to_json())


def parts(of: Any) -> Iterator[dict[str, Any]]:
    """Every dict in a specification."""
    if isinstance(of, dict):
        yield of
        for each in of.values():
            yield from parts(each)
    elif isinstance(of, list):
        for each in of:
            yield from parts(each)


def rows_of(spec: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The rows of each table, made of its text; what is empty is nothing."""
    tables = [pd.read_csv(io.StringIO(text), dtype={"count": str}) for text in spec["datasets"].values()]
    return [table.astype(object).where(table.notna(), None).to_dict("records") for table in tables]


BINS = pd.DataFrame(
    {
        "n": [30, 30],
        "said": [0.2, 0.7],
        "came": [0.25, 0.4],
        "low": [0.1, 0.55],
        "high": [0.35, 0.85],
    }
)
RATES = pd.DataFrame(
    {
        "name": ["ratio high", "longs paid", "crowd long"],
        "group": ["the price rose"] * 3,
        "share": [0.6, 0.5, np.nan],
        "low": [0.52, 0.3, np.nan],
        "high": [0.8, 0.7, np.nan],
        "base": [0.48] * 3,
        "n": [23, 56, 4],
    }
)


# ---------------------------------------------------------------- the trail


def test_the_trail_ends_where_the_week_ended() -> None:
    """By hand: the price ends 10% higher, open interest 3% lower; that corner has a name."""
    n = 22
    table = frame(
        "8h", "2026-03-02 00:00", close=np.linspace(600, 660, n), open_interest=np.linspace(1e6, 0.97e6, n)
    )

    chart = trail(table)

    assert finding(chart) == (
        "From 2 Mar 2026 to 9 Mar 2026 the price moved by 10.0% and open interest in coins by −3.0%: "
        "the corner usually called short covering."
    )
    days = next(rows for rows in rows_of(spec_of(chart)) if "says" in rows[0] and len(rows) == 7)
    assert [row["says"] for row in days] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert days[-1]["close"] == pytest.approx(0.1) and days[-1]["open_interest"] == pytest.approx(-0.03)


def test_the_trail_is_that_of_the_shade(market: pd.DataFrame) -> None:
    """The report draws eight weeks elsewhere, and here the week alone."""
    chart = trail(market, since="2026-01-12", until="2026-03-09", shade=("2026-03-02", "2026-03-09"))

    path = max(rows_of(spec_of(chart)), key=len)
    assert finding(chart).startswith("From 2 Mar 2026 to 9 Mar 2026")
    assert path[0]["close"] == 0 and path[0]["open_interest"] == 0 and len(path) == 169


def test_a_long_trail_is_thinned(market: pd.DataFrame) -> None:
    """A quarter of hours is more than an eye can follow, and its extremes stay."""
    chart = trail(market)

    path = max(rows_of(spec_of(chart)), key=len)
    moved = market["close"] / market["close"].iloc[0] - 1
    assert len(path) <= 800 < len(market)
    assert max(row["close"] for row in path) == pytest.approx(moved.max(), abs=1e-4)


def test_the_four_names_stand_in_their_corners(market: pd.DataFrame) -> None:
    """Up and right are new longs; a name in the wrong corner would teach the wrong thing."""
    rows = [rows[0] for rows in rows_of(spec_of(trail(market))) if len(rows) == 1 and "says" in rows[0]]

    corners = {row["says"]: (row["close"] > 0, row["open_interest"] > 0) for row in rows}
    assert corners == {
        "new longs": (True, True),
        "short covering": (True, False),
        "new shorts": (False, True),
        "long liquidation": (False, False),
    }


def test_what_has_no_trail_is_refused(market: pd.DataFrame) -> None:
    """A missing column is named; a span without two known bars is no path."""
    with pytest.raises(FrameError, match="open_interest"):
        trail(market.drop(columns="open_interest"))
    with pytest.raises(InputError, match="not both known from"):
        trail(market.assign(close=np.nan))


# ---------------------------------------------------------------- said and came


def test_a_bin_outside_its_band_is_a_cross() -> None:
    """Colour and shape say it, and the sentence counts."""
    chart = reliability(BINS, source="Simulated: a test")

    assert finding(chart) == (
        "Of 2 bins 1 lies inside the band that luck alone would fill, over 60 statements."
    )
    points = next(rows for rows in rows_of(spec_of(chart)) if "where" in rows[0])
    assert [row["where"] for row in points] == ["inside", "outside"]
    assert [row["count"] for row in points] == ["30", "30"]
    assert "Simulated: a test" in json.dumps(spec_of(chart))


def test_base_rates_stand_beside_what_followed() -> None:
    """What has too few weeks is named and not drawn."""
    chart = base_rates(RATES)
    spec = spec_of(chart)

    assert finding(chart).startswith("Of 2 shares 1 has an interval that does not hold the base rate")
    drawn = next(rows for rows in rows_of(spec) if "low" in rows[0])
    assert [row["label"] for row in drawn] == ["ratio high (n = 23)", "longs paid (n = 56)"]
    assert "crowd long (n = 4, too few)" in json.dumps(spec)


@pytest.mark.parametrize(
    ("draw", "table", "says"),
    [
        (reliability, BINS.drop(columns="low"), "lacks low"),
        (reliability, BINS.iloc[:0], "has 0 rows and lacks nothing"),
        (base_rates, RATES.drop(columns=["base", "n"]), "lacks base, n"),
        (base_rates, RATES.iloc[2:], "no condition of this week has enough"),
        (base_rates, pd.DataFrame(), "has 0 rows"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw: Any, table: pd.DataFrame, says: str) -> None:
    """In one sentence, with what it needs."""
    with pytest.raises(InputError, match=says):
        draw(table)


# ---------------------------------------------------------------- all of them


def test_no_chart_makes_the_drawing_library_warn(market: pd.DataFrame) -> None:
    """Layers that each give a domain of times are said to conflict, even where all give the same one."""
    span = {"since": "2026-01-12", "until": "2026-03-09", "shade": ("2026-03-02", "2026-03-09")}
    drawn = (charts.price_and_open_interest, charts.ratio, charts.velocity, charts.funding, charts.crowds)

    for draw in drawn:
        scales = [part["scale"] for part in parts(spec_of(draw(market, **span))) if "scale" in part]
        times = [scale for scale in scales if scale and scale.get("type") == "utc"]
        assert times and all("domain" not in scale for scale in times)
        assert len({(scale["domainMin"], scale["domainMax"]) for scale in times}) == 1


def test_the_same_table_gives_the_same_chart(market: pd.DataFrame) -> None:
    """No clock and no random names in it."""
    for chart in (lambda: trail(market), lambda: reliability(BINS), lambda: base_rates(RATES)):
        assert chart().to_json() == chart().to_json()


@pytest.mark.browser
def test_the_console_stays_silent_while_a_page_of_charts_is_drawn(
    market: pd.DataFrame, tmp_path: Path
) -> None:
    """Not only no error: a warning on each of eight charts would hide the one that matters."""
    needs_browser()
    span = {"since": "2026-01-12", "until": "2026-03-09", "shade": ("2026-03-02", "2026-03-09")}
    drawn = (
        charts.price_and_open_interest,
        charts.ratio,
        trail,
        charts.velocity,
        charts.funding,
        charts.crowds,
    )
    specs = [*(draw(market, **span).to_dict() for draw in drawn)]
    specs += [reliability(BINS).to_dict(), base_rates(RATES).to_dict()]
    cell = nbformat.v4.new_code_cell("draw()")
    cell.outputs = [nbformat.v4.new_output("display_data", data={MIME: spec}) for spec in specs]
    path = tmp_path / "page.html"
    html = page.render(nbformat.v4.new_notebook(cells=[cell]), title="All charts of a week")
    path.write_text(html, encoding="utf-8")

    with open_browser() as browser:
        said: list[str] = []
        browser.page.on("console", lambda message: said.append(message.text))
        browser.page.goto(path.as_uri())
        browser.page.wait_for_function(
            "document.querySelectorAll('.drawing svg').length === 8", timeout=60_000
        )
        marks = browser.drawn(".drawing")

    assert said == [] and browser.complaints == [] and browser.left == []
    assert min(marks) > 0
